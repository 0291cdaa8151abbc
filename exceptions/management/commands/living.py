"""manage.py living: lets the sample brand's days pass in minutes, until it is told to stop."""

import logging
import signal
import threading
from argparse import ArgumentParser
from contextlib import ExitStack
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from connectors.sample_brand.living import BEAT
from connectors.sample_brand.story import Line
from exceptions.living import STORY, Living
from exceptions.living_systems import open_systems
from exceptions.pulling import take_in_lines

WORKERS = ("ines", "tom", "jo")
READ_EVERY = 5  # beats


class Command(BaseCommand):
    """Goes on where it was stopped."""

    help = "Let the sample brand live: orders, returns, credits and stock move, things go wrong, some are mended."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--address", help="where the product answers; its systems are pulled, and deliver there")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("The sample brand is not for production: everybody knows its sign-ins.")
        logging.getLogger("connectors").setLevel(logging.WARNING)  # else it tells of every beat
        told_to_stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: told_to_stop.set())
        living, beats = Living(STORY, take_in, WORKERS), 0
        with ExitStack() as open_now:
            if options["address"] is not None:
                before = living.told_before()
                systems = open_now.enter_context(open_systems(before, address=options["address"], at=timezone.now()))
                living.take_in = lambda lines: systems.take_in(lines, take_in)
            while not told_to_stop.wait(BEAT.total_seconds()):
                living.go_on(at=timezone.now())
                if options["address"] is not None and beats % READ_EVERY == 0:
                    systems.read()
                beats += 1


def take_in(lines: list[Line]) -> None:
    """As every other source's lines are taken in."""
    take_in_lines(lines, "sample brand, live")
