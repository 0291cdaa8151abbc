"""manage.py ingest FILE…: loads lines and says what became of them."""

import gzip
import os
import shutil
import sys
import tempfile
import zlib
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from connectors.csv.mapping import CsvMapping, MappingRefused
from connectors.csv.reading import read_mapping
from connectors.csv.rows import ColumnsMissing, Tally, read_csv
from connectors.lines import read_lines
from reconciliation.intake import Receipt, known_topology, on_disk_at_the_end, take_in, take_in_parsed

READERS = max(1, min(3, (os.cpu_count() or 1) - 1))  # one core is left to PostgreSQL


class Command(BaseCommand):
    """Loads newline-delimited JSON, or CSV by a mapping; exit 1 when any line or row was refused."""

    help = "Load records from files of newline-delimited JSON, or of CSV rows (- for standard input, .gz allowed)."
    requires_system_checks: list[str] = []  # they read every page of the product, which no line asks for

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--mapping", metavar="MAPPING.toml", help="the files are CSV, read by this mapping")
        parser.add_argument("--readers", type=int, default=READERS, metavar="N", help="processes that read a long feed")
        parser.add_argument("files", nargs="+", metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        mapping = _mapping(options["mapping"]) if options["mapping"] else None
        whole, tally, self.readers = Receipt(), Tally(), max(0, options["readers"])
        for name in options["files"]:
            with _opened(name) as stream, _bar() as bar, on_disk_at_the_end():
                progress = _Shown(bar, name, stream)
                try:
                    whole.add(self._load(name, stream, mapping, tally, progress))
                except (EOFError, gzip.BadGzipFile, zlib.error) as error:
                    raise CommandError(f"{name}: the file is damaged: {error}") from error
                except ColumnsMissing as error:
                    raise CommandError(f"{name}: {error}") from error
        self._print(whole, tally)
        if whole.rejected:
            sys.exit(1)

    def _load(
        self, name: str, stream: "Source", mapping: CsvMapping | None, tally: Tally, progress: "_Shown"
    ) -> Receipt:
        if mapping is None:
            lines = read_lines(stream.data)
            return take_in(lines, source=name, clock=timezone.now, progress=progress, readers=self.readers)
        with tempfile.TemporaryFile() as spool:
            # a CSV file is read twice, to know which row ends a group
            shutil.copyfileobj(stream.data, spool)
            progress.source = Source(cast(BinaryIO, spool), cast(BinaryIO, spool), spool.tell())
            progress.bar.update(progress.task, total=spool.tell())
            parsed = read_csv(cast(BinaryIO, spool), mapping, known_topology(), tally)
            return take_in_parsed(parsed, source=name, clock=timezone.now, progress=progress)

    def _print(self, receipt: Receipt, tally: Tally) -> None:
        for refusal in receipt.refusals:
            where = f"line {refusal.number}" + (f", {refusal.field}" if refusal.field else "")
            self.stderr.write(f"{where}: {refusal.code}: {refusal.reason}")
        for rule, rows in tally.rows.items():
            self.stdout.write(f"rows {rule:<18}{rows:>12,}")
        for count in ("accepted", "unchanged", "superseded", "rejected"):
            self.stdout.write(f"{count:<11}{getattr(receipt, count):>12,}")


@dataclass
class Source:
    """What is read: the data, and how much of the file that holds it has been read."""

    data: BinaryIO
    file: BinaryIO
    size: int | None


class _Shown:
    """Shows what became of the lines so far, and how much of the file that is."""

    def __init__(self, bar: Progress, name: str, source: Source) -> None:
        self.bar, self.name, self.source = bar, name, source
        self.task = bar.add_task(name, total=source.size)

    def __call__(self, receipt: Receipt) -> None:
        said = f"{self.name}: {receipt.lines:,} lines, {receipt.rejected:,} rejected"
        position = None if self.source.size is None else self.source.file.tell()
        self.bar.update(self.task, description=said, completed=position)


def _bar() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)


def _mapping(name: str) -> CsvMapping:
    try:
        return read_mapping(Path(name).read_text(encoding="utf-8"))
    except OSError as error:
        raise CommandError(f"{name}: {error.strerror}") from error
    except MappingRefused as error:
        raise CommandError("\n".join(f"{name}: {problem}" for problem in error.problems)) from error


@contextmanager
def _opened(name: str) -> Iterator[Source]:
    if name == "-":
        yield Source(sys.stdin.buffer, sys.stdin.buffer, None)
        return
    try:
        size = Path(name).stat().st_size
        file = Path(name).open("rb")  # noqa: SIM115 (closed below, whatever happens)
    except OSError as error:
        raise CommandError(f"{name}: {error.strerror}") from error
    with file:
        data = cast(BinaryIO, gzip.GzipFile(fileobj=file)) if name.endswith(".gz") else file
        yield Source(data, file, size)
