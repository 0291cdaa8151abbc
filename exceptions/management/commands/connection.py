"""`manage.py connection`: connects systems, tests them, pulls windows by hand, shows how feeds are."""

import getpass
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from connectors.access import Access
from connectors.connecting import try_connection
from connectors.health import deliveries_of, feeds_of
from connectors.locks import Busy
from connectors.models import Connection, PullRun
from connectors.pull import PROBLEMS, AlreadyPulling, NoWindow, ask_by_hand
from connectors.registry import Connector, NoSuchConnector, WrongSettings, connector
from connectors.subscribing import NoAddress, NotSubscribable, Standing, standings, subscribe, unsubscribe
from exceptions.configuration.connection_changes import keep_connection
from exceptions.meanings import tell_with_meanings
from exceptions.pulling import access_to, cadence_of, pull_window, tell_again
from exceptions.writeback.allowing import NoSuchChange, allow_writes
from reconciliation.models import System


class Command(BaseCommand):
    """Exit code 1 where something is missing or a pull could not be finished."""

    help = "Connect a system of the topology, test it, pull a window by hand, or show its feeds."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        for name in ("set", "test", "pull", "again", "show", "subscribe", "subscriptions", "unsubscribe"):
            actions.add_parser(name).add_argument("system")
        actions.choices["subscribe"].add_argument("--address", default=settings.PUBLIC_ADDRESS)
        actions.choices["set"].add_argument("settings", nargs="*", metavar="NAME=VALUE")
        writes = actions.add_parser("writes", help="which changes may be made there; with names, exactly these")
        writes.add_argument("system")
        writes.add_argument("--allow", nargs="*", metavar="CHANGE")
        writes.add_argument("--decided-by", choices=["one", "two"], help="two: a second person approves each change")
        pull = actions.choices["pull"]
        pull.add_argument("feed")
        pull.add_argument("--since", required=True, type=_instant)
        pull.add_argument("--until", type=_instant)

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, f"_{options['action']}")(options)

    def _set(self, options: dict[str, Any]) -> None:
        system = System.objects.filter(key=options["system"]).first()
        if system is None:
            raise CommandError(f"The topology has no system {options['system']!r}.")
        given = dict(_pair(one) for one in options["settings"])
        try:
            for setting in connector(system.kind, system.vendor).settings:
                if setting.secret and setting.name not in given and sys.stdin.isatty():
                    given[setting.name] = getpass.getpass(f"{setting.label} (empty: unchanged): ")
            made = keep_connection(system, given, by=None, at=timezone.now(), source="command", rests=False)
        except (NoSuchConnector, WrongSettings) as error:
            raise CommandError(str(error)) from error
        tell_with_meanings(made, clock=timezone.now)
        self.stdout.write(f"deliveries: /hooks/{made.hook_key}")

    def _test(self, options: dict[str, Any]) -> None:
        connection = _connection(options["system"])
        made = connector(connection.kind, connection.vendor)
        missing = try_connection(connection, made, access=access_to(connection))
        for one in missing:
            self.stderr.write(one)
        if missing:
            sys.exit(1)
        self.stdout.write("nothing is missing")

    def _writes(self, options: dict[str, Any]) -> None:
        connection, decided_by = _connection(options["system"]), options["decided_by"]
        if options["allow"] is not None or decided_by:
            actions = connection.writes_allowed if options["allow"] is None else options["allow"]
            two = {"one": False, "two": True}.get(decided_by)
            try:
                allow_writes(connection, actions, by=None, at=timezone.now(), source="command", second_person=two)
            except NoSuchChange as error:
                raise CommandError(str(error)) from error
        for write in connector(connection.kind, connection.vendor).writes:
            state = "allowed" if write.action in connection.writes_allowed else "off"
            self.stdout.write(f"{write.action:<16}{state:<9}{write.label}; needs {write.needs}")
        self.stdout.write(f"each change is decided by {'two people' if connection.second_person else 'one person'}")

    def _pull(self, options: dict[str, Any]) -> None:
        connection, now = _connection(options["system"]), timezone.now()
        try:
            feed = connector(connection.kind, connection.vendor).feed(options["feed"])
            until = options["until"] or now
            run = ask_by_hand(connection, feed, since=options["since"], until=until, by=None, at=now)
        except (LookupError, NoWindow, AlreadyPulling) as error:
            raise CommandError(str(error)) from error
        while not run.finished_at:
            run = self._advanced(run)
        self.stdout.write(f"{run.records:,} items, {run.accepted:,} records accepted, {run.rejected:,} rejected")

    def _again(self, options: dict[str, Any]) -> None:
        taken = tell_again(_connection(options["system"]))
        self.stdout.write(f"{taken.accepted:,} records accepted, {taken.rejected:,} still not readable")

    def _advanced(self, run: PullRun) -> PullRun:
        try:
            run = pull_window(run)
        except Busy:  # a worker goes on with it
            time.sleep(1)
            run.refresh_from_db()
        self.stderr.write(f"{run.pages:,} pages, {run.records:,} items")
        if run.error:
            raise CommandError(f"{run.error} The workers go on with it at {run.resume_at:%H:%M:%S} UTC.")
        if run.resume_at and not run.finished_at:
            time.sleep(max((run.resume_at - timezone.now()).total_seconds(), 0))
        return run

    def _subscribe(self, options: dict[str, Any]) -> None:
        connection, made, access = _reached(options["system"])
        with _said_plainly(access):
            found, refused = subscribe(connection, made, access=access, base=options["address"])
        self._tell_standings(found, refused)

    def _subscriptions(self, options: dict[str, Any]) -> None:
        connection, made, access = _reached(options["system"])
        with _said_plainly(access):
            found = standings(connection, made, access=access)
        self._tell_standings(found, [])

    def _unsubscribe(self, options: dict[str, Any]) -> None:
        connection, made, access = _reached(options["system"])
        with _said_plainly(access):
            ended = unsubscribe(connection, made, access=access)
        self.stdout.write(f"{ended:,} subscriptions ended")

    def _tell_standings(self, found: list[Standing], refused: list[str]) -> None:
        for one in found:
            self.stdout.write(f"{one.topic:<36}{one.state}")
        for words in refused:
            self.stderr.write(words)
        if any(one.state != "subscribed" for one in found):
            sys.exit(1)

    def _show(self, options: dict[str, Any]) -> None:
        connection, now = _connection(options["system"]), timezone.now()
        for feed in feeds_of(connection, at=now, cadence=cadence_of(connection.system)):
            done = f"{feed.succeeded_at:%Y-%m-%d %H:%M:%S}" if feed.succeeded_at else "never"
            self.stdout.write(f"{feed.feed:<14}{feed.state:<9}{done:<21}{feed.records:>10,}  {feed.error}".rstrip())
        told = deliveries_of(connection, at=now)
        refused = ", ".join(f"{reason} {times:,}" for reason, times in told.refused.items()) or "none"
        self.stdout.write(
            f"deliveries waiting {told.waiting:,}, repeated {told.repeated:,}, refused this week: {refused}"
        )


def _connection(system: str) -> Connection:
    found = Connection.objects.filter(system=system).first()
    if found is None:
        raise CommandError(f"{system!r} is not connected.")
    return found


def _reached(system: str) -> tuple[Connection, Connector, Access]:
    connection = _connection(system)
    return connection, connector(connection.kind, connection.vendor), access_to(connection)


@contextmanager
def _said_plainly(access: Access) -> Iterator[None]:
    """A vendor's refusal as the command's own error, without secrets."""
    try:
        yield
    except (NotSubscribable, NoAddress, *PROBLEMS) as error:
        raise CommandError(access.scrub(str(error))) from error


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign:
        raise CommandError(f"{text!r} is not NAME=VALUE.")
    return name, value


def _instant(text: str) -> datetime:
    read = datetime.fromisoformat(text)
    return read if read.tzinfo else read.replace(tzinfo=UTC)
