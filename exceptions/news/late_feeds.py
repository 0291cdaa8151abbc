"""A system that is not read says nothing, and so no check can know of it: whoever looks after it is told by letter."""

from collections.abc import Iterator
from datetime import datetime

from django.contrib.auth.models import User
from django.db.models import Q
from django.urls import reverse

from connectors.health import FeedHealth, SystemHealth
from exceptions.ledgers.arrivals import Arrival, arrivals
from exceptions.ledgers.feeds import systems_read
from exceptions.ledgers.unread import SHOWN, late_feeds
from exceptions.models import Message, SystemOwner
from exceptions.news.queueing import absolute, content
from exceptions.rights import RIGHTS


def tell_of_late_feeds(*, at: datetime) -> int:
    """Queues a letter for each connection whose feeds are late and each system that did not send what was expected.

    Once for each lateness; how many letters.
    """
    letters = [letter for told in systems_read(at=at) for letter in _letters(told, at)]
    letters += [letter for one in arrivals(at=at) if one.state == "late" for letter in _letters_of(one, at)]
    return len(Message.objects.bulk_create(letters, ignore_conflicts=True))


def late_sentence(system: str, late: list[FeedHealth]) -> str:
    """What a letter says of the feeds of one system that are late."""
    read = [feed.succeeded_at for feed in late if feed.succeeded_at]
    since = f"since {min(read):%d %b %Y %H:%M} UTC" if len(read) == len(late) else "yet"
    why = next((f" {feed.error[:SHOWN]}" for feed in late if feed.error), "")
    return f"{system} has not been read {since}: {', '.join(feed.feed for feed in late)}.{why}"


def _letters(told: SystemHealth, at: datetime) -> Iterator[Message]:
    connection = told.connection
    late = late_feeds(told, at)
    if not late:
        return
    oldest = min(feed.succeeded_at or connection.created_at for feed in late)
    line = {"text": late_sentence(connection.system, late), "address": absolute(reverse("connections"))}
    for person in _who(connection.system):
        key = f"late-{connection.pk}-{oldest:%Y%m%d%H%M%S}-{person.pk}"
        yield Message(person=person, key=key, content=content([line]), made_at=at, due_at=at)


def missing_sentence(late: Arrival) -> str:
    """What a letter says of records that did not come."""
    came = f"last came {late.heard_at:%d %b %Y %H:%M} UTC" if late.heard_at else "have not come yet"
    said = f"{late.system} has not sent what was expected: records of type {late.type.replace('_', ' ')} {came}"
    return f"{said}, expected by {late.expected_by:%d %b %Y %H:%M} UTC ({late.reason})."


def _letters_of(late: Arrival, at: datetime) -> Iterator[Message]:
    line = {"text": missing_sentence(late), "address": absolute(reverse("feeds"))}
    since = late.heard_at or late.expected_by
    for person in _who(late.system):
        key = f"missing-{late.system}-{late.type}-{since:%Y%m%d%H%M%S}-{person.pk}"
        yield Message(person=person, key=key, content=content([line]), made_at=at, due_at=at)


def _who(system: str) -> list[User]:
    """Those who configure, and whoever looks after the system: a person, else the leads of its team."""
    wanted = Q(roles__role__in=RIGHTS["configure"])
    for owner in SystemOwner.objects.filter(system=system):
        leads = Q(memberships__team=owner.team_id, memberships__is_lead=True)
        wanted |= leads if owner.person_id is None else Q(id=owner.person_id)
    return list(User.objects.filter(wanted, is_active=True).exclude(email="").distinct().order_by("id"))
