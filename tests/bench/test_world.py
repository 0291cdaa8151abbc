"""The benchmarks' world disagrees where it is told wrongly, and nowhere else."""

import io
from collections import Counter
from datetime import UTC, datetime

import msgspec
import pytest
from django.utils import timezone

from connectors.lines import read_lines
from exceptions.reconciling import reconcile
from reconciliation.intake import take_in
from reconciliation.models import Finding
from reconciliation.topology import load
from tests.bench.world import TOPOLOGY, TROUBLES, World

MOMENT = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.mark.django_db(transaction=True)
def test_what_is_found_is_what_was_put_in():
    world = World(1_200, MOMENT)
    load(TOPOLOGY.read_text(encoding="utf-8"), dry_run=False)
    text = b"\n".join(msgspec.json.encode(line) for line in world.lines())
    receipt = take_in(read_lines(io.BytesIO(text)), source="bench", clock=timezone.now)
    reconcile(as_of=MOMENT, now=MOMENT)
    found = Counter(Finding.objects.filter(state="raised").values_list("kind", "subject"))
    assert receipt.rejected == 0
    assert found == Counter(world.injected())
    assert {kind for kind, _ in found} == set(TROUBLES)


def test_one_group_in_a_hundred_and_one_return_in_twelve():
    world = World(100_000, MOMENT)
    returned = sum(line["type"] == "credit" for number in range(0, 100_000, 10) for line in world.group(number))
    assert 0.075 < returned / 10_000 < 0.085
    assert 900 <= len(list(world.injected())) <= 1_000
