"""manage.py reconcile: runs the checks on what changed since the last run, or on everything."""

from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from rich.console import Console
from rich.table import Table

from exceptions.intake import Counts
from exceptions.reconciling import Reconciliation, reconcile
from exceptions.tasks import invite_workers
from reconciliation.declarations import checks
from reconciliation.runner import FutureMoment
from reconciliation.slices import Sharing


class Command(BaseCommand):
    """Prints a row per check: examined, found, new, auto-resolved, seconds."""

    help = "Find where the systems disagree, and bring the exceptions up to date."
    requires_system_checks: list[str] = []  # they read every page of the product, which no run asks for

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--as-of", metavar="TIME", help="RFC 3339, default now; before the last run: only reports")
        parser.add_argument("--full", action="store_true", help="examine everything, not only what changed")
        parser.add_argument("--check", nargs="+", metavar="KIND", help="only these kinds, over everything")
        parser.add_argument(
            "--workers", type=int, default=1, metavar="N", help="connections that share a run over everything"
        )
        parser.add_argument("--celery", action="store_true", help="call Celery's workers to share it, too")
        parser.add_argument("--slices", type=int, metavar="N", help="in how many slices it is shared")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        as_of = moment(options["as_of"]) if options["as_of"] else now
        unknown = set(options["check"] or ()) - set(checks())
        if unknown:
            raise CommandError(f"There is no check named {', '.join(sorted(unknown))}.")
        console = Console(stderr=True)
        try:
            with console.status("reconciling") as status:
                chosen = {"full": options["full"], "kinds": options["check"], "sharing": _sharing(options)}
                done = reconcile(as_of=as_of, now=now, progress=status.update, **chosen)
        except FutureMoment as error:
            raise CommandError(f"--as-of: {error}.") from error
        self._print(done)

    def _print(self, done: Reconciliation) -> None:
        table = Table("check", "examined", "found", "new", "auto-resolved", "seconds", box=None)
        for kind, result in sorted(done.report.results.items()):
            counts = done.counts.get(kind, Counts())
            figures = (result.examined, result.found, counts.opened + counts.reopened, counts.resolved)
            table.add_row(kind, *(f"{figure:,}" for figure in figures), f"{result.seconds:.2f}")
        console = Console(file=self.stdout, width=120)  # type: ignore[arg-type]
        console.print(table)
        if done.report.run is None:
            self.stdout.write("Before the last run: reported only, nothing was changed.")
            for found in done.report.findings:
                amount = "" if found.amount is None else f"{found.amount:f} {found.currency}"
                self.stdout.write(f"{found.kind}\t{found.subject}\t{amount}\t{found.title}")


def _sharing(options: dict[str, Any]) -> Sharing:
    invite = invite_workers if options["celery"] else None
    return Sharing(
        workers=max(1, options["workers"]), slices=options["slices"] and max(1, options["slices"]), invite=invite
    )


def moment(words: str) -> datetime:
    """An instant in RFC 3339; one without an offset is UTC. Raises CommandError."""
    try:
        parsed = parse_datetime(words)
    except ValueError as error:
        raise CommandError(f"--as-of: {words}: {error}.") from error
    if parsed is None:
        raise CommandError(f"--as-of: {words} is no moment such as 2026-09-30T17:00:00Z.")
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
