"""What keeps a month from being signed, each with the address where it can be seen to."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from exceptions.formats import instant_text
from exceptions.ledgers.arrivals import late_arrivals
from exceptions.months.statement import Statement
from reconciliation.statements import rows

SQL = Path(__file__).parents[1] / "sql"


@dataclass(frozen=True)
class Blocker:
    """What stands in the way of signing, and the address where it can be seen to."""

    sentence: str
    address: str


def blockers(statement: Statement, *, at: datetime) -> list[Blocker]:
    """Everything that keeps a month from being signed."""
    found = []
    if statement.until > at:
        found.append(Blocker("The month is not over.", ""))
    if statement.unexplained:
        found.append(Blocker(f"{statement.unexplained} {statement.currency} is unexplained.", "#unexplained"))
    if count := len(critical_cases(statement)):
        are = "critical exception of the month is" if count == 1 else "critical exceptions of the month are"
        found.append(Blocker(f"{count} {are} open.", _queue(severity="critical")))
    said = _waiting(statement)
    return [
        *found,
        *said["proposals"],
        *((*said["feeds"], *_not_sent(at)) if statement.until <= at else ()),
        *said["silent"],
        *said["deliveries"],
    ]


def critical_cases(statement: Statement) -> set[int]:
    """The open critical exceptions that speak of a record of the month: one in the statement, or one whose newest word
    fell into it."""
    listed = {item.record for item in statement.items}
    asked = {"since": statement.since, "until": statement.until, "currency": statement.currency}
    told = rows("statement/critical", asked, SQL)
    by_item = {item.case_id for item in statement.of("returns", "open") if item.case_id}
    return {row.case_id for row in told if row.within or row.record in listed or row.case_id in by_item}


def _waiting(statement: Statement) -> dict[str, list[Blocker]]:
    """The blockers beside the figures, by what they are: `proposals`, `feeds`, `silent` flows and `deliveries`."""
    told = rows("statement/waiting", {"until": statement.until, "currency": statement.currency}, SQL)
    found: dict[str, list[Blocker]] = {what: [] for what in WORDS}
    for (what, name), group in groupby(told, lambda row: (row.what, row.name)):
        found[what].append(WORDS[what](name, list(group)))
    return found


def _proposals(name: str, told: list[Any]) -> Blocker:
    wait = "proposal waits" if told[0].number == 1 else "proposals wait"
    return Blocker(f"{told[0].number} {wait} for approval.", _queue(view="approvals"))


def _feeds(system: str, told: list[Any]) -> Blocker:
    """A system of which a feed is not read up to the month's end."""
    read = "; ".join(f"{row.feed} " + (f"up to {instant_text(row.at)}" if row.at else "not at all") for row in told)
    return Blocker(f"{system} is not read to the end of the month: {read}.", reverse("connections"))


def _not_sent(at: datetime) -> list[Blocker]:
    """What was agreed to come and did not: the month may lack it."""
    agreed = [one for one in late_arrivals(at=at) if one.basis == "agreed"]
    words = "{0.name} has not sent what was agreed: {1}, expected by {2}."
    said = [(one, one.type.replace("_", " "), instant_text(one.expected_by)) for one in agreed if one.expected_by]
    return [Blocker(words.format(*one), f"{reverse('feeds')}#sent") for one in said]


def _silent(subject: str, told: list[Any]) -> Blocker:
    return Blocker(f"The flow {subject.removeprefix('flow:')} is silent.", _queue(kind="silent_flow"))


def _deliveries(system: str, told: list[Any]) -> Blocker:
    """The deliveries of the month that could not be handled."""
    wait = f"delivery of {system} waits" if told[0].number == 1 else f"deliveries of {system} wait"
    return Blocker(f"{told[0].number} {wait}.", reverse("connections"))


WORDS: dict[str, Callable[[str, list[Any]], Blocker]] = {
    "proposals": _proposals,
    "feeds": _feeds,
    "silent": _silent,
    "deliveries": _deliveries,
}


def _queue(**asked: str) -> str:
    return f"{reverse('queue')}?{urlencode(asked)}"
