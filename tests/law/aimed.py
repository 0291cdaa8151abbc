"""Brands and bends that aim at what chance alone hardly meets: sums over a month, packs, dispositions, references."""

from datetime import UTC, datetime, timedelta

from tests.law.choosing import NUDGES, chosen, edge, moment, one_of, stamp
from tests.law.small import wired
from tests.law.trials import Trial

MONTH_END = datetime(2025, 9, 30, 22, tzinfo=UTC)


def month(dice):
    """A trial of many small credits of few customers around the end of a month, each a little off."""
    topology = wired()
    for flow in topology["flows"]:
        if flow["record"] == "credit":
            flow["tolerance"] = {"amount": dice.choice(("0.4", "0.5", "1"))}
    trial = Trial(topology, [], MONTH_END + timedelta(days=9))
    off, money = dice.choice((0.4, 0.35, 0.25, -0.34, 0.5)), dice.choice(("GBP", "GBP", "EUR", "KWD", "JPY"))
    for number in range(dice.randint(3, 12)):
        own = dice.choice((money,) * 9 + ("USD",))
        _credited(dice, trial, number, own, dice.choice((off, off, off, off, -off, 0)))
    dice.shuffle(trial.lines)
    return trial


def _credited(dice, trial, number, money, off):
    """An order, its return and the credit of it, so much off what it should be."""
    issued = MONTH_END + dice.choice((timedelta(0), timedelta(hours=1), timedelta(days=-6))) + dice.choice(NUDGES)
    quantity, price = dice.randint(1, 7), dice.choice((5.0, 7.3, 58.01))
    row = {"sku": "TEE", "quantity": quantity, "uom": "each"}
    refs = {"sales_order": f"SO-{number}", "rma": f"RMA-{number}", "credit_number": f"N-{number}"}
    known = {"currency": money, "customer": {"id": dice.choice(("C-1", "C-1", " c-1", "C-2"))}, "refs": refs}
    lines = [row | {"unit_price": f"{price:.2f}"}]
    if dice.random() < 0.1:
        lines.append(row | {"unit_price": f"{price + dice.choice((0.1, 1)):.2f}"})
    order = {"status": "closed", "placed_at": stamp(issued - timedelta(days=20)), "lines": lines, "total": "9"}
    back = {"status": "closed", "requested_at": stamp(issued - timedelta(days=9)), "resolution": "credit"}
    back |= {"lines": [row], "received_at": stamp(issued - timedelta(days=2))}
    paid = {"kind": "credit_note", "amount": f"{max(0, quantity * price + off):.2f}", "status": "issued"}
    paid |= {"issued_at": stamp(issued)}
    said = [("order", "front", order), ("return", "portal", back), ("credit", "erp", paid)]
    said += [("credit", "shop", paid | {"amount": f"{quantity * price:.2f}"})] if dice.random() < 0.2 else []
    for type, system, fields in said:
        own = {"type": type, "system": system, "id": f"{type}-{number}", "at": stamp(issued - timedelta(days=1))}
        trial.lines.append(own | known | fields)


def packs_apart(dice, trial):
    """A product whose pack is of another size in another catalogue, since some edge."""
    product = (chosen(dice, trial, "product") or [None])[-1]
    if product:
        flows = [flow for flow in trial.topology["flows"] if flow["record"] == "product"]
        ends = [dice.choice(flows)[end] for end in ("source", "target")] if flows else [product["system"]]
        for system, size in zip(ends, dice.sample((1, 6, 12, None), 2), strict=False):
            other = product | {"system": system, "pack_size": size, "active": dice.choice((True, True, None, False))}
            trial.lines.append(other | {"at": edge(dice, trial)})


def undecided(dice, trial):
    """A return inspected about a day ago of which a SKU, or all, has no disposition."""
    for line in chosen(dice, trial, "return")[-1:]:
        line |= {"status": dice.choice(("inspected", "closed", "received")), "inspected_at": edge(dice, trial)}
        for one in line.get("lines") or ():
            if isinstance(one, dict) and dice.random() < 0.7:
                one["disposition"] = None


def bare(dice, trial):
    """An order that lacks an address, lines or a unit."""
    for line in chosen(dice, trial, "order")[-1:]:
        line["system"] = dice.choice(
            [s["key"] for s in trial.topology["systems"] if s["kind"] == "warehouse"] or ["erp"]
        )
        lacking = dice.choice(("ship_to", "lines", "uom", "uom"))
        if lacking == "uom":
            one_of(dice, line).update(uom=None, sku=dice.choice(("TEE-CS12", one_of(dice, line).get("sku") or "TEE")))
        else:
            line[lacking] = dice.choice((None, {}, "")) if lacking == "ship_to" else dice.choice((None, [], ""))


def unnamed(dice, trial):
    """A record without a reference that its system now requires."""
    for line in chosen(dice, trial, "order", "return", "credit", "fulfilment")[-1:]:
        scheme = dice.choice(("sales_order", "ecommerce_order", "order_number", "purchase_order"))
        line["refs"] = {name: value for name, value in (line.get("refs") or {}).items() if name != scheme}
        for system in trial.topology["systems"]:
            if system["key"] == line["system"]:
                needed = system.setdefault("requires", {}).setdefault(line["type"], [])
                needed += [] if scheme in needed else [scheme]
        line["at"] = dice.choice((line["at"], edge(dice, trial)))


def two_names(dice, trial):
    """A record of another system that carries a number of a second order besides."""
    versions = chosen(dice, trial, "return", "credit", "fulfilment", "order")
    other = (chosen(dice, trial, "order") or [{}])[-1].get("refs") or {}
    for line in versions[-1:]:
        scheme = dice.choice(("sales_order", "ecommerce_order", "order_number"))
        if other.get(scheme):
            line["refs"] = (line.get("refs") or {}) | {scheme: other[scheme]}


def other_reason(dice, trial):
    """A copy of a return that gives another reason, mapped or not."""
    codes = [code for table in trial.topology.get("reason_codes", {}).values() for code in table] or ["X"]
    for line in chosen(dice, trial, "return")[-1:]:
        one_of(dice, line)["reason_code"] = dice.choice((*codes, None, codes[0].lower()))
        line["at"] = dice.choice((line["at"], moment(dice, trial, line)))


AIMED = (packs_apart, undecided, undecided, bare, unnamed, unnamed, two_names, other_reason)
