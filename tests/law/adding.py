"""What a brand may hold beside what it was told: each bend adds a line or a record to a trial, led by its dice."""

import copy

from tests.law.choosing import (
    CODES,
    DATES,
    LINED,
    REASONS,
    STATUSES,
    chosen,
    moment,
    nudged,
    one_of,
)


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
