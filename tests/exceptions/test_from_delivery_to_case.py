"""The chain of docs/operations.md: from the request of a delivery, by the run that names it, to the exceptions."""

from datetime import timedelta

import pytest
from django.utils import timezone

from connectors.models import Connection, Delivery
from connectors.origins import MOST_LINKS
from exceptions.models import ExceptionCase, TrailEntry
from exceptions.reconciling import reconcile
from tests.checks.conftest import NOON, brand  # noqa: F401

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(caplog):
    """Runs the checks as of so many hours after noon; the line that says so."""
    caplog.set_level("INFO")

    def run(hours):
        reconcile(as_of=NOON + timedelta(hours=hours), now=timezone.now())
        lines = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
        return [line for line in lines if line["event"] == "reconciled"][-1]

    return run


def handled(*requests):
    """Deliveries of the shop, handled one after another until now, that these requests brought."""
    shop, now = Connection.objects.create(system="shop", kind="shopify"), timezone.now()
    Delivery.objects.bulk_create(
        Delivery(
            connection=shop, identity=name, headers={}, body=b"{}", received_at=now, origin={"request_id": name},
            handled_at=now - timedelta(milliseconds=len(requests) - number),
        )
        for number, name in enumerate(requests)
    )  # fmt: skip


def test_the_run_names_the_request_and_the_trail_names_the_run(brand, told):  # noqa: F811
    brand.order()
    handled("order-7")
    line = told(100)
    assert line["requests"] == ["order-7"]
    entries = TrailEntry.objects.filter(source=f"run {line['run']}", move="detect")
    opened = set(ExceptionCase.objects.values_list("id", flat=True))
    assert opened
    assert {entry.case_id for entry in entries} == opened
    assert {entry.request_id for entry in entries} == {""}, "which of the deliveries it was is not known"
    assert told(101)["requests"] == [], "the next run looks at what came since"


def test_of_more_than_a_hundred_deliveries_the_newest_are_named(brand, told):  # noqa: F811
    names = [f"order-{number}" for number in range(MOST_LINKS + 5)]
    handled(*names)
    assert told(100)["requests"] == names[: -MOST_LINKS - 1 : -1]
