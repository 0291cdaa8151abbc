"""manage.py period list|statement|verify: months as finance closes them."""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from exceptions.formats import money_text
from exceptions.models import Period
from exceptions.signed import verify
from exceptions.statement import NoSuchMonth, statement_of


class Command(BaseCommand):
    """Lists months, prints a statement, or verifies what was signed."""

    help = "List months, print a month's statement, verify what was signed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("list", help="every month that somebody has touched")
        statement = actions.add_parser("statement", help="the statement of a month as it is known now")
        statement.add_argument("month", help="such as 2026-09")
        statement.add_argument("currency", help="such as GBP")
        statement.add_argument("--as-of", help="an instant with its offset; now, if left out")
        verifying = actions.add_parser("verify", help="whether every signed month is as it was signed")
        verifying.add_argument("month", nargs="?")

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, f"_{options['action']}")(options)

    def _list(self, options: dict[str, Any]) -> None:
        for period in Period.objects.all():
            self.stdout.write(f"{period}  {period.state}")

    def _statement(self, options: dict[str, Any]) -> None:
        as_of = datetime.fromisoformat(options["as_of"]) if options["as_of"] else timezone.now()
        try:
            made = statement_of(options["month"], options["currency"], as_of=as_of)
        except NoSuchMonth as error:
            raise CommandError(str(error)) from error
        for part in ("returns", "credits", "liability"):
            self.stdout.write(part)
            for line in made.lines(part):
                label = f"{line.label}: {line.name}" if line.name else line.label
                self.stdout.write(f"  {label:<60} {money_text(line.amount, made.currency):>20} ({line.count})")
        self.stdout.write(f"Unexplained {money_text(made.unexplained, made.currency)}")

    def _verify(self, options: dict[str, Any]) -> None:
        periods = Period.objects.exclude(content_hash=None)
        periods = periods.filter(month=options["month"]) if options["month"] else periods
        broken = 0
        for period in periods:
            problems = verify(period)
            broken += bool(problems)
            for problem in problems or [f"{period}: as it was signed, {period.content_hash}"]:
                self.stdout.write(problem)
        if broken:
            raise CommandError(f"{broken} months are not as they were signed.")
