"""What runs without anybody asking."""

from celery import shared_task
from django.utils import timezone

from exceptions.reconciling import reconcile
from reconciliation.runner import AlreadyRunning, Sharing
from reconciliation.runner import examine_slices as examine_slices_of


@shared_task
def reconcile_changes() -> dict[str, int]:
    """Examines what changed since the last run; the number of exceptions of each kind that it opened.

    Where everything must be examined, all workers share it. While another run is going this one has no business: it
    would only keep a worker from sharing.
    """
    now = timezone.now()
    try:
        done = reconcile(as_of=now, now=now, sharing=Sharing(invite=invite_workers), wait=False)
    except AlreadyRunning:
        return {}
    return {kind: counts.opened for kind, counts in done.counts.items() if counts.opened}


@shared_task
def examine_slices(run: int) -> int:
    """Shares a run that another process leads: examines slices of it until none is free; how many there were."""
    return examine_slices_of(run)


def invite_workers(run: int, slices: int) -> None:
    """Calls as many workers as there are slices; who comes too late finds none."""
    for _ in range(slices):
        examine_slices.delay(run)
