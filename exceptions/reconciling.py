"""One reconciliation from end to end: the checks run, then cases follow what they found."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from connectors.models import Delivery
from connectors.origins import MOST_LINKS, links_to, requests_of, tracer
from exceptions.intake import Counts, take_in_findings
from reconciliation.models import Run
from reconciliation.runner import Report, run_checks
from reconciliation.slices import ALONE, Sharing

log = structlog.get_logger()


@dataclass(frozen=True)
class Reconciliation:
    """What the checks reported, and what it meant for cases (nothing where the run only looked back)."""

    report: Report
    counts: dict[str, Counts]


def reconcile(
    *,
    as_of: datetime,
    now: datetime,
    full: bool = False,
    kinds: Sequence[str] | None = None,
    sharing: Sharing = ALONE,
    wait: bool = True,
    progress: Callable[[str], None] = lambda words: None,
) -> Reconciliation:
    """Runs the checks as of a moment and brings the cases up to date; raises what `run_checks` raises."""
    origins = _deliveries_since_last_run()
    with tracer.start_as_current_span("run the checks", links=links_to(origins)) as span:
        report = run_checks(as_of=as_of, now=now, full=full, kinds=kinds, sharing=sharing, wait=wait, progress=progress)
        if report.run is None:
            return Reconciliation(report, {})
        span.set_attributes({"run": report.run.id, "groups": report.run.groups, "full": report.run.full})
        progress("cases")
        with tracer.start_as_current_span("tell the cases"):
            counts = take_in_findings(run=report.run.id, as_of=as_of, at=now)
    log.info("reconciled", run=report.run.id, groups=report.run.groups, requests=requests_of(origins))
    return Reconciliation(report, counts)


def moment_after(now: datetime) -> datetime:
    """The moment of the next run: now, or that of the last run where the clock has gone back since.

    A run as of a moment before the last one's only looks back: the queue would stand still until the clock is there.
    """
    last = Run.objects.filter(advanced=True).order_by("-as_of").values_list("as_of", flat=True).first()
    if last is None or last <= now:
        return now
    log.warning("the clock stands before the last run", last_run_as_of=last.isoformat(), now=now.isoformat())
    return last


def _deliveries_since_last_run() -> list[dict[str, str]]:
    """Where the newest hundred deliveries since the last run came from: what this one finds may be of their making."""
    last = Run.objects.filter(advanced=True).order_by("-id").values_list("started_at", flat=True).first()
    handled = Delivery.objects.filter(handled_at__isnull=False).order_by("-handled_at", "-id")
    if last is not None:
        handled = handled.filter(handled_at__gte=last)
    return list(handled.values_list("origin", flat=True)[:MOST_LINKS])
