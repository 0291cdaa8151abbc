"""What is kept out of the queue for a while, and what becomes news again when that ends."""

from datetime import datetime
from pathlib import Path

from django.contrib.auth.models import User
from django.db import connection, transaction

from exceptions.models import ExceptionCase, Suppression
from reconciliation.statements import statement

SQL = Path(__file__).parent / "sql"


@transaction.atomic
def suppress(
    kind: str,
    *,
    until: datetime,
    reason: str,
    by: User,
    subject: str | None = None,
    customer: str | None = None,
    sku: str | None = None,
) -> Suppression:
    """Keeps a kind out of the queue for a subject, a customer or a SKU until a moment; the next run heeds it."""
    made = Suppression.objects.create(
        kind=kind, subject=subject, customer=customer, sku=sku, reason=reason, ends_at=until, made_by=by
    )
    tell_again(kind)
    return made


@transaction.atomic
def lift(suppression_id: int, *, at: datetime) -> bool:
    """Ends a suppression early, also for what was dismissed until its end; whether it was in force."""
    ended = Suppression.objects.filter(id=suppression_id, undone_at=None, ends_at__gt=at)
    for made in ended.exclude(subject=None):
        dismissed = ExceptionCase.objects.filter(kind=made.kind, subject=made.subject, state="dismissed")
        dismissed.filter(until=made.ends_at, frozen_in=None).update(until=at)
    return bool(ended.update(undone_at=at))


def tell_again(kind: str) -> None:
    """Has the next run bring the cases of a kind up to date, whether or not their findings changed."""
    with connection.cursor() as cursor:
        cursor.execute(statement("intake/news_of_kind", SQL), {"kind": kind})
