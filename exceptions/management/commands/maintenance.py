"""manage.py maintenance on WORDS|off: nobody comes in while the product is worked on."""

import time
from argparse import ArgumentParser
from typing import Any

from celery import current_app
from django.core.management.base import BaseCommand

from exceptions.maintenance import close_for, open_again

PATIENCE_SECONDS = 60
PAUSE_SECONDS = 1


class Command(BaseCommand):
    """Closes the product and waits for its tasks, or opens it."""

    help = "Close the product for maintenance, or open it again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        closing = actions.add_parser("on", help="closes it, and waits for the tasks that are under way")
        closing.add_argument("words", help="what people read: why, and until when")
        actions.add_parser("off", help="opens it again")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["action"] == "off":
            open_again()
            self.stdout.write("Open.")
            return
        close_for(options["words"])
        left = self._wait()
        words = f"still at work: {', '.join(left)}" if left else "no task is being worked on"
        self.stdout.write(f"Closed; {words}.")

    def _wait(self) -> list[str]:
        """Waits for the tasks of all workers; the names of those that are not done in time."""
        until = time.monotonic() + PATIENCE_SECONDS
        while (left := _under_way()) and time.monotonic() < until:
            time.sleep(PAUSE_SECONDS)
        return left


def _under_way() -> list[str]:
    active = current_app.control.inspect(timeout=PAUSE_SECONDS).active() or {}
    return sorted({task["name"] for tasks in active.values() for task in tasks})
