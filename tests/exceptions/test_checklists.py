"""Checklists: due by the team's calendar, answered by the system and by people, missed where everybody sees it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from exceptions.checklists.queries import LABELS
from exceptions.checklists.rounds import (
    AnswerRefused,
    answer,
    ask_queries,
    checklist_page,
    default_lists,
    make_defaults,
    note_missed,
    of_month,
    open_rounds,
    sign,
)
from exceptions.homes.checklist_numbers import checks_to_make
from exceptions.models import Checklist, ChecklistItem, ChecklistRound, Holiday, RoundItem, TrailEntry
from exceptions.queue.cases import QueueFilter
from exceptions.queue.grammar import terms_of
from exceptions.tasks import keep_checklists
from exceptions.trail.sentences import sentence
from reconciliation.declarations import checks
from tests.configuration.conftest import values
from tests.exceptions.people import case, someone, teams

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 9, 28, 7, tzinfo=UTC)


def listed(key="daily", rhythm="daily", team="ops", due_hours=3, items=(), **fields):
    """A checklist that began in August, with items."""
    Checklist.objects.exclude(key=key).update(is_on=False)
    base = {"name": key.title(), "team": teams()[team], "since": datetime(2026, 8, 1, tzinfo=UTC)}
    made = Checklist.objects.create(key=key, rhythm=rhythm, due_hours=due_hours, **base | fields)
    for place, item in enumerate(items or [{"sort": "manual", "text": "The warehouse answers"}], start=1):
        ChecklistItem.objects.create(checklist=made, position=place, **item)
    return made


def turns(key="daily"):
    return {turn.period: turn.due_at for turn in ChecklistRound.objects.filter(checklist=key)}


def test_a_daily_list_is_due_on_working_days_alone():
    listed()
    Holiday.objects.create(calendar_id="office", day=date(2026, 9, 25))
    open_rounds(at=MONDAY)
    assert turns()["2026-09-28"] == datetime(2026, 9, 28, 12, tzinfo=UTC)
    assert "2026-09-25" not in turns(), "a holiday"
    assert not {"2026-09-26", "2026-09-27"} & set(turns()), "a weekend"
    assert "2026-09-24" in turns(), "what nobody opened is caught up, and is missed"


def test_a_weekly_list_whose_day_is_a_holiday_opens_with_the_next_working_day():
    listed("weekly", "weekly", weekday=1, due_hours=8)
    Holiday.objects.create(calendar_id="office", day=date(2026, 9, 28))
    open_rounds(at=MONDAY)
    assert "2026-W40" not in turns("weekly")
    open_rounds(at=MONDAY + timedelta(days=1))
    assert turns("weekly")["2026-W40"] == datetime(2026, 9, 29, 17, tzinfo=UTC)


def test_month_end_opens_with_the_next_month_and_is_due_on_its_fifth_working_day():
    listed("end", "monthly", team="finance", due_hours=40)
    open_rounds(at=datetime(2026, 10, 1, 0, 30, tzinfo=UTC))
    assert turns("end") == {"2026-09": datetime(2026, 10, 7, 17, tzinfo=UTC)}
    assert [turn.period for turn in of_month("2026-09")] == ["2026-09"]
    assert of_month("2026-08") == []


def test_nothing_was_due_before_the_list_began():
    listed(since=datetime(2026, 9, 28, 12, tzinfo=UTC))
    open_rounds(at=MONDAY + timedelta(hours=8))
    assert turns() == {}


class Repeated(TestCase):
    @settings(max_examples=15, deadline=None)
    @given(st.lists(st.integers(0, 120), min_size=1, max_size=6))
    def test_however_often_the_task_comes_the_rounds_are_the_same(self, hours):
        listed(items=[{"sort": "manual", "text": "a"}, {"sort": "manual", "text": "b"}])
        for passed in [*hours, *hours, 120]:
            open_rounds(at=MONDAY + timedelta(hours=passed))
        often = turns()
        assert RoundItem.objects.count() == 2 * len(often)
        ChecklistRound.objects.all().delete()
        for passed in sorted({*hours, 120}):
            open_rounds(at=MONDAY + timedelta(hours=passed))
        assert turns() == often


def test_the_system_answers_what_it_can_ask_with_the_number_that_the_queue_shows(client):
    listed(items=[{"sort": "automatic", "text": "No old critical", "query": "old_critical"}])
    open_rounds(at=MONDAY)
    turn = ChecklistRound.objects.get(period="2026-09-28")
    ask_queries(at=MONDAY, rounds=[turn])
    assert turn.items.get().answer == "ok"
    case(severity="critical", first_seen=MONDAY - timedelta(days=2))
    case("order:shop:2", severity="critical", first_seen=MONDAY - timedelta(hours=2))
    turn = ChecklistRound.objects.get(period="2026-09-28")
    ask_queries(at=MONDAY, rounds=[turn])
    item = turn.items.get()
    assert (item.answer, item.found, item.by) == ("not_ok", 1, None)


def ops_round(*items):
    listed(items=items)
    open_rounds(at=MONDAY)
    return ChecklistRound.objects.get(period="2026-09-28")


def test_a_round_is_signed_when_all_is_answered_and_what_is_wrong_has_a_note():
    turn = ops_round(
        {"sort": "manual", "text": "The warehouse answers"},
        {"sort": "automatic", "text": "No feed is silent", "query": "silent_feeds"},
    )
    case(kind="silent_flow", subject="flow:orders")
    olu = someone("olu", "agent", team="ops")
    with pytest.raises(AnswerRefused, match="not answered yet"):
        sign(turn.pk, by=olu, at=MONDAY)
    manual = turn.items.get(sort="manual")
    with pytest.raises(AnswerRefused, match="Say what is not in order"):
        answer(manual.pk, "not_ok", by=olu, at=MONDAY)
    answer(manual.pk, "ok", by=olu, at=MONDAY)
    with pytest.raises(AnswerRefused, match="No feed is silent"):
        sign(turn.pk, by=olu, at=MONDAY)
    signed = sign(turn.pk, by=olu, at=MONDAY, note="The integrator restarts the job")
    assert (signed.result, signed.done_by) == ("not_ok", olu.user)
    told = TrailEntry.objects.filter(about="checklist daily 2026-09-28").order_by("id")
    assert [entry.move for entry in told] == ["answer", "sign"]
    assert "No feed is silent" in sentence(told.last())
    with pytest.raises(AnswerRefused, match="signed already"):
        answer(manual.pk, "", by=olu, at=MONDAY)


def test_people_of_other_teams_and_auditors_answer_nothing():
    turn = ops_round()
    item = turn.items.get()
    for person in (someone("cleo", "agent", team="cx"), someone("vic", "viewer", team="ops"), someone("out")):
        with pytest.raises(AnswerRefused, match="team Operations"):
            answer(item.pk, "ok", by=person, at=MONDAY)
        with pytest.raises(AnswerRefused, match="team Operations"):
            sign(turn.pk, by=person, at=MONDAY)


def test_what_nobody_signed_in_time_is_missed_once_and_shown():
    ops_round()
    noon = MONDAY + timedelta(hours=9)
    missed = note_missed(at=noon)
    assert missed == ChecklistRound.objects.filter(due_at__lt=noon).count() > 0
    assert note_missed(at=noon) == 0
    assert TrailEntry.objects.filter(move="missed", by=None).count() == missed
    assert "2026-09-28" in [turn.period for turn in checklist_page(at=noon).missed]


def test_what_was_signed_too_late_stays_among_the_missed():
    turn = ops_round()
    olu, late = someone("olu", "agent", team="ops"), MONDAY + timedelta(days=1)
    answer(turn.items.get().pk, "ok", by=olu, at=late)
    sign(turn.pk, by=olu, at=late)
    page = checklist_page(at=late)
    assert turn.pk in [one.pk for one in page.missed]
    assert turn.pk not in [one.pk for one in page.done]


def test_an_edited_list_leaves_the_rounds_that_are_open():
    turn = ops_round()
    ChecklistItem.objects.filter(checklist="daily").update(text="Something else")
    assert turn.items.get().text == "The warehouse answers"


def test_the_lists_that_are_shipped_can_all_be_asked():
    Checklist.objects.all().delete()
    teams()
    assert make_defaults() == len(default_lists())
    assert make_defaults() == 0
    for item in ChecklistItem.objects.all():
        assert item.query in LABELS or item.sort != "automatic"
        if item.sort == "guided":
            said = dict(pair.split("=") for pair in item.queue.split("&"))
            assert QueueFilter(said).is_valid(), item.queue
            assert said.get("kind", "stock_drift") in checks()
            assert not [term for term in terms_of(said.get("q", ""), None, at=MONDAY) if term.problem]


def test_the_task_opens_asks_and_notes(django_assert_max_num_queries):
    listed(items=[{"sort": "automatic", "text": "No feed is silent", "query": "silent_feeds"}])
    Checklist.objects.update(since=datetime(2020, 1, 1, tzinfo=UTC))
    keep_checklists()
    assert RoundItem.objects.filter(answer="ok").exists()
    with django_assert_max_num_queries(14):
        keep_checklists()


@pytest.fixture
def page_of(client):
    def shown(person):
        client.force_login(person.user)
        return client.get("/checklists")

    return shown


def test_the_page_offers_answers_to_the_team_alone(page_of):
    listed(since=datetime(2020, 1, 1, tzinfo=UTC))
    open_rounds(at=datetime.now(UTC))
    insider, outsider = someone("olu", "agent", team="ops"), someone("cleo", "agent", team="cx")
    assert "Not in order" in page_of(insider).content.decode()
    assert "Not in order" not in page_of(outsider).content.decode()
    assert page_of(someone("nobody")).status_code == 403


def test_a_round_is_answered_and_signed_on_the_page(client):
    listed(since=datetime(2020, 1, 1, tzinfo=UTC))
    open_rounds(at=datetime.now(UTC))
    item = RoundItem.objects.order_by("-round__due_at").first()
    client.force_login(someone("olu", "agent", team="ops").user)
    answered = client.post(f"/checklists/items/{item.pk}", {"answer": "ok", "back": "//elsewhere.example"})
    assert answered.url == f"/checklists?round={item.round_id}#round-{item.round_id}"
    client.post(f"/checklists/{item.round_id}/ask")
    client.post(f"/checklists/{item.round_id}/sign")
    assert ChecklistRound.objects.get(pk=item.round_id).result == "ok"


def test_more_rounds_need_no_more_queries(page_of):
    from django.db import connection

    person = someone("olu", "agent", team="ops")
    listed(since=datetime(2020, 1, 1, tzinfo=UTC))
    page_of(person)
    with CaptureQueriesContext(
        connection,
    ) as none:
        page_of(person)
    open_rounds(at=datetime.now(UTC))
    with CaptureQueriesContext(connection) as many:
        page_of(person)
    assert len(many) <= len(none) + 1 <= 16


def test_an_admin_edits_a_list_and_its_items_on_the_settings_pages(client):
    listed(items=[{"sort": "guided", "text": "Stuck", "queue": "kind=order_stuck"}])
    client.force_login(someone("sam", "admin").user)
    shown = client.get("/settings/checklists/edit?row=daily")
    assert 'value="kind=order_stuck"' in shown.content.decode()
    said = values(shown) | {"due_hours": "5", "items-1-sort": "manual", "items-1-text": "The courier came"}
    said |= {"items-1-position": "2"}
    client.post("/settings/checklists/edit?row=daily", said)
    made = Checklist.objects.get(key="daily")
    assert (made.due_hours, made.items.count()) == (5, 2)
    assert TrailEntry.objects.filter(about="checklist daily", move="change").count() == 1
    wrong = client.post(
        "/settings/checklists/edit?row=daily",
        values(client.get("/settings/checklists/edit?row=daily")) | {"items-0-sort": "automatic"},
    )
    assert "names its question" in wrong.content.decode()


def test_the_home_of_operations_counts_what_is_due_and_what_was_missed():
    ops_round()
    numbers = {number.label: number.count for number in checks_to_make(at=MONDAY)}
    missed = ChecklistRound.objects.filter(due_at__lt=MONDAY).count()
    assert numbers == {"Due within a day": 1, "Later this week": 0, "Missed": missed}
    assert missed > 0
