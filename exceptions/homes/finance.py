"""The home of finance: money at risk, approvals, credits, variances accepted against limits, ageing by amount."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum

from exceptions.acceptance import accepted_by, limit_of, month_of
from exceptions.approvals import decidable
from exceptions.company import current_company
from exceptions.formats import money_text
from exceptions.homes import insight
from exceptions.homes.charts import Bars
from exceptions.homes.figures import ageing_bars, at_risk_bars, days_of
from exceptions.homes.insight import AtRisk
from exceptions.homes.numbers import Asked, Number, numbers, queue_of
from exceptions.homes.snapshots import ready_snapshot, snapshot
from exceptions.models import Acceptance, ExceptionCase, Proposal
from exceptions.rights import Person

APPROVALS = Asked("Approvals waiting for me", {"view": "approvals", "q": "approver:me"}, alarming=True)
CREDITS = (
    ("missing_credit", "Missing: due and not issued"),
    ("credit_value_mismatch", "Issued, of another amount"),
    ("duplicate_credit", "Issued twice"),
    ("credit_without_return", "Issued without a return"),
    ("credit_before_receipt", "Issued before the goods came"),
    ("wrong_refund_method", "Refunded the wrong way"),
)


@dataclass(frozen=True)
class Variance:
    """What was accepted this month in a currency: by everybody, with a second person's word, and by the person alone
    against their limit; `addresses` leads to each by `any`, `two` and `me`."""

    currency: str
    count: int
    amount: str
    approved: str
    mine: str
    limit: str
    share: str
    addresses: dict[str, str]


@dataclass(frozen=True)
class FinanceHome:
    """Everything the page shows, in one currency; the others are named with their own addresses."""

    as_of: datetime
    currency: str
    currencies: list[str]
    total: str
    address: str
    change: Decimal
    change_text: str
    change_address: str
    at_risk: Bars
    ageing: Bars
    approvals: Number
    proposals: list[Proposal]
    kinds: list[Number]
    variances: list[Variance]


def finance_home(person: Person, *, at: datetime, currency: str = "") -> FinanceHome:
    """The page for a person; an unknown currency counts as not asked, and then the company's own comes first."""
    taken = ready_snapshot("finance", shared, at=at)
    open_now, ages, changes = taken.figures
    known = insight.currencies(open_now)
    chosen = next((one for one in (currency, current_company().currency) if one in known), next(iter(known), ""))
    change = sum((moved for (_, of), moved in changes.items() if of == chosen), Decimal(0))
    total = sum((one.amount for one in open_now if one.currency == chosen), Decimal(0))
    waiting = ExceptionCase.objects.filter(state="pending_approval")
    return FinanceHome(
        as_of=taken.as_of,
        currency=chosen,
        currencies=known,
        total=money_text(total, chosen),
        address=queue_of(q=f"currency:{chosen} amount:>0") if chosen else queue_of(),
        change=change,
        change_text=money_text(abs(change), chosen),
        change_address=queue_of(q=f"state:any moved:{days_of(insight.last_days(1, at=taken.as_of))} currency:{chosen}"),
        at_risk=at_risk_bars(open_now, chosen, changes),
        ageing=ageing_bars(ages, chosen),
        approvals=numbers([APPROVALS], person, at=at, currency=chosen or None, among=waiting)[0],
        proposals=_first_proposals(person),
        kinds=snapshot(f"credit kinds:{chosen}", lambda now: _kinds(person, chosen, now), at=at).figures,
        variances=_variances(person, at=at),
    )


def shared(at: datetime) -> tuple[list[AtRisk], list[insight.Age], dict[tuple[str, str], Decimal]]:
    """What is at risk, how old it is, and what moved since yesterday."""
    today = insight.last_days(1, at=at)
    stands = insight.standing(today)
    return insight.at_risk(stands), insight.ageing(stands), insight.changes_at_risk(today)


def _first_proposals(person: Person) -> list[Proposal]:
    waiting = decidable(person).select_related("case", "proposed_by").defer("case__evidence", "case__suggestions")
    return list(waiting.order_by("proposed_at", "id")[:5])


def _kinds(person: Person, currency: str, at: datetime) -> list[Number]:
    """What is wrong with credits, kind by kind; the same for everybody."""
    in_currency = {"q": f"currency:{currency}"} if currency else {}
    asked = [Asked(label, {"kind": kind} | in_currency) for kind, label in CREDITS]
    of_these = ExceptionCase.objects.filter(closed_at=None, kind__in=[kind for kind, _ in CREDITS])
    return numbers(asked, person, at=at, currency=currency or None, among=of_these)


def _variances(person: Person, *, at: datetime) -> list[Variance]:
    since = month_of(at)
    standing = Acceptance.objects.filter(at__gte=since, at__lte=at, ended_at=None).exclude(currency=None)
    sums = standing.values("currency").annotate(
        n=Count("id"), total=Sum("amount"), approved=Sum("amount", filter=Q(approved_by__isnull=False))
    )
    return [_variance(person, dict(row), at) for row in sums.order_by("currency")]


def _variance(person: Person, row: dict[str, Any], at: datetime) -> Variance:
    currency = row["currency"]
    limit, mine = limit_of(person.user, currency), accepted_by(person.user, currency, at=at)
    share = mine * 100 / limit.per_month if limit and limit.per_month else Decimal(0)
    return Variance(
        currency,
        row["n"],
        money_text(row["total"] or Decimal(0), currency),
        money_text(row["approved"] or Decimal(0), currency),
        money_text(mine, currency),
        money_text(limit.per_month, currency) if limit else "",
        f"{min(share, Decimal(100)):.1f}",
        {whose: queue_of(q=f"state:any accepted:{whose} currency:{currency}") for whose in ("any", "two", "me")},
    )
