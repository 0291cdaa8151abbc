"""manage.py topology load|dump: the topology from a file and as a file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from exceptions.configuration.changes import load_topology
from reconciliation.topology import SystemInUse, dump
from reconciliation.topology_file import TopologyRefused


class Command(BaseCommand):
    """Loads a topology and shows what changes, or writes the stored one."""

    help = "Load the topology from a TOML file, or write it as one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        does = parser.add_subparsers(dest="does", required=True)
        loading = does.add_parser("load", help="make the topology what FILE says")
        loading.add_argument("file", metavar="FILE")
        loading.add_argument("--dry-run", action="store_true", help="only show what would change")
        does.add_parser("dump", help="write the topology to standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["does"] == "dump":
            self.stdout.write(dump(), ending="")
            return
        changes = self._load(options["file"], options["dry_run"])
        for change in changes:
            self.stdout.write(str(change))
        done = "would change" if options["dry_run"] else "changed"
        self.stdout.write(f"{len(changes)} {done}." if changes else "Nothing changes.")

    def _load(self, file: str, dry_run: bool) -> list[Any]:
        try:
            text = Path(file).read_text(encoding="utf-8")
            return load_topology(text, by=None, at=timezone.now(), source="command", dry_run=dry_run)
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise CommandError(f"{file}: is not UTF-8 at byte {error.start + 1}") from error
        except (TopologyRefused, SystemInUse) as error:
            raise CommandError(f"{file} is refused:\n{error}") from error
