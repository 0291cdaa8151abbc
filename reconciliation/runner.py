"""Runs the checks: regroup, set the stage, find candidates, let lesser kinds yield, keep the findings.

A run moves the queue from the moment of the last run to its own, over what changed in between or over everything.
A run as of an earlier moment only reports. Each slice of a run is one transaction, and may be run again.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal
from math import ceil
from os import getpid
from socket import gethostname
from time import monotonic
from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Now
from psycopg import sql

from reconciliation import stage
from reconciliation.declarations import Check, checks
from reconciliation.groups import label_past, regroup
from reconciliation.models import Configuration, FirstSent, Run, RunSlice, Touched
from reconciliation.statements import statement

RUNNING = 0x72756E21  # the advisory lock of whoever runs the checks
SLICE = 20_000  # groups examined at once, at most; more would not fit the room for temporary tables
SHARED_SLICE = 5_000  # the same where several share a run: small enough to be spread, and to be done again,
SHARES = 40  # but not in more slices than this: each looks through all groups for its own
MUCH_NEWS = 5_000  # changed records, and
LARGE_SHARE = 0.1  # share of all that they are, after which the tables' statistics are taken anew
ACROSS_GROUPS = ("line", "sku", "customer")

Progress = Callable[[str], None]
Invite = Callable[[int, int], None]


class FutureMoment(ValueError):
    """A run as of a moment that has not come yet."""


class AlreadyRunning(Exception):
    """Somebody else is running the checks."""


class EverythingDiffers(Exception):
    """What holds for all groups has changed: a run over what changed would miss the rest."""


@dataclass
class CheckResult:
    """What one check did in a run; `examined` counts groups, `seconds` the SELECT alone."""

    kind: str
    examined: int = 0
    found: int = 0
    seconds: float = 0.0

    def add(self, other: "CheckResult") -> None:
        """Counts what `other` counted too."""
        self.examined += other.examined
        self.found += other.found
        self.seconds += other.seconds


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


@dataclass(frozen=True)
class Sharing:
    """Who shares a run over everything, and in how many slices (null: as many as its groups suggest).

    `workers`: connections of this process. `invite`: calls others, whose part is `examine_slices`, with the number of
    the run and of its slices; whether and when they come, and whether they live, makes no difference but time.
    """

    workers: int = 1
    slices: int | None = None
    invite: Invite | None = None


ALONE = Sharing()


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
    return _Part(led, lambda words: None).take_all() if led else 0


def wanted(kinds: Sequence[str] | None) -> list[Check]:
    """The checks of these kinds and of all they yield to, in the order of precedence; every check for null."""
    every = checks()
    waiting, needed = list(kinds or every), set()
    while waiting:
        kind = waiting.pop()
        if kind not in needed:
            needed.add(kind)
            waiting += [rule.to for rule in every[kind].yields if rule.to in every]
    return [check for kind, check in every.items() if kind in needed]


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


class _Examination:
    """The checks of one run, over whichever keys the stage holds."""

    def __init__(self, as_of: datetime, kinds: Sequence[str] | None, progress: Progress) -> None:
        self.as_of = as_of
        self.progress = progress
        self.checks = wanted(kinds)
        self.results = {check.kind: CheckResult(check.kind) for check in self.checks}
        self.kept = list(kinds) if kinds else list(self.results)

    def find(self, cursor: Any, spaces: tuple[str, ...], examined: int = 0, *, whole: bool = True) -> None:
        """Leaves the candidates of these spaces in `candidate`, with their states and references.

        Unless `whole`, only those whose key is in `scope_shard`.
        """
        chosen = [check for check in self.checks if check.space in spaces]
        cursor.execute("truncate candidate")
        for check in chosen:
            self._select(cursor, check, examined)
        if not whole:
            cursor.execute(statement("runner/out_of_scope"))
        self._settle(cursor, chosen)
        cursor.execute(statement("runner/refs"))
        cursor.execute("select kind, count(distinct subject) from candidate where state = 'raised' group by kind")
        for kind, found in cursor.fetchall():
            self.results[kind].found += found

    def _select(self, cursor: Any, check: Check, examined: int) -> None:
        self.progress(check.title)
        select = sql.SQL(statement("runner/candidates")).format(
            kind=sql.Literal(check.kind),
            space=sql.Literal(check.space),
            check=sql.SQL(check.sql),
        )
        started = monotonic()
        cursor.execute(select, {"as_of": self.as_of})
        self.results[check.kind].seconds += monotonic() - started
        self.results[check.kind].examined += examined

    def _settle(self, cursor: Any, chosen: list[Check]) -> None:
        """Ripeness first, then precedence: a kind yields only to what is itself raised, or swallowed."""
        cursor.execute(statement("runner/ripeness"), {"as_of": self.as_of})
        cursor.execute("create index if not exists candidate_shard on candidate (kind, space, shard)")
        cursor.execute("analyze candidate")
        cursor.execute(statement("runner/conflicts"))
        present = {check.kind for check in chosen}
        for check in chosen:
            for rule in check.yields:
                if rule.to in present:
                    cursor.execute(
                        statement("runner/yields"), {"kind": check.kind, "greater": rule.to, "ground": rule.on}
                    )
        cursor.execute(statement("runner/swallow"), {"as_of": self.as_of})


class _Part(_Examination):
    """What one process or thread does in a run: it sets the stage for some groups, examines and keeps."""

    def __init__(self, run: Run, progress: Progress) -> None:
        super().__init__(run.as_of, run.kinds, progress)
        self.run = run
        self.practices: list[list[Any]] = []

    def take_all(self, *, wait: bool = False) -> int:
        """Examines slices until none is free; `wait`: until all are finished, whoever dies over one."""
        taken = 0
        while self._take("runner/take_slice"):
            taken += 1
        while wait and RunSlice.objects.filter(run=self.run, finished_at=None).exists():
            taken += self._take("runner/await_slice")
        return taken

    def take_all_alone(self) -> None:
        """The same in a thread of its own, whose connection ends with it."""
        try:
            self.take_all(wait=True)
        finally:
            connection.close()

    def _take(self, taking: str) -> bool:
        """One slice in one transaction, which holds the slice as long as it lives; whether there was any."""
        self.results = {kind: CheckResult(kind) for kind in self.results}
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement(taking), {"run": self.run.id})
            if (slice_taken := cursor.fetchone()) is None:
                return False
            number, slices = slice_taken
            self._set_out(cursor)
            cursor.execute(statement("runner/scope_slice"), {"number": number, "slices": slices})
            self._groups(cursor)
            finished = {
                "finished_at": Now(),
                "results": [asdict(result) for result in self.results.values()],
                "by": f"{gethostname()}:{getpid()}",
            }
            RunSlice.objects.filter(run=self.run, number=number).update(**finished)
        return True

    def _set_out(self, cursor: Any) -> None:
        stage.clear(cursor)
        stage.set_reference_facts(cursor, self.as_of)
        self.practices = stage.practices(cursor)

    def _groups(self, cursor: Any) -> None:
        cursor.execute(statement("runner/scope_members"))
        self.find(cursor, ("group",), stage.set_groups(cursor, self.as_of))
        self._keep(cursor)
        cursor.execute(statement("runner/forget_groups"), {"kinds": self.kept, "run": self.run.id})

    def _keep(self, cursor: Any) -> None:
        cursor.execute(statement("runner/keep"), {"kinds": self.kept, "run": self.run.id})


class _Run(_Part):
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

    def execute(self) -> Report:
        """Examines what changed, or everything, and writes down the run."""
        # waits for whoever still examines a slice of a run whose leader died, and leaves nothing of it to others
        RunSlice.objects.all().delete()
        self.run.save()
        if self.full or self._much_is_new():
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
        regroup(as_of=self.as_of, since=None)
        with connection.cursor() as cursor:
            cursor.execute("select take_statistics('{member}')")
        self._share()
        with transaction.atomic(), connection.cursor() as cursor:
            self._set_out(cursor)
            cursor.execute(statement("runner/forget_facts"))
            self._rest(cursor, full=True)
            self._clear_marks(cursor)

    def _share(self) -> None:
        """Hands out the slices, takes its own share, and goes on when all are finished."""
        slices = self.sharing.slices or _slices(self.sharing)
        RunSlice.objects.bulk_create([RunSlice(run=self.run, number=n, slices=slices) for n in range(slices)])
        if self.sharing.invite and slices > 1:
            self.sharing.invite(self.run.id, slices)
        if self.sharing.workers == 1:
            self.take_all(wait=True)
        else:
            # PostgreSQL does the work, so threads are enough to wait for it
            parts = [_Part(self.run, lambda words: None) for _ in range(self.sharing.workers)]
            with ThreadPoolExecutor(self.sharing.workers) as pool:
                list(pool.map(_Part.take_all_alone, parts))
        self.results = {kind: CheckResult(kind) for kind in self.results}
        for (results,) in RunSlice.objects.filter(run=self.run).values_list("results"):
            for result in results:
                self.results[result["kind"]].add(CheckResult(**result))

    @transaction.atomic
    def _what_changed(self) -> None:
        assert self.since is not None
        with connection.cursor() as cursor:
            self._set_out(cursor)
            if self.practices != self.since.practices:
                raise EverythingDiffers
            moments = {"as_of": self.as_of, "since": self.since.as_of}
            regroup(as_of=self.as_of, since=self.since.as_of)
            for step in ("dirty_skus", "dirty_groups", "scope_dirty", "dirty_rest", "contributed"):
                cursor.execute(statement(f"runner/{step}"), moments)
            self._groups(cursor)
            for step in ("contributed", "scope_skus"):
                cursor.execute(statement(f"runner/{step}"), moments)
            self._rest(cursor, full=False)
            self._clear_marks(cursor)

    def _rest(self, cursor: Any, *, full: bool) -> None:
        stage.set_rest(cursor, self.as_of, full=full)
        if not full:
            cursor.execute(statement("runner/scope_rest"))
        self.find(cursor, ACROSS_GROUPS, whole=full)
        self._keep(cursor)
        # before silent flows count what they swallow: what is no more must not be among it
        self._forget(cursor, ("group", *ACROSS_GROUPS), everything=full)
        cursor.execute(statement("runner/toggle"), {"as_of": self.as_of, "run": self.run.id})
        cursor.execute(statement("runner/swallowed"))
        self.find(cursor, ("rest",), whole=full)
        self._keep(cursor)
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
    examination = _Examination(as_of, kinds, progress)
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


def _last_complete_run() -> Run | None:
    """The run whose groups and findings are those stored; none where a later run broke off or looked at some kinds.

    A run over what changed is one transaction: where it broke off, it left nothing.
    """
    runs = Run.objects.filter(advanced=True).exclude(full=False, finished_at=None)
    last = runs.order_by("-as_of", "-id").first()
    return last if last is not None and last.kinds is None and last.finished_at is not None else None


def _slices(sharing: Sharing) -> int:
    with connection.cursor() as cursor:
        cursor.execute("select count(distinct group_key) from member")
        groups = int(cursor.fetchone()[0])
    whole = ceil(groups / SLICE)
    if sharing.workers > 1 or sharing.invite is not None:
        whole = max(whole, min(ceil(groups / SHARED_SLICE), SHARES))
    return max(sharing.workers, whole)
