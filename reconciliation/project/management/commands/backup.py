"""`manage.py backup FOLDER`: the whole product into a folder, while people go on working."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from reconciliation.project.backup import BackupRefused, back_up


class Command(BaseCommand):
    """Makes a backup."""

    help = "Back up the database, the attached files and a manifest into a new folder."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        try:
            manifest = back_up(folder, at=timezone.now())
        except BackupRefused as refused:
            raise CommandError(str(refused)) from refused
        total = sum(manifest.rows.values())
        self.stdout.write(f"{folder}: {total:,} rows, {len(manifest.files)} files, trail head {manifest.head}.")
