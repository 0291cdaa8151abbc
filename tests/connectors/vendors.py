"""What the tests of all connectors share: a clock, a connection, a network that dies, and what the ledgers hold."""

import json
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import httpx
from django.db import transaction

from connectors.access import Access
from connectors.credentials import keep_secret
from connectors.models import Connection
from connectors.pull import pull
from connectors.registry import connector
from exceptions.pulling import access_to, take_in_lines
from reconciliation.models import LedgerEntry, System, Version

BEGIN = datetime(2026, 11, 20, 12, tzinfo=UTC)


class Clock:
    """A clock that stands still but for sleeps."""

    def __init__(self, now=BEGIN):
        self.now = now
        self.slept = []

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)

    def pass_by(self, **units):
        self.now += timedelta(**units)


def connected(kind, vendor="", *, system=None, settings=None, secrets=None, at=BEGIN):
    """A system of the topology with its connection and secrets."""
    key = system or vendor or kind
    System.objects.create(key=key, kind=kind, vendor=vendor)
    connection = Connection.objects.create(system=key, kind=kind, vendor=vendor, settings=settings or {})
    for name, value in (secrets or {}).items():
        keep_secret(connection, name, value, at=at)
    return connection


def access(connection, simulator, clock):
    """The connection's access, over the simulator as network."""
    found = access_to(connection, transport=simulator.transport() if hasattr(simulator, "transport") else simulator)
    return Access(connection, clock=clock, sleep=clock.sleep, transport=found.transport, known=found.known)


def pull_all(connection, simulator, clock, *feeds, most=200):
    """Reads the named feeds (all, unless named) to the end of their windows, past whatever passes."""
    made = connector(connection.kind, connection.vendor)
    for feed in made.feeds:
        if (feeds and feed.name not in feeds) or (feed.by_hand_only and feed.name not in feeds):
            continue
        for _ in range(most):
            reach = access(connection, simulator, clock)
            run = pull(connection, made, feed, access=reach, take_in=take_in_lines)
            if run is None or run.finished_at:
                break
            clock.now = max(clock.now, run.resume_at or clock.now)
        else:
            raise AssertionError(f"{feed.name} does not end: {run.error}")


def ledger(*types):
    """Current records: (type, id) → the line as it stands, without `at` and `raw`."""
    reigning = LedgerEntry.objects.filter(until=None, content__isnull=False)
    lines = Version.objects.in_bulk([entry.version for entry in reigning])
    found = {}
    for entry in reigning:
        if not types or entry.type in types:
            line = json.loads(lines[entry.version].raw)
            found[entry.type, entry.id] = {k: v for k, v in line.items() if k not in ("at", "raw", "system", "type")}
    return found


class Killed(BaseException):
    """The process ends here."""


class DyingNetwork(httpx.BaseTransport):
    """Passes requests on until the `last`, then kills; `after` the answer was computed, or before."""

    def __init__(self, inner, last, *, after=False):
        self.inner, self.left, self.after = inner, last, after

    def handle_request(self, request):
        if self.left == 0:
            if self.after:
                self.inner.handle_request(request)
            raise Killed
        self.left -= 1
        return self.inner.handle_request(request)


@contextmanager
def undone():
    """Whatever the block stores is gone behind it."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def survives_a_kill_between_any_two_requests(make, *feeds, types=(), answered=False):
    """Pulls that are killed at each request in turn end in one ledger; `make()` connects a vendor with a past.

    Killed before the request leaves, or, `answered`, when the vendor has done it and nobody heard. How many there are.
    """
    with undone():
        connection, simulator, clock = make()
        pull_all(connection, simulator, clock, *feeds)
        whole, requests = ledger(*types), len(simulator.requests)
    assert whole
    assert requests > 1
    for last in range(requests):
        with undone():
            connection, simulator, clock = make()
            try:
                pull_all(connection, DyingNetwork(simulator.transport(), last, after=answered), clock, *feeds)
            except Killed:
                pass
            else:
                raise AssertionError("nothing was killed")
            clock.pass_by(seconds=30)
            pull_all(connection, simulator, clock, *feeds)
            assert ledger(*types) == whole, f"killed {'after' if answered else 'before'} request {last + 1}"
    return requests
