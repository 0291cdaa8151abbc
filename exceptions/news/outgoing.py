"""The channels of teams, programs and persons: made, tried, enabled again and removed; each stands in the trail."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from connectors.credentials import seal, unseal
from exceptions.configuration.changes import record_difference
from exceptions.models import Message, Outgoing, Team
from exceptions.news.addresses import checked
from exceptions.news.queueing import absolute, content, new_key

ABOUT = "channel {name}"


@transaction.atomic
def make_channel(
    *,
    name: str,
    flavour: str,
    address: str,
    sorts: Sequence[str],
    by: Any,
    at: datetime,
    team: Team | None = None,
    person: Any = None,
) -> tuple[Outgoing, str]:
    """A new channel and, where it is signed, its key, which is shown this once; raises AddressRefused.

    A person has one channel of their own: a new one takes the place of the one before.
    """
    host = checked(address).host
    key = secrets.token_urlsafe(32) if flavour == "signed" else ""
    if person is not None:
        Outgoing.objects.filter(person=person).delete()
    made = Outgoing.objects.create(
        name=name,
        flavour=flavour,
        team=team,
        person=person,
        sorts=list(sorts),
        shown=host,
        sealed_address=seal(address.strip()),
        sealed_key=seal(key) if key else "",
        made_at=at,
    )
    record_difference(ABOUT.format(name=made), None, _told(made), by=by, at=at, source="page")
    return made, key


@transaction.atomic
def remove_channel(channel: Outgoing, *, by: Any, at: datetime) -> None:
    """Removes a channel with what it was sent and what waits."""
    record_difference(ABOUT.format(name=channel), _told(channel), None, by=by, at=at, source="page")
    channel.delete()


@transaction.atomic
def enable_channel(channel: Outgoing, *, by: Any, at: datetime) -> bool:
    """Lets news go to a disabled channel again; false where it was enabled."""
    if not Outgoing.objects.filter(id=channel.pk).exclude(disabled_at=None).update(disabled_at=None, failures=0):
        return False
    known, said = {"enabled": False}, {"enabled": True}
    record_difference(ABOUT.format(name=channel), known, said, by=by, at=at, source="page")
    return True


def queue_trial(channel: Outgoing, *, by: str, at: datetime) -> Message:
    """Queues a message that says nothing but that it arrives."""
    text = f"A trial, sent by {by}: news of Reconciliation arrive here."
    line = {"text": text, "address": absolute("/")}
    said = {"news": [{"sort": "trial", **line}]} if channel.flavour == "signed" else content([line])
    return Message.objects.create(outgoing=channel, key=new_key(), content=said, made_at=at, due_at=at)


def reseal_channels() -> int:
    """Seals with the first key what an older one sealed; how many were resealed."""
    count = 0
    for channel in Outgoing.objects.all():
        channel.sealed_address = seal(unseal(channel.sealed_address))
        channel.sealed_key = channel.sealed_key and seal(unseal(channel.sealed_key))
        channel.save(update_fields=["sealed_address", "sealed_key"])
        count += 1
    return count


def _told(channel: Outgoing) -> dict[str, Any]:
    return {
        "flavour": channel.flavour,
        "host": channel.shown,
        "team": channel.team_id,
        "sorts": channel.sorts,
        "of": channel.person.get_username() if channel.person else None,
    }
