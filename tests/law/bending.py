"""What may be otherwise in a brand: each bend changes one thing of a trial's lines, led by its dice.

A bend changes a record in every version, in its newest alone, or by a version that comes later. Moments fall exactly
on the edges that durations of the topology draw, a second before and a second behind them.
"""

import copy
from datetime import datetime, timedelta

STATUSES = {
    "order": "open released part_fulfilled fulfilled cancelled closed ALLOCATED NEW PACKED",
    "fulfilment": "pending dispatched cancelled DISPATCHED gone",
    "return": "requested authorised rejected in_transit received inspected closed cancelled CLOSED lost",
    "credit": "draft issued applied failed void Issued odd",
}
METHODS = ("on_account", "Net Terms", "invoice", "card", "bank_transfer", "other", "Trade credit", "odd", None)
PAYMENTS = ("pending", "authorised", "paid", "part_refunded", "refunded", "void", "failed", "Charged", "odd", None)
REASONS = ("return", "goodwill", "price_adjustment", "cancellation", None)
DISPOSITIONS = ("sellable", "damaged", "quarantine", "disposed", "wrong_item", "missing", "unexpected", None)
REJECTIONS = ("payment_pending", "order_not_found", "unknown_sku", "unknown_customer", "outside_terms", "Other", None)
CODES = (
    *("order_not_found", "unknown_sku", "unknown_customer", "payment_pending", "out_of_stock", "rate_limited"),
    *("timeout", "validation", "conflict", "refund_rejected", "odd", None),
)
REASON_CODES = ("TOO_SMALL", "FAULTY", "LATE", "damaged", "Sizing", "DEFECTIVE", "ret-late", "NEW_CODE", None)
DATES = ("placed_at", "requested_at", "received_at", "inspected_at", "shipped_at", "issued_at")
STRONG = ("ecommerce_order", "sales_order", "order_number", "rma", "credit_number", "purchase_order")
NUDGES = tuple(timedelta(seconds=seconds) for seconds in (0, 0, 1, -1, 0.000001, -0.000001, 60, -60))
FIXED = tuple(timedelta(hours=hours) for hours in (0, 24, 72, 120, 180 * 24))
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
LINED = ("order", "fulfilment", "return", "credit")


def stamp(moment):
    return moment.isoformat().replace("+00:00", "Z")


def edge(dice, trial):
    """A moment from which some age is just reached, or just not, at the moment of the run; as text."""
    flows = [flow[name] for flow in trial.topology["flows"] for name in ("grace", "within", "cadence") if name in flow]
    spans = FIXED + tuple(timedelta(seconds=int(text[:-1]) * UNITS[text[-1]]) for text in flows)
    return stamp(trial.as_of - dice.choice(spans) + dice.choice(NUDGES))


def moment(dice, trial, near=None):
    """A moment on an edge, beside something else that the record says, or anywhere; as text."""
    said = [near[name] for name in (*DATES, "at") if near and isinstance(near.get(name), str)]
    if said and dice.random() < 0.5:
        try:
            return stamp(datetime.fromisoformat(dice.choice(said)) + dice.choice(NUDGES))
        except ValueError:
            pass
    if dice.random() < 0.6:
        return edge(dice, trial)
    return stamp(trial.as_of - timedelta(hours=dice.expovariate(1 / 300) - 2))


def chosen(dice, trial, *types):
    """The versions of one record, oldest first; none where there is no record of these types."""
    records = [line for line in trial.records() if not types or line["type"] in types]
    if not records:
        return []
    one = dice.choice(records)
    same = [line for line in records if all(line.get(k) == one.get(k) for k in ("type", "system", "id"))]
    return sorted(same, key=lambda line: str(line.get("at")))


def change(dice, trial, types, what):
    """Lets `what(line)` change one record of these types: always, of late, or from a later moment on."""
    versions = chosen(dice, trial, *types)
    if not versions:
        return
    how = dice.choice(("all", "all", "newest", "later"))
    if how == "later":
        versions = [copy.deepcopy(versions[-1]) | {"at": moment(dice, trial, versions[-1])}]
        trial.lines.append(versions[0])
    for line in versions if how == "all" else versions[-1:]:
        what(line)


def one_of(dice, line):
    """One line of a record, or an empty one that is thrown away."""
    lines = [one for one in line.get("lines") or () if isinstance(one, dict)]
    return dice.choice(lines) if lines else {}


def numeric(value):
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def nudged(dice, value, steps):
    """A number a step further, as text; or one that has nothing to do with it; or nothing."""
    number = numeric(value)
    if number is None or dice.random() < 0.1:
        return dice.choice(("0", "1", "12.5", None))
    return f"{max(0, number + dice.choice(steps)):.10g}"


def lose(dice, trial):
    versions = chosen(dice, trial)
    for line in versions if dice.random() < 0.7 else versions[-1:]:
        trial.lines.remove(line)


def repeat(dice, trial):
    trial.lines += copy.deepcopy(dice.choices(trial.lines, k=5))


def shuffle(dice, trial):
    dice.shuffle(trial.lines)


def withdraw(dice, trial):
    def gone(line):
        line["deleted"] = True

    change(dice, trial, (), gone)


def status(dice, trial):
    of = dice.choice(list(STATUSES))
    word = dice.choice(STATUSES[of].split())
    change(dice, trial, (of,), lambda line: line.update(status=word))


def quantity(dice, trial):
    def other(line):
        one = line if line["type"].startswith("stock") else one_of(dice, line)
        name = dice.choice(("quantity", "quantity", "quantity", "received_quantity", "accepted_quantity"))
        one[name if line["type"] == "return" else "quantity"] = dice.choice(
            (nudged(dice, one.get("quantity"), (1, -1, 2, 0.5, 12, -3)), one.get("quantity"))
        )

    change(dice, trial, (*LINED, "stock_level", "stock_movement"), other)


def half(dice, trial):
    def halve(line):
        for one in line.get("lines") or ():
            if numeric(one.get("quantity")):
                one["quantity"] = f"{numeric(one['quantity']) * dice.choice((0.5, 2, 12)):.10g}"

    change(dice, trial, LINED, halve)


def price(dice, trial):
    def other(line):
        one = one_of(dice, line)
        name = "unit_refund" if line["type"] == "return" else dice.choice(("unit_price", "unit_price", "discount"))
        one[name] = nudged(dice, one.get(name, one.get("unit_price", "5")), (0.01, 0.02, -0.01, 1, -2.5, 0.005))

    change(dice, trial, ("order", "return", "credit"), other)


def money(dice, trial):
    def other(line):
        names = {"order": ("total", "tax", "shipping", "discount"), "credit": ("amount", "amount", "tax", "shipping")}
        name = dice.choice(names.get(line["type"], ("refund_amount", "fees")))
        line[name] = nudged(dice, line.get(name, "1"), (0.01, -0.01, 0.05, 0.06, -0.05, 0.02, 1, 20, -0.005))

    change(dice, trial, ("order", "return", "credit"), other)


def currency(dice, trial):
    word = dice.choice(("GBP", "EUR", "USD", "JPY", "KWD", None))
    change(dice, trial, ("order", "return", "credit"), lambda line: line.update(currency=word))


def unit(dice, trial):
    def other(line):
        one = line if line["type"] in ("product", "stock_level", "stock_movement") else one_of(dice, line)
        one["pack_size"] = dice.choice((None, 1, 2, 6, 12, "12"))
        one["uom"] = dice.choice((None, "each", "case", one.get("uom")))

    change(dice, trial, (*LINED, "product", "stock_level", "stock_movement"), other)


def reference(dice, trial):
    def other(line):
        refs = line["refs"] = dict(line.get("refs") or {})
        name = dice.choice(STRONG)
        value = str(refs.get(name, "1"))
        known = [str(v) for r in trial.records() for k, v in (r.get("refs") or {}).items() if k == name and v]
        refs[name] = dice.choice(
            (None, value + "X", f" #{value.lower()} ", "N/A", "0", dice.choice(known or [""]), value)
        )

    change(dice, trial, (*LINED, "stock_movement"), other)


def no_references(dice, trial):
    def bare(line):
        kept = dice.choice((("credit_number",), ("credit_number", "purchase_order"), (), ("rma",), ("sales_order",)))
        line["refs"] = {name: value for name, value in (line.get("refs") or {}).items() if name in kept}

    change(dice, trial, ("credit", "credit", "return"), bare)


def loose_credit(dice, trial):
    """A credit without a reference for goods of an order, at its prices or beside them."""
    order = (chosen(dice, trial, "order") or [{}])[-1]
    lines = copy.deepcopy(order.get("lines") or [])
    for one in lines:
        one["unit_price"] = nudged(dice, one.get("unit_price"), (0, 0, 0.01, -1))
        one["quantity"] = nudged(dice, one.get("quantity"), (0, 0, -1, 1, 5)) or "1"
        one["reason"] = dice.choice((None, None, None, "return", "goodwill"))
    said = {"type": "credit", "system": "erp", "id": f"LOOSE-{dice.randrange(99)}", "at": moment(dice, trial)}
    said |= {"kind": "credit_note", "currency": order.get("currency") or "GBP", "amount": "9", "status": "issued"}
    known = {"issued_at": moment(dice, trial, order), "customer": copy.deepcopy(order.get("customer"))}
    trial.lines.append(said | known | {"lines": lines, "refs": {}, "reason": dice.choice(REASONS)})


def loose_credits(dice, trial):
    for _ in range(4):
        loose_credit(dice, trial)


def edited(dice, trial):
    """An order gets other lines while its return is under way."""
    back = (chosen(dice, trial, "return") or [{}])[0]
    numbers = {str(value).strip().upper() for value in (back.get("refs") or {}).values()}
    orders = [line for line in trial.records() if line["type"] == "order"]
    alike = [one for one in orders if numbers & {str(v).strip().upper() for v in (one.get("refs") or {}).values()}]
    if alike:
        line = copy.deepcopy(dice.choice(alike)) | {"at": moment(dice, trial, back)}
        one = one_of(dice, line)
        one["quantity"] = nudged(dice, one.get("quantity"), (1, -1)) or "2"
        line["total"] = nudged(dice, line.get("total"), (5, -5))
        trial.lines.append(line)


def almost(dice, trial):
    """What credits come to is a little off, all the same way."""
    for line in trial.records():
        if line["type"] == "credit" and numeric(line.get("amount")):
            line["amount"] = f"{numeric(line['amount']) + dice.choice((0, 0.04, 0.4, 0.6)):.2f}"


def date(dice, trial):
    def other(line):
        names = [name for name in DATES if name in line] or ["received_at"]
        line[dice.choice(names)] = moment(dice, trial, line)

    change(dice, trial, LINED, other)


def no_date(dice, trial):
    def other(line):
        line[dice.choice(("received_at", "inspected_at", "shipped_at", "issued_at"))] = None

    change(dice, trial, ("fulfilment", "return", "credit"), other)


def said_at(dice, trial):
    change(dice, trial, (), lambda line: line.update(at=moment(dice, trial, line)))


def payment(dice, trial):
    def other(line):
        paid = line["payment"] = dict(line.get("payment") or {})
        paid |= dice.choice(
            (
                {"method": dice.choice(METHODS)},
                {"status": dice.choice(PAYMENTS)},
                {"hold": dice.choice(("credit check", " ", None))},
                {"method": "card", "status": dice.choice(PAYMENTS)},
            )
        )

    change(dice, trial, ("order",), other)


def word(dice, trial):
    """A word of a record out of its list."""

    def other(line):
        if line["type"] == "return":
            if dice.random() < 0.5:
                one = one_of(dice, line)
                one |= dice.choice(
                    ({"disposition": dice.choice(DISPOSITIONS)}, {"reason_code": dice.choice(REASON_CODES)})
                )
            else:
                line["resolution"] = dice.choice(("refund", "credit", "exchange", "none", None))
        elif line["type"] == "credit":
            line["reason"] = dice.choice(REASONS)
            one_of(dice, line)["reason"] = dice.choice(REASONS)
        else:
            line["condition"] = dice.choice(("sellable", "quarantine", "damaged", "reserved", "in_return"))
            line["reason"] = dice.choice((None, "return", "return_initiated", "return_in_transit"))

    change(dice, trial, ("return", "return", "credit", "stock_movement", "stock_level"), other)


def kind_of_credit(dice, trial):
    def other(line):
        line["kind"] = dice.choice(("credit_note", "refund", "refund", "store_credit"))
        line["settled"] = dice.choice((True, False, False, None))

    change(dice, trial, ("credit",), other)


def rejection(dice, trial):
    def other(line):
        line |= {"status": "rejected", "rejection_reason": dice.choice(REJECTIONS)}

    change(dice, trial, ("return",), other)


def second_copy(dice, trial):
    """The record again under another id, in its system or another: a split, a double, a copy."""
    versions = chosen(dice, trial, *LINED, "stock_movement", "stock_level")
    if not versions:
        return
    systems = [line["system"] for line in trial.records() if line["type"] == versions[0]["type"]]
    system = dice.choice((versions[0].get("system"), dice.choice(systems)))
    for line in copy.deepcopy(versions if dice.random() < 0.5 else versions[-1:]):
        line |= {"system": system, "id": f"{line['id']}{dice.choice(('-2', '-0', ''))}"}
        for name in DATES:
            if name in line and dice.random() < 0.3:
                line[name] = moment(dice, trial, line)
        trial.lines.append(line)


def other_copy(dice, trial):
    """A credit document in a second system, whose copies share out what they name."""
    credit = (chosen(dice, trial, "credit") or [None])[-1]
    if credit is None:
        return
    copy_of = copy.deepcopy(credit) | {"system": dice.choice(trial.topology["systems"])["key"]}
    refs = dict(credit.get("refs") or {})
    number = {"credit_number": refs.get("credit_number") or f"CN-{dice.randrange(99)}"}
    for line in (credit, copy_of):
        line["refs"] = {name: value for name, value in refs.items() if dice.random() < 0.5} | number
    copy_of["amount"] = dice.choice((credit.get("amount"), nudged(dice, credit.get("amount"), (0.01, 0.02, 5))))
    copy_of["status"] = dice.choice(STATUSES["credit"].split())
    trial.lines.append(copy_of | {"amount": copy_of["amount"] or "1", "at": moment(dice, trial, credit)})


def lines_of_record(dice, trial):
    def other(line):
        lines = [one for one in line.get("lines") or () if isinstance(one, dict)]
        if not lines or dice.random() < 0.2:
            line["lines"] = dice.choice(([], None))
            return
        one = copy.deepcopy(dice.choice(lines))
        one |= {"id": dice.choice((None, "77", one.get("id")))}
        one["unit_price"] = nudged(dice, one.get("unit_price"), (0, 1, -0.5))
        line["lines"] = dice.choice(([*lines, one], lines[1:], lines[::-1]))

    change(dice, trial, LINED, other)


def goods(dice, trial):
    """Another sku on a line, or the same one written otherwise."""

    def other(line):
        one = line if "sku" in line else one_of(dice, line)
        skus = [str(r["sku"]) for r in trial.records() if r["type"] == "product" and r.get("sku")]
        same = str(one.get("sku", "A"))
        one["sku"] = dice.choice(
            (f" {same} ", same.lower(), "UNKNOWN-1", "OLD-KIT-01", "4711-02", *dice.choices(skus or [same], k=3))
        )

    change(dice, trial, (*LINED, "stock_level", "stock_movement"), other)


def customer(dice, trial):
    def other(line):
        known = [r["customer"] for r in trial.records() if isinstance(r.get("customer"), dict)]
        own = line.get("customer") or {"id": "C-1"}
        line["customer"] = dice.choice(
            (None, {"id": None}, own | {"id": f" {str(own.get('id')).lower()}"}, dice.choice(known or [own]))
        )

    change(dice, trial, ("order", "return", "credit"), other)


def outcome(dice, trial):
    """The integration layer says one thing more of a record on some flow."""
    record = (chosen(dice, trial, *LINED, "product", "stock_level") or [{}])[-1]
    of = {"stock_level": "stock"}.get(record.get("type"), record.get("type"))
    flows = [f for f in trial.topology["flows"] if f["source"] == record.get("system")] or trial.topology["flows"]
    flow = dice.choice([f for f in flows if f["record"] in (of, "credit")] or flows)
    code = dice.choice(CODES)
    said = {"type": "outcome", "system": "ipaas", "id": f"NEW-{dice.randrange(99)}", "at": moment(dice, trial, record)}
    said |= {"flow": flow["key"], "record": {"type": record.get("type", "order"), "id": record.get("id", "NO-1")}}
    said["record"] |= {"refs": copy.deepcopy(record.get("refs"))} if dice.random() < 0.5 else {}
    target = {"target_id": dice.choice(trial.records())["id"]} if dice.random() < 0.2 else {}
    result = dice.choice(("success", "success", "failed", "failed", "skipped"))
    trial.lines.append(said | target | {"result": result, "error": {"code": code} if code else None})


def other_outcome(dice, trial):
    def other(line):
        line["result"] = dice.choice(("success", "failed", "skipped"))
        line["error"] = {"code": dice.choice(CODES)}
        line["target_id"] = dice.choice((None, None, line.get("target_id"), "NOWHERE"))

    change(dice, trial, ("outcome",), other)


def movement(dice, trial):
    """Something of a return is put away."""
    back = (chosen(dice, trial, "return") or [{}])[-1]
    one = one_of(dice, back)
    said = {"type": "stock_movement", "system": "warehouse", "id": f"MOVED-{dice.randrange(99)}"}
    said |= {"at": moment(dice, trial, back), "sku": one.get("sku", "A"), "refs": copy.deepcopy(back.get("refs"))}
    said |= {"quantity": nudged(dice, one.get("quantity"), (0, 0, 1, -1)) or "1", "condition": "sellable"}
    said |= {name: one[name] for name in ("uom", "pack_size") if name in one}
    trial.lines.append(said | {"reason": dice.choice((None, "return", "return_initiated", "return_in_transit"))})


def level(dice, trial):
    product = (chosen(dice, trial, "product", "stock_level") or [{}])[-1]
    systems = [line["system"] for line in trial.records() if line["type"] == "stock_level"] or ["warehouse"]
    said = {"type": "stock_level", "system": dice.choice(systems), "at": moment(dice, trial, product)}
    said |= {"sku": product.get("sku", "A"), "location": dice.choice("ABC"), "quantity": dice.choice((0, 3, 900, -4))}
    trial.lines.append(said | {"condition": dice.choice(("sellable", "sellable", "damaged"))})


def product(dice, trial):
    def other(line):
        line |= dice.choice(
            (
                {"active": False},
                {"active": None},
                {"pack_size": dice.choice((None, 1, 6, 12))},
                {"base_sku": dice.choice((None, line.get("sku"), "OTHER"))},
                {"deleted": True},
                {"system": dice.choice(trial.topology["systems"])["key"]},
            )
        )

    change(dice, trial, ("product",), other)


def refusal(dice, trial):
    """A line that cannot be taken, of a record that was sent well before or is later."""
    line = copy.deepcopy((chosen(dice, trial) or [{"type": "order"}])[-1])
    line |= dice.choice(
        (
            {"at": "soon"},
            {"at": moment(dice, trial, line), "system": "nobody"},
            {"at": moment(dice, trial, line), "type": "invoice"},
            {"at": moment(dice, trial, line), "lines": [{"sku": "A", "quantity": "-1"}]},
            {"at": moment(dice, trial, line), "refs": "none"},
            {"id": None},
            {"id": ""},
        )
    )
    trial.lines.insert(dice.randrange(len(trial.lines) + 1), line)


def nonsense(dice, trial):
    trial.lines.insert(dice.randrange(len(trial.lines) + 1), dice.choice(("{", "nothing", "[]", '"order"', "1")))


def quarrel(dice, trial):
    """Another version of the same moment."""
    versions = chosen(dice, trial, *LINED)
    if versions:
        line = copy.deepcopy(dice.choice(versions))
        line |= {"notes": "again", "status": dice.choice(STATUSES[line["type"]].split())}
        trial.lines.append(line)


def realm(dice, trial):
    word = dice.choice(("us", "uk", "eu", None))
    change(dice, trial, LINED, lambda line: line.update(realm=word))


def channel(dice, trial):
    word = dice.choice(("b2b", "web", "app", "store", None))
    change(dice, trial, ("order",), lambda line: line.update(channel=word))


def shipped_to(dice, trial):
    change(dice, trial, ("order",), lambda line: line.update(ship_to=dice.choice((None, {}, {"town": "Rye"}))))


BENDS = (
    *(lose, lose, repeat, shuffle, withdraw, *(status,) * 4, *(quantity,) * 3, half, *(price,) * 3, *(money,) * 3),
    *(
        currency,
        unit,
        *(reference,) * 3,
        no_references,
        loose_credit,
        loose_credit,
        loose_credits,
        edited,
        edited,
        almost,
        *(date,) * 4,
        no_date,
        said_at,
    ),
    *(
        payment,
        payment,
        word,
        word,
        kind_of_credit,
        rejection,
        *(other_copy,) * 3,
        *(second_copy,) * 3,
        lines_of_record,
        goods,
        customer,
    ),
    *(outcome, outcome, other_outcome, movement, movement, level, product, refusal, nonsense, quarrel, realm, channel),
    shipped_to,
)


def bend(dice, trial, times):
    """Bends a trial's lines so many times, and notes how."""
    for _ in range(times):
        how = dice.choice(BENDS)
        trial.bent.append(how.__name__)
        how(dice, trial)
