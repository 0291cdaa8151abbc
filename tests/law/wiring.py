"""What may be otherwise in what is connected to what: each bend changes one thing of a trial's topology."""

from datetime import timedelta

COMPARED = {
    "order": ("status", "lines", "price", "total", "customer"),
    "return": ("status", "reason"),
}
SAME = {
    "order": ([], [["fulfilled", "closed"]], [["open", "released", "part_fulfilled"], ["fulfilled", "closed"]]),
    "return": ([["authorised", "in_transit", "received", "inspected"]], [["inspected", "closed"]], []),
}
SPANS = ("0s", "1s", "30m", "2h", "1d", "5d", "20d")
REQUIRED = ("purchase_order", "sales_order", "ecommerce_order", "order_number")
AUTHORITIES = ("order", "price", "product", "stock", "return", "credit")


def flow_of(dice, topology, *records):
    flows = [flow for flow in topology["flows"] if not records or flow["record"] in records]
    return dice.choice(flows) if flows else {"record": "order"}


def no_flow(dice, topology):
    if len(topology["flows"]) > 3:
        topology["flows"].remove(flow_of(dice, topology))


def new_flow(dice, topology):
    """A leg that is like another, to a system that had none."""
    like = flow_of(dice, topology)
    ends = {dice.choice(("source", "target")): dice.choice(topology["systems"])["key"]}
    flow = like | ends | {"key": f"more-{len(topology['flows'])}-{dice.randrange(999)}"}
    if flow["source"] != flow["target"]:
        topology["flows"].append(flow)


def compared(dice, topology):
    flow = flow_of(dice, topology, "order", "return")
    names = COMPARED[flow["record"]]
    flow["compare"] = dice.sample(names, dice.randrange(len(names) + 1))


def same(dice, topology):
    flow = flow_of(dice, topology, "order", "return")
    flow["same"] = dice.choice(SAME[flow["record"]])


def defaults(dice, topology):
    flow = flow_of(dice, topology, "order", "return")
    for name in dice.sample(("compare", "same"), dice.choice((1, 2))):
        flow.pop(name, None)


def tolerance(dice, topology):
    amount, quantity = dice.choice(("0", "0.01", "0.05", "1", "20")), dice.choice(("0", "1", "50"))
    flow_of(dice, topology)["tolerance"] = dice.choice(
        ({"amount": amount}, {"quantity": quantity}, {"amount": amount, "quantity": quantity}, {})
    )


def spans(dice, topology):
    flow_of(dice, topology)[dice.choice(("grace", "grace", "within", "cadence"))] = dice.choice(SPANS)


def no_within(dice, topology):
    flow_of(dice, topology, "order", "credit").pop("within", None)


def only(dice, topology):
    flow = flow_of(dice, topology, "order", "return", "credit", "fulfilment")
    flow["only"] = dice.choice(
        (
            {"channel": ["b2b"]},
            {"currency": ["GBP", "EUR"]},
            {"status": ["open", "released", "received", "dispatched"]},
            {"channel": ["b2b", "web"], "currency": ["GBP", "USD"]},
            {"status": ["ALLOCATED", "CLOSED", "requested"]},
            {"customer": ["C-UK-K01", "C-1", "c-3"]},
        )
    )


def authority(dice, topology):
    system = dice.choice([one for one in topology["systems"] if one.get("authority") or dice.random() < 0.3])
    said = set(system.get("authority", ())) ^ {dice.choice((*AUTHORITIES, *system.get("authority", ())))}
    system["authority"] = sorted(said)


def requires(dice, topology):
    system = dice.choice(topology["systems"])
    of = dice.choice(("order", "return", "credit", "fulfilment"))
    system["requires"] = system.get("requires", {}) | {of: dice.sample(REQUIRED, dice.randrange(3))}


def realm(dice, topology):
    system = dice.choice(topology["systems"])
    if "realm" in system:
        del system["realm"]
    else:
        system["realm"] = dice.choice(("us", "eu"))


def kind(dice, topology):
    dice.choice(topology["systems"])["kind"] = dice.choice(("warehouse", "warehouse", "generic"))


def no_words(dice, topology):
    """A table without a word in it."""
    topology[dice.choice(("reason_codes", "customers", "skus"))][dice.choice(topology["systems"])["key"]] = {}


def stock(dice, topology):
    system = dice.choice(topology["systems"])
    system["stock"] = "available" if system.get("stock", "on_hand") == "on_hand" else "on_hand"


def words(dice, topology):
    """A mapping less, or a word less in one."""
    tables = [topology[name] for name in ("reason_codes", "statuses", "customers", "skus", "rejection_reasons")]
    table = dice.choice([table for table in tables if table] or [{}])
    if not table:
        return
    system = dice.choice(sorted(table))
    if dice.random() < 0.2 or not table[system]:
        del table[system]
        return
    inner = table[system]
    key = dice.choice(sorted(inner))
    if isinstance(inner[key], dict):
        inner = inner[key]
        key = dice.choice(sorted(inner))
    if len(inner) > 1:
        del inner[key]


def more_words(dice, topology):
    system = dice.choice(topology["systems"])["key"]
    topology["reason_codes"].setdefault(system, {}).setdefault("NEW_CODE", "size")
    topology["customers"].setdefault(system, {}).setdefault("C-UK-K01", "C-UK-K02")
    topology["skus"].setdefault(system, {}).setdefault("KIT-A01", "KIT-A02")


def ignored(dice, topology):
    topology["ignore_references"] = dice.choice((["N/A"], ["PO-00012-024", "TBC"], ["-", "0", "SO-10041"]))


def turned(dice, topology):
    """A leg that goes the other way."""
    flow = flow_of(dice, topology)
    if "source" in flow:
        flow["source"], flow["target"] = flow["target"], flow["source"]


def no_system(dice, topology):
    """A system that is not connected any more, with its legs and words: what it says is refused."""
    gone = dice.choice(topology["systems"])
    topology["systems"].remove(gone)
    topology["flows"] = [flow for flow in topology["flows"] if gone["key"] not in (flow["source"], flow["target"])]
    for table in topology.values():
        if isinstance(table, dict):
            table.pop(gone["key"], None)


def scrambled(dice, topology):
    """The same systems in other parts, and legs between any two of them."""
    keys = [system["key"] for system in topology["systems"]]
    for system in topology["systems"]:
        system["kind"] = dice.choice(("generic", "generic", "warehouse", "erp"))
        system["authority"] = dice.sample(AUTHORITIES, dice.choice((0, 1, 1, 2)))
    dice.choice(topology["systems"])["authority"].append("order")
    topology["flows"] = [
        _any_leg(dice, record, number, keys)
        for record in ("order", "fulfilment", "return", "credit", "stock", "product")
        for number in range(dice.choice((0, 1, 2, 2, 3)))
    ]


def _any_leg(dice, record, number, keys):
    source, target = dice.sample(keys, 2)
    leg = {"key": f"{record}-{number}", "record": record, "source": source, "target": target}
    leg |= {"cadence": dice.choice(SPANS[1:]), "grace": dice.choice(SPANS)}
    leg |= {"within": dice.choice(SPANS)} if dice.random() < 0.5 else {}
    names = COMPARED.get(record, ())
    leg |= {"compare": dice.sample(names, dice.randint(1, len(names)))} if names and dice.random() < 0.7 else {}
    return leg | (
        {"only": {"currency": ["GBP", "JPY"]}} if record in ("order", "return") and dice.random() < 0.1 else {}
    )


WIRINGS = (
    *(no_flow, no_flow, new_flow, new_flow, compared, compared, same, defaults, tolerance, spans, spans, no_within),
    *(only, authority, authority, requires, requires, realm, stock, words, more_words, ignored, kind, kind, no_words),
    *(turned, no_system),
)


def rewire(dice, trial, times):
    """Bends a trial's topology so many times, and its moment now and then; notes how."""
    for _ in range(times):
        how = dice.choice(WIRINGS)
        trial.bent.append(f"wiring: {how.__name__}")
        how(dice, trial.topology)
    if dice.random() < 0.3:
        trial.as_of += timedelta(hours=dice.choice((-2000, -240, -24, -1, 1, 5, 30, 200)))
