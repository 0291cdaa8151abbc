"""Moves of many cases, the search grammar, tabs and groups of the queue."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from exceptions.models import BulkJob, ExceptionCase, SavedView
from exceptions.queue.bulk import outcome, run_job, start
from exceptions.queue.grammar import terms_of
from exceptions.queue.saved_views import tabs
from tests.exceptions.people import NOW, bands, case, someone, teams

pytestmark = pytest.mark.django_db


@pytest.fixture
def tom(client):
    bands()
    teams()
    person = someone("tom", "agent", team="finance")
    client.force_login(person.user)
    return person


def ticked(*cases):
    return [f"{known.pk}:{known.version}" for known in cases]


def ticked_in(page):
    """The boxes of a page that are ticked, by their values."""
    return re.findall(r'name="case" value="([0-9:]+)"[^>]* checked', page)


def titles(answer):
    return {known.subject for known in answer.context["page"].cases}


def left_by_a_job(tom):
    """A job of tom's that moved one exception of two."""
    mine, theirs = case("order:shop:1"), case("order:shop:2", team="cx")
    job = start("", "note", {"note": "Asked the buyer"}, by=tom, at=NOW)
    job.move = "claim"
    job.save()
    return mine, theirs, run_job(job.pk)


def test_what_a_job_left_is_ticked_again_with_its_reason_and_the_same_note(client, tom):
    _, theirs, job = left_by_a_job(tom)
    assert (job.done, job.failed) == (1, 1)
    page = client.get(f"/exceptions/bulk/{job.pk}").content.decode()
    assert f'name="again" value="{job.pk}"' in page
    assert f"?state=any&amp;q=left:{job.pk}" in page
    answer = client.post("/exceptions/bulk", {"again": job.pk})
    assert [known for known, _ in answer.context["cases"]] == [theirs]
    assert f"Not done: {job.failures[0]['reason'].split('’')[0]}" in answer.content.decode()
    assert "Asked the buyer" in answer.content.decode()
    ExceptionCase.objects.filter(id=theirs.pk).update(team="finance")
    said = {"move": "claim", "case": ticked(theirs), "confirmed": "1", "note": ""}
    assert client.post("/exceptions/bulk", said).status_code == 302
    theirs.refresh_from_db()
    assert theirs.owner == tom.user


def test_the_queue_shows_exactly_what_a_job_left_to_whoever_asked_for_it(client, tom):
    _, theirs, job = left_by_a_job(tom)
    assert titles(client.get("/queue", {"state": "any", "q": f"left:{job.pk}"})) == {theirs.subject}
    client.force_login(someone("vic", "agent", team="cx").user)
    assert titles(client.get("/queue", {"state": "any", "q": f"left:{job.pk}"})) == set()
    assert client.post("/exceptions/bulk", {"again": job.pk}).status_code == 404


@pytest.mark.parametrize("number", ["", "x", "9" * 30, "0"])
def test_only_a_job_that_there_is_can_be_tried_again(client, tom, number):
    assert client.post("/exceptions/bulk", {"again": number}).status_code == 404


def test_what_became_of_a_move_of_many_is_told_with_the_most_frequent_reasons():
    assert outcome(1_200, {}) == "1,200 done."
    assert outcome(3, {1: "It is accepted."}) == "3 done, 1 not: It is accepted."
    reasons = dict(enumerate(["It is new.", "It is accepted.", "It is accepted."]))
    assert outcome(0, reasons) == "0 done, 3 not: It is accepted (2); It is new (1)."


def test_exceptions_are_asked_for_by_their_numbers(client, tom):
    one, other, third = (
        case("order:shop:1"),
        case("order:shop:2", state="resolved", closed_at=NOW),
        case("order:shop:3"),
    )
    numbers = f"id:{one.pk},E-{other.pk}"
    assert titles(client.get("/queue", {"state": "any", "q": numbers})) == {one.subject, other.subject}
    assert titles(client.get("/queue", {"q": f"id:{third.pk}"})) == {third.subject}
    assert terms_of("id:x", None, at=NOW)[0].problem


def test_valid_ones_are_done_and_the_rest_stay_ticked_with_the_reason(client, tom):
    mine, theirs = case("order:shop:1"), case("order:shop:2", team="cx")
    said = {"move": "claim", "case": ticked(mine, theirs), "confirmed": "1", "address": "view=open"}
    page = client.post("/exceptions/bulk", said, follow=True).content.decode()
    assert "1 done, 1 not: Only a member of its team may do that." in page
    assert ticked_in(page) == ticked(theirs)
    assert "Not done: Only a member of its team may do that." in page
    assert "/queue?view=open" in page, "the way back to the queue as it was"
    assert '<option value="claim" selected>' in page
    assert ExceptionCase.objects.get(pk=mine.pk).owner == tom.user


def test_what_a_job_in_the_background_left_stays_ticked_in_its_row_with_the_reason(client, tom):
    _, theirs, job = left_by_a_job(tom)
    page = client.get("/queue", {"state": "any", "q": f"left:{job.pk}"}).content.decode()
    assert ticked_in(page) == ticked(theirs)
    assert f"Not done: {job.failures[0]['reason']}" in page
    assert ticked_in(client.get("/queue").content.decode()) == []


def test_what_was_typed_for_many_is_asked_again_of_the_rest_as_it_was(client, tom):
    mine, theirs = case("order:shop:1"), case("order:shop:2", team="cx")
    for known in (mine, theirs):
        ExceptionCase.objects.filter(pk=known.pk).update(state="in_progress", owner=tom.user)
    ExceptionCase.objects.filter(pk=theirs.pk).update(owner=None)
    day = timezone.localdate() + timedelta(days=3)
    said = {"waiting_for": "the buyer", "note": "asked by mail", "until": f"{day}"}
    sent = {"move": "wait", "case": ticked(mine, theirs), "confirmed": "1", "address": ""} | said
    client.post("/exceptions/bulk", sent)
    job = BulkJob.objects.get()
    form = client.post("/exceptions/bulk", {"move": "wait", "case": ticked(theirs), "left": job.pk}).context["form"]
    assert {name: str(form[name].value()) for name in said} == said
    other = client.post("/exceptions/bulk", {"move": "snooze", "case": ticked(theirs), "left": job.pk})
    assert other.context["form"]["until"].value() is None, "another move is another question"


def test_one_note_is_asked_once_for_all(client, tom):
    both = [case(f"order:shop:{n}") for n in (1, 2)]
    asked = client.post("/exceptions/bulk", {"move": "note", "case": ticked(*both)})
    assert asked.status_code == 200
    assert ExceptionCase.objects.get(pk=both[0].pk).trail.count() == 0
    client.post("/exceptions/bulk", {"move": "note", "case": ticked(*both), "confirmed": "1", "note": "seen by me"})
    assert [known.trail.get().note for known in both] == ["seen by me"] * 2


def test_nothing_ticked_is_said(client, tom):
    assert client.post("/exceptions/bulk", {"move": "claim"}).status_code == 302
    assert client.post("/exceptions/bulk", {"move": "explode", "case": ["1:1"]}).status_code == 302


def test_all_that_match_run_as_a_job_each_for_itself(tom):
    for number in range(1_200):
        case(f"order:shop:{number}", team="cx" if number % 100 == 0 else "finance")
    case("order:shop:other", kind="missing_po")
    job = start("kind=credit_value_mismatch", "claim", {}, by=tom, at=timezone.now())
    run_job(job.pk)
    job = BulkJob.objects.get(pk=job.pk)
    assert (job.total, job.done, job.failed) == (1_200, 1_188, 12)
    assert "member of its team" in job.failures[0]["reason"]
    assert ExceptionCase.objects.filter(owner=tom.user).count() == 1_188


def test_a_job_that_runs_again_after_a_crash_does_nothing_twice(tom):
    for number in range(5):
        case(f"order:shop:{number}")
    job = start("", "note", {"note": "once"}, by=tom, at=timezone.now())
    run_job(job.pk)
    BulkJob.objects.filter(pk=job.pk).update(finished_at=None)
    run_job(job.pk)
    assert {known.trail.count() for known in ExceptionCase.objects.all()} == {1}


def test_a_job_is_seen_by_who_started_it_alone(client, tom):
    job = start("", "claim", {}, by=tom, at=timezone.now())
    assert client.get(f"/exceptions/bulk/{job.pk}").status_code == 200
    client.force_login(someone("ann", "agent", team="finance").user)
    assert client.get(f"/exceptions/bulk/{job.pk}").status_code == 404


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("kind:missing_po", {"order:shop:1"}),
        ("owner:me", {"order:shop:2"}),
        ("owner:nobody", {"order:shop:1", "order:shop:3"}),
        ("amount:>50", {"order:shop:2"}),
        ("amount:<=20GBP", {"order:shop:3"}),
        ("amount:<=20EUR", set()),
        ("ref:po-778", {"order:shop:1"}),
        ("age:>3d", {"order:shop:3"}),
        ("age:<3d kind:missing_po", {"order:shop:1"}),
        ("state:closed", {"order:shop:4"}),
        ("customer:c-9 sku:TEE", {"order:shop:2"}),
        ('"About order:shop:3"', {"order:shop:3"}),
        ("about shop:2", {"order:shop:2"}),
    ],
)
def test_the_grammar(client, tom, search, found):
    now = timezone.now()
    case("order:shop:1", kind="missing_po", refs={"purchase_order": "PO-778"}, first_seen=now)
    two = {"owner": tom.user, "amount": Decimal(70), "currency": "GBP", "customer": "C-9", "sku": "TEE"}
    case("order:shop:2", first_seen=now, state="in_progress", **two)
    case("order:shop:3", amount=Decimal(20), currency="GBP", first_seen=now - timedelta(days=4))
    case("order:shop:4", state="resolved", closed_at=now)
    assert titles(client.get("/queue", {"q": search})) == found


def test_what_a_word_cannot_take_is_said_and_restricts_nothing(client, tom):
    case()
    answer = client.get("/queue", {"q": "amount:lots severity:huge age:old state:gone run:x run:7-lost storm:x"})
    assert len(titles(answer)) == 1
    assert all(term.problem for term in answer.context["page"].terms)


@given(st.text(max_size=60))
def test_no_search_whatever_is_typed_fails(words):
    text = words.replace("\x00", "")
    str(ExceptionCase.objects.filter(*[term.condition for term in terms_of(text, None, at=NOW)]).query)


def test_tabs_count_what_they_show(client, tom):
    now = timezone.now()
    case("order:shop:1")
    case("order:shop:2", state="in_progress", owner=tom.user, warn_at=now)
    case("order:shop:3", state="waiting", until=now)
    case("order:shop:4", team="cx", regressed=True)
    case("order:shop:5", state="resolved", closed_at=now)
    counts = {tab.key: tab.count for tab in tabs(tom, at=now)}
    for key, count in counts.items():
        if count is not None:
            assert len(titles(client.get("/queue", {"view": key}))) == count, key
    assert (counts["mine"], counts["unclaimed"], counts["breaching"], counts["came_back"]) == (1, 1, 1, 1)


def test_groups_tell_number_money_and_first_due_and_lead_to_their_cases(client, tom):
    for number, (sku, currency) in enumerate([("TEE", "GBP"), ("TEE", "EUR"), ("CAP", "GBP"), (None, None)]):
        case(f"order:shop:{number}", sku=sku, amount=currency and Decimal(5), currency=currency)
    groups = client.get("/queue", {"group": "sku"}).context["grouped"]
    assert {group.label: group.cases for group in groups} == {"TEE": 2, "CAP": 1, "none": 1}
    tees = groups[0]
    assert sorted(currency for _, currency in tees.amounts) == ["EUR", "GBP"]
    assert len(titles(client.get(f"/queue?{tees.query}"))) == 2


def test_a_view_of_one_s_own_is_a_tab_and_nobody_else_s(client, tom):
    client.post("/views", {"name": "Big ones", "query": "q=amount%3A%3E500"})
    saved = SavedView.objects.get()
    assert "Big ones" in client.get("/queue").content.decode()
    client.force_login(someone("ann", "agent", team="finance").user)
    assert "Big ones" not in client.get("/queue").content.decode()
    assert client.post(f"/views/{saved.pk}/drop").status_code == 404
