"""Waivers and settled lines are listed with who, when, until when, and the way back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from exceptions.models import ExceptionCase, OwnChange, Suppression
from exceptions.workflow import Origin, move
from tests.exceptions.people import bands, case, someone, teams

pytestmark = pytest.mark.django_db
PAGE = Origin("page")


@pytest.fixture
def people():
    bands()
    teams()
    return {
        "tom": someone("tom", "agent", team="finance"),
        "lea": someone("lea", "agent", "lead", team="finance", lead=True),
        "pat": someone("pat", "approver", "agent", team="finance"),
        "vera": someone("vera", "viewer"),
        "sam": someone("sam", "admin"),
    }


def make(known, name, by, **said):
    known.refresh_from_db()
    move(known.pk, name, by=by, at=timezone.now(), seen=known.version, origin=PAGE, **said)
    known.refresh_from_db()


@pytest.fixture
def waived(people):
    """A purchase order that is not asked of C-1 for a month: Tom asked, Pat agreed."""
    known = case("order:erp:1", kind="missing_po", customer="C-1")
    day = timezone.localdate() + timedelta(days=30)
    make(known, "claim", people["tom"])
    said = {"resolution": "waive_reference", "parameters": {"until": f"{day}"}, "note": "they never send one"}
    make(known, "propose", people["tom"], **said)
    make(known, "approve_fix", people["pat"])
    return known


def read(client, person, address):
    client.force_login(person.user)
    answer = client.get(address)
    return (answer.getvalue() if answer.streaming else answer.content).decode()


def test_a_waiver_is_listed_with_the_customer_who_asked_who_agreed_and_until_when(client, people, waived):
    page = read(client, people["vera"], "/waivers")
    for told in ("C-1", "Tom", "they never send one", "Pat", "in force", f"/exceptions/{waived.pk}"):
        assert told in page, told
    assert "End it now" not in page, "a viewer ends nothing"
    file = read(client, people["vera"], "/tables/waivers.csv")
    assert "C-1" in file
    assert "they never send one" in file


@pytest.mark.parametrize(("who", "may"), [("pat", True), ("lea", True), ("sam", True), ("tom", False), ("vera", False)])
def test_who_agreed_and_the_lead_end_it_from_the_list(client, people, waived, who, may):
    assert ("End it now" in read(client, people[who], "/waivers")) is may
    change = OwnChange.objects.get()
    answer = client.post(f"/exceptions/{waived.pk}/changes/{change.pk}/undo", {"waivers": "1"})
    assert (Suppression.objects.get().undone_at is not None) is may
    if may:
        assert answer["Location"] == "/waivers"
        assert "ended early" in client.get("/waivers").content.decode()


def test_a_waiver_whose_day_has_come_is_over_and_one_that_an_admin_ended_says_so(client, people, waived):
    Suppression.objects.update(ends_at=timezone.now() - timedelta(hours=1))
    assert "over" in read(client, people["lea"], "/waivers")
    assert "End it now" not in read(client, people["lea"], "/waivers")
    Suppression.objects.update(ends_at=timezone.now() + timedelta(days=1))
    client.force_login(people["sam"].user)
    client.post(f"/settings/suppressions/end?row={Suppression.objects.get().pk}")
    page = read(client, people["lea"], "/waivers")
    assert "ended early" in page
    assert "End it now" not in page


def refused(number=1, **fields):
    return case(
        f"rejected:erp:abcdefabcde{number}", kind="rejected_record", title=f"A line {number} of the ERP", **fields
    )


def test_a_discarded_line_is_listed_with_the_reason_and_a_lead_opens_it_again(client, people):
    known = refused()
    make(known, "claim", people["tom"])
    make(known, "accept", people["tom"], resolution="discard_line", note="a test of theirs")
    page = read(client, people["tom"], "/lines/settled")
    assert "discarded" in page
    assert "a test of theirs" in page
    assert "Open again" not in page
    assert f"/exceptions/{known.pk}/moves/reopen" in read(client, people["lea"], "/lines/settled")
    client.post(f"/exceptions/{known.pk}/moves/reopen", {"seen": known.version, "note": "it was none"})
    assert ExceptionCase.objects.get(pk=known.pk).state == "in_progress"
    page = read(client, people["lea"], "/lines/settled")
    assert "Open again" not in page
    assert "in progress" in page


def test_a_line_that_was_corrected_is_listed_with_what_was_taken_in(client, people, brand_of_one):
    known = refused(2)
    make(known, "claim", people["tom"])
    line = '{"type":"product","system":"erp","id":"TEE","at":"2026-09-01T10:00:00Z","sku":"TEE","active":true}'
    make(known, "apply", people["tom"], resolution="correct_and_resubmit", parameters={"line": line}, note="typo")
    page = read(client, people["tom"], "/lines/settled")
    assert "corrected and taken in" in page
    assert "&quot;sku&quot;:&quot;TEE&quot;" in page
    assert "typo" in read(client, people["tom"], "/tables/settled-lines.csv")


@pytest.fixture
def brand_of_one():
    from reconciliation.models import System

    return System.objects.create(key="erp", kind="erp", authority=["product"])


def test_lists_are_searched(client, people, waived):
    assert "C-1" in read(client, people["lea"], "/waivers?q=c-1")
    assert "Nothing is found." in read(client, people["lea"], "/waivers?q=somebody")
    assert "Nothing is found." in read(client, people["lea"], "/lines/settled?q=somebody")
