"""Brands made from nothing: a few orders with few numbers, goods and buyers, so that everything meets everything."""

import tomllib
from datetime import UTC, datetime, timedelta
from random import Random

from tests.checks.conftest import TOPOLOGY
from tests.law.choosing import moment, stamp
from tests.law.trials import Trial

NOON = datetime(2025, 9, 20, 12, tzinfo=UTC)
GOODS = (("TEE", 1, "5.00"), ("MUG", 1, "7.30"), ("TEE-CS12", 12, "58.00"), ("OLD-TEE", 1, "5.00"))
BUYERS = ("C-1", "C-2", "c-3")
SENDERS = ("front", "shop", "warehouse", "portal")
MORE = """
[[flows]]
key = "to-portal"
record = "order"
source = "front"
target = "portal"
cadence = "15m"
grace = "1h"
compare = ["status", "lines", "price", "total", "customer"]
[[flows]]
key = "stock"
record = "stock"
source = "warehouse"
target = "shop"
cadence = "15m"
grace = "1h"
[reason_codes.portal]
"SMALL" = "size"
[reason_codes.shop]
"FIT" = "size"
[rejection_reasons.portal]
"No pay" = "payment_pending"
[customers.erp]
"K-1" = "C-1"
"""


def wired():
    """The small brand's topology, with legs to the portal and of stock, and words."""
    return tomllib.loads(TOPOLOGY.replace("[skus.portal]", MORE + "[skus.portal]"))


def small(dice: Random):
    """A trial of one to five orders and of what came of them."""
    topology = wired()
    for flow in topology["flows"]:
        if flow["record"] == "credit":
            flow["tolerance"] = {"amount": dice.choice(("0.05", "0.5", "3"))}
    trial = Trial(topology, [], NOON)
    for system in SENDERS:
        for sku, pack, _ in GOODS:
            trial.lines += _product(dice, system, sku, pack)
    trial.lines += [
        _line("product", "erp", sku, NOON - timedelta(days=300), sku=sku, pack_size=pack, **_base(sku))
        for sku, pack, _ in GOODS
    ]
    for number in range(dice.randint(1, 5)):
        _order(dice, trial, number)
    for system in ("warehouse", "shop"):
        trial.lines += [_level(dice, trial, system, sku) for sku, *_ in GOODS if dice.random() < 0.6]
    dice.shuffle(trial.lines)
    return trial


def _line(type, system, id, at, **fields):
    return {"type": type, "system": system, "id": id, "at": stamp(at)} | fields


def _base(sku):
    return {"base_sku": "TEE"} if sku == "TEE-CS12" else {}


def _product(dice, system, sku, pack):
    if dice.random() < 0.8:
        yield _line("product", system, sku, NOON - timedelta(days=300), sku=sku, pack_size=pack, active=True)


def _level(dice, trial, system, sku):
    shelf = {"sku": sku, "location": "A", "condition": "sellable", "quantity": dice.choice((0, 3, 40, 40))}
    return _line("stock_level", system, f"{sku}@A", NOON) | shelf | {"at": moment(dice, trial)}


def _order(dice, trial, number):
    """An order everywhere, and what was sent, came back, was put away and was paid back."""
    placed = NOON - timedelta(hours=dice.expovariate(1 / 300))
    rows = [_bought(dice) for _ in range(dice.randint(1, 3))]
    refs = {"sales_order": f"SO-{number}", "purchase_order": f"PO-{number}"}
    refs |= {"ecommerce_order": f"#{number}"} if dice.random() < 0.5 else {}
    payment = {"method": dice.choice(("on account", "card")), "status": dice.choice(("paid", "pending"))}
    known = {"refs": refs, "customer": {"id": dice.choice(BUYERS)}, "currency": dice.choice(("GBP", "GBP", "EUR"))}
    status = dice.choice(("open", "released", "fulfilled", "fulfilled", "closed", "cancelled"))
    total = sum(float(row["unit_price"]) * row["quantity"] for row in rows)
    fields = {"placed_at": stamp(placed), "payment": payment, "ship_to": {"town": "Rye"}, "lines": rows}
    fields |= known | {"status": status, "total": f"{total:.2f}"}
    for system in SENDERS:
        if dice.random() < 0.85:
            said = placed + timedelta(hours=dice.random() * 3)
            trial.lines.append(_line("order", system, f"{system}-{number}", said, **fields))
    if dice.random() < 0.6:
        sent = {"refs": refs, "status": "dispatched", "lines": _some(dice, rows)}
        trial.lines.append(_line("fulfilment", "warehouse", f"F-{number}", placed + timedelta(hours=9), **sent))
    if dice.random() < 0.6:
        _return(dice, trial, number, placed + timedelta(hours=50), rows, known)


def _bought(dice):
    sku, _, price = dice.choice(GOODS)
    return {"sku": sku, "quantity": dice.randint(1, 6), "unit_price": price, "uom": "each"}


def _some(dice, rows):
    return [{"sku": row["sku"], "quantity": max(0, row["quantity"] - dice.choice((0, 0, 1)))} for row in rows]


def _return(dice, trial, number, at, rows, known):
    rma = known | {"refs": known["refs"] | {"rma": f"RMA-{number}"}}
    back = [row | _judged(dice) for row in _some(dice, rows)]
    status = dice.choice(("requested", "authorised", "received", "inspected", "closed", "closed", "rejected"))
    fields = {"status": status, "requested_at": stamp(at), "resolution": "credit", "refund_amount": "9.50"}
    fields |= {"received_at": stamp(at + timedelta(hours=40))} if status in ("received", "closed") else {}
    fields |= {"inspected_at": stamp(at + timedelta(hours=44))} if dice.random() < 0.5 else {}
    fields |= {"rejection_reason": dice.choice(("No pay", "unknown_sku", "Late"))} if status == "rejected" else {}
    for system in ("portal", "shop"):
        if dice.random() < 0.85:
            said = at + timedelta(hours=45)
            trial.lines.append(_line("return", system, f"R-{number}", said, **rma | fields | {"lines": back}))
    if dice.random() < 0.6:
        moved = {"condition": "sellable", "refs": {"rma": f"RMA-{number}"}} | back[0]
        trial.lines.append(_line("stock_movement", "warehouse", f"M-{number}", at + timedelta(hours=46), **moved))
    if dice.random() < 0.7:
        _credit(dice, trial, number, at + timedelta(hours=60), rows, rma)


def _judged(dice):
    return {"disposition": dice.choice(("sellable", "damaged", None)), "reason_code": dice.choice(("SMALL", "FIT"))}


def _credit(dice, trial, number, at, rows, known):
    amount = sum(float(row["unit_price"]) * row["quantity"] for row in rows) + dice.choice((0, 0, 0.03, -2))
    fields = {"kind": dice.choice(("credit_note", "refund")), "amount": f"{max(0, amount):.2f}", "settled": False}
    fields |= {"status": "issued", "issued_at": stamp(at), "lines": rows if dice.random() < 0.5 else None}
    refs = known["refs"] | {"credit_number": f"N-{number % 3 if dice.random() < 0.1 else number}"}
    for system in ("erp", "shop")[: dice.choice((1, 1, 2))]:
        trial.lines.append(_line("credit", system, f"CN-{number}", at, **known | fields | {"refs": refs}))
