"""Variances accepted in a month, against the limits: by person, by customer, by reason."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Count, Q, QuerySet, Sum

from exceptions.acceptance import customer_limit, limit_of, month_of
from exceptions.models import ACCEPT_REASONS, Acceptance
from exceptions.people.names import name_of


@dataclass(frozen=True)
class Accepted:
    """What one person, or of one customer or reason, was accepted in a month, in one currency.

    `alone` of it without approval; `limit` is what may be accepted alone, null where nothing limits it.
    """

    who: str
    currency: str
    count: int
    amount: Decimal
    alone: Decimal
    limit: Decimal | None

    @property
    def is_full(self) -> bool:
        """Whether nothing more can be accepted alone."""
        return self.limit is not None and self.alone >= self.limit


@dataclass(frozen=True)
class Variances:
    """One month's variances, from three sides; `since` is its first instant."""

    since: datetime
    by_person: list[Accepted]
    by_customer: list[Accepted]
    by_reason: list[Accepted]


def variances(*, at: datetime) -> Variances:
    """What stands accepted of the company's month that `at` lies in."""
    since = month_of(at)
    until = month_of(since + timedelta(days=32))
    taken = Acceptance.objects.filter(at__gte=since, at__lt=until, ended_at=None).exclude(amount=None)
    return Variances(since, _by_person(taken), _by_customer(taken), _by_reason(taken))


def _sums(taken: QuerySet[Acceptance], *names: str) -> list[dict[str, Any]]:
    alone = Sum("amount", filter=Q(approved_by=None), default=Decimal(0))
    rows = taken.values(*names, "currency").annotate(n=Count("id"), total=Sum("amount"), alone=alone)
    return list(rows.order_by("-total", *names)[:200])


def _by_person(taken: QuerySet[Acceptance]) -> list[Accepted]:
    found, sums = [], _sums(taken, "by")
    people = get_user_model().objects.in_bulk([row["by"] for row in sums])
    for row in sums:
        person = people[row["by"]]
        limit = limit_of(person, row["currency"])
        found.append(
            Accepted(
                name_of(person),
                row["currency"],
                row["n"],
                row["total"],
                row["alone"],
                limit.per_month if limit else None,
            )
        )
    return found


def _by_customer(taken: QuerySet[Acceptance]) -> list[Accepted]:
    return [
        Accepted(
            row["customer"] or "no customer",
            row["currency"],
            row["n"],
            row["total"],
            row["alone"],
            customer_limit(row["currency"]) if row["customer"] else None,
        )
        for row in _sums(taken, "customer")
    ]


def _by_reason(taken: QuerySet[Acceptance]) -> list[Accepted]:
    return [
        Accepted(ACCEPT_REASONS[row["reason"]], row["currency"], row["n"], row["total"], row["alone"], None)
        for row in _sums(taken, "reason")
    ]
