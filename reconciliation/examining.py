"""Examines what the stage holds: candidates, their ripeness and precedence, and the slices of a run, one by one.

Whoever takes part in a run examines slices of it here; who leads it, and what comes before and after, is runner.py.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from os import getpid
from socket import gethostname
from time import monotonic
from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Now
from psycopg import sql

from reconciliation import stage
from reconciliation.declarations import Check, checks
from reconciliation.models import Run, RunSlice
from reconciliation.statements import statement

Progress = Callable[[str], None]
# what a silent flow swallows (sql/runner/swallow.sql), whose amounts it adds up
SWALLOWED = ("order_missing_downstream", "unfulfilled_on_account", "return_missing_downstream", "stale_stock")
ROOM = 20_000  # groups whose stage is set at once, at most; more would not fit the room for temporary tables


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


class Examination:
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
        cursor.execute("select distinct kind from candidate")
        kinds = {kind for (kind,) in cursor.fetchall()}
        if kinds:
            self._settle(cursor, [check for check in chosen if check.kind in kinds])
            self._count(cursor)

    def _select(self, cursor: Any, check: Check, examined: int) -> None:
        self.progress(check.title)
        select = sql.SQL(statement("runner/candidates")).format(
            kind=sql.Literal(check.kind),
            space=sql.Literal(check.space),
            check=sql.SQL(check.sql),
        )
        started = monotonic()
        cursor.execute(select, {"as_of": self.as_of, "added_up": check.merge == "sum" or check.kind in SWALLOWED})
        self.results[check.kind].seconds += monotonic() - started
        self.results[check.kind].examined += examined

    def _count(self, cursor: Any) -> None:
        cursor.execute("select kind, count(distinct subject) from candidate where state = 'raised' group by kind")
        for kind, found in cursor.fetchall():
            self.results[kind].found += found

    def _settle(self, cursor: Any, found: list[Check]) -> None:
        """Ripeness first, then precedence: a kind yields only to what is itself raised, or swallowed."""
        cursor.execute(statement("runner/ripeness"), {"as_of": self.as_of})
        cursor.execute("create index if not exists candidate_shard on candidate (kind, space, shard)")
        cursor.execute("analyze candidate")
        cursor.execute(statement("runner/conflicts"))
        present = {check.kind for check in found}
        for check in found:
            for rule in check.yields:
                if rule.to in present:
                    cursor.execute(
                        statement("runner/yields"), {"kind": check.kind, "greater": rule.to, "ground": rule.on}
                    )
        cursor.execute(statement("runner/swallow"), {"as_of": self.as_of})
        cursor.execute(statement("runner/refs"))


class Part(Examination):
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
            number, first, until = slice_taken
            self._examine_slice(cursor, {"first": first, "until": until})
            finished = {
                "finished_at": Now(),
                "results": [asdict(result) for result in self.results.values()],
                "by": f"{gethostname()}:{getpid()}",
            }
            RunSlice.objects.filter(run=self.run, number=number).update(**finished)
        return True

    def _examine_slice(self, cursor: Any, ends: dict[str, Any]) -> None:
        """Plain groups are looked for in the whole slice at once, the others examined as many as the stage has room."""
        self.set_out(cursor)
        cursor.execute(statement("runner/scope_slice"), ends)
        cursor.execute(statement("runner/forget_facts"), ends)
        stage.leave_out_plain(cursor, self.as_of, ends)
        first, *others = stage.portions(cursor, ends, ROOM)
        if others:
            cursor.execute("truncate scope_group")
            cursor.execute(statement("runner/scope_slice"), first)
        self.examine_groups(cursor)
        for portion in others:
            self.set_out(cursor, but_plain=True)
            cursor.execute(statement("runner/scope_slice"), portion)
            self.examine_groups(cursor)

    def set_out(self, cursor: Any, *, but_plain: bool = False) -> None:
        """An empty stage with what holds for all groups."""
        stage.clear(cursor, but_plain=but_plain)
        stage.set_reference_facts(cursor, self.as_of)
        self.practices = stage.practices(cursor)

    def examine_groups(self, cursor: Any) -> None:
        """Examines the groups in scope, where there are any, and keeps what is found of them."""
        cursor.execute("select exists (select from scope_group)")
        if not cursor.fetchone()[0]:
            return
        cursor.execute(statement("runner/scope_members"))
        self.find(cursor, ("group",), stage.set_groups(cursor, self.as_of))
        self.keep(cursor)
        cursor.execute(statement("runner/forget_groups"), {"kinds": self.kept, "run": self.run.id})

    def keep(self, cursor: Any) -> None:
        """Stores the candidates as findings."""
        cursor.execute(statement("runner/keep"), {"kinds": self.kept, "run": self.run.id})
