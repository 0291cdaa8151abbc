"""manage.py living: lets the sample brand's days pass in minutes, until it is told to stop."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from connectors.sample_brand.living import BEAT
from connectors.sample_brand.story import Line
from exceptions.living import STORY, Living
from exceptions.pulling import take_in_lines

WORKERS = ("ines", "tom", "jo")


class Command(BaseCommand):
    """Goes on where it was stopped."""

    help = "Let the sample brand live: orders, returns, credits and stock move, things go wrong, some are mended."

    def handle(self, *args: Any, **options: Any) -> None:
        told_to_stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: told_to_stop.set())
        living = Living(STORY, take_in, WORKERS)
        while not told_to_stop.wait(BEAT.total_seconds()):
            living.go_on(at=timezone.now())


def take_in(lines: list[Line]) -> None:
    """As every other source's lines are taken in."""
    take_in_lines(lines, "sample brand, live")
