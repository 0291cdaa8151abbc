"""How a bend chooses what it changes, led by its dice: a record, one of its lines, a moment, a number.

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
REASONS = ("return", "goodwill", "price_adjustment", "cancellation", None)
CODES = (
    *("order_not_found", "unknown_sku", "unknown_customer", "payment_pending", "out_of_stock", "rate_limited"),
    *("timeout", "validation", "conflict", "refund_rejected", "odd", None),
)
DATES = ("placed_at", "requested_at", "received_at", "inspected_at", "shipped_at", "issued_at")
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
