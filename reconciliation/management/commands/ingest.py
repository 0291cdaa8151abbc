"""manage.py ingest FILE…: loads lines and says what became of them."""

import gzip
import sys
from argparse import ArgumentParser
from contextlib import AbstractContextManager, nullcontext
from typing import Any, BinaryIO, cast

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from connectors.lines import read_lines
from reconciliation.intake import Receipt, take_in


class Command(BaseCommand):
    """Loads newline-delimited JSON; exit 1 when any line was refused."""

    help = "Load records from files of newline-delimited JSON (- for standard input, .gz allowed)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        whole = Receipt()
        for name in options["files"]:
            with _opened(name) as stream:
                whole.add(self._load(name, stream))
        self._print(whole)
        if whole.rejected:
            sys.exit(1)

    def _load(self, name: str, stream: BinaryIO) -> Receipt:
        columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task(name)

            def progress(receipt: Receipt) -> None:
                bar.update(task, description=f"{name}: {receipt.lines:,} lines, {receipt.rejected:,} rejected")

            return take_in(read_lines(stream), source=name, clock=timezone.now, progress=progress)

    def _print(self, receipt: Receipt) -> None:
        for refusal in receipt.refusals:
            where = f"line {refusal.number}" + (f", {refusal.field}" if refusal.field else "")
            self.stderr.write(f"{where}: {refusal.code}: {refusal.reason}")
        for count in ("accepted", "unchanged", "superseded", "rejected"):
            self.stdout.write(f"{count:<11}{getattr(receipt, count):>12,}")


def _opened(name: str) -> AbstractContextManager[BinaryIO]:
    if name == "-":
        return nullcontext(sys.stdin.buffer)
    try:
        return cast(BinaryIO, gzip.open(name) if name.endswith(".gz") else open(name, "rb"))
    except OSError as error:
        raise CommandError(f"{name}: {error.strerror}") from error
