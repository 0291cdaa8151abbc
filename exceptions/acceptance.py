"""Variances taken as they are: what a person may accept alone, and what has been accepted."""

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Q, QuerySet, Sum

from exceptions.company import current_company
from exceptions.formats import money_text
from exceptions.models import Acceptance, AcceptanceLimit, ExceptionCase
from exceptions.rights import Person


def beyond_limit(case: ExceptionCase, person: Person, *, at: datetime, hold: bool = True) -> str | None:
    """Why a person may not accept a case alone, in words; null where they may.

    `hold`: keeps the person's and the customer's acceptances until the transaction ends, so that two at once cannot
    both fit under a limit.
    """
    if case.amount is None:
        return None
    if hold:
        with connection.cursor() as cursor:
            for limited in (f"accepts {person.user.pk}", f"accepts of {case.customer}"):
                cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [limited])
    limits = list(AcceptanceLimit.objects.filter(Q(person=person.user) | Q(person=None), currency=case.currency))
    own, of_all = (next((one for one in limits if (one.person_id is None) == shared), None) for shared in (False, True))
    limit = own or of_all
    if limit is None:
        return f"Nobody has set how much you may accept in {case.currency}: ask for approval."
    if case.amount > limit.per_exception:
        return f"Above your limit of {money_text(limit.per_exception, case.currency)} an exception: ask for approval."
    sums = {"mine": Q(by=person.user), "customers": Q(customer=case.customer) & ~Q(customer=None)}
    taken = _taken(case.currency, at).aggregate(
        **{name: Sum("amount", filter=one, default=Decimal(0)) for name, one in sums.items()}
    )
    if taken["mine"] + case.amount > limit.per_month:
        so_far, most, more = (
            money_text(amount, case.currency) for amount in (taken["mine"], limit.per_month, case.amount)
        )
        return f"You have accepted {so_far} of {most} this month; {more} more is beyond your limit: ask for approval."
    return _beyond_customer(case, of_all.per_customer if of_all else None, taken["customers"])


def _beyond_customer(case: ExceptionCase, most: Decimal | None, taken: Decimal) -> str | None:
    if case.customer is None or most is None or case.amount is None or taken + case.amount <= most:
        return None
    so_far, limit, more = (money_text(amount, case.currency) for amount in (taken, most, case.amount))
    return f"{so_far} of {limit} have been accepted of {case.customer} this month; {more} more needs approval."


def customer_limit(currency: str | None) -> Decimal | None:
    """What may be accepted of one customer in a month without approval; null where nothing limits it."""
    return AcceptanceLimit.objects.filter(currency=currency, person=None).values_list("per_customer", flat=True).first()


def limit_of(person: User, currency: str) -> AcceptanceLimit | None:
    """A person's own limit in a currency, else everybody's."""
    of_both = AcceptanceLimit.objects.filter(currency=currency)
    return of_both.filter(person=person).first() or of_both.filter(person=None).first()


def accepted_by(person: User, currency: str, *, at: datetime) -> Decimal:
    """What a person has accepted without approval in the company's month of `at`, and that still stands."""
    return _taken(currency, at).filter(by=person).aggregate(total=Sum("amount"))["total"] or Decimal(0)


def _taken(currency: str | None, at: datetime) -> QuerySet[Acceptance]:
    """What was accepted without approval in the month of `at` and still stands."""
    return Acceptance.objects.filter(
        approved_by=None, currency=currency, at__gte=month_of(at), at__lte=at, ended_at=None
    )


def month_of(at: datetime) -> datetime:
    """The beginning of the company's calendar month."""
    here = at.astimezone(ZoneInfo(current_company().time_zone))
    return here.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def record(
    case: ExceptionCase, reason: str, note: str, *, by: User, approved_by: User | None, at: datetime
) -> Acceptance:
    """Writes down that the variance is taken."""
    return Acceptance.objects.create(
        case=case,
        reason=reason,
        note=note,
        amount=case.amount,
        currency=case.currency,
        customer=case.customer,
        by=by,
        approved_by=approved_by,
        at=at,
    )


def end(case: ExceptionCase, *, at: datetime) -> None:
    """The case is open again: what was accepted of it stands no longer."""
    case.acceptances.filter(ended_at=None).update(ended_at=at)
