"""Random histories of a small brand: what may happen to it, one function a step, each led by dice of its own.

Few numbers, goods and buyers, so that everything collides: whole stories of the sample brand with the trouble that
each kind needs, loose records with any reference, old and future versions of what was said, and a changing topology.
"""

import io
import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random

from django.utils import timezone

from connectors.lines import read_lines
from connectors.sample_brand.brand import CATALOGUES, sample_topology
from connectors.sample_brand.goods import Buyer, items
from connectors.sample_brand.story import stamp, tell
from connectors.sample_brand.trouble import TROUBLES
from exceptions.reconciling import reconcile
from reconciliation.intake import take_in
from reconciliation.keys import record_key
from reconciliation.models import Link, Touched
from reconciliation.slices import Sharing
from reconciliation.topology import load

BEGIN = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
GOODS = items()[:6]
BUYERS = (Buyer("C-1", "Rye Gifts", "GBP"), Buyer("C-2", "Oban Home", "GBP"), Buyer("C-3", "Deal Living", "EUR"))
NUMBERS = range(1, 5)
LONG_AGO = BEGIN - timedelta(days=250)
# what the topology says, and what it may say instead: each step turns one of these over
TOPOLOGY_EDITS = (
    ('tolerance = { amount = "0.05" }', 'tolerance = { amount = "5" }'),
    ('tolerance = { quantity = "2" }', 'tolerance = { quantity = "50" }'),
    ('cadence = "1d"', 'cadence = "400d"'),
    ('cadence = "15m"', 'cadence = "60d"'),
    ('grace = "2h"', 'grace = "9d"'),
    ('within = "48h"', 'within = "20d"'),
    (
        'requires = { return = ["sales_order"] }',
        'requires = { return = ["ecommerce_order"], order = ["order_number"] }',
    ),
    ('"ALLOCATED" = "released"\n', ""),
    ('"Checked" = "inspected"', '"Checked" = "received"'),
    ('"BROKEN" = "defect"\n', ""),
    ('authority = ["credit", "product"]', 'authority = ["credit"]'),
    ('authority = ["stock"]', 'authority = ["stock", "order"]\nstock = "available"'),
    ('name = "ReBound"', 'name = "ReBound"\nrealm = "eu"'),
    ('record = "stock"', 'record = "stock"\nonly = { status = ["open"] }'),
    ('compare = ["lines", "price", "customer"]', 'compare = ["status", "total"]'),
    ('[[systems]]\nkey = "sparklayer"', 'ignore_references = ["SO-1", "RMA-2"]\n[[systems]]\nkey = "sparklayer"'),
    ("[reason_codes.shopify]", '[skus.rebound]\n"HP-102" = "HP-101"\n"HP-101" = "HP-101"\n[reason_codes.shopify]'),
    (
        "[reason_codes.shopify]",
        '[customers.erp]\n"C-1" = "C-2"\n[customers.rebound]\n"C-3" = "C-1"\n[reason_codes.shopify]',
    ),
)
SPANS = tuple(timedelta(**span) for span in ({"minutes": 1}, {"minutes": 40}, {"hours": 3}, {"days": 1}, {"days": 6}))
LONG_SPANS = (*SPANS, timedelta(days=35), timedelta(days=181))
STATUSES = {
    "order": ("open", "released", "part_fulfilled", "fulfilled", "cancelled", "closed", "ALLOCATED", "PACKED"),
    "fulfilment": ("pending", "dispatched", "cancelled", "GONE"),
    "return": ("requested", "Booked", "At the hub", "Checked", "Done", "rejected", "cancelled", "LOST"),
    "credit": ("draft", "issued", "applied", "failed", "void", "ODD"),
}
SENDERS = {
    "order": ("sparklayer", "shopify", "warehouse", "rebound"),
    "fulfilment": ("warehouse",),
    "return": ("rebound", "shopify"),
    "credit": ("erp", "shopify"),
    "stock_movement": ("warehouse",),
}
PREFIXES = {"sparklayer": "SL", "shopify": "SH", "warehouse": "W", "rebound": "RB"}
FLOWS = {
    "orders-to-shopify": ("order", "SL"),
    "orders-to-warehouse": ("order", "SL"),
    "orders-to-rebound": ("order", "SL"),
    "shipments-to-shopify": ("fulfilment", "F"),
    "returns-to-shopify": ("return", "R"),
    "credits-to-erp": ("return", "R"),
    "stock-to-shopify": ("stock_level", "HP-100@A"),
    "products-to-rebound": ("product", "HP-100"),
}
CODES = (None, "out_of_stock", "timeout", "payment_pending", "refund_rejected", "validation")


class World:
    """One brand and its moment: `said` is every line it was told, `late` are lines still under way."""

    def __init__(self):
        self.now = BEGIN
        self.said = []
        self.late = []
        self.edits = set()

    def hear(self, lines):
        """Takes lines in, as they are."""
        self.said += lines
        raws = b"\n".join(json.dumps(line).encode() for line in lines)
        take_in(read_lines(io.BytesIO(raws)), source="history", clock=timezone.now)

    def run(self, *, full=False):
        """Runs the checks as of the moment of this world."""
        return reconcile(as_of=self.now, now=self.now, full=full)


def begin():
    """The brand before anything happens to it, and a first run."""
    load(sample_topology(), dry_run=False)
    world = World()
    world.hear(settled_lines())
    world.run()


def settled_lines():
    """The catalogues, the stock, and one settled record of most types, so that there are feeds."""
    at = {"at": stamp(LONG_AGO)}
    settled = {"status": "cancelled", "placed_at": stamp(LONG_AGO), "requested_at": stamp(LONG_AGO)}
    lines = [
        at | settled | {"type": type, "system": system, "id": "X"}
        for type in ("order", "fulfilment", "return")
        for system in SENDERS[type]
    ]
    for system in CATALOGUES:
        lines += [at | _product(system, item) for item in GOODS]
    for system in ("warehouse", "shopify"):
        lines += [at | _level(system, item, 100) for item in GOODS if item.pack == 1]
    void = {"kind": "refund", "currency": "GBP", "amount": "1", "status": "void"}
    return [*lines, at | void | {"type": "credit", "system": "erp", "id": "X"}]


def _product(system, item):
    named = {"sku": item.sku, "active": True, "pack_size": item.pack, "base_sku": item.base}
    return {"type": "product", "system": system, "id": item.sku} | named


def _level(system, item, quantity):
    shelf = {"sku": item.sku, "location": "A", "condition": "sellable", "quantity": str(quantity)}
    return {"type": "stock_level", "system": system, "id": f"{item.sku}@A"} | shelf


def story(world, dice, *, trouble):
    """A whole order as every system tells it, with one kind of trouble in it; some of its lines may come later."""
    moment = world.now + dice.choice((0, 0, 1, 5)) * timedelta(hours=7)
    for _ in range(300):
        placed_at = moment - timedelta(days=dice.choice((1, 5, 33, 33)) * dice.random())
        told = tell(
            dice.choice((*NUMBERS, 5, 6, 7, 8, 9)), dice.choice(BUYERS), placed_at, moment, GOODS, dice, returned=0.7
        )
        if trouble.fits(told, moment):
            trouble.spoil(told, moment)
            break
    _told(world, dice, [line for versions in told.roles.values() for line in versions] + told.outcomes)


def _told(world, dice, lines):
    dice.shuffle(lines)
    under_way = int(len(lines) * dice.choice((0, 0, 0, 0.2, 0.5)))
    world.late += lines[:under_way]
    world.hear(lines[under_way:])


def late_lines(world, dice):
    """Some of what was under way arrives."""
    dice.shuffle(world.late)
    half = (len(world.late) + 1) // 2
    arrived, world.late = world.late[:half], world.late[half:]
    world.hear(arrived)


def loose_records(world, dice):
    """A few records of any type with any references: copies, returns, credits and movements that fit nothing."""
    world.hear([_loose(world, dice, dice.choice(list(SENDERS))) for _ in range(dice.randint(1, 4))])


def _loose(world, dice, type):
    system, number, at = dice.choice(SENDERS[type]), dice.choice(NUMBERS), _around(world, dice)
    prefix = {"order": PREFIXES.get(system), "fulfilment": "F", "return": "R", "credit": "CN", "stock_movement": "M"}
    line = {"type": type, "system": system, "id": f"{prefix[type]}-{number}", "at": at, "refs": _refs(dice)}
    line |= {"currency": dice.choice(("GBP", "GBP", "EUR")), "customer": {"id": dice.choice(BUYERS).id}}
    line |= {"placed_at": at, "requested_at": at, "issued_at": at, "shipped_at": at, "ship_to": {"town": "Rye"}}
    line |= {"status": dice.choice(STATUSES[type])} if type in STATUSES else {}
    money = str(dice.choice((5, 10, 12)))
    line |= {"total": money, "amount": money, "refund_amount": money, "kind": dice.choice(("refund", "credit_note"))}
    line |= {"settled": dice.random() < 0.5, "resolution": "credit", "lines": [_line(dice, type)]}
    if type == "order":
        line["payment"] = {"method": dice.choice(("Trade account", "card", "odd")), "status": "pending"}
    if type == "stock_movement":
        line |= _line(dice, type) | {"condition": "sellable", "reason": "return"}
    return {field: value for field, value in line.items() if dice.random() < 0.97 or field in REQUIRED}


REQUIRED = {"type", "system", "id", "at", "status", "placed_at", "requested_at", "kind", "currency", "amount"} | {
    *("sku", "condition", "quantity", "lines")
}


def _line(dice, type):
    item = dice.choice(GOODS)
    line = {"sku": item.sku, "quantity": str(dice.randint(1, 6)), "unit_price": str(item.price)}
    if type == "return":
        line |= {"reason_code": dice.choice(("BROKEN", "ODD")), "accepted_quantity": "1"}
        line |= {"disposition": dice.choice(("sellable", "damaged", None))}
    return line


def _refs(dice):
    def value(form):
        return form.format(dice.choice(NUMBERS))

    forms = {"sales_order": "SO-{}", "ecommerce_order": "#HP{}", "rma": "RMA-{}", "credit_number": "CN-{}"}
    return {scheme: value(form) for scheme, form in forms.items() if dice.random() < 0.4}


def _around(world, dice):
    """A moment: mostly past, at times the past of long ago, at times still to come."""
    away = dice.choice((*LONG_SPANS, *SPANS)) * dice.random()
    return stamp(world.now + away if dice.random() < 0.15 else world.now - away)


def other_versions(world, dice):
    """Records say something else than before, now, before that or later: withdrawn, restored, changed, repeated."""
    said = dice.sample(world.said, min(len(world.said), 3))
    world.hear([_changed(world, dice, line) for line in said])


def _changed(world, dice, line):
    change = dice.choice(("withdrawn", "refs", "status", "lines", "repeated", "restored", "noted"))
    line = line | {"at": _around(world, dice)} if change != "repeated" else line
    if change == "withdrawn":
        return {field: line[field] for field in ("type", "system", "id", "at")} | {"deleted": True}
    if change == "refs" and "refs" in line:
        return line | {"refs": _refs(dice)}
    if change == "status" and line["type"] in STATUSES:
        return line | {"status": dice.choice(STATUSES[line["type"]])}
    if change == "lines" and line.get("lines"):
        return line | {"lines": [line["lines"][0] | {"quantity": str(dice.randint(1, 9))}]}
    return line | {"notes": str(dice.random())} if change == "noted" else line


def credit_without_reference(world, dice):
    """A credit that says only who, what, how many and at what price."""
    item = dice.choice(GOODS)
    line = {"sku": item.sku, "quantity": str(dice.choice((1, 2, 6, 30)))}
    line |= {"unit_price": str(item.price + dice.choice((0, 0, 1)))}
    at = stamp(world.now - timedelta(hours=dice.choice((1, 90))))
    credit = {"type": "credit", "system": "erp", "id": f"CL-{dice.randint(1, 5)}", "at": at, "issued_at": at}
    credit |= {"kind": "credit_note", "status": "issued", "currency": "GBP", "amount": "10", "lines": [line]}
    who = {"customer": {"id": dice.choice(BUYERS).id}} if dice.random() < 0.85 else {}
    world.hear([credit | who])


def credit_a_little_low(world, dice):
    """A settled return whose credit is low by more than pennies: drift, once the tolerance is that wide."""
    if dice.random() < 0.8:
        _edit_topology(world, world.edits | {0})
    for number in NUMBERS:
        moment = world.now
        placed_at = moment - timedelta(days=30)
        told = tell(number, BUYERS[0], placed_at, moment, GOODS, dice, returned=1)
        if "credit" in told.roles:
            told.now("credit")["amount"] = str(float(told.now("credit")["amount"]) - 2)
            _told(world, dice, [line for versions in told.roles.values() for line in versions] + told.outcomes)
            return


def typing_error(world, dice):
    """A record that carries the numbers of two orders."""
    one, other = dice.sample(NUMBERS, 2)
    credit = {"type": "credit", "system": "erp", "id": f"CG-{one}", "at": _around(world, dice), "status": "issued"}
    refs = {"refs": {"sales_order": f"SO-{one}", "ecommerce_order": f"#HP{other}"}}
    world.hear([credit | refs | {"kind": "credit_note", "currency": "GBP", "amount": "9", "reason": "goodwill"}])


def outcome(world, dice):
    """The integration layer says what became of one record, perhaps of one that nobody sent."""
    flow = dice.choice(list(FLOWS))
    type, prefix = FLOWS[flow]
    id = prefix if "HP" in prefix else f"{prefix}-{dice.choice(NUMBERS)}"
    code, result = dice.choice(CODES), dice.choice(("success", "success", "failed", "skipped"))
    said = {"type": "outcome", "system": "ipaas", "id": f"{flow}/{id}", "at": _around(world, dice), "flow": flow}
    said |= {"error": {"code": code}} if code else {}
    target = {"target_id": f"SH-{dice.choice(NUMBERS)}"} if dice.random() < 0.2 else {}
    world.hear([said | target | {"result": result, "record": {"type": type, "id": id, "refs": _refs(dice)}}])


def catalogue(world, dice):
    """A system says something else of a product, or of a product it never named, or withdraws it."""
    item, system = dice.choice(GOODS), dice.choice(CATALOGUES)
    said = _product(system, item) | {"at": _around(world, dice)}
    said |= dice.choice(({"active": False}, {"pack_size": 5}, {"base_sku": "HP-101"}, {"deleted": True}, {}))
    world.hear([said])


def stock(world, dice):
    """A system counts what it has."""
    item, system = dice.choice(GOODS), dice.choice(("warehouse", "shopify"))
    world.hear([_level(system, item, dice.choice((0, 1, 99, 100, 140))) | {"at": _around(world, dice)}])


def refused_line(world, dice):
    """A line that cannot be read, with a moment or without."""
    bad = {"type": "order", "system": "shopify", "id": f"SH-{dice.choice(NUMBERS)}", "status": "open"}
    bad |= {"at": dice.choice(("soon", _around(world, dice)))}
    take_in(read_lines(io.BytesIO(json.dumps(bad).encode())), source="history", clock=timezone.now)


def topology_edit(world, dice):
    """Somebody edits what is connected to what, or takes an edit back."""
    _edit_topology(world, world.edits ^ {dice.randrange(len(TOPOLOGY_EDITS))})


def _edit_topology(world, edits):
    world.edits = edits
    text = sample_topology()
    for edit in sorted(world.edits):
        assert TOPOLOGY_EDITS[edit][0] in text
        text = text.replace(*TOPOLOGY_EDITS[edit])
    load(text, dry_run=False)


def link(world, dice):
    """A person says that two records belong together, or undoes what was said."""
    made = Link.objects.filter(undone_at=None).first()
    if made and dice.random() < 0.4:
        Link.objects.filter(id=made.id).update(undone_at=world.now)
    else:
        pair = (("return", "rebound", "R"), ("order", "sparklayer", "SL"))
        one, other = (record_key(type, system, f"{id}-{dice.choice(NUMBERS)}") for type, system, id in pair)
        made = Link.objects.create(record=one, other=other, made_by="jo")
    Touched.objects.bulk_create([Touched(record=key) for key in (made.record, made.other)], ignore_conflicts=True)


def a_while(world, dice):
    """Time passes."""
    world.now += dice.choice(SPANS)


def a_long_while(world, dice):
    world.now += dice.choice(LONG_SPANS)


def run(world, dice):
    """A run over what changed."""
    world.run()


def run_over_everything(world, dice):
    world.run(full=True)


def run_of_one_kind(world, dice):
    """A run that leaves all other kinds as they were."""
    reconcile(as_of=world.now, now=world.now, kinds=[dice.choice(TROUBLES).kind])


class PowerCut(Exception):
    """Whatever ends a run in the middle."""


def run_that_breaks_off(world, dice):
    """A run, mostly over everything, that ends somewhere in the middle of its checks."""
    left = iter(range(dice.randint(1, 150)))

    def progress(words):
        if next(left, None) is None:
            raise PowerCut

    with suppress(PowerCut):
        reconcile(
            as_of=world.now, now=world.now, full=dice.random() < 0.7, sharing=Sharing(slices=3), progress=progress
        )


STORIES = tuple(partial(story, trouble=trouble) for trouble in TROUBLES)
STEPS = (
    *((run, other_versions, a_while) * 3),
    *(loose_records, late_lines, credit_without_reference, credit_a_little_low, typing_error, outcome, catalogue),
    *(stock, refused_line, topology_edit, link, a_long_while),
    *(run_over_everything, run_of_one_kind, run_that_breaks_off),
)


def live(history):
    """The world after a history: (step, seed of its dice) one after the other, and a run over what changed."""
    world = World()
    for step, seed in history:
        step(world, Random(seed))
    return world
