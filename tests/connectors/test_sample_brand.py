"""The sample brand is the same each time, is understood, and holds what it says."""

import io
import json
from collections import Counter
from datetime import UTC, datetime

import pytest
from django.utils import timezone

from connectors.lines import Known, RawLine, Refusal, parse_line, read_lines
from connectors.sample_brand import sample_brand
from exceptions.models import OPEN, ExceptionCase
from exceptions.reconciling import reconcile
from reconciliation.declarations import checks
from reconciliation.intake import take_in
from reconciliation.models import Flow, System
from reconciliation.topology import load

MOMENT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def brand():
    return sample_brand(MOMENT, orders=1_500, times=3)


def test_the_same_arguments_give_the_same_lines(brand):
    assert sample_brand(MOMENT, orders=1_500, times=3).lines == brand.lines
    assert sample_brand(MOMENT, orders=1_500, times=3, seed=8).lines != brand.lines


def test_the_demo_has_five_thousand_orders_over_ninety_days():
    orders = {}
    for line in sample_brand(MOMENT).lines:
        value = json.loads(line) if '"system":"sparklayer"' in line and '"type":"order"' in line else {}
        if value:
            orders[value["id"]] = value["placed_at"]
    assert len(orders) >= 5_000
    assert max(orders.values())[:10] == "2026-11-20"
    assert min(orders.values())[:10] in ("2026-08-21", "2026-08-22")


def test_every_kind_is_there(brand):
    assert {kind for kind, _ in brand.injected} == set(checks())


@pytest.mark.django_db(transaction=True)
def test_what_is_found_is_what_was_put_in(brand):
    load(brand.topology, dry_run=False)
    known = Known(
        frozenset(System.objects.values_list("key", flat=True)), dict(Flow.objects.values_list("key", "source"))
    )
    raws = [line.encode() for line in brand.lines]
    refused = [raw for raw in raws if isinstance(parse_line(RawLine(1, raw, b"", False), known), Refusal)]
    assert len(refused) == 3
    take_in(read_lines(io.BytesIO(b"\n".join(raws))), source="brand", clock=timezone.now)
    reconcile(as_of=MOMENT, now=timezone.now())
    found = Counter(ExceptionCase.objects.filter(state__in=OPEN).values_list("kind", "subject"))
    assert sorted(found - Counter(brand.injected)) == []
    assert sorted(Counter(brand.injected) - found) == []
