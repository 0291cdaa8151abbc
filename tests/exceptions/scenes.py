"""Cases that a change in an outside system settles: each with the vendor that it is written into, and its owner."""

from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal

import httpx

from connectors.models import Connection, Credential, Outbox
from connectors.outbox import LEASE
from exceptions.models import ExceptionCase, TrailEntry
from exceptions.reconciling import reconcile
from exceptions.resolutions import resolutions
from exceptions.workflow import Origin, move
from exceptions.writeback.delivery import write_one
from exceptions.writeback.offers import offer_of
from tests.connectors.vendors import Clock, pull_all
from tests.exceptions.people import bands, someone, teams
from tests.exceptions.people import case as make_case

PAGE = Origin("page")


class Killed(BaseException):
    """The process ends here."""


@dataclass
class Scene:
    """`effects()`: how often the change was made, as the vendor's own books say."""

    connection: Connection
    vendor: object
    clock: Clock
    kind: str
    resolution: str
    effects: object
    secret: str = ""
    owner: object = None

    @property
    def case(self):
        return ExceptionCase.objects.get(kind=self.kind, frozen_in=None)

    @property
    def chosen(self):
        return resolutions()[self.resolution]

    @property
    def change(self):
        return Outbox.objects.order_by("-id").first()

    def offer(self):
        return offer_of(self.case, self.chosen)

    def decide(self, by=None, name="apply", digest=None, **said):
        """Has the change made, as it is shown."""
        shown = {"write": digest or self.offer().planned.digest}
        more = {"resolution": self.resolution, "parameters": shown} | said
        return move(
            self.case.pk, name, by=by or self.owner, at=self.clock(), seen=self.case.version, origin=PAGE, **more
        )

    def deliver(self, network=None):
        """One attempt of a worker."""
        network = network or self.vendor.transport()
        return write_one(self.change.pk, clock=self.clock, sleep=self.clock.sleep, transport=network)

    def later(self):
        """Until the lease of a dead process is over."""
        self.clock.pass_by(seconds=LEASE.total_seconds() + 1)

    def told(self):
        return list(TrailEntry.objects.filter(case=self.case).order_by("id").values_list("move", flat=True))


def scene_by_hand(connection, vendor, clock, *, action, effects, secret, resolution, amount=None, feeds=(), **case):
    """The vendor is read; the case is there, its owner has taken it, and an admin has allowed the change."""
    teams()
    bands()
    pull_all(connection, vendor, clock, *feeds)
    Connection.objects.filter(pk=connection.pk).update(writes_allowed=[action], second_person=False)
    Credential.objects.filter(connection=connection, name="access_token").delete()
    made = Scene(connection, vendor, clock, case["kind"], resolution, effects, secret)
    made.owner = someone("olga", "agent", team="finance")
    clock.pass_by(minutes=1)
    money = {"amount": Decimal(amount), "currency": "GBP"} if amount else {}
    make_case(state="in_progress", owner=made.owner.user, touched_at=clock(), **money, **case)
    clock.pass_by(minutes=1)
    return made


def scene(connection, vendor, clock, *, kind, resolution, action, effects, secret):
    """The vendor is read, the checks find the case, its owner takes it, and an admin has allowed the change."""
    teams()
    bands()
    pull_all(connection, vendor, clock)
    reconcile(as_of=clock(), now=clock())
    Connection.objects.filter(pk=connection.pk).update(writes_allowed=[action], second_person=False)
    made = Scene(connection, vendor, clock, kind, resolution, effects, secret)
    made.owner = someone("olga", "agent", team=made.case.team)
    clock.pass_by(minutes=1)
    move(made.case.pk, "claim", by=made.owner, at=clock(), seen=made.case.version, origin=PAGE)
    clock.pass_by(minutes=1)
    return made


def _die():
    raise Killed


class CutOff(httpx.BaseTransport):
    """Passes requests on; the process dies at one of them, `before` it leaves or after it was answered."""

    def __init__(self, inner, at, *, before, die=None):
        self.inner, self.left, self.before, self.die = inner, at, before, die or _die

    def handle_request(self, request):
        if self.left == 0 and self.before:
            self.die()
        answer = self.inner.handle_request(request)
        if self.left == 0:
            self.die()
        self.left -= 1
        return answer


@contextmanager
def killed():
    """Something in the block ends the process."""
    try:
        yield
    except Killed:
        return
    raise AssertionError("nothing was killed")
