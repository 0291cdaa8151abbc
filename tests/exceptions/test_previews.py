"""What a change would do to the months is shown before it is made, and nothing of it is kept."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.utils import timezone

from exceptions.models import (
    Acceptance,
    AcceptanceLimit,
    ApprovalBand,
    ChangePreview,
    ExceptionCase,
    Proposal,
    Suppression,
    TrailEntry,
)
from exceptions.months.limit_previews import preview_limits
from exceptions.months.previews import ask_ending_preview, ask_preview, ask_suppression_preview, make_preview
from exceptions.months.statement import statement_of
from exceptions.reconciling import reconcile
from exceptions.suppressions import lift, suppress
from reconciliation.models import Configuration, Finding, Flow, Run
from reconciliation.topology import dump, load
from tests.checks.conftest import NOON, TOPOLOGY, brand  # noqa: F401
from tests.exceptions.people import bands, case, someone

pytestmark = pytest.mark.django_db(transaction=True)
AT = NOON + timedelta(days=40)
WIDER = ('tolerance = { amount = "0.05" }', 'tolerance = { amount = "6.00" }')


@pytest.fixture
def sam():
    return someone("sam", "admin")


@pytest.fixture
def short(brand):  # noqa: F811
    """A return of 20.00 that was credited with 15.00 only."""
    brand.everywhere(status="closed")
    brand.shipped()
    brand.returned()
    brand.returned(system="shop")
    brand.credit(amount="15.00")
    reconcile(as_of=AT, now=timezone.now())
    return brand


def kept():
    return (
        dump(),
        list(ExceptionCase.objects.order_by("id").values()),
        list(Finding.objects.order_by("id").values()),
        list(Run.objects.order_by("id").values("id", "as_of")),
        TrailEntry.objects.count(),
        Configuration.objects.get().version,
        [(item.bucket, item.amount) for item in statement_of("2025-09", "GBP", as_of=AT).items],
    )


def test_a_wider_tolerance_is_previewed_line_by_line_and_nothing_is_kept(short, sam):
    before = kept()
    asked = ask_preview(lambda: load(TOPOLOGY.replace(*WIDER), dry_run=False), by=sam.user, at=AT)
    result = make_preview(asked.pk, at=AT).result
    assert [line for line in result["lines"] if line[1] == "returns"] == [
        ["2025-09 GBP", "returns", "Differences within tolerance", "", "0", "-5.00"],
        ["2025-09 GBP", "returns", "Open exceptions", "credit_value_mismatch", "-5.00", "0"],
    ]
    assert result["cases"] == [["credit_value_mismatch", 1, 0], ["rounding_drift", 0, 1]]
    assert kept() == before


def test_what_came_since_the_last_run_is_no_effect_of_the_change(short, sam):
    short.credit("CN-3", said=120, amount="2.00", refs={"sales_order": "SO-1"}, reason="goodwill")
    asked = ask_preview(lambda: load(TOPOLOGY, dry_run=False), by=sam.user, at=AT)
    result = make_preview(asked.pk, at=AT).result
    assert (result["lines"], result["cases"], result["changes"]) == ([], [], [])


def test_the_preview_tells_what_making_the_change_then_does(short, sam):
    asked = ask_preview(lambda: load(TOPOLOGY.replace(*WIDER), dry_run=False), by=sam.user, at=AT)
    foretold = {
        tuple(line[2:4]): line[5] for line in make_preview(asked.pk, at=AT).result["lines"] if line[1] == "returns"
    }
    load(TOPOLOGY.replace(*WIDER), dry_run=False)
    reconcile(as_of=AT, now=timezone.now(), full=True)
    made = {
        (line.label, line.name or ""): str(line.amount)
        for line in statement_of("2025-09", "GBP", as_of=AT).lines("returns")
    }
    assert {key: amount for key, amount in foretold.items() if amount != "0"}.items() <= made.items()


def test_pages_of_the_settings_ask_and_show_and_others_do_not_see_it(client, short, sam):
    client.force_login(sam.user)
    page = client.get("/settings/topology")
    assert page.status_code == 200
    answer = client.post("/settings/topology", {"text": TOPOLOGY.replace(*WIDER), "preview": "months"})
    asked = ChangePreview.objects.get()
    assert answer["Location"] == f"/settings/previews/{asked.pk}"
    assert "Everything is examined" in client.get(answer["Location"]).content.decode()
    assert Flow.objects.get(key="credits").tolerance_amount != 6
    make_preview(asked.pk, at=AT)
    shown = client.get(answer["Location"]).content.decode()
    assert "Differences within tolerance" in shown
    assert "Open exceptions: Credit differs from what came back" in shown
    answer = client.post("/settings/mappings/skus", {"system": "portal", "lines": "A = TEE", "preview": "months"})
    assert ChangePreview.objects.count() == 2
    assert 'A" = "TEE"' in ChangePreview.objects.latest("id").topology
    assert 'A" = "TEE"' not in dump()
    client.force_login(someone("ada", "admin").user)
    assert client.get(f"/settings/previews/{asked.pk}").status_code == 404


LEAVE_OUT = {"kind": "credit_value_mismatch", "subject": None, "customer": None, "sku": None}


def left_out(short, **of):
    return {**LEAVE_OUT, **of, "ends_at": timezone.now() + timedelta(days=30)}


def test_a_suppression_is_previewed_with_the_lines_it_moves_and_what_it_would_have_kept_out(short, sam):
    found = ExceptionCase.objects.get(kind="credit_value_mismatch")
    before = kept()
    asked = ask_suppression_preview(left_out(short, subject=found.subject), by=sam.user, at=AT)
    result = make_preview(asked.pk, at=AT).result
    assert [line for line in result["lines"] if line[1] == "returns"] == [
        ["2025-09 GBP", "returns", "Kept out of the queue by a rule", "credit_value_mismatch", "0", "-5.00"],
        ["2025-09 GBP", "returns", "Open exceptions", "credit_value_mismatch", "-5.00", "0"],
    ]
    assert result["cases"] == [["credit_value_mismatch", 1, 0]]
    assert result["kept_out"] == [[f"{found.first_seen:%Y-%m}", "GBP", 1, "5.00"]]
    assert kept() == before
    assert not Suppression.objects.exists()


def test_a_suppression_of_another_customer_changes_nothing(short, sam):
    asked = ask_suppression_preview(left_out(short, customer="nobody"), by=sam.user, at=AT)
    result = make_preview(asked.pk, at=AT).result
    assert (result["lines"], result["cases"], result["kept_out"]) == ([], [], [])


def test_the_preview_of_a_suppression_tells_what_making_it_then_does(short, sam):
    said = left_out(short, customer=ExceptionCase.objects.get(kind="credit_value_mismatch").customer)
    foretold = make_preview(ask_suppression_preview(said, by=sam.user, at=AT).pk, at=AT).result["cases"]
    suppress("credit_value_mismatch", until=said["ends_at"], reason="agreed", by=sam.user, customer=said["customer"])
    reconcile(as_of=AT, now=timezone.now())
    left = ExceptionCase.objects.filter(kind="credit_value_mismatch", closed_at=None).count()
    assert foretold == [["credit_value_mismatch", 1, left]]


def test_what_has_no_amount_is_counted_as_kept_out_and_named(client, short, sam):
    short.order(2, status="closed", refs={"sales_order": "SO-2"})
    short.order(2, system="shop", status="open", refs={"sales_order": "SO-2"})
    reconcile(as_of=AT, now=timezone.now())
    drifted = ExceptionCase.objects.get(kind="status_drift")
    assert (drifted.amount, drifted.currency) == (None, None)
    said = left_out(short, kind="status_drift", subject=drifted.subject)
    preview = make_preview(ask_suppression_preview(said, by=sam.user, at=AT).pk, at=AT)
    assert preview.result["kept_out"] == [["2025-10", None, 1, None]]
    client.force_login(sam.user)
    assert "no amount" in client.get(f"/settings/previews/{preview.pk}").content.decode()


@pytest.fixture
def quiet(short, sam):
    """The credit that is too small, left out for this customer, and the queue without it."""
    said = {"until": timezone.now() + timedelta(days=30), "reason": "agreed", "by": sam.user, "customer": "C-1"}
    made = suppress("credit_value_mismatch", **said)
    reconcile(as_of=AT, now=AT)
    assert not ExceptionCase.objects.filter(closed_at=None).exists()
    return made


def test_the_end_of_a_suppression_is_previewed_with_what_would_come_back_by_month(quiet, sam):
    before = kept()
    result = make_preview(ask_ending_preview(quiet, by=sam.user, at=AT).pk, at=AT).result
    assert result["opened"] == [["2025-09", "GBP", 1, "5.00"]], "the month in which it came about"
    assert result["cases"] == [["credit_value_mismatch", 0, 1]]
    assert ["2025-09 GBP", "returns", "Open exceptions", "credit_value_mismatch", "0", "-5.00"] in result["lines"]
    assert kept() == before
    quiet.refresh_from_db()
    assert quiet.undone_at is None


def test_what_another_suppression_keeps_out_does_not_come_back(quiet, sam):
    found = ExceptionCase.objects.get(kind="credit_value_mismatch")
    until = AT + timedelta(days=9)
    suppress("credit_value_mismatch", until=until, reason="too", by=sam.user, subject=found.subject)
    reconcile(as_of=AT, now=AT)
    result = make_preview(ask_ending_preview(quiet, by=sam.user, at=AT).pk, at=AT).result
    assert (result["opened"], result["cases"]) == ([], [])


def test_the_end_of_a_suppression_that_has_ended_meanwhile_is_said_not_to_be_one(quiet, sam):
    asked = ask_ending_preview(quiet, by=sam.user, at=AT)
    assert lift(quiet.pk, at=AT)
    assert "has ended meanwhile" in make_preview(asked.pk, at=AT).result["refused"]


def test_what_was_dismissed_until_a_day_is_news_again_when_that_is_ended_early(short, sam):
    found = ExceptionCase.objects.get(kind="credit_value_mismatch")
    until = AT + timedelta(days=30)
    ExceptionCase.objects.filter(pk=found.pk).update(state="dismissed", closed_at=AT, until=until)
    made = suppress(found.kind, until=until, reason="a test", by=sam.user, subject=found.subject)
    reconcile(as_of=AT, now=AT)
    assert ExceptionCase.objects.get(pk=found.pk).state == "dismissed"
    result = make_preview(ask_ending_preview(made, by=sam.user, at=AT).pk, at=AT).result
    assert result["cases"] == [["credit_value_mismatch", 0, 1]]
    lift(made.pk, at=AT)
    reconcile(as_of=AT, now=AT)
    assert ExceptionCase.objects.get(pk=found.pk).state == "new"


def test_the_page_that_ends_a_suppression_shows_what_would_come_back_before_it_does(client, quiet, sam):
    client.force_login(sam.user)
    address = f"/settings/suppressions/end?row={quiet.pk}"
    assert address in client.get("/settings/suppressions").content.decode()
    assert "What would come back?" in client.get(address).content.decode()
    shown = client.post(address, {"preview": "months"})["Location"]
    make_preview(ChangePreview.objects.get().pk, at=AT)
    page = client.get(shown).content.decode()
    assert "What would come back, by the month" in page
    assert address in page, "it can be ended from there"
    assert Suppression.objects.get().undone_at is None
    client.force_login(someone("lee", "lead", team="finance").user)
    assert client.get(address).status_code == client.post(address).status_code == 403


@pytest.fixture
def taken(short):
    """In September Ana took 20, 25 and 10 alone, and 40 with Max, whose band ends at 50."""
    bands(up_to="50")
    ana, max_ = someone("ana", "agent", team="finance"), someone("max", "approver")
    at = NOON
    for number, amount in enumerate((20, 25, 10, 40)):
        one = case(
            f"order:shop:{number}", amount=amount, currency="GBP", customer="C-1", state="accepted", closed_at=at
        )
        by = max_.user if amount == 40 else None
        said = {"reason": "goodwill", "amount": amount, "currency": "GBP", "customer": "C-1"}
        Acceptance.objects.create(case=one, by=ana.user, approved_by=by, at=at + timedelta(hours=number), **said)
        if by:
            decided = {"decision": "approved", "decided_by": by, "decided_at": at, "evidence_hash": ""}
            money = {"amount": amount, "currency": "GBP"}
            Proposal.objects.create(
                case=one, resolution="accept", proposed_by=ana.user, proposed_at=at, **decided, **money
            )
    return ana


def decided(change, sam):
    result = preview_limits(change, by=sam.user, at=AT).result
    return [row[2:] for row in result["decided"] if row[:2] == ["2025-09", "GBP"]]


def test_a_lower_limit_names_the_variances_that_would_have_needed_an_approval(taken, sam):
    lower = AcceptanceLimit.objects.filter(person=None)
    assert decided(lambda: lower.update(per_exception=22), sam) == [
        ["Could be taken alone, would need an approval", 1, "25"]
    ]
    assert decided(lambda: lower.update(per_month=50), sam) == [
        ["Could be taken alone, would need an approval", 1, "10"]
    ], "the third is beyond what is left of the month"
    assert decided(lambda: lower.update(per_customer=30), sam) == [
        ["Could be taken alone, would need an approval", 1, "25"]
    ], "20 and 10 fit"
    assert lower.get().per_month == 60, "nothing is kept"


def test_a_higher_limit_names_the_approvals_that_would_not_have_been_needed(taken, sam):
    of_ana = {"person": taken.user, "currency": "GBP", "per_exception": 100, "per_month": 100}
    assert decided(lambda: AcceptanceLimit.objects.create(**of_ana), sam) == [
        ["Needed an approval, could be taken alone", 1, "40"]
    ]
    assert decided(lambda: None, sam) == []


def test_a_lower_band_names_what_its_approver_could_not_have_approved(taken, sam):
    assert decided(lambda: ApprovalBand.objects.filter(role="approver").update(up_to=39), sam) == [
        ["Approved by somebody whose band would not have covered it", 1, "40"]
    ]


@pytest.mark.parametrize(
    ("section", "model", "said"),
    [
        ("limits", AcceptanceLimit, "Could be taken alone, would need an approval"),
        ("approvals", ApprovalBand, "Approved by somebody whose band would not have covered it"),
    ],
)
def test_before_a_limit_or_a_band_goes_it_is_shown_what_it_decided(client, taken, sam, section, model, said):
    client.force_login(sam.user)
    row = model.objects.filter(**{"role": "approver"} if section == "approvals" else {}).get()
    address = f"/settings/{section}/remove?row={row.pk}"
    assert "What would it change in the months?" in client.get(address).content.decode()
    with patch("exceptions.configuration.views.timezone.now", return_value=AT):
        shown = client.post(address, {"preview": "months"})["Location"]
    assert said in client.get(shown).content.decode()
    assert model.objects.filter(pk=row.pk).exists()


def test_a_flow_that_would_go_is_previewed_too(client, short, sam):
    client.force_login(sam.user)
    client.post("/settings/flows/remove?row=credits", {"preview": "months"})
    assert 'key = "credits"' not in ChangePreview.objects.get().topology
    assert Flow.objects.filter(key="credits").exists()


def test_the_forms_of_limits_bands_and_suppressions_offer_the_preview(client, taken, sam):
    client.force_login(sam.user)
    row = AcceptanceLimit.objects.get(person=None)
    address = f"/settings/limits/edit?row={row.pk}"
    page = client.get(address).content.decode()
    assert "What would it change in the months?" in page
    said = {"currency": "GBP", "per_exception": "22", "per_month": "60", "preview": "months"}
    answer = client.post(address, said)
    assert "decided by the same people" in client.get(answer["Location"]).content.decode(), "a year later"
    assert AcceptanceLimit.objects.get().per_exception == 25
    lower = AcceptanceLimit.objects.filter(person=None)
    made = preview_limits(lambda: lower.update(per_exception=22), by=sam.user, at=AT)
    shown = client.get(f"/settings/previews/{made.pk}").content.decode()
    assert "would need an approval" in shown
    assert "25.00 GBP" in shown
    said = {"kind": "credit_value_mismatch", "customer": "C-1", "reason": "x", "ends_at": "2099-01-01T00:00"}
    answer = client.post("/settings/suppressions/edit", said | {"preview": "months"})
    assert answer["Location"] == f"/settings/previews/{ChangePreview.objects.latest('id').pk}"
    assert not Suppression.objects.exists()
