"""The words that came with the first reading: shown with how often, given a meaning in place, or left unknown."""

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from connectors.models import Connection, PullRun
from exceptions.models import ExceptionCase, TrailEntry
from exceptions.pulling import take_in_lines
from exceptions.setup.progress import held_back
from exceptions.tasks import reconcile_changes, run_first
from reconciliation.models import ReasonCode, RejectionReason, Run, StatusMapping, System, UnmappedWord
from reconciliation.topology_rows import STATUS_WORDS
from reconciliation.unknown_words import LIKELY, likely_meaning, unknown_words
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db
AT = "2026-11-02T10:00:00Z"


def order(number, status="In fulfilment", **said):
    base = {"type": "order", "system": "shop", "id": str(number), "at": AT, "status": status, "placed_at": AT}
    return base | {"payment": {"method": "Trade credit", "status": "paid"}, "lines": []} | said


def sent_back(number, status="Arrived At Hub", reason="TOO_SMALL", **said):
    lines = [{"sku": "MUG-12", "quantity": 1, "reason_code": reason}]
    base = {"type": "return", "system": "portal", "id": f"R{number}", "at": AT, "status": status, "requested_at": AT}
    return base | {"lines": lines} | said


@pytest.fixture
def brand(db):
    System.objects.create(key="shop", kind="shopify", name="The shop", authority=["order"])
    System.objects.create(key="portal", kind="rebound", name="The portal", position=1)
    lines = [order(1), order(2), order(3, "open"), order(4, deleted=True, at="2026-11-03T10:00:00Z")]
    lines += [sent_back(1), sent_back(2, "rejected", rejection_reason="Window closed"), sent_back(3, " received ")]
    take_in_lines(lines, "test")


def told():
    return {(word.system, word.of, word.raw): (word.records, word.likely) for word in unknown_words()}


def fields(page):
    return {(one.word.system, one.word.raw): one.field for _, asked in page.context["form"].sections for one in asked}


def test_words_that_nobody_knows_are_told_before_any_run_with_how_often_and_what_is_likely(brand):
    assert told() == {
        ("shop", "order", "In fulfilment"): (2, ""),
        ("shop", "payment.method", "Trade credit"): (3, "on_account"),
        ("portal", "return", "Arrived At Hub"): (1, "received"),
        ("portal", "reason", "TOO_SMALL"): (3, "size"),
        ("portal", "rejection", "Window closed"): (1, "outside_terms"),
    }


def test_what_the_run_calls_unmapped_was_told_before_it(brand):
    before = {(system, of, raw) for system, of, raw in told() if of not in ("reason", "rejection")}
    run_first()
    assert set(UnmappedWord.objects.values_list("system", "of", "raw")) == before


def test_words_are_mapped_in_place_and_the_run_finds_none(admin, brand):
    page = admin.get("/setup/words")
    said = {field.html_name: field.value() or "" for field in fields(page).values()}
    said[fields(page)["shop", "In fulfilment"].html_name] = "released"
    assert admin.post("/setup/words", said).headers["Location"] == "/setup/run"
    assert set(StatusMapping.objects.values_list("system", "of", "raw", "canonical")) == {
        ("shop", "order", "In fulfilment", "released"),
        ("shop", "payment.method", "Trade credit", "on_account"),
        ("portal", "return", "Arrived At Hub", "received"),
    }
    assert ReasonCode.objects.get().canonical == "size"
    assert RejectionReason.objects.get().canonical == "outside_terms"
    assert TrailEntry.objects.count() == 5
    run_first()
    assert not UnmappedWord.objects.exists()
    assert not ExceptionCase.objects.filter(kind="unmapped_status").exists()
    assert told() == {}


def test_what_is_unknown_may_stay_so_and_is_then_raised(admin, brand):
    said = {field.html_name: "" for field in fields(admin.get("/setup/words")).values()}
    admin.post("/setup/words", said)
    assert len(told()) == 5
    run_first()
    assert ExceptionCase.objects.filter(kind="unmapped_status").count() == 3


def test_a_meaning_that_there_is_not_is_refused_at_its_word_and_nothing_is_mapped(admin, brand):
    found = fields(admin.get("/setup/words"))
    said = {field.html_name: field.value() or "" for field in found.values()}
    page = admin.post("/setup/words", said | {found["portal", "Arrived At Hub"].html_name: "lost"})
    assert list(page.context["form"].errors) == [found["portal", "Arrived At Hub"].html_name]
    assert not StatusMapping.objects.exists()


def test_only_an_admin_gives_words_a_meaning(client, brand):
    client.force_login(PersonFactory(roles=["agent"]))
    assert client.post("/setup/words", {}).status_code == 403


def test_the_first_run_waits_half_an_hour_for_words_and_no_longer(admin, brand):
    made, now = Connection.objects.create(system="shop", kind="shopify"), timezone.now()
    PullRun.objects.create(connection=made, feed="orders", until=now, started_at=now, finished_at=now)
    assert held_back(at=now)
    assert reconcile_changes() == {}
    assert not Run.objects.exists()
    assert "nobody has given a meaning yet" in admin.get("/setup/run").content.decode()
    assert not held_back(at=now + timedelta(minutes=30))
    said = {field.html_name: field.value() or "open" for field in fields(admin.get("/setup/words")).values()}
    admin.post("/setup/words", said)
    assert not held_back(at=now)


def test_a_brand_that_has_run_waits_for_no_word(brand):
    made, now = Connection.objects.create(system="shop", kind="shopify"), timezone.now()
    PullRun.objects.create(connection=made, feed="orders", until=now, started_at=now, finished_at=now)
    Run.objects.create(as_of=now, full=True, advanced=True, configuration=1, finished_at=now, groups=9)
    assert not held_back(at=now)


@pytest.mark.parametrize(
    ("of", "raw", "meaning"),
    [
        ("order", "PartiallyFulfilled", "part_fulfilled"),
        ("order", "Ready to be shipped", "released"),
        ("order", "CANCELED", "cancelled"),
        ("payment.method", "Credit card (Stripe)", "card"),
        ("payment.method", "Net 30", "on_account"),
        ("payment.status", "UNPAID", "pending"),
        ("payment.status", "partially-refunded", "part_refunded"),
        ("return", "Refund declined", "rejected"),
        ("credit", "AUTHORISED", "issued"),
        ("reason", "Wrong colour sent", "wrong_item"),
        ("order", "Xyzzy", ""),
    ],
)
def test_what_is_likely(of, raw, meaning):
    assert likely_meaning(of, raw) == meaning


def test_what_is_proposed_is_a_word_of_the_contract():
    for of, canonical in STATUS_WORDS.items():
        assert set(LIKELY[of]) <= set(canonical.split())


@given(st.sampled_from(sorted(LIKELY)), st.text())
def test_no_word_is_too_odd_to_be_looked_at(of, raw):
    assert likely_meaning(of, raw) in {"", *LIKELY[of]}
