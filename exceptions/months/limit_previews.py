"""What other limits and bands would have meant for the variances and approvals of the open and last closed months."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User

from exceptions.acceptance import customer_limit, limit_of
from exceptions.models import Acceptance, ChangePreview, Proposal
from exceptions.months.comparing import compared_months
from exceptions.months.statement import month_bounds
from exceptions.previews.trying import undone
from exceptions.proposals import covers
from exceptions.rights import person_of

Month = tuple[str, str]  # 2026-09, GBP
WORDS = {
    "needs_approval": "Could be taken alone, would need an approval",
    "alone": "Needed an approval, could be taken alone",
    "beyond_band": "Approved by somebody whose band would not have covered it",
    "within_band": "Beyond the band of who approved it, would be covered",
}


def preview_limits(change: Callable[[], Any], *, by: User, at: datetime) -> ChangePreview:
    """What a change of limits or bands would have decided otherwise; known at once, and nothing is kept."""
    months = list(compared_months(at))
    taken = {key: _variances(*key) for key in months}
    approved = {key: _approved(*key) for key in months}
    with undone():
        alone, covered = _all(_alone, taken), _all(_covered, approved)
        change()
        alone_then, covered_then = _all(_alone, taken), _all(_covered, approved)
    decided = [
        *_rows(taken, alone, alone_then, "needs_approval", "alone"),
        *_rows(approved, covered, covered_then, "beyond_band", "within_band"),
    ]
    result = {"decided": sorted(decided, reverse=True), "months": [" ".join(key) for key in months]}
    return ChangePreview.objects.create(by=by, asked_at=at, finished_at=at, result=result)


def _variances(month: str, currency: str) -> list[Acceptance]:
    """What was taken in a month and stands, in its order, but what needed an approval although a limit covers it."""
    since, until = month_bounds(month)
    stand = Acceptance.objects.filter(at__gte=since, at__lt=until, currency=currency, ended_at=None)
    found = list(stand.exclude(amount=None).select_related("by").order_by("at", "id"))
    fitting = _alone(found)
    return [one for one in found if one.approved_by_id is None or one.pk not in fitting]


def _approved(month: str, currency: str) -> list[Proposal]:
    since, until = month_bounds(month)
    decided = Proposal.objects.filter(decision="approved", decided_at__gte=since, decided_at__lt=until)
    return list(decided.filter(currency=currency).exclude(amount=None).select_related("case", "decided_by"))


def _all(judge: Callable[[list[Any]], set[int]], of: Mapping[Month, list[Any]]) -> dict[Month, set[int]]:
    return {key: judge(rows) for key, rows in of.items()}


def _alone(taken: Iterable[Acceptance]) -> set[int]:
    """Which of these could be taken alone, one after the other, within the limits as they stand."""
    of_person: dict[int, Decimal] = defaultdict(Decimal)
    of_customer: dict[str, Decimal] = defaultdict(Decimal)
    found = set()
    for one in taken:
        limit, of_all = limit_of(one.by, one.currency), customer_limit(one.currency)
        if limit is None or one.amount > min(limit.per_exception, limit.per_month - of_person[one.by_id]):
            continue
        if one.customer and of_all is not None and of_customer[one.customer] + one.amount > of_all:
            continue
        found.add(one.pk)
        of_person[one.by_id] += one.amount
        of_customer[one.customer or ""] += one.amount
    return found


def _covered(approved: Iterable[Proposal]) -> set[int]:
    """Which of these the bands of who approved them cover."""
    return {one.pk for one in approved if one.decided_by and covers(person_of(one.decided_by), one.case.kind, one)}


def _rows(of: Mapping[Month, list[Any]], before: Any, after: Any, lost: str, won: str) -> list[list[Any]]:
    found = []
    for key, rows in of.items():
        for what, ids in ((lost, before[key] - after[key]), (won, after[key] - before[key])):
            amounts = [row.amount for row in rows if row.pk in ids]
            if amounts:
                found.append([*key, WORDS[what], len(amounts), str(sum(amounts))])
    return found
