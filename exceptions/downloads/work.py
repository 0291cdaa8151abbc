"""The tables of the work: what is proposed and accepted, evidence, groups of the queue, checklists, the handbook."""

from collections.abc import Callable, Iterator
from typing import Any

from exceptions.checklists.rounds import checklist_page
from exceptions.downloads.sheets import Asked, Download, NoSuchTable, Sheet, number_in
from exceptions.evidence import pieces_of, said_since
from exceptions.exports import Row
from exceptions.handbook.book import PLANS, handbook
from exceptions.models import ExceptionCase, Proposal
from exceptions.queue.grouped import GROUPS, grouped
from exceptions.resolutions import resolutions
from exceptions.settled import line_of, lines_settled, waived, waivers_of
from exceptions.variances import variances


def _approvals(asked: Asked) -> Sheet:
    waiting = Proposal.objects.filter(decision=None).select_related("case", "proposed_by").order_by("proposed_at", "id")
    rows = (
        (
            *(str(one.case), one.case.title, resolutions()[one.resolution].label, one.parameters.get("reason")),
            *(one.amount, one.currency, one.proposed_by.get_username(), one.proposed_at, one.note),
        )
        for one in waiting.iterator(chunk_size=2_000)
    )
    columns = ("Exception", "What", "Proposed", "Reason", "Amount", "Currency", "By", "At", "Note")
    return Sheet(columns, rows)


def _variances(asked: Asked) -> Sheet:
    found = variances(at=asked.at)
    sides = (("person", found.by_person), ("customer", found.by_customer), ("reason", found.by_reason))
    rows = (
        (side, one.who, one.currency, one.count, one.amount, one.alone, one.limit)
        for side, found_by in sides
        for one in found_by
    )
    return Sheet(("By", "Who or what", "Currency", "Exceptions", "Accepted", "Of it alone", "Limit"), rows)


def _waivers(asked: Asked) -> Sheet:
    changes = list(waived(asked.query.get("q", "")))
    rows = (
        (
            *(str(one.change.case), one.change.case.kind_title, one.change.case.customer),
            *(one.asked_by.get_username() if one.asked_by else None, one.note, one.change.made_by.get_username()),
            *(one.change.made_at, one.until, one.state, one.ended_at),
        )
        for one in waivers_of(changes, asked.person, at=asked.at)
        if one.change.case
    )
    columns = (
        *("Exception", "Kind", "Customer", "Asked by", "Why", "Approved by"),
        *("Since", "Until", "State", "Ended"),
    )
    return Sheet(columns, rows)


def _settled_lines(asked: Asked) -> Sheet:
    found = (line_of(entry, asked.person) for entry in lines_settled(asked.query.get("q", "")))
    rows = (
        (
            *(str(one.case), one.case.title, one.what, one.entry.by.get_username() if one.entry.by else None),
            *(one.entry.at, one.entry.note, one.line, one.case.get_state()),
        )
        for one in found
    )
    return Sheet(("Exception", "What", "Settled", "By", "At", "Why", "The line", "State now"), rows)


def _groups(asked: Asked) -> Sheet:
    by = asked.query.get("group", "")
    if by not in GROUPS:
        raise NoSuchTable(by)
    rows: list[Row] = []
    for one in grouped(asked.query, by, asked.person, at=asked.at):
        sums: list[Row] = [*one.amounts] or [(None, None)]
        rows += [(one.label, one.cases, *money, one.first_due) for money in sums]
    return Sheet((GROUPS[by][0], "Exceptions", "At risk", "Currency", "First due"), rows)


def _checklists(asked: Asked) -> Sheet:
    page = checklist_page(at=asked.at)
    columns = (
        "Checklist",
        "Period",
        "Team",
        "Due",
        "Item",
        "Answer",
        "Found",
        "Note",
        "By",
        "At",
        "Signed by",
        "Signed",
    )
    rounds = (*page.missed, *page.today, *page.week, *page.done)
    return Sheet(columns, (row for turn in rounds for row in _round(turn)))


def _round(turn: Any) -> Iterator[Row]:
    signed = turn.done_by.get_username() if turn.done_by else None
    for item in turn.items.all():
        by = item.by.get_username() if item.by else "the system" if item.at else None
        yield (
            *(str(turn.checklist), turn.period, turn.checklist.team_id, turn.due_at, item.text, item.answer),
            *(item.found, item.note, by, item.at, signed, turn.done_at),
        )


def _evidence(asked: Asked) -> Sheet:
    case = ExceptionCase.objects.annotate(said_since=said_since()).filter(id=number_in(asked, "id")).first()
    if case is None:
        raise NoSuchTable("exception")
    rows = (
        (
            *(piece.field, piece.expected, piece.expected_from, piece.expected_since),
            *(piece.actual, piece.actual_from, piece.actual_since, piece.differs),
        )
        for piece in pieces_of(case)
    )
    columns = ("Field", "Expected", "Who says so", "Since", "Found", "Who says that", "Since then", "Differs")
    return Sheet(columns, rows)


def _chapter(key: str) -> Callable[[Asked], Sheet]:
    def make(asked: Asked) -> Sheet:
        (chapter,) = (one for one in handbook().chapters if one.key == key)
        return Sheet((*chapter.headings, "Since the last issue"), ((*row.cells, row.mark) for row in chapter.rows))

    return make


TABLES = {
    "evidence": Download("Evidence of an exception", _evidence),
    "approvals": Download("Proposals that wait", _approvals),
    "variances": Download("Variances accepted this month", _variances),
    "waivers": Download("Waivers", _waivers),
    "settled-lines": Download("Refused lines that were settled", _settled_lines),
    "groups": Download("Groups of the queue", _groups),
    "checklists": Download("Checklists", _checklists),
} | {f"handbook-{plan.key}": Download(f"Handbook: {plan.title}", _chapter(plan.key)) for plan in PLANS}
