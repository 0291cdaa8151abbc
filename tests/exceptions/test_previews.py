"""What a change would do to the months is shown before it is made, and nothing of it is kept."""

from datetime import timedelta

import pytest
from django.utils import timezone

from exceptions.models import ChangePreview, ExceptionCase, TrailEntry
from exceptions.months.previews import ask_preview, make_preview
from exceptions.months.statement import statement_of
from exceptions.reconciling import reconcile
from reconciliation.models import Configuration, Finding, Flow, Run
from reconciliation.topology import dump, load
from tests.checks.conftest import NOON, TOPOLOGY, brand  # noqa: F401
from tests.exceptions.people import someone

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
    assert "Differences within tolerance" in client.get(answer["Location"]).content.decode()
    answer = client.post("/settings/mappings/skus", {"system": "portal", "lines": "A = TEE", "preview": "months"})
    assert ChangePreview.objects.count() == 2
    assert 'A" = "TEE"' in ChangePreview.objects.latest("id").topology
    assert 'A" = "TEE"' not in dump()
    client.force_login(someone("ada", "admin").user)
    assert client.get(f"/settings/previews/{asked.pk}").status_code == 404
