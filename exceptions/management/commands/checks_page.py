"""manage.py checks_page: writes docs/checks.md anew."""

from typing import Any

from django.core.management.base import BaseCommand

from exceptions.checks_page import PAGE, checks_page


class Command(BaseCommand):
    """Writes the page of all kinds from their declarations."""

    help = "Write docs/checks.md from the declarations of the checks."

    def handle(self, *args: Any, **options: Any) -> None:
        PAGE.write_text(checks_page(), encoding="utf-8")
        self.stdout.write(f"{PAGE.name} is up to date.")
