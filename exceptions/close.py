"""Closing a month: blockers, two signatures over the content, the frozen copy, and late items."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max

from exceptions.acceptance import month_of
from exceptions.models import (
    AcceptanceLimit,
    ApprovalBand,
    ExceptionCase,
    OwnershipRule,
    Period,
    PeriodItem,
    PeriodSignature,
    SeverityThreshold,
    Suppression,
    TrailEntry,
)
from exceptions.months.blockers import blockers
from exceptions.months.parts import LABELS, Item, name_words
from exceptions.months.signed import content_hash, signed_headline, signed_items, stored, totals
from exceptions.months.statement import currencies, headline, month_bounds, statement_of
from exceptions.rights import Person, may
from exceptions.terms import close_cut_off
from reconciliation import topology
from reconciliation.models import LedgerEntry

RULES: dict[str, tuple[Any, tuple[str, ...]]] = {
    "bands": (ApprovalBand, ("role", "kind", "currency", "up_to")),
    "limits": (AcceptanceLimit, ("person__username", "currency", "per_exception", "per_month", "per_customer")),
    "severities": (SeverityThreshold, ("kind", "currency", "amount_from", "severity")),
    "ownership": (
        OwnershipRule,
        (
            *("position", "kind", "ledger", "flow", "system", "severity", "amount_from", "currency", "customer", "sku"),
            *("team_id", "person__username", "ends_at"),
        ),
    ),
}
PAST = ("accepted_value", "fees", "opening", "credited_before", "credited", "nothing_due")


class CloseRefused(Exception):
    """The period cannot be signed or opened so; the message says why, in words for the person."""


@dataclass(frozen=True)
class Late:
    """A part of a record that is known otherwise now than it was signed; either amount may be nought."""

    part: str
    bucket: str
    name: str | None
    record: str
    reference: str
    signed: Decimal
    now: Decimal

    @property
    def label(self) -> str:
        """The line in words."""
        label = LABELS[self.part].get(self.bucket, self.bucket)
        return f"{label}: {name_words(self.name)}" if self.name else label

    @property
    def difference(self) -> Decimal:
        """What the signed month would change by."""
        return self.now - self.signed


def period_of(month: str, currency: str) -> Period:
    """The period of a month and currency: open, and not stored, where nobody has signed it."""
    return Period.objects.filter(month=month, currency=currency).first() or Period(month=month, currency=currency)


def _locked(period: Period) -> Period:
    """The stored period, which nobody else signs meanwhile."""
    Period.objects.get_or_create(month=period.month, currency=period.currency)
    return Period.objects.select_for_update().get(month=period.month, currency=period.currency)


@transaction.atomic
def prepare(period: Period, *, by: Person, at: datetime) -> Period:
    """The preparer's signature: computes, keeps and hashes the statement; raises CloseRefused."""
    if not (may(by, "close_periods") or (may(by, "work") and "finance" in by.teams)):
        raise CloseRefused("Only finance prepares a month.")
    period = _locked(period)
    if period.state == "closed":
        raise CloseRefused(f"{period} is closed.")
    statement = statement_of(period.month, period.currency, as_of=at)
    if found := blockers(statement, at=at):
        raise CloseRefused(" ".join(blocker.sentence for blocker in found))
    period.items.all().delete()
    PeriodItem.objects.bulk_create(stored(period, statement.items), batch_size=2_000)
    period.as_of, period.totals, period.configuration = at, totals(statement), configuration()
    period.feeds, period.state = _feeds(), "in_review"
    period.prepared_by, period.prepared_at, period.reviewed_by, period.reviewed_at = by.user, at, None, None
    period.content_hash = content_hash(period)
    period.save()
    _sign(period, "prepared", by.user, at)
    return period


@transaction.atomic
def review(period: Period, *, by: Person, at: datetime) -> Period:
    """The reviewer's signature, somebody else's: closes the month and freezes what it settled; raises CloseRefused."""
    period = _locked(period)
    if period.state != "in_review":
        raise CloseRefused(f"{period} waits for no review.")
    if not (may(by, "close_periods") or may(by, "approve")):
        raise CloseRefused("Only an approver or a finance controller reviews a month.")
    if period.prepared_by_id == by.user.pk:
        raise CloseRefused("You prepared it: somebody else has to review it.")
    now = statement_of(period.month, period.currency, as_of=at, by_sku=False, figures=False)
    if found := blockers(now, at=at):
        raise CloseRefused(" ".join(blocker.sentence for blocker in found))
    if period.content_hash != content_hash(period):
        raise CloseRefused("What was prepared has been changed since: prepare it again.")
    period.reviewed_by, period.reviewed_at, period.state = by.user, at, "closed"
    period.save()
    settled = period.items.filter(bucket__in=["accepted", "dismissed"]).values("case_id")
    frozen = ExceptionCase.objects.filter(id__in=settled, state__in=["accepted", "dismissed"], frozen_in=None)
    frozen.update(frozen_in=period.month)
    _sign(period, "reviewed", by.user, at)
    return period


@transaction.atomic
def send_back(period: Period, *, by: Person, at: datetime, reason: str) -> Period:
    """The reviewer asks for it to be prepared again; raises CloseRefused."""
    period = _locked(period)
    if period.state != "in_review" or not (may(by, "close_periods") or may(by, "approve")):
        raise CloseRefused(f"{period} waits for no review of yours.")
    if not reason.strip():
        raise CloseRefused("Say why.")
    period.state = "open"
    period.save()
    _sign(period, "sent back", by.user, at, reason)
    return period


@transaction.atomic
def reopen(period: Period, *, by: Person, at: datetime, reason: str) -> Period:
    """A finance controller opens a closed month again, with a reason; raises CloseRefused."""
    if not may(by, "close_periods"):
        raise CloseRefused("Only a finance controller opens a closed month again.")
    if not reason.strip():
        raise CloseRefused("Say why.")
    period = _locked(period)
    if period.state != "closed":
        raise CloseRefused(f"{period} is not closed.")
    period.state = "open"
    period.save()
    _sign(period, "reopened", by.user, at, reason)
    return period


def _sign(period: Period, act: str, by: User, at: datetime, reason: str = "") -> None:
    PeriodSignature.objects.create(
        period=period, act=act, by=by, at=at, content_hash=period.content_hash or "", reason=reason
    )
    TrailEntry.objects.create(
        about=f"period {period}",
        at=at,
        by=by,
        move=act,
        note=reason,
        source="page",
        details={"content_hash": period.content_hash},
    )


def configuration() -> str:
    """What decides about the figures: topology, mappings, tolerances, and who may decide, owns and leaves out what."""
    rules = {name: list(model.objects.order_by("id").values(*fields)) for name, (model, fields) in RULES.items()}
    rules["suppressions"] = list(
        Suppression.objects.filter(undone_at=None)
        .order_by("id")
        .values("kind", "subject", "customer", "sku", "ends_at")
    )
    return topology.dump() + "\n" + json.dumps(rules, default=str, sort_keys=True, indent=1)


def _feeds() -> dict[str, str]:
    newest = LedgerEntry.objects.values("system").annotate(newest=Max("at")).order_by("system")
    return {row["system"]: row["newest"].isoformat() for row in newest if row["newest"]}


def late_items(period: Period, *, at: datetime) -> list[Late]:
    """What is known of a signed month now and was not, or was known otherwise, when it was signed."""
    now = statement_of(period.month, period.currency, as_of=at, by_sku=False, figures=False)
    return late_between(signed_items(period), now.items)


def late_between(signed: Iterable[Item], now: Iterable[Item]) -> list[Late]:
    """What a month's items were when they were signed and are known to be now, where that differs."""
    before, after = _by_part(signed), _by_part(now)
    found = []
    for key in sorted(before.keys() | after.keys(), key=str):
        then, known = before.get(key), after.get(key)
        amounts = (then.amount if then else Decimal(0)), (known.amount if known else Decimal(0))
        if amounts[0] != amounts[1]:
            one = known or then
            assert one is not None
            found.append(Late(one.part, one.bucket, one.name, str(one.record), one.reference, *amounts))
    return found


def _by_part(items: Iterable[Item]) -> dict[tuple[Any, ...], Item]:
    """The items that state the past, by what they are: an exception settled or a credit issued since is no change."""
    return {
        (item.part, item.bucket, item.name, item.record): item
        for item in items
        if item.part == "credits" or (item.part == "returns" and item.bucket in PAST)
    }


def closed_periods(currency: str) -> list[Period]:
    """Every closed month of a currency, the oldest first, without the settings that were signed with it."""
    closed = Period.objects.filter(state="closed", currency=currency)
    return list(closed.defer("configuration", "feeds").order_by("month"))


def signed_before(period: Period, closed: Iterable[Period]) -> Decimal | None:
    """The liability with which the month before was closed; null where it is not among the `closed`."""
    month = f"{month_of(month_bounds(period.month)[0] - timedelta(days=1)):%Y-%m}"
    return next((signed_headline(one).liability for one in closed if one.month == month), None)


def prior_period_items(closed: Iterable[Period], *, at: datetime) -> list[tuple[Period, list[Late]]]:
    """What came late to each of the `closed` months of a currency: it belongs to the open one, with a link."""
    return [(period, late) for period in closed if (late := late_items(period, at=at))]


@dataclass(frozen=True)
class Month:
    """One row of the list of months: `closes_at` is the end of the company's close day."""

    month: str
    currency: str
    state: str
    unexplained: Decimal
    liability: Decimal
    credited: Decimal
    closes_at: datetime


def months(*, at: datetime, count: int = 6) -> list[Month]:
    """The last months, newest first, in every currency in which anything happened."""
    known = {(period.month, period.currency): period for period in Period.objects.all()}
    found = []
    for month in _last_months(at, count):
        closes_at = close_cut_off(month_bounds(month)[1])
        for currency in currencies(month):
            period = known.get((month, currency))
            if period is None or period.state == "open":
                said = headline(month, currency, as_of=at)
            else:
                said = signed_headline(period)
            state = period.state if period else "open"
            found.append(Month(month, currency, state, said.unexplained, said.liability, said.credited, closes_at))
    return found


def _last_months(at: datetime, count: int) -> list[str]:
    first = month_of(at)
    found = []
    for _ in range(count):
        found.append(f"{first:%Y-%m}")
        first = month_of(first - timedelta(days=1))
    return found
