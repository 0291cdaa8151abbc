"""What runs without anybody asking."""

from celery import shared_task
from django.utils import timezone

from exceptions.reconciling import reconcile


@shared_task
def reconcile_changes() -> dict[str, int]:
    """Examines what changed since the last run; the number of exceptions of each kind that it opened."""
    now = timezone.now()
    done = reconcile(as_of=now, now=now)
    return {kind: counts.opened for kind, counts in done.counts.items() if counts.opened}
