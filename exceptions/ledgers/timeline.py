"""The time line of an order group across systems: what happened, who says so, and the exceptions on it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from exceptions.formats import money_text, number_text
from exceptions.ledgers.order_group import Connected
from exceptions.models import ExceptionCase
from reconciliation.statements import rows

SQL = Path(__file__).parents[1] / "sql"
LONGEST = 500
RETURN_DATES = (("requested_at", "requested"), ("received_at", "received"), ("inspected_at", "inspected"))


@dataclass(frozen=True)
class Event:
    """One moment: what happened in one or two words, who says so, the sentence, and where to look."""

    at: datetime
    what: str
    who: str
    words: str
    record: UUID | None = None
    case: ExceptionCase | None = None


@dataclass(frozen=True)
class TimeLine:
    """The events, oldest first; `cut` where earlier ones are left out."""

    events: list[Event]
    cut: bool


def timeline(
    records: Sequence[Any], cases: Iterable[ExceptionCase], topology: Connected, *, as_of: datetime
) -> TimeLine:
    """The events of these records (rows of `sql/pages/group_records.sql`) up to a moment."""
    history = rows("pages/group_history", {"records": [r.record for r in records], "as_of": as_of}, SQL)
    events = [_told(said, topology) for said in history]
    said = {(event.at, event.what, event.record) for event in events}
    dated = [event for event in _dates(records, topology) if (event.at, event.what, event.record) not in said]
    paid = {(event.at, event.record) for event in dated if event.what == "credited"}  # told with its amount
    events = [event for event in events if (event.at, event.record) not in paid]
    known = [event for event in (*dated, *events, *_exceptions(cases)) if event.at <= as_of]
    return TimeLine(sorted(known, key=lambda event: event.at), len(history) == LONGEST)


def _told(said: Any, topology: Connected) -> Event:
    what, words = _TELLING.get(said.type, _document)(said)
    return Event(said.at, what, topology.name(said.system), words, said.record)


def _document(said: Any) -> tuple[str, str]:
    name = f"{said.type.replace('_', ' ').capitalize()} {said.id}"
    if said.content is None:
        return "withdrawn", f"{name} withdrawn"
    status = (said.status or said.raw_status or "").replace("_", " ")
    shown = f"{status} ({said.raw_status})" if said.raw_status not in (None, status, said.status) else status
    if said.nth == 1:
        return status or "told", f"{name} is first told of" + (f", {shown}" if shown else "")
    if said.raw_status != said.status_before:
        return status, f"{name} is now {shown}"
    return "changed", f"{name} changed, still {shown}"


def _movement(said: Any) -> tuple[str, str]:
    if said.content is None:
        return _document(said)
    sign = "+" if said.quantity > 0 else ""
    what = (said.reason or "moved").replace("_", " ")
    where = f" at {said.location}" if said.location else ""
    return what, f"{sign}{number_text(said.quantity)} × {said.sku} to {said.condition.replace('_', ' ')}{where}"


def _outcome(said: Any) -> tuple[str, str]:
    if said.content is None:
        return _document(said)
    why = ": ".join(filter(None, (said.error_code, said.error_message)))
    return f"sync {said.result}", f"{said.flow}: {said.result}" + (f" ({why})" if why else "")


_TELLING = {"stock_movement": _movement, "outcome": _outcome}


def _dates(records: Sequence[Any], topology: Connected) -> Iterator[Event]:
    """The business dates, each once with all systems that give it."""
    given: dict[tuple[datetime, str, str], list[Any]] = defaultdict(list)
    for said in records:
        for at, what, words in _dated(said):
            if at is not None:
                given[at, what, words].append(said)
    for (at, what, words), who in given.items():
        names = ", ".join(sorted({topology.name(said.system) for said in who}))
        yield Event(at, what, names, words, who[0].record)


def _dated(said: Any) -> Iterator[tuple[datetime | None, str, str]]:
    if said.type == "order":
        yield said.placed_at, "placed", "Order placed"
    if said.type == "fulfilment" and said.status == "dispatched":
        yield said.shipped_at, "dispatched", f"Fulfilment {said.id} left"
    if said.type == "return":
        for field, word in RETURN_DATES:
            yield getattr(said, field), word, f"Return {said.number or said.id} {word}"
    if said.type == "credit" and said.issued_at:
        name = f"{said.kind.replace('_', ' ').capitalize()} {said.number or said.id}"
        yield said.issued_at, "credited", f"{name} issued: {money_text(said.gross, said.currency)}"


def _exceptions(cases: Iterable[ExceptionCase]) -> Iterator[Event]:
    for case in cases:
        yield Event(case.first_seen, "exception", "the checks", str(case.title), case=case)
        if case.closed_at:
            yield Event(case.closed_at, case.get_state(), "the checks", f"{case} {case.get_state()}", case=case)
