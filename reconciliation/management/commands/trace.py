"""manage.py trace REF: what every system says about one number."""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from reconciliation.trace import Said, side_by_side, trace


class Command(BaseCommand):
    """Prints the records as they stand, system by system, and below them the time line of all their versions."""

    help = "Print everything that every system says about one number."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("ref", metavar="REF")
        parser.add_argument("--as-of", metavar="TIME", help="an instant such as 2026-09-30T15:30:00Z (default: now)")

    def handle(self, *args: Any, **options: Any) -> None:
        said = trace(options["ref"], as_of=_moment(options["as_of"]))
        if not said:
            raise CommandError(f"No system speaks of {options['ref']}.")
        self._print_side_by_side(said)
        self._print("Time line", said)

    def _print_side_by_side(self, said: list[Said]) -> None:
        systems = sorted({one.system for one in said if one.current and not one.withdrawn})
        columns = [Column(name, overflow="fold") for name in ("", "", *systems)]
        table = Table(*columns, box=SIMPLE, title="As it stands (≠: they differ)", title_justify="left")
        before = ""
        for row in side_by_side(said):
            told = (row.by_system.get(system, "") for system in systems)
            differs = "" if row.agrees or row.fact == "id" else "≠ "
            table.add_row("" if row.type == before else row.type, differs + row.fact, *map(escape, told))
            before = row.type
        Console(file=self.stdout, width=max(100, 26 * (len(systems) + 2))).print(table)  # type: ignore[arg-type]

    def _print(self, title: str, said: list[Said]) -> None:
        self.stdout.write(title)
        for one in said:
            named = f"{one.at:%Y-%m-%d %H:%M:%S}  {one.type:<15}{one.system:<18}{one.id:<22}"
            self.stdout.write(f"  {named}{one.facts}")


def _moment(text: str | None) -> datetime:
    moment = timezone.now() if text is None else parse_datetime(text)
    if moment is None or moment.tzinfo is None:
        raise CommandError(f"{text!r} is no instant such as 2026-09-30T15:30:00Z.")
    return moment
