"""What the lists of the settings show of a row."""

from collections.abc import Callable
from typing import Any

from exceptions.formats import instant_text, money_text
from exceptions.people.names import name_of
from reconciliation.declarations import checks
from reconciliation.topology_rows import duration_text

Cell = Callable[[Any], Any]


def kind(row: Any) -> str:
    """The title of a row's kind."""
    return checks()[row.kind].title if row.kind in checks() else row.kind or "any kind"


def of(name: str, none: str = "–") -> Cell:
    """A field as it is, or `none`."""
    return lambda row: none if getattr(row, name) in (None, "") else str(getattr(row, name))


def hours(name: str) -> Cell:
    """A number of hours."""
    return lambda row: f"{getattr(row, name)} h"


def money(name: str, none: str) -> Cell:
    """An amount in its row's currency, or `none`."""
    return lambda row: none if getattr(row, name) is None else money_text(getattr(row, name), row.currency)


def instant(name: str, none: str = "never") -> Cell:
    """An instant, or `none`."""
    return lambda row: none if getattr(row, name) is None else instant_text(getattr(row, name))


def span(name: str) -> Cell:
    """A length of time."""
    return lambda row: "–" if getattr(row, name) is None else duration_text(getattr(row, name))


def person(name: str, none: str) -> Cell:
    """A person by name, or `none`."""

    def cell(row: Any) -> str:
        found = getattr(row, name)
        return none if found is None else name_of(found)

    return cell


def conditions(rule: Any) -> str:
    """What a case must be like for an ownership rule, in words."""
    parts = [f"{name} {getattr(rule, name)}" for name in ("ledger", "flow", "system", "customer", "sku")]
    said = [part for part in parts if not part.endswith(" None")]
    if rule.kind:
        said.insert(0, kind(rule))
    if rule.severity:
        said.append(f"{rule.severity} severity")
    if rule.amount_from is not None:
        said.append(f"from {money_text(rule.amount_from, rule.currency)}")
    elif rule.currency:
        said.append(f"in {rule.currency}")
    return ", ".join(said) or "every exception"


def left_out(suppression: Any) -> str:
    """What a suppression leaves out."""
    parts = [(name, getattr(suppression, name)) for name in ("subject", "customer", "sku")]
    return ", ".join(f"{name} {value}" for name, value in parts if value)


def days(calendar: Any) -> str:
    """The working days and hours of a calendar."""
    names = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    return f"{' '.join(names[day - 1] for day in calendar.days)}, {calendar.opens:%H:%M} to {calendar.closes:%H:%M}"


def until(suppression: Any) -> str:
    """When a suppression ends, or that it has ended."""
    ended = suppression.undone_at
    return instant_text(suppression.ends_at) if ended is None else f"ended {instant_text(ended)}"
