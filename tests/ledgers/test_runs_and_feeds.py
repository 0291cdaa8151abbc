"""Runs with what they meant, and feeds: on time, late, failing, silent; and who may see them."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from exceptions.ledgers import outcomes
from exceptions.ledgers.feeds import feeds_page
from exceptions.ledgers.runs import run_page, runs_page
from exceptions.models import ExceptionCase
from exceptions.reconciling import reconcile
from exceptions.templatetags.words import duration, reach
from reconciliation.models import Flow, Run
from tests.checks.conftest import NOON
from tests.factories import PersonFactory
from tests.ledgers.conftest import HOSTILE, text


def run(hours):
    return reconcile(as_of=NOON + timedelta(hours=hours), now=timezone.now()).report.run


def feed(key, hours):
    page = feeds_page(as_of=NOON + timedelta(hours=hours))
    return next(feed for feed in page.feeds if feed.flow.key == key)


@pytest.mark.parametrize("address", ["/runs", "/runs/1", "/feeds"])
def test_an_outsider_is_asked_to_sign_in(client, brand, address):
    assert client.get(address)["Location"].startswith("/account/login/")


def test_runs_say_what_they_opened_and_what_healed(agent, brand):
    brand.order()
    first = run(3)
    opened = ExceptionCase.objects.count()
    assert opened
    brand.everywhere(said=3)
    second = run(4)
    rows = {row.run.id: row for row in runs_page(after="").runs}
    assert rows[first.id].moves.opened == opened
    assert rows[second.id].moves.healed >= 1
    assert [row.run.id for row in runs_page(after="").runs] == [second.id, first.id]
    assert "everything" in text(agent.get("/runs"))
    for page, count in ((agent.get("/runs"), 2), (agent.get(f"/runs/{second.id}"), 2)):
        led = re.findall(r'<a href="(/queue\?[^"]*run:[^"]*)">([\d,]+)</a>', page.content.decode())
        assert len(led) >= count
        for address, number in led:
            assert agent.get(address.replace("&amp;", "&")).context["page"].total_label == number, address


def test_one_run_tells_the_time_and_the_find_of_each_check(agent, brand):
    brand.order()
    done = run(3)
    page = run_page(done.id)
    kinds = {check.kind: check for check in page.checks}
    assert len(kinds) == len(done.checks)
    assert kinds["order_missing_downstream"].found == 2  # in the shop and in the warehouse
    assert kinds["order_missing_downstream"].moves.opened == 2
    assert [check.seconds for check in page.checks] == sorted((c.seconds for c in page.checks), reverse=True)
    shown = text(agent.get(reverse("run", args=[done.id])))
    assert "kind=order_missing_downstream" in shown
    assert agent.get(reverse("run", args=[done.id + 1])).status_code == 404


def test_a_run_that_never_finished_is_shown_as_such(agent, brand):
    cut_off = Run.objects.create(as_of=NOON, full=True, advanced=True, configuration=0)
    assert "not finished" in text(agent.get("/runs"))
    assert "it has not finished" in text(agent.get(reverse("run", args=[cut_off.id])))


def test_runs_follow_each_other_without_a_gap_or_a_repeat(agent, brand):
    for hour in range(120):
        Run.objects.create(as_of=NOON + timedelta(hours=hour), full=False, advanced=True, configuration=0)
    address, seen = "", []
    while address is not None:
        answer = agent.get(f"/runs{address}")
        seen += [row.run.id for row in answer.context["page"].runs]
        address = answer.context["following"]
    assert len(seen) == len(set(seen)) == 120
    assert agent.get("/runs?after=nonsense").status_code == 200


def test_a_feed_is_idle_then_on_time_then_late_then_silent(brand):
    brand.order(placed=0, said=0)
    brand.outcome(result="success", said=0.1)
    assert feed("to-warehouse", 1).state == "idle"
    brand.order(2, placed=1, said=1)
    assert feed("to-warehouse", 2).state == "on_time"
    assert feed("to-warehouse", 2).lag == timedelta(hours=1)
    assert feed("to-warehouse", 2).expected_by == NOON + timedelta(hours=1.25)
    assert feed("to-warehouse", 3.25).state == "on_time"
    assert feed("to-warehouse", 3.26).state == "late"  # by more than the grace of 2 hours
    run(9)
    silent = feed("to-warehouse", 9)
    assert silent.state == "silent"
    assert silent.row.silent == ExceptionCase.objects.get(kind="silent_flow").id
    assert feeds_page(as_of=NOON + timedelta(hours=9)).feeds[0].flow.key == "to-warehouse"


def test_a_feed_whose_last_outcome_failed_keeps_its_last_success(brand):
    brand.order()
    brand.outcome(result="success", said=0.1)
    brand.outcome(n=2, result="failed", code="timeout", said=0.5)
    failing = feed("to-warehouse", 1)
    assert (failing.state, failing.row.error_code) == ("failing", "timeout")
    assert failing.success_at == NOON + timedelta(hours=0.1)
    assert failing.expected_by is None


def test_outcomes_of_a_day_are_counted(brand):
    brand.outcome(result="success", said=0.1)
    brand.outcome(n=2, result="failed", code="timeout", said=0.5)
    brand.outcome(n=3, result="success", said=3)
    assert (feed("to-warehouse", 1).told, feed("to-warehouse", 1).failed) == (2, 1)
    assert (feed("to-warehouse", 4).told, feed("to-warehouse", 4).failed) == (3, 1)
    assert (feed("to-warehouse", 25).told, feed("to-warehouse", 25).failed) == (1, 0)


def test_the_outcomes_that_a_feed_counts_are_listed_with_what_they_are_about(agent, brand, monkeypatch):
    now = timezone.now() - NOON
    said = now.total_seconds() / 3600
    brand.outcome(result="success", said=said - 30)
    for n in (1, 2, 3):
        brand.outcome(n=n, result="failed" if n == 2 else "success", code="timeout" if n == 2 else None, said=said - n)
    address = "/feeds/outcomes?flow=to-warehouse"
    shown = agent.get(address).context["page"]
    assert (shown.count, [one.result for one in shown.outcomes]) == (3, ["success", "failed", "success"])
    failed = agent.get(f"{address}&result=failed")
    assert (failed.context["page"].count, "timeout" in failed.content.decode()) == (1, True)
    monkeypatch.setattr(outcomes.outcomes_page, "__kwdefaults__", {"start": 0, "shown": 2})
    parts = [agent.get(f"{address}&from={start}").context["page"] for start in (0, 2)]
    assert [one.at for part in parts for one in part.outcomes] == [one.at for one in shown.outcomes]
    feeds = agent.get("/feeds").content.decode()
    assert 'href="/feeds/outcomes?flow=to-warehouse">3</a>' in feeds
    assert 'href="/feeds/outcomes?flow=to-warehouse&amp;result=failed">1 failed</a>' in feeds
    assert len(agent.get("/tables/outcomes.csv?flow=to-warehouse").getvalue().splitlines()) == 4, (
        "all, however many a page shows"
    )
    for odd in ("none", "", "%00"):
        assert agent.get(f"/feeds/outcomes?flow={odd}").status_code == 404
        assert agent.get(f"/tables/outcomes.csv?flow={odd}").status_code == 404


def test_a_flow_without_an_outcome_is_said_to_have_none(brand):
    assert feed("products", 1).state == "unheard"


def test_an_outcome_after_the_moment_is_not_known_yet(brand):
    brand.outcome(result="success", said=5)
    assert feed("to-warehouse", 4).state == "unheard"


def test_hostile_words_are_shown_as_text(agent, brand):
    brand.outcome(result="failed", code=HOSTILE)
    shown = text(agent.get("/feeds"))
    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert(&quot;x&quot;)" in shown


def test_a_brand_without_flows_is_told_what_to_do(agent, brand):
    Flow.objects.all().delete()
    assert "There is no flow yet." in text(agent.get("/feeds"))
    assert 'href="/setup/"' not in text(agent.get("/feeds"))
    agent.force_login(PersonFactory(roles=["admin"]))
    assert 'href="/setup/"' in text(agent.get("/feeds"))


@pytest.mark.parametrize(("address", "most"), [("/runs", 7), ("/feeds", 11)])
def test_the_number_of_queries_does_not_grow(agent, brand, django_assert_max_num_queries, address, most):
    for hour in range(30):
        Run.objects.create(as_of=NOON + timedelta(hours=hour), full=False, advanced=True, configuration=0)
    with django_assert_max_num_queries(most):
        assert agent.get(address).status_code == 200


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (None, "–"),
        (timedelta(seconds=0.25), "0.2 s"),
        (timedelta(minutes=15), "15 min"),
        (timedelta(hours=1.9), "1 h 54 min"),
        (timedelta(days=2, hours=4, minutes=59), "2 d 4 h"),
        (timedelta(days=1, minutes=3), "1 d"),
        (timedelta(seconds=-3), "0.0 s"),
    ],
)
def test_durations_are_written_in_their_two_largest_units(length, words):
    assert duration(length) == words


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("full", "groups", "words"),
    [
        (True, 4118, "over 4,118 order groups"),
        (True, 0, "over 0 order groups"),
        (False, 1, "over 1 order group with news"),
        (False, 0, "with nothing new"),
    ],
)
def test_a_run_says_how_far_it_went(full, groups, words):
    assert reach(Run(full=full, groups=groups)) == words
