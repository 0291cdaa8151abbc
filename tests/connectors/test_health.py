"""How each connected system is: of every connector, in as many queries for one as for many."""

from datetime import timedelta

import pytest

from connectors.health import SystemHealth, health_of
from connectors.models import Connection, Cursor, Delivery, PullRun
from connectors.pull import CADENCE
from connectors.registry import connectors
from connectors.webhooks import count_refusal
from tests.connectors.vendors import BEGIN

pytestmark = pytest.mark.django_db
EVERY = list(connectors())


def connect(made, n=0, **said):
    key = f"{made.kind}-{made.vendor}-{n}"
    return Connection.objects.create(
        system=key, kind=made.kind, vendor=made.vendor, created_at=BEGIN, **{"room": {"left": 3, "limit": 40}} | said
    )


def health(connection, at=BEGIN) -> SystemHealth:
    return health_of([connection], at=at, cadences={})[0]


def read(connection, feed, ago=timedelta(), **said):
    done = {"succeeded_at": BEGIN - ago, "watermark": BEGIN - ago, "records": 7}
    Cursor.objects.create(connection=connection, feed=feed.name, **done | said)


def own_feeds(made):
    return [feed for feed in made.feeds if not feed.by_hand_only]


@pytest.mark.parametrize("made", EVERY, ids=lambda made: f"{made.kind} {made.vendor}")
def test_every_connector_tells_how_it_is(made):
    connection = connect(made)
    assert health(connection).state == "waiting"
    for feed in own_feeds(made):
        read(connection, feed)
    Delivery.objects.create(connection=connection, identity="d1", headers={}, body=b"{}", received_at=BEGIN)
    count_refusal(connection, "forged", at=BEGIN)
    told = health(connection)
    assert told.state == ("fresh" if own_feeds(made) else "pushed")
    assert told.records == 7 * len(own_feeds(made))
    assert told.connection.room == {"left": 3, "limit": 40}
    assert (told.deliveries.waiting, told.deliveries.received_at, told.deliveries.refused) == (1, BEGIN, {"forged": 1})
    for feed in told.feeds:
        assert (feed.lag, feed.error) == (timedelta(), "")
        assert feed.expected_by == BEGIN + (made.feed(feed.feed).every or CADENCE)
    Connection.objects.update(paused_at=BEGIN)
    assert health(Connection.objects.get()).state == "paused"


@pytest.mark.parametrize("made", [made for made in EVERY if made.feeds], ids=lambda made: f"{made.kind} {made.vendor}")
def test_a_feed_of_any_connector_that_fails_or_falls_silent_is_what_its_system_is(made):
    connection, (first, *others) = connect(made), own_feeds(made)
    read(connection, first, failures=2, error="401 Unauthorized")
    for feed in others:
        read(connection, feed)
    assert (health(connection).state, health(connection).worst.error) == ("failing", "401 Unauthorized")
    Cursor.objects.update(failures=0, error="")
    assert health(connection).state == "fresh"
    much_later = BEGIN + 3 * (first.every or CADENCE)
    assert health(connection, much_later).state == "late"
    assert health(connection, much_later).worst.lag == much_later - BEGIN


def test_many_take_as_many_queries_as_one(django_assert_num_queries):
    for n in range(3):
        for made in EVERY:
            connection = connect(made, n)
            for feed in own_feeds(made):
                read(connection, feed)
    run = PullRun.objects.create(connection=Connection.objects.first(), feed="x", until=BEGIN)
    assert run.finished_at is None
    every = list(Connection.objects.all())
    for some in (every[:1], every):
        with django_assert_num_queries(4):
            health_of(some, at=BEGIN, cadences={})
