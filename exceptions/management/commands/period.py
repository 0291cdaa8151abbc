"""manage.py period list|statement|export|verify: months as finance closes them."""

from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from exceptions.company import in_company_time
from exceptions.formats import money_text
from exceptions.models import Period
from exceptions.months.pack_check import NoPack, check_pack
from exceptions.months.pack_files import ENDINGS, file_name, pack_file
from exceptions.months.packs import pack_of
from exceptions.months.signed import verify
from exceptions.months.statement import NoSuchMonth, statement_of


class Command(BaseCommand):
    """Lists months, prints a statement, exports a pack, or verifies what was signed."""

    help = "List months, print a month's statement, export its pack, verify what was signed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("list", help="every month that somebody has touched")
        statement = actions.add_parser("statement", help="the statement of a month as it is known now")
        statement.add_argument("month", help="such as 2026-09")
        statement.add_argument("currency", help="such as GBP")
        statement.add_argument("--as-of", help="an instant with its offset; now, if left out")
        export = actions.add_parser("export", help="a month's pack as a file")
        export.add_argument("month", help="such as 2026-09")
        export.add_argument("currency", help="such as GBP")
        export.add_argument("--format", choices=list(ENDINGS), default="pdf")
        export.add_argument("--to", type=Path, default=Path(), help="the folder to write into; the current one")
        verifying = actions.add_parser("verify", help="whether every signed month is as it was signed")
        verifying.add_argument("month", nargs="?")
        verifying.add_argument("--pack", type=Path, help="an exported workbook, or ZIP of tables, to verify instead")

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

    def _export(self, options: dict[str, Any]) -> None:
        known = Period.objects.filter(month=options["month"], currency=options["currency"]).first()
        period = known or Period(month=options["month"], currency=options["currency"])
        try:
            with in_company_time():
                pack = pack_of(period, at=timezone.now())
                content = pack_file(pack, options["format"])
        except NoSuchMonth as error:
            raise CommandError(str(error)) from error
        path = options["to"] / file_name(pack, options["format"])
        path.write_bytes(content)
        self.stdout.write(f"{path}: {len(content):,} bytes, SHA-256 {pack.content_hash or 'not signed'}")

    def _verify_pack(self, path: Path) -> None:
        try:
            problems = check_pack(path)
        except (NoPack, OSError) as error:
            raise CommandError(str(error)) from error
        if problems:
            raise CommandError(" ".join(problems))
        self.stdout.write(f"{path}: as it was signed")

    def _verify(self, options: dict[str, Any]) -> None:
        if options["pack"]:
            self._verify_pack(options["pack"])
            return
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
