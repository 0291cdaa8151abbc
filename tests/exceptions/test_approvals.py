"""Approving from the list, limits by person and customer, messages on record, and the queue as a file."""

import io
from decimal import Decimal

import openpyxl
import pytest
from django.utils import timezone

from exceptions.models import Acceptance, AcceptanceLimit, ExceptionCase, Proposal
from exceptions.moves import MoveNotAllowed
from exceptions.trail.sentences import sentence
from exceptions.variances import variances
from exceptions.workflow import Origin, move
from tests.exceptions.people import bands, case, someone, teams

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    bands(per_exception="50", per_month="500")
    teams()
    return {
        "tom": someone("tom", "agent", team="finance"),
        "pat": someone("pat", "approver", "agent", team="finance"),
        "vera": someone("vera", "viewer"),
    }


def make(known, name, by, **said):
    known.refresh_from_db()
    entry = move(known.pk, name, by=by, at=timezone.now(), seen=known.version, origin=Origin("page"), **said)
    known.refresh_from_db()
    return entry


def proposed(people, subject="credit:erp:1", amount="300.00"):
    known = case(subject, amount=Decimal(amount), currency="GBP", customer="C-1", evidence=[{"field": "net goods"}])
    make(known, "claim", people["tom"])
    make(known, "propose", people["tom"], resolution="accept_variance", reason="fx", note="the rate of the day")
    return known


def test_approved_from_the_list_with_the_evidence_in_view(client, people):
    known = proposed(people)
    client.force_login(people["pat"].user)
    page = client.get("/approvals").content.decode()
    for part in ("the rate of the day", "net goods", "300.00 GBP"):
        assert part in page
    client.post(f"/approvals/{Proposal.objects.get().pk}", {"seen": known.version, "approve": "1"})
    known.refresh_from_db()
    assert known.state == "accepted"


def test_rejecting_needs_a_comment_and_what_moved_is_not_approved(client, people):
    known = proposed(people)
    waiting = Proposal.objects.get()
    client.force_login(people["pat"].user)
    client.post(f"/approvals/{waiting.pk}", {"seen": known.version, "reject": "1"})
    client.post(f"/approvals/{waiting.pk}", {"seen": known.version - 1, "approve": "1"})
    known.refresh_from_db()
    assert known.state == "pending_approval"
    client.post(f"/approvals/{waiting.pk}", {"seen": known.version, "reject": "1", "note": "ask first"})
    known.refresh_from_db()
    assert known.state == "in_progress"


def test_one_s_own_proposal_and_what_is_beyond_the_band_are_not_offered(client, people):
    proposed(people, "credit:erp:2", amount="9000.00")
    client.force_login(people["pat"].user)
    assert client.get("/approvals").context["mine"] == []
    client.force_login(people["vera"].user)
    assert client.post(f"/approvals/{Proposal.objects.get().pk}", {"approve": "1"}).status_code == 403


def test_of_one_customer_only_so_much_is_accepted_without_approval(people):
    AcceptanceLimit.objects.update(per_customer="60")
    for number, who in enumerate(("tom", "pat")):
        known = case(f"credit:erp:{number}", amount=Decimal(30), currency="GBP", customer="C-1")
        make(known, "claim", people[who])
        make(known, "accept", people[who], reason="goodwill", note="n")
    last = case("credit:erp:9", amount=Decimal(1), currency="GBP", customer="C-1")
    make(last, "claim", people["tom"])
    with pytest.raises(MoveNotAllowed, match="accepted of C-1 this month"):
        make(last, "accept", people["tom"], reason="goodwill", note="n")
    found = variances(at=timezone.now())
    assert [(row.who, row.alone, row.limit, row.is_full) for row in found.by_customer] == [("C-1", 60, 60, True)]
    assert {row.who for row in found.by_person} == {"Tom", "Pat"}
    assert [(row.who, row.count) for row in found.by_reason] == [("Goodwill", 2)]


def test_what_was_opened_again_no_longer_counts(people):
    known = case(amount=Decimal(30), currency="GBP")
    make(known, "claim", people["tom"])
    make(known, "accept", people["tom"], reason="goodwill", note="n")
    Acceptance.objects.update(ended_at=timezone.now())
    assert variances(at=timezone.now()).by_person == []


def test_a_message_that_was_sent_is_on_record(people):
    known = case()
    entry = make(known, "message", people["tom"], to="buyer@example.com", channel="mail", note="Where is the PO?")
    assert (sentence(entry), entry.note) == ("Sent a message to buyer@example.com.", "Where is the PO?")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_queue_as_it_is_filtered_is_a_harmless_file(client, people, kind):
    case("order:shop:1", title="=cmd()", amount=Decimal("5.10"), currency="GBP")
    case("order:shop:2", kind="missing_po")
    client.force_login(people["vera"].user)
    content = b"".join(client.get(f"/queue/export/{kind}", {"kind": "credit_value_mismatch"}).streaming_content)
    if kind == "csv":
        assert content.decode().count("\r\n") == 2
        assert "'=cmd()" in content.decode()
        assert ",finance,Finance," in content.decode()
        return
    rows = list(openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows())
    assert [len(rows), rows[1][1].data_type, rows[1][5].value] == [2, "s", 5.1]


def test_no_other_format_and_nobody_without_a_role(client, people):
    client.force_login(people["vera"].user)
    assert client.get("/queue/export/pdf").status_code == 404
    client.force_login(someone("out").user)
    assert client.get("/queue/export/csv").status_code == 403
    assert not ExceptionCase.objects.exists()
