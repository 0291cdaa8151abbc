"""Pulls: complete under rows that move, resumed after any kill, one at a time, honest about what went wrong."""

from dataclasses import replace
from datetime import UTC, timedelta
from email.utils import format_datetime
from hashlib import sha256

import pytest
from django.db import connection as database
from django.db import connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.credentials import keep_secret
from connectors.locks import Busy, held
from connectors.models import Cursor, PullRun, Sighting
from connectors.paging import Page
from connectors.pull import NoWindow, ask_by_hand, due_feeds, pull, pull_by_hand
from connectors.registry import connector
from connectors.simulating import Bucket, answer, breaking_off, failing
from exceptions.pulling import take_in_lines
from tests.connectors.toy import Client
from tests.connectors.vendors import (
    Killed,
    access,
    ledger,
    pull_all,
    survives_a_kill_between_any_two_requests,
    undone,
)

pytestmark = pytest.mark.django_db


def titles():
    return {id: line.get("title") or None for (_, id), line in ledger("product").items()}


def products(connection):
    made = connector(connection.kind, connection.vendor)
    return made, made.feed("products")


def once(connection, toy, clock, **how):
    made, feed = products(connection)
    return pull(connection, made, feed, access=access(connection, toy, clock), take_in=take_in_lines, **how)


def test_everything_is_read_and_the_watermark_moves(toys):
    connection, toy, clock = toys()
    pull_all(connection, toy, clock)
    assert set(titles()) == set(toy.rows)
    assert Cursor.objects.get().watermark == clock.now
    assert Cursor.objects.get().records == 10


def test_the_next_window_overlaps_the_one_before(toys):
    connection, toy, clock = toys()
    pull_all(connection, toy, clock)
    clock.pass_by(minutes=15)
    toy.requests.clear()
    pull_all(connection, toy, clock)
    asked = toy.requests[-1].url.params
    assert asked["since"] == (clock.now - timedelta(minutes=20)).isoformat()


def test_a_kill_between_any_two_requests_loses_nothing(toys, answered):
    assert survives_a_kill_between_any_two_requests(toys, answered=answered) > 4


def test_a_kill_between_storing_and_noting_the_position_loses_nothing(toys):
    with undone():
        connection, toy, clock = toys()
        pull_all(connection, toy, clock)
        whole = ledger()
    connection, toy, clock = toys()
    made, feed = products(connection)

    def take_in_and_die(lines, source):
        take_in_lines(lines, source)
        raise Killed

    with pytest.raises(Killed):
        pull(connection, made, feed, access=access(connection, toy, clock), take_in=take_in_and_die)
    assert PullRun.objects.get().position is None
    pull_all(connection, toy, clock)
    assert ledger() == whole


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=st.lists(st.lists(st.integers(0, 9), max_size=3), max_size=12))
def test_rows_that_move_while_paging_are_not_lost(toys, moves):
    with undone():
        connection, toy, clock = toys()
        left = [list(one) for one in moves]

        def between():
            clock.pass_by(seconds=1)
            for number in left.pop(0) if left else []:
                toy.put(f"P{number:02}", title=f"moved {len(left)}")

        toy.between = between
        pull_all(connection, toy, clock)
        toy.between = lambda: None
        clock.pass_by(minutes=15)
        pull_all(connection, toy, clock)
        assert titles() == {row["id"]: row["title"] or None for row in toy.rows.values()}


def test_what_passes_is_tried_again(toys):
    connection, toy, clock = toys()
    toy.fail_next(failing(503), breaking_off, failing(500))
    pull_all(connection, toy, clock)
    assert len(titles()) == 10
    assert len(clock.slept) == 3


def test_a_rate_limit_is_waited_for_as_long_as_the_vendor_says(toys):
    connection, toy, clock = toys()
    toy.bucket.left = 1  # the token, and then nothing
    pull_all(connection, toy, clock)
    assert len(titles()) == 10
    assert all(3 <= seconds < 4 for seconds in clock.slept)


def test_a_vendor_that_stays_down_is_noted_and_left_alone_for_a_while(toys):
    connection, toy, clock = toys()
    toy.fail_next(*[failing(500)] * 6)
    run = once(connection, toy, clock)
    cursor = Cursor.objects.get()
    assert (run.finished_at, cursor.failures, cursor.watermark) == (None, 1, None)
    assert "500" in cursor.error
    made, _ = products(connection)
    assert due_feeds(connection, made, at=clock.now) == []
    assert [feed.name for feed in due_feeds(connection, made, at=run.resume_at)] == ["products"]


def with_feeds(connection, *names):
    made, feed = products(connection)
    return replace(made, feeds=tuple(replace(feed, name=name) for name in names))


def read_each(connection, toy, clock, made, *faults):
    """Reads each feed once with the fault that it meets; the connection as it is then."""
    for feed, fault in zip(made.feeds, faults, strict=True):
        toy.faults.clear()
        toy.fail_next(*[fault] * 5)
        pull(connection, made, feed, access=access(connection, toy, clock), take_in=take_in_lines)
        clock.pass_by(seconds=1)
    toy.faults.clear()
    connection.refresh_from_db()
    return connection


def test_a_vendor_that_cannot_be_reached_rests_with_all_its_feeds(toys):
    connection, toy, clock = toys()
    toy.fail_next(*[breaking_off] * 5)
    run = once(connection, toy, clock)
    made, _ = products(connection)
    connection.refresh_from_db()
    PullRun.objects.all().delete()
    assert due_feeds(connection, made, at=clock.now) == []
    assert due_feeds(connection, made, at=connection.open_until) == list(made.feeds)
    clock.now = run.resume_at
    pull_all(connection, toy, clock)
    connection.refresh_from_db()
    assert connection.open_until is None


def test_one_feed_that_always_fails_rests_alone(toys):
    connection, toy, clock = toys()
    made = with_feeds(connection, "products", "more")
    for _ in range(3):
        assert read_each(connection, toy, clock, made, failing(500), None).open_until is None
        clock.pass_by(minutes=15)
    assert Cursor.objects.get(feed="products").failures == 3
    assert {feed.name for feed in due_feeds(connection, made, at=clock.now)} == {"products", "more"}


def test_a_vendor_rests_where_two_feeds_fail_and_nothing_came_in_between(toys):
    connection, toy, clock = toys()
    made = with_feeds(connection, "products", "more", "others")
    assert read_each(connection, toy, clock, made, failing(500), None, failing(500)).open_until is None
    clock.pass_by(minutes=15)
    assert read_each(connection, toy, clock, made, None, failing(500), failing(500)).open_until > clock.now


def test_a_wrong_secret_is_said_without_showing_it(toys):
    connection, toy, clock = toys()
    keep_secret(connection, "client_secret", "wrong-and-secret", at=clock.now)
    run = once(connection, toy, clock)
    assert "401" in run.error
    assert "wrong-and-secret" not in run.error


def test_a_token_is_scrubbed_from_what_the_vendor_echoes(toys):
    connection, toy, clock = toys()
    once(connection, toy, clock)
    toy.tokens = dict.fromkeys(toy.tokens, clock.now)  # it no longer counts, and neither will the next
    toy.token = lambda request: {"access_token": "token-gone", "expires_in": 3600}
    clock.pass_by(minutes=15)
    run = once(connection, toy, clock)
    assert "does not count" in run.error
    assert "token-" not in run.error
    assert "•••" in run.error


def test_two_pulls_of_one_feed_do_not_run_at_once(toys):
    connection, toy, clock = toys()
    other = connections.create_connection("default")  # another session, as another process has
    other.settings_dict = database.settings_dict
    name = f"pull {connection.id} products"
    key = int.from_bytes(sha256(name.encode()).digest()[:8], "big", signed=True)
    try:
        with other.cursor() as cursor:
            cursor.execute("select pg_advisory_lock(%s)", [key])
        with pytest.raises(Busy):
            once(connection, toy, clock)
        with other.cursor() as cursor:
            cursor.execute("select pg_advisory_unlock(%s)", [key])
    finally:
        other.close()
    with held(name):
        pass
    assert once(connection, toy, clock).finished_at


def test_a_budget_stops_between_pages_and_the_next_pull_goes_on(toys):
    connection, toy, clock = toys()
    run = once(connection, toy, clock, budget=timedelta())
    assert (run.pages, run.finished_at) == (1, None)
    pull_all(connection, toy, clock)
    assert PullRun.objects.get().pages == 4


def test_a_person_pulls_a_window_by_hand_beside_the_schedule(toys):
    connection, toy, clock = toys()
    made, feed = products(connection)
    asked = ask_by_hand(connection, feed, since=clock.now - timedelta(hours=3), until=clock.now, by=None, at=clock.now)
    run = pull_by_hand(asked, made, access=access(connection, toy, clock), take_in=take_in_lines)
    assert (run.records, run.accepted, run.rejected) == (10, 10, 0)
    assert run.finished_at
    assert Cursor.objects.get().watermark is None
    with pytest.raises(NoWindow):
        ask_by_hand(connection, feed, since=clock.now, until=clock.now, by=None, at=clock.now)


def test_reading_again_stores_nothing_new(toys):
    connection, toy, clock = toys()
    pull_all(connection, toy, clock)
    before = Sighting.objects.count()
    made, feed = products(connection)
    asked = ask_by_hand(connection, feed, since=clock.now - timedelta(hours=3), until=clock.now, by=None, at=clock.now)
    run = pull_by_hand(asked, made, access=access(connection, toy, clock), take_in=take_in_lines)
    assert (run.accepted, run.rejected) == (0, 0)
    assert Sighting.objects.count() == before


def test_an_item_the_mapper_cannot_read_is_refused_alone(toys):
    connection, toy, clock = toys()
    del toy.rows["P03"]["sku"]
    pull_all(connection, toy, clock)
    run = PullRun.objects.get()
    assert (run.accepted, run.rejected) == (9, 1)


def test_pages_that_lead_in_a_circle_are_noticed(toys, monkeypatch):
    connection, toy, clock = toys()
    monkeypatch.setattr(
        Client, "page", lambda self, feed, window, position: Page([], {"at": ((position or {}).get("at", 0) + 1) % 3})
    )
    run = once(connection, toy, clock)
    assert "read before" in run.error
    assert run.position is None


def test_a_vendor_that_gives_one_page_for_every_position_is_noticed(toys, monkeypatch):
    connection, toy, clock = toys()
    pages = iter(range(1_000_000))
    same = [toy.rows[id] for id in sorted(toy.rows)]
    monkeypatch.setattr(Client, "page", lambda *asked: Page(list(same), {"cursor": next(pages)}))
    assert "same page again and again" in once(connection, toy, clock).error
    assert next(pages) < 5


@pytest.mark.parametrize("cursor", ["a\0b", "\ud800", "x" * 70_000, float("nan"), {1, 2}])
def test_a_position_that_cannot_be_kept_is_said(toys, monkeypatch, cursor):
    connection, toy, clock = toys()
    monkeypatch.setattr(Client, "page", lambda *asked: Page([], {"cursor": cursor}))
    assert "not of the documented shape" in once(connection, toy, clock).error


def test_words_of_a_vendor_that_no_database_keeps_are_shown_all_the_same(toys):
    connection, toy, clock = toys()
    toy.fail_next(None, *[lambda request: answer({"message": "no\0such\ud800thing"}, status=400)] * 9)
    assert "no\N{REPLACEMENT CHARACTER}such" in once(connection, toy, clock).error


def test_an_answer_of_another_shape_is_noted_and_not_a_crash(toys):
    connection, toy, clock = toys()
    toy.products = lambda request: {"items": []}
    run = once(connection, toy, clock)
    assert "not of the documented shape: KeyError('rows')" in run.error
    del toy.products
    clock.now = run.resume_at
    pull_all(connection, toy, clock)
    assert len(titles()) == 10


def test_a_connection_without_its_secret_says_so(toys):
    connection, toy, clock = toys()
    connection.credentials.all().delete()
    assert once(connection, toy, clock).error == "toy has no client_secret."


def told_by(toy, seconds):
    """The vendor's answers bear the date of its own clock, which is so far from ours."""

    def dated(request):
        made = toy._routed(request)
        made.headers["Date"] = format_datetime((toy.clock() + timedelta(seconds=seconds)).astimezone(UTC), usegmt=True)
        return made

    toy.fail_next(*[dated] * 20)


def test_a_clock_that_stands_ahead_does_not_move_the_watermark_past_the_vendors(toys):
    connection, toy, clock = toys()
    begin = clock.now
    clock.pass_by(hours=2)
    told_by(toy, -7_200)
    pull_all(connection, toy, clock)
    assert Cursor.objects.get().watermark == begin
    assert set(titles()) == set(toy.rows)


def test_what_changed_before_a_clock_that_stood_ahead_was_there_is_read(toys):
    """The vendor says nothing of its clock: what was read ahead of time is read again once it is over."""
    connection, toy, clock = toys()
    pull_all(connection, toy, clock)
    clock.pass_by(hours=2)
    pull_all(connection, toy, clock)
    clock.now -= timedelta(hours=2, minutes=-20)
    toy.bucket = Bucket(1000, 1, clock)
    made, feed = products(connection)
    assert due_feeds(connection, made, at=clock.now) == [feed]
    toy.put("P01", title="changed meanwhile")
    clock.pass_by(minutes=1)
    pull_all(connection, toy, clock)
    assert titles()["P01"] == "changed meanwhile"
    assert due_feeds(connection, made, at=clock.now) == []


def test_a_rest_that_was_noted_while_the_clock_stood_ahead_is_none(toys):
    connection, _, clock = toys()
    connection.open_until = clock.now + timedelta(hours=2)
    made, feed = products(connection)
    assert due_feeds(connection, made, at=clock.now) == [feed]


def test_a_vendor_whose_clock_is_far_behind_still_moves_no_window_backwards(toys):
    connection, toy, clock = toys()
    pull_all(connection, toy, clock)
    read_to = Cursor.objects.get().watermark
    clock.pass_by(minutes=15)
    told_by(toy, -86_400)
    pull_all(connection, toy, clock)
    assert Cursor.objects.get().watermark == read_to
