"""What may be otherwise of a whole order: its money, its parts, whose it is. Each bend changes several lines."""

import copy

from tests.law.choosing import chosen, moment, nudged, numeric
from tests.law.trials import JOINING


def _values(line):
    refs = line.get("refs") or {}
    return {str(refs[name]).strip().upper() for name in JOINING if refs.get(name)}


def _whole(dice, trial):
    """The lines that share a number with one order, over its returns."""
    order = (chosen(dice, trial, "order") or [{}])[-1]
    known = _values(order)
    for _ in range(2):
        for line in trial.records():
            if _values(line) & known:
                known |= _values(line)
    return [line for line in trial.records() if _values(line) & known]


def money_of_all(dice, trial):
    """Another currency for all that is said of one order, with thousandths or without a fraction."""
    word, step = dice.choice((("JPY", 100), ("KWD", 1), ("BHD", 0.137), ("CLP", 37), ("EUR", 1)))
    for line in _whole(dice, trial):
        if "currency" in line:
            line["currency"] = word
            for said in (line, *(one for one in line.get("lines") or () if isinstance(one, dict))):
                for name in ("total", "tax", "shipping", "amount", "refund_amount", "unit_price", "unit_refund"):
                    if numeric(said.get(name)) is not None:
                        said[name] = f"{numeric(said[name]) * step:.10g}"


def split_order(dice, trial):
    """An order in two parts of one system, that add up or do not; the second may be cancelled or dearer."""
    versions = chosen(dice, trial, "order")
    for line in versions[-1:]:
        other = copy.deepcopy(line) | {"id": f"{line['id']}{dice.choice(('-B', '-0'))}"}
        for one, part in zip(line.get("lines") or (), other.get("lines") or (), strict=True):
            if isinstance(one, dict) and (whole := numeric(one.get("quantity"))):
                here = dice.choice((whole, whole - 1, whole / 2, 0))
                one["quantity"], part["quantity"] = f"{max(0, here):.10g}", f"{max(0, whole - here):.10g}"
                part["unit_price"] = nudged(dice, part.get("unit_price"), (0, 0, 1))
        other |= {"placed_at": dice.choice((other.get("placed_at"), moment(dice, trial, other)))}
        other |= {"at": dice.choice((other["at"], moment(dice, trial, other)))}
        other |= {"status": dice.choice((other.get("status"), other.get("status"), "cancelled", "open"))}
        other |= {"currency": dice.choice((other.get("currency"), other.get("currency"), "EUR", None))}
        trial.lines.append(other)


def part_credits(dice, trial):
    """One credit paid in two documents."""
    for line in chosen(dice, trial, "credit")[-1:]:
        whole = numeric(line.get("amount")) or 0
        number = {"credit_number": dice.choice((f"CN-P{dice.randrange(99)}", None))}
        other = copy.deepcopy(line) | {"id": f"{line['id']}-P", "refs": dict(line.get("refs") or {}) | number}
        here = round(whole * dice.choice((0.5, 0.3, 1)), 2)
        line["amount"], other["amount"] = f"{here:.2f}", f"{max(0, whole - here + dice.choice((0, 0, 0.05, 1))):.2f}"
        other["issued_at"] = dice.choice((other.get("issued_at"), moment(dice, trial, other)))
        trial.lines.append(other | {"reason": dice.choice((other.get("reason"), "return", "goodwill"))})


def second_return(dice, trial):
    """The same goods come back once more, under another number or the same."""
    for line in chosen(dice, trial, "return")[-1:]:
        refs = dict(line.get("refs") or {})
        other = copy.deepcopy(line) | {"id": f"{line['id']}{dice.choice(('-2', '-0'))}"}
        other["refs"] = refs | {"rma": dice.choice((refs.get("rma"), f"{refs.get('rma')}-2", f"{refs.get('rma')}-2"))}
        trial.lines.append(
            other | {"requested_at": dice.choice((other.get("requested_at"), moment(dice, trial, other)))}
        )


def link(dice, trial):
    """A person says that two records belong together."""
    records = [line for line in trial.records() if line["type"] in ("order", "return", "credit", "fulfilment")]
    if len(records) > 1:
        pair = dice.sample(records, 2)
        trial.links.append(tuple((one["type"], one["system"].strip(), one["id"].strip()) for one in pair))


WHOLES = (*(money_of_all,) * 2, *(split_order,) * 3, *(part_credits,) * 2, *(second_return,) * 2, link)
