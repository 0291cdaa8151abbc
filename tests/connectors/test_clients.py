"""Settings that were stored wrong: named where feeds are shown, and in nobody else's way."""

import pytest
from django.utils import timezone

from connectors.clients import SettingsUnusable, check_kept, client_of
from connectors.connecting import connect, try_connection
from connectors.deliveries import handle_deliveries
from connectors.health import feeds_of
from connectors.models import Connection, Cursor, Delivery, PullRun
from connectors.pull import pull
from connectors.registry import FOLDERS, connector
from exceptions.pulling import due_pulls, take_in_lines
from tests.connectors.vendors import Clock, access, connected, ledger, pull_all

pytestmark = pytest.mark.django_db
WRONG = {
    "a choice that is none any more": ("warehouse", "mintsoft", {"stock": "both"}, "Sellable stock must be one of"),
    "words for a number": ("swap", "", {"read_back": "a month"}, "must be a whole number such as 30"),
    "a time zone that nobody knows": ("rebound", "", {"timezone": "London"}, "must be a time zone such as"),
    "a required one that lacks": ("commercetools", "", {"region": ""}, "Region is missing"),
    "a list": ("ipaas", "celigo", {"flows": ["f1/s1"]}, "These settings are no text: Flows"),
    "an object": ("erp", "xero", {"tenant_id": {"id": "t"}}, "These settings are no text: Tenant ID"),
    "an address that is none": ("ipaas", "workato", {"base": "https://[::1"}, "The settings cannot be used"),
    "a port that is none": ("ipaas", "workato", {"base": "https://a.example:x1"}, "The settings cannot be used"),
}


def whole(made):
    """Settings as a person might enter them."""
    likely = {"count": "30", "time_zone": "Asia/Tokyo"}
    asked = [one for one in made.settings if not one.secret and (one.default or one.name != "base")]
    return {one.name: one.default or (one.choices or (likely.get(one.form, "a-word"),))[0] for one in asked}


def kept_wrong(kind, vendor, wrong):
    made = connector(kind, vendor)
    secrets = {one.name: "a-secret" for one in made.settings if one.secret}
    return made, connected(kind, vendor, settings=whole(made) | wrong, secrets=secrets)


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_named_on_the_feed_and_in_the_connection_test(name):
    kind, vendor, wrong, named = WRONG[name]
    made, connection = kept_wrong(kind, vendor, wrong)
    clock = Clock()
    run = pull(connection, made, made.feeds[0], access=access(connection, None, clock), take_in=take_in_lines)
    assert named in run.error
    assert run.resume_at > clock()
    (health, *_) = feeds_of(connection, at=clock())
    assert (health.state, health.error) == ("failing", run.error)
    (told, *_) = try_connection(connection, made, access=access(connection, None, clock))
    assert named in told


def test_settings_that_are_no_object_are_named():
    made, connection = kept_wrong("swap", "", {})
    connection.settings = ["store"]
    run = pull(connection, made, made.feeds[0], access=access(connection, None, Clock()), take_in=take_in_lines)
    assert "not a list of names and values" in run.error
    assert try_connection(connection, made, access=access(connection, None, Clock())) == [run.error]


@pytest.mark.parametrize("key", FOLDERS, ids=" ".join)
def test_what_is_right_or_left_to_its_default_is_used(key):
    made = connector(*key)
    check_kept(made, whole(made) | {"something of a later version": ["x"]})
    usual = {one.name: one.default for one in made.settings if one.default}
    check_kept(made, {name: said for name, said in whole(made).items() if name not in usual})


def test_a_number_that_was_stored_as_one_is_used():
    check_kept(connector("swap"), whole(connector("swap")) | {"read_back": 45})


def test_a_secret_is_in_no_words_about_settings():
    made, connection = kept_wrong("ipaas", "workato", {"base": "https://[a-secret"})
    reach = access(connection, None, Clock())
    reach.secret("token")
    with pytest.raises(SettingsUnusable) as told:
        client_of(made, reach)
    assert "a-secret" not in str(told.value)


def test_other_connections_go_on(toys):
    connection, toy, clock = toys()
    Connection.objects.create(system="old", kind="abacus")  # of a version that had a connector for it
    made, wrong = kept_wrong("swap", "", {"read_back": "a month"})
    assert {id for id, _ in due_pulls(at=clock())} == {connection.id, wrong.id}
    pull(wrong, made, made.feeds[0], access=access(wrong, None, clock), take_in=take_in_lines)
    pull_all(connection, toy, clock)
    assert len(ledger("product")) == 10
    wrong.refresh_from_db()
    assert wrong.open_until is None


def test_a_delivery_waits_until_the_settings_are_mended(toys, client):
    connection, toy, clock = toys()
    wrong = Connection.objects.get()
    Delivery.objects.create(connection=wrong, identity="d1", headers={}, body=b'{"id": "P01"}', received_at=clock())
    wrong.settings = {}
    made = connector(wrong.kind, wrong.vendor)
    assert handle_deliveries(wrong, made, access=access(wrong, toy, clock), take_in=take_in_lines) == 0
    assert "Client ID is missing" in Delivery.objects.get().error
    connection.refresh_from_db()
    assert handle_deliveries(connection, made, access=access(connection, toy, clock), take_in=take_in_lines) == 0
    connect(system=connection.system, kind=connection.kind, vendor="toy", given={"client_id": "me"}, at=timezone.now())
    assert handle_deliveries(connection, made, access=access(connection, toy, clock), take_in=take_in_lines) == 1


def test_what_was_mended_is_tried_at_once():
    made, connection = kept_wrong("swap", "", {"read_back": "a month"})
    clock = Clock(timezone.now())
    for _ in range(5):
        pull(connection, made, made.feeds[0], access=access(connection, None, clock), take_in=take_in_lines)
    assert (connection.id, made.feeds[0].name) not in due_pulls(at=clock())
    connect(system=connection.system, kind="swap", vendor="", given=whole(made), at=clock())
    assert (connection.id, made.feeds[0].name) in due_pulls(at=clock())
    assert PullRun.objects.get(feed=made.feeds[0].name).resume_at is None
    assert Cursor.objects.get(feed=made.feeds[0].name).failures == 5
