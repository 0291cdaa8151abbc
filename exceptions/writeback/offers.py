"""What could be made in an outside system for a case right now, as it would be sent."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from connectors.clients import SettingsUnusable, check_kept
from connectors.http import Unreadable, documented_shape
from connectors.models import Connection
from connectors.registry import NoSuchConnector, Words, Write, connector
from connectors.writing import CannotBeWritten, Planned, Wanted
from exceptions import acceptance
from exceptions.models import ExceptionCase
from exceptions.resolutions import Resolution, needs_approval
from exceptions.rights import Person
from exceptions.writeback.targets import action_of, targets

UNLIKE = "The record as it was read lacks something that the change needs; have it read again."


@dataclass(frozen=True)
class Offer:
    """A change that could be made; `planned` null: why not, in words."""

    connection: Connection
    title: str
    write: Write
    planned: Planned | None
    why_not: str = ""


def writing() -> QuerySet[Connection]:
    """The connections that are allowed to change anything."""
    return Connection.objects.exclude(writes_allowed=[])


def offer_of(case: ExceptionCase, resolution: Resolution) -> Offer | None:
    """The change that a resolution could have made; null where no connection is allowed to make it."""
    return offers_of(case, [resolution])[resolution.key]


def offers_of(case: ExceptionCase, resolutions: Iterable[Resolution]) -> dict[str, Offer | None]:
    """The change that each of the resolutions could have made, by its key."""
    ready = list(writing().filter(paused_at=None))
    return {one.key: _offer(case, one.key, ready) for one in resolutions}


def _offer(case: ExceptionCase, resolution: str, ready: Iterable[Connection]) -> Offer | None:
    if (action := action_of(resolution)) is None:
        return None
    allowed = {one.system: one for one in ready if action in one.writes_allowed}
    for target in targets(case, resolution, allowed) if allowed else ():
        if offer := _offered(allowed[target.system], action, target.wanted):
            return offer
    return None


def _offered(connection: Connection, action: str, wanted: Wanted) -> Offer | None:
    """The change as a connection would make it; null where its connector cannot."""
    try:
        made = connector(connection.kind, connection.vendor)
        write = made.write(action)
    except (NoSuchConnector, LookupError):
        return None
    try:
        check_kept(made, connection.settings)
        with documented_shape():
            planned = write.plan(wanted, Words(connection.system, connection.settings))
    except (CannotBeWritten, SettingsUnusable) as lacking:
        return Offer(connection, made.title, write, None, str(lacking))
    except Unreadable:
        return Offer(connection, made.title, write, None, UNLIKE)
    return Offer(connection, made.title, write, planned)


def needs_word(offer: Offer, case: ExceptionCase, resolution: Resolution, person: Person, *, at: datetime) -> bool:
    """Whether another person must agree: to every change of the connection, as the resolution says, or as money is made
    beyond what this one may take.
    """
    if offer.connection.second_person or needs_approval(resolution, case):
        return True
    if not offer.write.money:
        return False
    return case.amount is None or bool(acceptance.beyond_limit(case, person, at=at, hold=False))
