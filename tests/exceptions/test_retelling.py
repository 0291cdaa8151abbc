"""A refused line that is put right: what it would do is seen before, it does that, and it can be corrected again."""

import io
import json
from datetime import timedelta

import pytest
from django.utils import timezone

from connectors.lines import read_lines
from exceptions import own_data
from exceptions.models import OPEN, ExceptionCase
from exceptions.previews.changes import foresee
from exceptions.reconciling import reconcile
from exceptions.retelling import LineRefused, becomes, read_line
from reconciliation.intake import take_in
from reconciliation.models import LedgerEntry, Version
from tests.checks.conftest import NOON, at, brand  # noqa: F401
from tests.exceptions.people import someone
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=3)


def line(said=1, quantity="9", **fields):
    """What the warehouse says of the order, so many hours after noon."""
    numbers = {"sales_order": "SO-1", "purchase_order": "PO-1"}
    base = {"type": "order", "system": "warehouse", "id": "warehouse-1", "at": at(said), "placed_at": at(0)}
    base |= {"status": "open", "refs": numbers, "currency": "GBP", "total": "50.00"}
    lines = [{"sku": "TEE", "quantity": quantity, "unit_price": "5.00"}]
    return json.dumps(base | {"customer": {"id": "C-1"}, "ship_to": {"town": "Rye"}, "lines": lines} | fields)


@pytest.fixture
def refused(brand):  # noqa: F811
    """An order as its storefront, shop and warehouse tell it, and a newer line of the warehouse that was refused."""
    brand.everywhere(1)
    take_in(read_lines(io.BytesIO(line(quantity="ten").encode())), source="night.ndjson", clock=timezone.now)
    reconcile(as_of=LATER, now=timezone.now())
    return ExceptionCase.objects.get(kind="rejected_record")


def open_now():
    return set(ExceptionCase.objects.filter(state__in=OPEN).values_list("kind", flat=True))


def foreseen_of(case, text):
    return foresee("correct_and_resubmit", case, {"line": text}, by=PersonFactory(), at=timezone.now())


def test_a_corrected_line_shows_what_it_would_do_and_does_just_that(refused):
    before, versions = open_now(), Version.objects.count()
    found = foreseen_of(refused, line())
    assert [one.case for one in found.closes] == [refused]
    assert [one.kind for one in found.opens] == ["quantity_mismatch"]
    assert (open_now(), Version.objects.count()) == (before, versions), "it is only foreseen"
    own_data.make("correct_and_resubmit", refused, {"line": line()}, by=PersonFactory(), at=timezone.now())
    reconcile(as_of=LATER, now=timezone.now())
    assert open_now() == before - {"rejected_record"} | {"quantity_mismatch"}


@pytest.mark.parametrize(
    "text",
    [
        line(said=24 * 4),
        line(type="fulfilment", id="F-0", at="2020-01-01T00:00:00Z", status="pending", lines=[]),
    ],
)
def test_of_what_the_last_run_could_not_know_nothing_is_foreseen(refused, text):
    assert foreseen_of(refused, text) is None


def test_a_line_says_what_becomes_of_it_beside_what_is_known(refused):
    assert becomes(read_line(line())).startswith(
        "It would take the place of what warehouse said of order warehouse-1 at"
    )
    assert "the history, and change nothing" in becomes(read_line(line(said=-1)))
    assert becomes(read_line(line(id="W-2"))) == "It would be the first word of warehouse about order W-2."
    gone = {"type": "order", "system": "warehouse", "id": "warehouse-1", "at": at(2), "deleted": True}
    assert becomes(read_line(json.dumps(gone, indent=1))).startswith("It would withdraw what warehouse said")
    [known] = LedgerEntry.objects.filter(system="warehouse", id="warehouse-1", until=None)
    told = Version.objects.get(version=known.version).raw
    assert becomes(read_line(told)) == "warehouse has said just this of order warehouse-1 already."


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (line(said=0), "at: warehouse has said something else at this very moment"),
        (line(quantity="ten"), "quantity is"),
        (line(note="\ud800"), "the line: "),
        ("\n \n", "it says nothing"),
    ],
)
def test_what_cannot_be_taken_in_is_refused_with_the_reason(refused, text, why):
    with pytest.raises(LineRefused, match=why):
        read_line(text)


def test_the_form_says_beforehand_what_becomes_of_the_line_and_what_it_does(client, refused):
    client.force_login(someone("jo", "agent", "lead", team=refused.team, lead=True).user)
    client.post(f"/exceptions/{refused.pk}/moves/claim", {"seen": refused.version})
    refused.refresh_from_db()
    address = f"/exceptions/{refused.pk}/moves/apply?resolution=correct_and_resubmit"
    said = {"p_line": line(), "preview": "1", "seen": refused.version}
    page = client.post(address, said).content.decode()
    for told in ("It would take the place of what warehouse said", "With it, 1 exception closes", "corrected again"):
        assert told in page, told
    assert "at this very moment" in client.post(address, said | {"p_line": line(said=0)}).content.decode()


def test_a_line_that_was_taken_in_is_corrected_again_by_a_later_one(client, refused):
    client.force_login(someone("jo", "agent", "lead", team=refused.team, lead=True).user)

    def does(move, **said):
        refused.refresh_from_db()
        address = f"/exceptions/{refused.pk}/moves/{move}"
        return client.post(address, said | {"seen": refused.version}).content.decode()

    does("claim")
    does("apply?resolution=correct_and_resubmit", p_line=line())
    reconcile(as_of=LATER, now=timezone.now())
    assert "Open again" in client.get("/lines/settled").content.decode()
    does("reopen", note="it was eight")
    form = client.get(f"/exceptions/{refused.pk}/moves/apply?resolution=correct_and_resubmit").content.decode()
    assert "As it was taken in at" in form
    assert "&quot;quantity&quot;: &quot;9&quot;" in form
    assert "at this very moment" in does("apply?resolution=correct_and_resubmit", p_line=line(quantity="10"))
    does("apply?resolution=correct_and_resubmit", p_line=line(said=1.1, quantity="10"))
    reconcile(as_of=LATER, now=timezone.now())
    refused.refresh_from_db()
    assert (refused.state, "quantity_mismatch" in open_now()) == ("resolved", False)
