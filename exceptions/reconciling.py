"""One reconciliation from end to end: the checks run, then cases follow what they found."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from exceptions.intake import Counts, take_in_findings
from reconciliation.runner import ALONE, Report, Sharing, run_checks


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
    report = run_checks(as_of=as_of, now=now, full=full, kinds=kinds, sharing=sharing, wait=wait, progress=progress)
    if report.run is None:
        return Reconciliation(report, {})
    progress("cases")
    return Reconciliation(report, take_in_findings(run=report.run.id, as_of=as_of, at=now))
