"""The owner of a case, changed in the queue: by whom, to whom, and what becomes of a collision."""

import pytest

from exceptions.models import ExceptionCase
from tests.exceptions.people import case, someone, teams

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(db):
    """Two people of care, their lead, and somebody of finance."""
    teams()
    return {
        "tom": someone("tom", "agent", team="cx").user,
        "ann": someone("ann", "agent", team="cx").user,
        "lea": someone("lea", "agent", "lead", team="cx", lead=True).user,
        "fay": someone("fay", "agent", team="finance").user,
        "vic": someone("vic", "viewer").user,
    }


def as_(client, user):
    client.force_login(user)
    return client


def choose(client, known, value, **headers):
    address = f"/exceptions/{known.pk}/owner?seen={known.version}"
    return client.post(address, {f"owner_of_{known.pk}": str(value)}, headers=headers)


def test_a_member_takes_a_case_from_its_row(client, office):
    known = case(team="cx")
    page = as_(client, office["tom"]).get("/queue").content.decode()
    assert f'aria-label="Take {known}"' in page
    row = choose(client, known, office["tom"].pk, **{"HX-Request": "true"}).content.decode()
    assert row.count("<tr") == 1
    assert f'value="{known.pk}:2"' in row, "the row carries the version that a bulk move needs"
    assert "Taken." in row
    for shown in (page, row):
        assert 'data-label="Team">Customer experience</td>' in shown
    known.refresh_from_db()
    assert (known.owner, known.state, known.trail.get().source) == (office["tom"], "in_progress", "page")


def test_a_lead_gives_it_to_any_member_and_back_to_the_team(client, office):
    known = case(team="cx")
    as_(client, office["lea"])
    choose(client, known, office["ann"].pk)
    known.refresh_from_db()
    assert known.owner == office["ann"]
    choose(client, known, office["tom"].pk)
    known.refresh_from_db()
    assert known.owner == office["tom"]
    choose(client, known, "nobody")
    known.refresh_from_db()
    assert (known.owner, known.state) == (None, "new")
    assert list(known.trail.order_by("id").values_list("move", flat=True)) == ["assign", "reassign", "release"]


def test_nobody_is_offered_or_done_what_is_not_theirs(client, office):
    known = case(team="cx")
    for name in ("fay", "vic"):
        page = as_(client, office[name]).get("/queue").content.decode()
        assert "/owner" not in page, name
    assert choose(client, known, office["vic"].pk).status_code == 403
    for name, value in (("fay", "fay"), ("fay", "tom"), ("tom", "ann"), ("lea", "fay")):
        choose(as_(client, office[name]), known, office[value].pk)
        known.refresh_from_db()
        assert known.owner is None, (name, value)


@pytest.mark.parametrize("value", ["", "x", "-1", "99999999999999999999", "<b>"])
def test_who_is_not_there_becomes_no_owner(client, office, value):
    known = case(team="cx")
    answer = choose(as_(client, office["lea"]), known, value, **{"HX-Request": "true"})
    assert "Choose somebody of its team." in answer.content.decode()
    known.refresh_from_db()
    assert known.owner is None


def test_of_two_who_take_it_the_second_is_told_who_was_first(client, office):
    known = case(team="cx")
    choose(as_(client, office["ann"]), known, office["ann"].pk)
    row = choose(as_(client, office["tom"]), known, office["tom"].pk, **{"HX-Request": "true"}).content.decode()
    assert "Ann was first" in row
    assert ExceptionCase.objects.get().owner == office["ann"]


def test_without_scripts_a_page_asks_and_leads_back_to_the_same_queue(client, office):
    known = case(team="cx")
    page = as_(client, office["lea"]).get(f"/exceptions/{known.pk}/owner?queue=kind%3Dx%26team%3Dcx").content.decode()
    assert 'name="address" value="kind=x&amp;team=cx"' in page
    assert [name for name in ("Tom", "Ann", "Lea", "Fay") if f">{name}<" in page] == ["Tom", "Ann", "Lea"]
    said = {f"owner_of_{known.pk}": office["tom"].pk, "address": "team=cx"}
    answer = client.post(f"/exceptions/{known.pk}/owner?seen=1", said)
    assert answer["Location"] == "/queue?team=cx"
    assert "E-" in client.get("/queue?team=cx").content.decode()
