"""manage.py living: lets the sample brand's days pass in minutes, until it is told to stop."""

import signal
import threading
from argparse import ArgumentParser
from contextlib import AbstractContextManager, nullcontext
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from connectors.sample_brand.living import BEAT
from connectors.sample_brand.story import Line
from exceptions.living import STORY, Living
from exceptions.pulling import take_in_lines

if TYPE_CHECKING:
    from exceptions.living_shop import Deliverer

WORKERS = ("ines", "tom", "jo")


class Command(BaseCommand):
    """Goes on where it was stopped."""

    help = "Let the sample brand live: orders, returns, credits and stock move, things go wrong, some are mended."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--address", help="where the product answers; its shop is then pulled, and delivers there")

    def handle(self, *args: Any, **options: Any) -> None:
        told_to_stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: told_to_stop.set())
        living = Living(STORY, take_in, WORKERS)
        with _shop(living, options["address"]) as shop:
            if shop is not None:
                living.take_in = lambda lines: take_in(shop.tell(lines))
            while not told_to_stop.wait(BEAT.total_seconds()):
                living.go_on(at=timezone.now())


def take_in(lines: list[Line]) -> None:
    """As every other source's lines are taken in."""
    take_in_lines(lines, "sample brand, live")


def _shop(living: Living, address: str | None) -> "AbstractContextManager[Deliverer | None]":
    """The shop, where it can deliver, and where what executes its queries is installed."""
    if address is None or find_spec("graphql") is None:
        return nullcontext()
    from exceptions.living_shop import open_shop

    return open_shop(living.told_before(), address=address, at=timezone.now())
