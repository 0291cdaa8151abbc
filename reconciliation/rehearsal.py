"""What a change of our own data would do, before it is made: the groups and keys that it touches are examined with it.

The change is made in a transaction that is taken back, and examined as of the last run, so that nothing but the change
tells the two apart. Marks, facts and groups go to temporary tables that stand before the stored ones (`past_facts` does
the same for a look back): no run and no intake waits, and nothing is kept.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import OperationalError, connection, transaction
from psycopg.errors import QueryCanceled

from reconciliation import stage
from reconciliation.examining import Examination
from reconciliation.groups import label_news
from reconciliation.models import FirstSent, Run
from reconciliation.own_words import Word
from reconciliation.runner import ACROSS_GROUPS
from reconciliation.statements import statement

MOST = 500  # groups that are examined; the rest are counted
PATIENCE = 8_000  # milliseconds that one statement may take


class NothingToCompare(Exception):
    """No run has said yet what stands, or none as of the moment that the change speaks of, or everything may differ."""


class TookTooLong(Exception):
    """The change touches more than can be examined while somebody waits."""


@dataclass(frozen=True)
class News:
    """Whom a change concerns beside the records that it marks: raw SKUs on lines, SKUs of catalogues, mapped words.

    Of `words` those matter that no mapping knew. `used`: words of one table whatever they stood for, and `customers`
    all names that customers among them have before and afterwards. `dated`: the moment of what it tells of a record;
    what was examined before that moment says nothing of it.
    """

    skus: Sequence[str] = ()
    named: Sequence[str] = ()
    words: Sequence[Word] = ()
    used: Sequence[Word] = ()
    customers: Sequence[str] = ()
    dated: datetime | None = None


@dataclass(frozen=True)
class Difference:
    """A subject that is raised otherwise with the change: before, after, or both with other amounts."""

    kind: str
    subject: str
    title: str
    sku: str | None
    was_raised: bool
    amount_before: Decimal | None
    currency_before: str | None
    is_raised: bool
    amount_after: Decimal | None
    currency_after: str | None


@dataclass(frozen=True)
class Rehearsal:
    """What differs, as of the last run: `examined` of the `touched` groups, all of them unless they were too many."""

    as_of: datetime
    examined: int
    touched: int
    differences: list[Difference]


def rehearse(change: Callable[[], object], news: News, *, first: UUID | None = None, most: int = MOST) -> Rehearsal:
    """Makes a change, examines what it touches, the group `first` before all others, and takes it back.

    Raises NothingToCompare, TookTooLong, and whatever the change raises.
    """
    last = Run.objects.filter(advanced=True, kinds=None).exclude(finished_at=None).order_by("-as_of", "-id").first()
    if last is None or (news.dated is not None and news.dated > last.as_of):
        raise NothingToCompare
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"set local statement_timeout = {PATIENCE}")
            found = _Rehearsal(cursor, last.as_of).perform(change, news, first=first, most=most)
            transaction.set_rollback(True)
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise TookTooLong from error
        raise
    return found


class _Rehearsal(Examination):
    """One change on trial, in a transaction that will be taken back."""

    def __init__(self, cursor: Any, as_of: datetime) -> None:
        super().__init__(as_of, None, lambda words: None)
        self.cursor = cursor
        self.moments = {"as_of": as_of, "since": as_of}

    def perform(self, change: Callable[[], object], news: News, *, first: UUID | None, most: int) -> Rehearsal:
        stage.clear(self.cursor)
        self._do("rehearsal/shadows")
        sent = _first_sent()
        change()
        if sent != _first_sent():
            raise NothingToCompare  # what a system sends at all decides about every group
        stage.set_reference_facts(self.cursor, self.as_of)
        touched = self._scope(news)
        self._do("rehearsal/cut", {"first": first, "most": most})
        self._do("runner/contributed")
        self._do("runner/past_facts")
        self._do("runner/scope_members")
        examined = stage.set_groups(self.cursor, self.as_of)
        self._find(("group",), whole=True)
        self._across_groups(news)
        return Rehearsal(self.as_of, examined, touched, self._differences())

    def _scope(self, news: News) -> int:
        """The groups that the change touches: of what it marked, of lines with its SKUs, and of its words."""
        label_news(as_of=self.as_of, since=self.as_of)
        self._do("rehearsal/members")
        self.cursor.executemany("insert into dirty_sku (sku) values (%s)", [(sku,) for sku in news.skus])
        for step in ("dirty_skus", "dirty_groups"):
            self._do(f"runner/{step}", self.moments)
        self._do("rehearsal/words", _said(news.words))
        if news.used:
            self._do(f"rehearsal/uses/{news.used[0].table}", _said(news.used) | {"names": list(news.customers)})
        self._do("runner/scope_dirty")
        self.cursor.execute("select count(*) from scope_group")
        return int(self.cursor.fetchone()[0])

    def _across_groups(self, news: News) -> None:
        """What looks across groups: the sums that the groups contribute to, and the SKUs' own keys."""
        named = [(sku,) for sku in news.named]
        self.cursor.executemany("insert into scope_shard (space, shard) values ('sku', %s)", named)
        self._do("runner/contributed")
        self._do("runner/scope_skus", self.moments)
        self._do("runner/scope_sku_words")
        self._do("runner/dirty_refused", self.moments)
        self._do("rehearsal/others")
        stage.set_rest(self.cursor, self.as_of, full=False)
        self._do("runner/scope_rest")
        self._find(ACROSS_GROUPS, whole=False)
        self._find(("rest",), whole=False)

    def _find(self, spaces: tuple[str, ...], *, whole: bool) -> None:
        self.find(self.cursor, spaces, whole=whole)
        self.cursor.execute("insert into rehearsed select * from candidate")

    def _differences(self) -> list[Difference]:
        summed = [check.kind for check in self.checks if check.merge == "sum"]
        self._do("rehearsal/differences", {"kinds": self.kept, "summed": summed})
        return [Difference(*row) for row in self.cursor.fetchall()]

    def _do(self, name: str, asked: dict[str, Any] | None = None) -> None:
        self.cursor.execute(statement(name), asked)


def _first_sent() -> set[tuple[str, str, datetime]]:
    return set(FirstSent.objects.values_list("type", "system", "at"))


def _said(words: Sequence[Word]) -> dict[str, Any]:
    return {
        "of": [word.of for word in words],
        "systems": [word.system for word in words],
        "raws": [word.raw for word in words],
    }
