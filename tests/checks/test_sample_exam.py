"""The sample brand of ../shared/exam: every exception that must be found, and none that must not."""

import gzip
import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import timezone

from connectors.lines import read_lines
from exceptions.api.out import exception_out
from exceptions.models import OPEN, ExceptionCase
from exceptions.reconciling import reconcile
from reconciliation.intake import take_in
from reconciliation.slices import Sharing
from reconciliation.topology import load
from tests.connectors.vendors import undone

EXAM = Path(__file__).parents[3] / "shared" / "exam"

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not EXAM.exists(), reason="the sample brand is not beside this checkout"),
]


def said(exception):
    amount = exception["amount_at_risk"]
    return None if amount is None else Decimal(amount), exception["currency"]


def expected():
    with open(EXAM / "expected.ndjson", encoding="utf-8") as lines:
        return {(e["kind"], e["subject"]): said(e) for e in map(json.loads, lines)}


def found():
    cases = ExceptionCase.objects.filter(state__in=OPEN)
    return {(e["kind"], e["subject"]): said(e) for e in map(exception_out, cases)}


@pytest.fixture
def brand():
    load((EXAM / "topology.toml").read_text(encoding="utf-8"), dry_run=False)
    with gzip.open(EXAM / "feed.ndjson.gz") as feed:
        take_in(read_lines(feed), source="feed", clock=timezone.now)
    return datetime.fromisoformat((EXAM / "as_of.txt").read_text().strip()).astimezone(UTC)


def test_slices_over_several_connections_find_the_same(brand):
    for workers in (2, 5):
        reconcile(as_of=brand, now=timezone.now(), full=True, sharing=Sharing(workers, slices=7))
        assert found() == expected()


def test_every_expected_exception_is_found_and_no_other_and_runs_that_follow_change_nothing(brand):
    with undone():
        reconcile(as_of=brand, now=timezone.now(), kinds=["order_missing_downstream"])
        one_kind = found()
    assert one_kind == {key: said for key, said in expected().items() if key[0] == "order_missing_downstream"}

    reconcile(as_of=brand, now=timezone.now(), full=True)
    assert found() == expected()
    again = reconcile(as_of=brand, now=timezone.now(), full=True)
    since = reconcile(as_of=brand, now=timezone.now())
    assert not since.report.full
    assert all(
        not c.opened and not c.reopened and not c.resolved for c in (*again.counts.values(), *since.counts.values())
    )
    assert found() == expected()


def test_a_look_back_reports_the_same_and_changes_nothing(brand):
    reconcile(as_of=timezone.now(), now=timezone.now(), full=True)
    before = list(ExceptionCase.objects.order_by("id").values())
    report = reconcile(as_of=brand, now=timezone.now()).report
    assert {(f.kind, f.subject): (f.amount, f.currency) for f in report.findings} == expected()
    assert list(ExceptionCase.objects.order_by("id").values()) == before
