"""Runs the checks: regroup, set the stage, find candidates, let lesser kinds yield, keep the findings.

A run moves the queue from the moment of the last run to its own, over what changed in between or over everything.
A run as of an earlier moment only reports. Each slice of a run is one transaction, and may be run again.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from time import monotonic
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from psycopg import sql

from reconciliation.declarations import Check, checks
from reconciliation.groups import label_past, regroup
from reconciliation.models import Configuration, FirstSent, Run, Touched
from reconciliation.statements import statement

RUNNING = 0x72756E21  # the advisory lock of whoever runs the checks
SLICE = 50_000  # groups examined at once

STAGE = (
    "records",
    "references",
    "orders",
    "skus",
    "lines",
    "fulfilments",
    "returns",
    "credits",
    "expectations",
    "outcomes",
    "pairs",
    "absent",
    "pack_sizes",
    "packs",
    "settlements",
)
MATCHING = ("claims", "sales", "tiers", "unsupported")


class FutureMoment(ValueError):
    """A run as of a moment that has not come yet."""


@dataclass
class CheckResult:
    """What one check did in a run; `examined` counts groups or other keys, `seconds` the SELECT alone."""

    kind: str
    examined: int = 0
    found: int = 0
    seconds: float = 0.0


@dataclass(frozen=True)
class Found:
    """One finding of a run that only looks back."""

    kind: str
    subject: str
    amount: Decimal | None
    currency: str | None
    title: str


@dataclass
class Report:
    """What a run did. `findings` only where it looked back and changed nothing."""

    as_of: datetime
    run: Run | None
    full: bool
    results: dict[str, CheckResult]
    findings: list[Found] = field(default_factory=list)


def run_checks(
    *,
    as_of: datetime,
    now: datetime,
    full: bool = False,
    kinds: Sequence[str] | None = None,
    progress: Callable[[str], None] = lambda words: None,
) -> Report:
    """Runs the checks as of a moment (aware); raises FutureMoment, and KeyError for an unknown kind."""
    if as_of > now:
        raise FutureMoment(f"{as_of.isoformat()} has not come yet")
    wanted = _with_those_they_yield_to(kinds) if kinds else list(checks().values())
    with _alone():
        last = Run.objects.filter(advanced=True).order_by("-as_of", "-id").first()
        if last is not None and as_of < last.as_of:
            return _look_back(as_of, wanted, kinds, progress)
        return _Run(as_of, wanted, kinds, full, progress).execute()


def _with_those_they_yield_to(kinds: Sequence[str]) -> list[Check]:
    every = checks()
    needed: set[str] = set()
    waiting = list(kinds)
    while waiting:
        kind = waiting.pop()
        if kind not in needed:
            needed.add(kind)
            waiting += [rule.to for rule in every[kind].yields if rule.to in every]
    return [check for kind, check in every.items() if kind in needed]


@contextmanager
def _alone() -> Iterator[None]:
    """Holds the lock of the runner for the whole run, over all its transactions."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(%s)", [RUNNING])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_unlock(%s)", [RUNNING])


class _Run:
    """A run that moves the queue forward."""

    def __init__(
        self,
        as_of: datetime,
        wanted: list[Check],
        kinds: Sequence[str] | None,
        full: bool,
        progress: Callable[[str], None],
    ) -> None:
        self.as_of = as_of
        self.checks = wanted
        self.kinds = list(kinds) if kinds else None
        self.kept = self.kinds or [check.kind for check in wanted]
        self.progress = progress
        self.results = {check.kind: CheckResult(check.kind) for check in wanted}
        complete = Run.objects.filter(advanced=True, kinds=None, finished_at__isnull=False)
        self.since = complete.order_by("-as_of", "-id").first()
        self.configuration = Configuration.objects.get_or_create(id=1)[0].version
        self.full = full or self.kinds is not None or self._everything_may_differ()
        # what is marked now is examined; what is marked later has a greater mark and stays
        self.marks = list(Touched.objects.values_list("record", "mark"))

    def _everything_may_differ(self) -> bool:
        if self.since is None or self.since.configuration != self.configuration:
            return True
        return FirstSent.objects.filter(at__gt=self.since.as_of, at__lte=self.as_of).exists()

    def execute(self) -> Report:
        run = Run.objects.create(
            as_of=self.as_of, full=self.full, advanced=True, kinds=self.kinds, configuration=self.configuration
        )
        if self.full:
            self._everything(run)
        else:
            self._what_changed(run)
        run.checks = [_as_stored(result) for result in self.results.values()]
        run.groups = max((r.examined for r in self.results.values()), default=0)
        with connection.cursor() as cursor:
            cursor.execute("select clock_timestamp()")
            (run.finished_at,) = cursor.fetchone()
        run.save()
        return Report(self.as_of, run, self.full, self.results)

    def _everything(self, run: Run) -> None:
        self.progress("grouping")
        regroup(as_of=self.as_of, since=None)
        slices = _slices()
        for number in range(slices):
            with transaction.atomic(), connection.cursor() as cursor:
                _prepare(cursor)
                cursor.execute(statement("runner/scope_slice"), {"number": number, "of": slices})
                self._examine_groups(cursor, run)
        with transaction.atomic(), connection.cursor() as cursor:
            _prepare(cursor)
            self._examine_rest(cursor, run, everything=True)
            self._clear_marks(cursor)

    @transaction.atomic
    def _what_changed(self, run: Run) -> None:
        assert self.since is not None
        with connection.cursor() as cursor:
            _prepare(cursor)
            moments = {"as_of": self.as_of, "since": self.since.as_of}
            regroup(as_of=self.as_of, since=self.since.as_of)
            cursor.execute(statement("runner/dirty_skus"), moments)
            cursor.execute(statement("runner/dirty_groups"), moments)
            cursor.execute(statement("runner/dirty_lines"), moments)
            cursor.execute(statement("runner/scope_dirty"))
            self._examine_groups(cursor, run)
            self._examine_rest(cursor, run, everything=False)
            self._clear_marks(cursor)

    def _examine_groups(self, cursor: Any, run: Run) -> None:
        cursor.execute("analyze scope_group")
        cursor.execute(statement("runner/scope_members"))
        examined = _set_stage(cursor, self.as_of)
        self._examine(cursor, run, ("group",), examined, everything=False)
        cursor.execute(statement("runner/forget_groups"), {"kinds": self.kept, "run": run.id})

    def _examine_rest(self, cursor: Any, run: Run, *, everything: bool) -> None:
        cursor.execute("truncate candidate")
        _set_matching(cursor, self.as_of, everything)
        self._examine(cursor, run, ("line", "sku", "rest"), 0, everything)
        cursor.execute(
            statement("runner/forget_rest"), {"kinds": self.kept, "run": run.id, "full": everything}
        )

    def _examine(self, cursor: Any, run: Run, spaces: tuple[str, ...], examined: int, everything: bool) -> None:
        chosen = [check for check in self.checks if check.space in spaces]
        _find(cursor, chosen, self.as_of, self.results, examined, self.progress)
        _settle(cursor, chosen, self.as_of)
        for kind, found in _raised(cursor):
            self.results[kind].found += found
        cursor.execute(statement("runner/refs"))
        cursor.execute(statement("runner/keep"), {"kinds": self.kept, "run": run.id})

    def _clear_marks(self, cursor: Any) -> None:
        if self.kinds is not None:
            return
        cursor.execute(
            "delete from touched using unnest(%s::uuid[], %s::bigint[]) as seen (record, mark)"
            " where touched.record = seen.record and touched.mark = seen.mark",
            [[record for record, _ in self.marks], [mark for _, mark in self.marks]],
        )


@transaction.atomic
def _look_back(
    as_of: datetime, wanted: list[Check], kinds: Sequence[str] | None, progress: Callable[[str], None]
) -> Report:
    """What the checks would have found as of a past moment, with today's topology; nothing is kept."""
    results = {check.kind: CheckResult(check.kind) for check in wanted}
    shown = list(kinds or results)
    with connection.cursor() as cursor:
        label_past(as_of=as_of)
        _prepare(cursor)
        cursor.execute(statement("runner/scope_labels"))
        examined = _set_stage(cursor, as_of)
        _set_matching(cursor, as_of, everything=True)
        _find(cursor, wanted, as_of, results, examined, progress)
        _settle(cursor, wanted, as_of)
        for kind, found in _raised(cursor):
            results[kind].found += found
        cursor.execute(statement("runner/report"), {"kinds": shown})
        findings = [Found(*row) for row in cursor.fetchall()]
    return Report(as_of, None, True, {kind: results[kind] for kind in results if kind in shown}, findings)


def _slices() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select count(distinct group_key) from member")
        (groups,) = cursor.fetchone()
    return max(1, -(-int(groups) // SLICE))


def _prepare(cursor: Any) -> None:
    for tables in ("stage/tables", "matching/tables", "runner/tables"):
        cursor.execute(statement(tables))


def _set_stage(cursor: Any, as_of: datetime) -> int:
    """Fills the stage for the groups in scope; returns how many there are."""
    cursor.execute(statement("stage/legs"))
    for step in STAGE:
        cursor.execute(statement(f"stage/{step}"), {"as_of": as_of})
        if step in ("records", "references", "skus"):
            cursor.execute("analyze current_record, current_reference, resolved_sku")
    cursor.execute("select count(*) from scope_group")
    return int(cursor.fetchone()[0])


def _set_matching(cursor: Any, as_of: datetime, everything: bool) -> None:
    moment = {"as_of": as_of, "horizon": settings.MATCHING_HORIZON_DAYS, "full": everything}
    for step in MATCHING:
        cursor.execute(statement(f"matching/{step}"), moment)
    cursor.execute("select exists (select from leg)")
    if not cursor.fetchone()[0]:
        cursor.execute(statement("stage/legs"))


def _find(
    cursor: Any,
    chosen: list[Check],
    as_of: datetime,
    results: dict[str, CheckResult],
    examined: int,
    progress: Callable[[str], None],
) -> None:
    frame = statement("runner/candidates")
    for check in chosen:
        progress(check.title)
        started = monotonic()
        select = sql.SQL(frame).format(  # type: ignore[arg-type]
            kind=sql.Literal(check.kind),
            space=sql.Literal(check.space),
            check=sql.SQL(check.sql),  # type: ignore[arg-type]
        )
        cursor.execute(select, {"as_of": as_of})
        results[check.kind].seconds += monotonic() - started
        results[check.kind].examined += examined
    if os.environ.get("EXPLAIN_CHECKS"):
        _explain(cursor, chosen, as_of)


def _explain(cursor: Any, chosen: list[Check], as_of: datetime) -> None:
    folder = os.environ["EXPLAIN_CHECKS"]
    for check in chosen:
        cursor.execute(f"explain (analyze, buffers) {check.sql}", {"as_of": as_of})
        with open(f"{folder}/{check.kind}.txt", "w", encoding="utf-8") as plan:
            plan.writelines(f"{line}\n" for (line,) in cursor.fetchall())


def _settle(cursor: Any, chosen: list[Check], as_of: datetime) -> None:
    """Ripeness first, then precedence: a kind yields only to what is itself raised."""
    cursor.execute(statement("runner/ripeness"), {"as_of": as_of})
    cursor.execute("create index if not exists candidate_shard on candidate (kind, space, shard)")
    cursor.execute("analyze candidate")
    cursor.execute(statement("runner/conflicts"))
    known = {check.kind for check in chosen}
    for check in chosen:
        for rule in check.yields:
            if rule.to in known:
                cursor.execute(statement("runner/yields"), {"kind": check.kind, "to": rule.to, "on": rule.on})


def _raised(cursor: Any) -> list[tuple[str, int]]:
    cursor.execute("select kind, count(distinct subject) from candidate where state = 'raised' group by kind")
    return list(cursor.fetchall())


def _as_stored(result: CheckResult) -> dict[str, Any]:
    return {
        "kind": result.kind,
        "examined": result.examined,
        "found": result.found,
        "seconds": round(result.seconds, 4),
    }
