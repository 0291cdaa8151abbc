"""What all outside systems share: trouble, deliveries, and what a product needs to know of them."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from connectors.simulating import answer, breaking_off, failing

TROUBLES = {"cut off": breaking_off, "failing": failing(500), "throttling": failing(429, Retry_After="1")}
TOLD = 0.6  # of what changes: the rest is found by reading


class Beset:
    """A simulator that is sometimes in trouble; half of what it then fails to answer it has done."""

    def __init__(self, simulator, dice):
        self.simulator, self.dice = simulator, dice
        self.trouble, self.until = "", 0.0

    def for_a_while(self, seconds, trouble):
        self.trouble, self.until = trouble, time.monotonic() + seconds

    def handle(self, request):
        if time.monotonic() >= self.until:
            return self.simulator.handle(request)
        if self.trouble != "throttling" and self.dice.random() < 0.5:
            self.simulator.handle(request)
        return TROUBLES[self.trouble](request) or answer(status=500)


@dataclass
class Delivery:
    """What a system delivers, by the name that the product has for it; `signed()` gives its headers and body of now."""

    system: str
    name: str
    signed: Callable


class Outside:
    """One outside system. Whatever happens there is drawn from `dice`; all of it concerns a currency of its own."""

    system, kind, vendor, writes, path = "", "", "", (), ""

    def __init__(self, simulator, story, dice):
        self.simulator, self.story, self.dice = simulator, story, Random(dice.random())

    def connection(self, address):
        """What the product keeps of it."""
        named = {"system": self.system, "kind": self.kind, "vendor": self.vendor, "writes_allowed": list(self.writes)}
        named["second_person"] = False
        return named | {"settings": self.settings() | {"base": f"{address}{self.path}"}, "secrets": self.secrets()}

    def change(self):
        """Something changes there; what is delivered about it."""
        return self.dice.choice(self.changes())()

    def holds(self):
        """The (type, id) of each record that it holds."""

    def delivered(self, name, signed, *, always=False):
        """The delivery; or none, as often as the system does not tell."""
        return [Delivery(self.system, name, signed)] if always or self.dice.random() < TOLD else []

    def at(self, number):
        """A moment of the story, one for each number."""
        return (self.story.moment + timedelta(seconds=number)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def now():
    return datetime.now(UTC)


def moment():
    """Now, as vendors write it."""
    return now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
