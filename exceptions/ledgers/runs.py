"""The runs of the checks: when, over how much, how long, and what they meant for exceptions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from exceptions.ledgers.matches import Tier, tiers
from exceptions.listing import row_number
from reconciliation.declarations import checks
from reconciliation.models import Run
from reconciliation.statements import rows

SQL = Path(__file__).parents[1] / "sql"
PAGE = 50


class NoSuchRun(LookupError):
    """No run has this number."""


@dataclass(frozen=True)
class RunRow:
    """A run, how long it took, what its checks found, and its moves (a row of `sql/pages/run_*.sql`, or null)."""

    run: Run
    took: timedelta | None
    found: int
    moves: Any


@dataclass(frozen=True)
class RunsPage:
    """A page of runs, newest first; `following` is the number to go on below."""

    runs: list[RunRow]
    following: str | None


@dataclass(frozen=True)
class CheckRow:
    """One check in one run: `share` is its part of all checks' time, in percent."""

    kind: str
    title: str
    examined: int
    found: int
    seconds: float
    share: int
    moves: Any


@dataclass(frozen=True)
class RunPage:
    """One run with its checks, the slowest first; `checking` is the seconds they took together.

    `tiers`: what credits without a reference were matched to, where it is the last run.
    """

    row: RunRow
    checks: list[CheckRow]
    checking: float
    tiers: list[Tier]


def last_run() -> Run | None:
    """The last finished run that moved the queue; null where there was none."""
    return Run.objects.filter(advanced=True, finished_at__isnull=False).order_by("-id").first()


def runs_page(*, after: str) -> RunsPage:
    """The runs from below a number on; what is no number counts as not asked."""
    runs = Run.objects.order_by("-id")
    if (number := row_number(after)) is not None:
        runs = runs.filter(id__lt=number)
    found = list(runs[: PAGE + 1])
    shown = _with_moves(found[:PAGE])
    return RunsPage(shown, str(shown[-1].run.id) if len(found) > PAGE else None)


def run_page(id: int) -> RunPage:
    """One run; raises NoSuchRun."""
    run = Run.objects.filter(id=id).first()
    if run is None:
        raise NoSuchRun(id)
    (row,) = _with_moves([run])
    by_kind = {moves.kind: moves for moves in rows("pages/run_kinds", {"source": f"run {id}"}, SQL)}
    checking = sum(said["seconds"] for said in run.checks)
    told = [_check(said, by_kind.get(said["kind"]), checking) for said in run.checks]
    return RunPage(row, sorted(told, key=lambda check: -check.seconds), checking, tiers() if run == last_run() else [])


def _with_moves(runs: Sequence[Run]) -> list[RunRow]:
    moves = {row.source: row for row in rows("pages/run_moves", {"sources": [f"run {run.id}" for run in runs]}, SQL)}
    return [
        RunRow(
            run,
            run.finished_at - run.started_at if run.finished_at else None,
            sum(said["found"] for said in run.checks),
            moves.get(f"run {run.id}"),
        )
        for run in runs
    ]


def _check(said: dict[str, Any], moves: Any, checking: float) -> CheckRow:
    declared = checks().get(said["kind"])
    share = round(100 * said["seconds"] / checking) if checking else 0
    title = declared.title if declared else said["kind"]
    return CheckRow(said["kind"], title, said["examined"], said["found"], said["seconds"], share, moves)
