"""manage.py erase WORD… --reason TEXT: what is known of a person, wherever it stands in words."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from exceptions.erasure import ErasureRefused, erase


class Command(BaseCommand):
    """Erases a person's name, address or number; without --yes it only counts."""

    help = "Erase what is known of a person: names, e-mail addresses, telephone numbers, streets."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("words", nargs="+", metavar="WORD", help='such as "Jane Doe" and jane@example.com')
        parser.add_argument("--reason", required=True, help="on whose request, and when; without the words themselves")
        parser.add_argument("--yes", action="store_true", help="erase; without it the places are only counted")

    def handle(self, *args: Any, words: list[str], reason: str, yes: bool, **options: Any) -> None:
        try:
            done = erase(words, reason=reason, by=None, at=timezone.now(), trial=not yes)
        except ErasureRefused as refused:
            raise CommandError(str(refused)) from refused
        for place, rows in done.places.items():
            self.stdout.write(f"{place:<32} {rows:>8}")
        said = "Erased" if yes else "To be erased"
        self.stdout.write(f"{said} in {sum(done.places.values())} rows, {len(done.entries)} of them of the trail.")
        if done.files:
            self.stdout.write(f"Files attached to cases are not searched: {done.files}.")
        if not yes:
            self.stdout.write("Nothing was changed. Run it again with --yes.")
