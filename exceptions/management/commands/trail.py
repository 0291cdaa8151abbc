"""manage.py trail verify|seal|export: whether the trail is whole, and the trail as a file."""

import sys
from argparse import ArgumentParser, ArgumentTypeError
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from exceptions.exports import csv_lines
from exceptions.trail.chain import Verdict, lines, of_period, seal, verify
from exceptions.trail.page import COLUMNS, as_rows


class Command(BaseCommand):
    """Verifies, seals and exports the trail."""

    help = "Verify, seal and export the trail of everything that was done."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        check = actions.add_parser("verify", help="names every break; exit code 1 where there is one")
        check.add_argument("--head", metavar="HASH", help="a head noted earlier, which must be in the chain")
        actions.add_parser("seal", help="seals what has no seal yet, which otherwise happens every minute")
        export = actions.add_parser("export", help="the entries of a period on standard output")
        export.add_argument("--since", type=_moment, help="the first day or instant, UTC where no zone is given")
        export.add_argument("--until", type=_moment, help="the day or instant before which it ends")
        export.add_argument("--format", choices=("csv", "ndjson"), default="csv")

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, f"_{options['action']}")(options)

    def _verify(self, options: dict[str, Any]) -> None:
        verdict = verify(head=options["head"])
        for sentence in verdict.broken:
            self.stdout.write(sentence)
        self.stdout.write(_summary(verdict))
        if verdict.broken:
            sys.exit(1)

    def _seal(self, options: dict[str, Any]) -> None:
        self.stdout.write(f"{seal(at=timezone.now())} sealed.")

    def _export(self, options: dict[str, Any]) -> None:
        period = {"since": options["since"], "until": options["until"]}
        if options["format"] == "ndjson":
            for line in lines(**period):
                self.stdout.write(line.decode())
            return
        for some in csv_lines(COLUMNS, as_rows(of_period(**period))):
            self.stdout.write(some.decode(), ending="")


def _summary(verdict: Verdict) -> str:
    state = "broken" if verdict.broken else "whole"
    words = f"The trail is {state}: {verdict.entries} entries in {verdict.seals} seals, head {verdict.head}."
    if verdict.erased:
        words = f"{words} Words erased on request: in {verdict.erased} of them."
    if not verdict.tail:
        return f"{words} Every entry is sealed."
    return f"{words} Not yet sealed: {verdict.tail}, from entry {verdict.first} to {verdict.last}."


def _moment(text: str) -> datetime:
    try:
        day = parse_date(text)
        at = datetime(day.year, day.month, day.day, tzinfo=UTC) if day else parse_datetime(text)
    except ValueError:
        at = None
    if at is None:
        raise ArgumentTypeError(f"{text!r} is no day such as 2026-09-30 and no instant such as 2026-09-30T12:00:00Z")
    return at if at.tzinfo else at.replace(tzinfo=UTC)
