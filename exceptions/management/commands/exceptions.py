"""manage.py exceptions: prints exceptions, by default the open ones."""

import csv
import json
from argparse import ArgumentParser
from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand
from rich.console import Console
from rich.table import Table

from exceptions.api.out import exception_out
from exceptions.models import CLOSED, OPEN, ExceptionCase

COLUMNS = ("id", "kind", "subject", "state", "severity", "amount_at_risk", "currency", "team", "owner", "title")


class Command(BaseCommand):
    """One exception a line; ndjson gives the public form of each."""

    help = "Print exceptions."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--format", choices=("table", "ndjson", "csv"), default="table")
        parser.add_argument("--state", nargs="+", choices=(*OPEN, *CLOSED, "open", "closed"), metavar="STATE")
        parser.add_argument("--kind", nargs="+", metavar="KIND")

    def handle(self, *args: Any, **options: Any) -> None:
        cases = ExceptionCase.objects.filter(state__in=_states(options["state"])).select_related("owner").order_by("id")
        if options["kind"]:
            cases = cases.filter(kind__in=options["kind"])
        found = (exception_out(case) for case in cases.iterator(chunk_size=2_000))
        getattr(self, f"_{options['format']}")(found)

    def _ndjson(self, found: Iterable[dict[str, Any]]) -> None:
        for exception in found:
            self.stdout.write(json.dumps(exception, ensure_ascii=False))

    def _csv(self, found: Iterable[dict[str, Any]]) -> None:
        writer = csv.DictWriter(self.stdout, COLUMNS, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        for exception in found:
            writer.writerow({column: _harmless(exception[column]) for column in COLUMNS})

    def _table(self, found: Iterable[dict[str, Any]]) -> None:
        table = Table("id", "state", "severity", "at risk", "kind", "title", box=None)
        for exception in found:
            amount = " ".join(filter(None, (exception["amount_at_risk"], exception["currency"])))
            said = (exception[column] for column in ("kind", "title"))
            table.add_row(exception["id"], exception["state"], exception["severity"], amount, *said)
        Console(file=self.stdout, width=160).print(table)  # type: ignore[arg-type]


def _states(asked: list[str] | None) -> tuple[str, ...]:
    if not asked:
        return OPEN
    groups = {"open": OPEN, "closed": CLOSED}
    return tuple(state for word in asked for state in groups.get(word, (word,)))


def _harmless(value: Any) -> Any:
    """A text that a spreadsheet would take for a formula, quoted."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
