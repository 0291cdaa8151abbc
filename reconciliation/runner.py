"""Runs the checks: regroup, set the stage, find candidates, let lesser kinds yield, keep the findings.

A run moves the queue from the moment of the last run to its own, over what changed in between or over everything.
A run as of an earlier moment only reports. Each slice of a run is one transaction, and may be run again.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from reconciliation import stage
from reconciliation.examining import CheckResult, Examination, Part, Progress
from reconciliation.groups import label_past, regroup
from reconciliation.models import Configuration, FirstSent, Run, RunSlice, Touched
from reconciliation.slices import ALONE, Sharing, cut
from reconciliation.statements import statement

RUNNING = 0x72756E21  # the advisory lock of whoever runs the checks
MUCH_NEWS = 5_000  # changed records, and
LARGE_SHARE = 0.1  # share of all that they are, after which the tables' statistics are taken anew
ACROSS_GROUPS = ("line", "sku", "customer")


class FutureMoment(ValueError):
    """A run as of a moment that has not come yet."""


class AlreadyRunning(Exception):
    """Somebody else is running the checks."""


class EverythingDiffers(Exception):
    """What holds for all groups has changed: a run over what changed would miss the rest."""


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
    """What a run did. `run` is null where it looked back; `findings` are known only there."""

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
    sharing: Sharing = ALONE,
    wait: bool = True,
    progress: Progress = lambda words: None,
) -> Report:
    """Runs the checks as of a moment (aware).

    Raises FutureMoment, KeyError for an unknown kind, and AlreadyRunning where it need not `wait` for its turn.
    """
    if as_of > now:
        raise FutureMoment(f"{as_of.isoformat()} has not come yet")
    with _alone(wait):
        last = Run.objects.filter(advanced=True).order_by("-as_of", "-id").first()
        if last is not None and as_of < last.as_of:
            return _look_back(as_of, kinds, progress)
        return _Run(as_of, kinds, full, sharing, progress).execute()


def examine_slices(run: int) -> int:
    """Examines slices of a run that another process leads until none is free; how many there were."""
    led = Run.objects.filter(id=run).first()
    return Part(led, lambda words: None).take_all() if led else 0


@contextmanager
def _alone(wait: bool) -> Iterator[None]:
    """Holds the lock of the runner for the whole run, over all its transactions."""
    with connection.cursor() as cursor:
        if wait:
            cursor.execute("select pg_advisory_lock(%s)", [RUNNING])
        else:
            cursor.execute("select pg_try_advisory_lock(%s)", [RUNNING])
            if not cursor.fetchone()[0]:
                raise AlreadyRunning
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_unlock(%s)", [RUNNING])


class _Run(Part):
    """A run that moves the queue forward."""

    def __init__(
        self, as_of: datetime, kinds: Sequence[str] | None, full: bool, sharing: Sharing, progress: Progress
    ) -> None:
        self.sharing = sharing
        self.kinds = list(kinds) if kinds else None
        self.configuration = Configuration.objects.get_or_create(id=1)[0].version
        self.since = _last_complete_run()
        self.full = full or self.kinds is not None or self._everything_may_differ(as_of)
        # what is marked now is examined; what is marked later has a greater mark and stays
        self.marks = list(Touched.objects.values_list("record", "mark"))
        run = Run(as_of=as_of, full=self.full, advanced=True, kinds=self.kinds, configuration=self.configuration)
        run.grouping = _grouping_rules()
        super().__init__(run, progress)

    def _everything_may_differ(self, as_of: datetime) -> bool:
        if self.since is None or self.since.configuration != self.configuration:
            return True
        return FirstSent.objects.filter(at__gt=self.since.as_of, at__lte=as_of).exists()

    def _much_is_new(self) -> bool:
        if len(self.marks) <= MUCH_NEWS:
            return False
        with connection.cursor() as cursor:
            cursor.execute("select reltuples from pg_class where oid = 'ledger'::regclass")
            (known,) = cursor.fetchone()
        return len(self.marks) > LARGE_SHARE * float(known)

    def _grouped_until(self) -> datetime | None:
        """The moment of the stored groups; none where they are not there, are by other rules, or much is new."""
        known = self.since is not None and self.since.grouping == self.run.grouping and not self._much_is_new()
        return self.since.as_of if self.since is not None and known else None

    def execute(self) -> Report:
        """Examines what changed, or everything, and writes down the run."""
        # waits for whoever still examines a slice of a run whose leader died, and leaves nothing of it to others
        RunSlice.objects.all().delete()
        self.run.save()
        if self.since is None or self._much_is_new():
            _know_the_tables()
        if not self.full:
            try:
                self._what_changed()
            except EverythingDiffers:
                self.full = self.run.full = True
                self.run.save()
        if self.full:
            self._everything()
        return self._finish()

    def _finish(self) -> Report:
        self.run.checks = [
            {"kind": r.kind, "examined": r.examined, "found": r.found, "seconds": round(r.seconds, 4)}
            for r in self.results.values()
        ]
        self.run.groups = max((r.examined for r in self.results.values()), default=0)
        self.run.practices = self.practices
        with connection.cursor() as cursor:
            cursor.execute("select clock_timestamp()")
            (self.run.finished_at,) = cursor.fetchone()
        self.run.save()
        return Report(self.as_of, self.run, self.full, {kind: self.results[kind] for kind in self.kept})

    def _everything(self) -> None:
        self.progress("grouping")
        if regroup(as_of=self.as_of, since=self._grouped_until()) > MUCH_NEWS:
            with connection.cursor() as cursor:
                cursor.execute("select take_statistics('{member}')")
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement("runner/uneven"), {"as_of": self.as_of})
        self._share()
        with transaction.atomic(), connection.cursor() as cursor:
            self.set_out(cursor)
            self._rest(cursor, full=True)
            self._clear_marks(cursor)

    def _share(self) -> None:
        """Hands out the slices, takes its own share, and goes on when all are finished."""
        slices = cut(self.run, self.sharing)
        if self.sharing.invite and slices > 1:
            self.sharing.invite(self.run.id, slices)
        if self.sharing.workers == 1:
            self.take_all(wait=True)
        else:
            # PostgreSQL does the work, so threads are enough to wait for it
            parts = [Part(self.run, lambda words: None) for _ in range(self.sharing.workers)]
            with ThreadPoolExecutor(self.sharing.workers) as pool:
                list(pool.map(Part.take_all_alone, parts))
        self.results = {kind: CheckResult(kind) for kind in self.results}
        for (results,) in RunSlice.objects.filter(run=self.run).values_list("results"):
            for result in results:
                self.results[result["kind"]].add(CheckResult(**result))

    @transaction.atomic
    def _what_changed(self) -> None:
        assert self.since is not None
        with connection.cursor() as cursor:
            self.set_out(cursor)
            if self.practices != self.since.practices:
                raise EverythingDiffers
            moments = {"as_of": self.as_of, "since": self.since.as_of}
            regroup(as_of=self.as_of, since=self.since.as_of)
            for step in ("dirty_skus", "dirty_groups", "scope_dirty", "dirty_rest", "dirty_refused", "contributed"):
                cursor.execute(statement(f"runner/{step}"), moments)
            self.examine_groups(cursor)
            for step in ("contributed", "scope_skus", "scope_sku_words"):
                cursor.execute(statement(f"runner/{step}"), moments)
            self._rest(cursor, full=False)
            self._clear_marks(cursor)

    def _rest(self, cursor: Any, *, full: bool) -> None:
        stage.set_rest(cursor, self.as_of, full=full)
        cursor.execute(statement("matching/keep"), {"as_of": self.as_of, "everything": full})
        if not full:
            cursor.execute(statement("runner/scope_rest"))
        self.find(cursor, ACROSS_GROUPS, whole=full)
        self.keep(cursor)
        # before silent flows count what they swallow: what is no more must not be among it
        self._forget(cursor, ("group", *ACROSS_GROUPS), everything=full)
        cursor.execute(statement("runner/toggle"), {"as_of": self.as_of, "run": self.run.id})
        cursor.execute(statement("runner/swallowed"))
        self.find(cursor, ("rest",), whole=full)
        self.keep(cursor)
        self._forget(cursor, ("rest",), everything=full)

    def _forget(self, cursor: Any, spaces: tuple[str, ...], *, everything: bool) -> None:
        scope = {"kinds": self.kept, "run": self.run.id, "spaces": list(spaces), "everything": everything}
        cursor.execute(statement("runner/forget_rest"), scope)

    def _clear_marks(self, cursor: Any) -> None:
        if self.kinds is not None:
            return
        seen = {"records": [record for record, _ in self.marks], "marks": [mark for _, mark in self.marks]}
        cursor.execute(statement("runner/clear_marks"), seen)


def _look_back(as_of: datetime, kinds: Sequence[str] | None, progress: Progress) -> Report:
    """What the checks would have found as of a past moment, with today's topology; nothing is kept."""
    examination = Examination(as_of, kinds, progress)
    _know_the_tables()
    with transaction.atomic(), connection.cursor() as cursor:
        label_past(as_of=as_of)
        cursor.execute(statement("runner/past_facts"))
        stage.clear(cursor)
        cursor.execute(statement("runner/scope_labels"))
        stage.set_reference_facts(cursor, as_of)
        examined = stage.set_groups(cursor, as_of)
        stage.set_rest(cursor, as_of, full=True)
        cursor.execute("create temp table looked_back (like candidate) on commit drop")
        for spaces in (("group",), ACROSS_GROUPS):
            examination.find(cursor, spaces, examined if spaces == ("group",) else 0)
            cursor.execute("insert into looked_back select * from candidate")
        cursor.execute(statement("runner/swallowed_then"))
        examination.find(cursor, ("rest",))
        cursor.execute("insert into looked_back select * from candidate")
        summed = [check.kind for check in examination.checks if check.merge == "sum"]
        cursor.execute(statement("runner/report"), {"kinds": examination.kept, "summed": summed})
        findings = [Found(*row) for row in cursor.fetchall()]
    return Report(as_of, None, True, {kind: examination.results[kind] for kind in examination.kept}, findings)


def _know_the_tables() -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement("runner/analyze"))


def _grouping_rules() -> str:
    with connection.cursor() as cursor:
        cursor.execute(statement("runner/grouping_rules"))
        (rules,) = cursor.fetchone()
    return str(rules)


def _last_complete_run() -> Run | None:
    """The run whose groups and findings are those stored; none where a later run broke off or looked at some kinds.

    A run over what changed is one transaction: where it broke off, it left nothing.
    """
    runs = Run.objects.filter(advanced=True).exclude(full=False, finished_at=None)
    last = runs.order_by("-as_of", "-id").first()
    return last if last is not None and last.kinds is None and last.finished_at is not None else None
