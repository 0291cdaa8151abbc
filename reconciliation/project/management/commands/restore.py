"""`manage.py restore FOLDER`: a backup into an empty database, proven against its manifest and the trail's chain."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reconciliation.project.backup import BackupRefused, restore


class Command(BaseCommand):
    """Brings a backup back."""

    help = "Restore a backup into an empty database, and prove that all of it came back."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        try:
            manifest = restore(folder)
        except BackupRefused as refused:
            raise CommandError(str(refused)) from refused
        total = sum(manifest.rows.values())
        self.stdout.write(f"{total:,} rows and {len(manifest.files)} files of {manifest.at} are back, the trail whole.")
        self.stdout.write("Next: manage.py migrate, which brings an older backup up to this version.")
