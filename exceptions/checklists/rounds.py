"""Checklists: rounds open by the team's calendar, the system answers what it can ask, a person answers and signs."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.models import Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from exceptions.checklists.queries import OF_MONTHS, address_of, counts
from exceptions.company import current_company, week_of
from exceptions.configuration.changes import record_change
from exceptions.models import ANSWERS, Checklist, ChecklistItem, ChecklistRound, RoundItem, Team, TrailEntry
from exceptions.queue.grammar import tomorrow
from exceptions.rights import Person, may
from reconciliation.statements import statement

SQL = Path(__file__).parents[1] / "sql"
DEFAULTS = Path(__file__).parent / "lists.toml"
SHOWN_MISSED = timedelta(days=31)


class AnswerRefused(Exception):
    """An item cannot be answered, or a round not signed; the message says why."""


@dataclass(frozen=True)
class ChecklistPage:
    """The rounds of a person's page: today's, this week's others, and those that were missed or signed late."""

    today: list[ChecklistRound]
    week: list[ChecklistRound]
    missed: list[ChecklistRound]
    done: list[ChecklistRound]


def open_rounds(*, at: datetime) -> int:
    """Stores the rounds that have opened, with their items; how many. Another time it finds nothing to do."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement("checklists/rounds", SQL), {"at": at})
        made = [row[0] for row in cursor.fetchall()]
        cursor.execute(statement("checklists/items", SQL), {"rounds": made})
    return len(made)


def ask_queries(*, at: datetime, rounds: Iterable[ChecklistRound] | None = None, months: bool = True) -> int:
    """Answers the automatic items of rounds (all that are not signed); how many. A month's questions cost more."""
    asked = list(rounds) if rounds is not None else list(_unsigned().exclude(missed_at__lt=at - timedelta(days=1)))
    items = []
    shared = _shared_counts(asked, at=at)
    for turn in asked:
        own = {item.query for item in turn.items.all() if item.query in OF_MONTHS} if months else set()
        found = shared | (counts(own, turn, at=at) if own else {})
        items += [item for item in turn.items.all() if item.sort == "automatic" and _answered(item, found, at)]
    RoundItem.objects.bulk_update(items, ["answer", "found", "at"])
    return len(items)


def _shared_counts(asked: list[ChecklistRound], *, at: datetime) -> dict[str, int]:
    wanted = {item.query for turn in asked for item in turn.items.all()} - {"", *OF_MONTHS}
    return counts(wanted, asked[0], at=at) if asked else {}


def _answered(item: RoundItem, found: Mapping[str, int], at: datetime) -> bool:
    if item.query not in found:
        return False
    item.found, item.at = found[item.query], at
    item.answer = "ok" if item.found == 0 else "not_ok"
    return True


def note_missed(*, at: datetime) -> int:
    """Notes each round that is late and not signed, once, in the trail; how many."""
    with transaction.atomic():
        late = list(
            ChecklistRound.objects.select_for_update(of=("self",), skip_locked=True)
            .filter(done_at=None, missed_at=None, due_at__lt=at)
            .select_related("checklist")
        )
        for turn in late:
            turn.missed_at = at
            _record(turn, "missed", {}, {"due_at": turn.due_at}, by=None, at=at, source="task")
        ChecklistRound.objects.bulk_update(late, ["missed_at"])
    return len(late)


def may_answer(person: Person, turn: ChecklistRound) -> bool:
    """Whether a person may answer: who works in the checklist's team."""
    return may(person, "work") and turn.checklist.team_id in person.teams


def answer(item_id: int, said: str, *, by: Person, at: datetime, note: str = "") -> RoundItem:
    """Answers a guided or manual item: `ok`, `not_ok` with a note, or empty to take it back; raises AnswerRefused."""
    with transaction.atomic():
        item = RoundItem.objects.select_for_update(of=("self",)).select_related("round__checklist").get(id=item_id)
        _demand(by, item.round)
        if item.sort == "automatic":
            raise AnswerRefused("The system answers this one.")
        if said not in ("", *ANSWERS):
            raise AnswerRefused("Choose one of the answers.")
        if said == "not_ok" and not note.strip():
            raise AnswerRefused(f"Say what is not in order: {item.text}.")
        before = {"answer": item.answer}
        item.answer, item.note, item.by, item.at = said or None, note.strip(), by.user if said else None, at
        item.save(update_fields=["answer", "note", "by", "at"])
        after = {"item": item.text, "answer": item.answer, "note": item.note}
        _record(item.round, "answer", before, after, by=by.user, at=at, source="page")
    return item


def sign(round_id: int, *, by: Person, at: datetime, note: str = "") -> ChecklistRound:
    """Signs a round: everything is answered, and a note says what is done about what is not in order."""
    with transaction.atomic():
        turn = ChecklistRound.objects.select_for_update(of=("self",)).select_related("checklist").get(id=round_id)
        _demand(by, turn)
        ask_queries(at=at, rounds=[turn])
        items = list(turn.items.all())
        if missing := [item for item in items if item.answer is None]:
            raise AnswerRefused(f"{len(missing)} not answered yet: {missing[0].text}.")
        wrong = [item for item in items if item.answer == "not_ok"]
        if wrong and not note.strip():
            raise AnswerRefused(f"Say what is done about it: {wrong[0].text}.")
        turn.done_at, turn.done_by, turn.note = at, by.user, note.strip()
        turn.result = "not_ok" if wrong else "ok"
        turn.save(update_fields=["done_at", "done_by", "note", "result"])
        found = {"result": turn.result, "not_in_order": [item.text for item in wrong], "note": turn.note}
        _record(turn, "sign", {}, found, by=by.user, at=at, source="page")
    return turn


def ask_again(round_id: int, *, by: Person, at: datetime) -> None:
    """Asks a round's automatic items again; raises AnswerRefused."""
    turn = ChecklistRound.objects.select_related("checklist").get(id=round_id)
    _demand(by, turn)
    ask_queries(at=at, rounds=[turn])


def _demand(person: Person, turn: ChecklistRound) -> None:
    if not may_answer(person, turn):
        raise AnswerRefused(f"Only who works in the team {turn.checklist.team} may answer.")
    if turn.done_at is not None:
        raise AnswerRefused("It has been signed already.")


def checklist_page(*, at: datetime) -> ChecklistPage:
    """The page: what is due today, what else this week, what was missed in the last month, what was signed lately."""
    _, until = week_of(timezone.localtime(at).date(), current_company())
    shown = _with_items().filter(Q(done_at=None) | Q(done_at__gt=at - SHOWN_MISSED), due_at__gt=at - SHOWN_MISSED)
    page = ChecklistPage([], [], [], [])
    for turn in shown:
        _place(turn, page, at=at, tomorrow=tomorrow(at), until=until)
    return page


def _place(turn: ChecklistRound, page: ChecklistPage, *, at: datetime, tomorrow: datetime, until: Any) -> None:
    if turn.done_at is None:
        late = turn.due_at < at
        (page.missed if late else page.today if turn.due_at <= tomorrow else page.week).append(turn)
    elif turn.done_at > turn.due_at:
        page.missed.append(turn)
    else:
        page.done.append(turn)


def of_month(month: str) -> list[ChecklistRound]:
    """The rounds of the checklists of month-end for a month."""
    return list(_with_items().filter(period=month, checklist__rhythm="monthly"))


def _unsigned() -> QuerySet[ChecklistRound]:
    return _with_items().filter(done_at=None)


def _with_items() -> QuerySet[ChecklistRound]:
    items = Prefetch("items", RoundItem.objects.select_related("by"))
    rounds = ChecklistRound.objects.select_related("checklist__team", "done_by").prefetch_related(items)
    return rounds.order_by("due_at", "checklist__position", "id")


def address(item: RoundItem, turn: ChecklistRound) -> str:
    """Where an item is worked or seen; empty for what is only confirmed."""
    if item.sort == "guided":
        return f"{reverse('queue')}?{item.queue}"
    return address_of(item.query, turn) if item.sort == "automatic" else ""


def default_lists() -> dict[str, dict[str, Any]]:
    """The checklists that every installation starts with, by their keys."""
    return tomllib.loads(DEFAULTS.read_text(encoding="utf-8"))


def make_defaults(lists: Any = Checklist, items: Any = ChecklistItem, teams: Any = Team) -> int:
    """Stores the checklists that are not there yet and whose team is; how many. A migration brings its own models."""
    made = 0
    known = set(teams.objects.values_list("key", flat=True))
    for position, (key, said) in enumerate(default_lists().items(), start=1):
        rows = said.pop("items")
        team = said.pop("team")
        if team not in known or lists.objects.filter(key=key).exists():
            continue
        stored = lists.objects.create(key=key, team_id=team, position=position, **said)
        items.objects.bulk_create(items(checklist=stored, position=place, **row) for place, row in enumerate(rows, 1))
        made += 1
    return made


def _record(
    turn: ChecklistRound,
    move: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    *,
    by: Any,
    at: datetime,
    source: str,
) -> TrailEntry:
    about = f"checklist {turn}"
    return record_change(about=about, move=move, before=before, after=after, by=by, at=at, source=source)
