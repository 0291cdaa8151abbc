"""A run over what changed finds what a run over everything would."""

import gzip
import io
import random
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from connectors.lines import read_lines
from connectors.sample_brand import sample_brand
from exceptions.reconciling import reconcile
from reconciliation.intake import take_in
from reconciliation.keys import record_key
from reconciliation.models import Finding, Member
from reconciliation.topology import load
from tests.checks.test_sample_exam import EXAM, expected, found

pytestmark = pytest.mark.django_db(transaction=True)


def findings():
    columns = ("kind", "subject", "leg", "state", "yields_to", "amount", "currency", "ripe_at", "shard")
    return set(Finding.objects.values_list(*columns))


@pytest.mark.skipif(not EXAM.exists(), reason="the sample exam is not beside this checkout")
@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_runs_between_random_parts_of_the_feed_end_where_one_full_run_does(seed):
    as_of = datetime.fromisoformat((EXAM / "as_of.txt").read_text().strip())
    load((EXAM / "topology.toml").read_text(encoding="utf-8"), dry_run=False)
    with gzip.open(EXAM / "feed.ndjson.gz") as feed:
        lines = list(read_lines(feed))
    dice = random.Random(seed)
    cuts = sorted(dice.sample(range(len(lines)), 7))
    moments = sorted(as_of - timedelta(hours=dice.expovariate(1 / 40)) for _ in cuts)
    for begin, end, moment in zip([0, *cuts], [*cuts, len(lines)], [*moments, as_of], strict=True):
        take_in(lines[begin:end], source="feed", clock=timezone.now)
        reconcile(as_of=moment, now=timezone.now())
    # the first records of each system made every run but the last a full one: now time alone passes, and news comes
    incremental = found()
    here = findings()
    reconcile(as_of=as_of, now=timezone.now(), full=True)
    assert here == findings()
    assert incremental == found() == expected()


@pytest.mark.parametrize("seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 6))])
def test_days_of_incremental_runs_end_where_one_full_run_does(transactional_db, seed):
    dice = random.Random(seed)
    moment = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
    brand = sample_brand(moment, seed=seed, orders=150, times=1)
    load(brand.topology, dry_run=False)
    raws = [line.encode() for line in brand.lines]
    # what every system sends at all is known from the start, so that later runs need not be full ones
    begun = len(raws) // 2
    cuts = [begun, *sorted(dice.sample(range(begun, len(raws)), 5)), len(raws)]
    moments = sorted(moment - timedelta(hours=dice.expovariate(1 / 100)) for _ in cuts[1:])
    ran, before = [], 0
    for cut, as_of in zip(cuts, [moments[0] - timedelta(hours=1), *moments[:-1], moment], strict=True):
        take_in(read_lines(io.BytesIO(b"\n".join(raws[before:cut]))), source="brand", clock=timezone.now)
        ran.append(reconcile(as_of=as_of, now=timezone.now()).report.full)
        before = cut
    incremental = findings()
    reconcile(as_of=moment, now=timezone.now(), full=True)
    whole = findings()
    assert sorted(map(str, incremental - whole)) == []
    assert sorted(map(str, whole - incremental)) == []
    assert not all(ran)


def test_a_run_over_everything_forgets_at_once_what_a_withdrawn_order_needed(brand):
    brand.order()
    brand.take("stock_level", "warehouse", "TEE@A", sku="TEE", location="A", condition="sellable", quantity=4)
    assert brand.found("oversell", 1, full=True) == {"stock:warehouse:TEE": ("30.00", "GBP")}
    brand.take("order", "front", "front-1", said=2, deleted=True)
    assert brand.found("oversell", 3, full=True) == {}


def groups_of(*systems):
    """How many groups the first order of these systems is in."""
    records = [record_key("order", system, f"{system}-1") for system in systems]
    return Member.objects.filter(record__in=records).values("group_key").distinct().count()


def test_a_realm_of_its_own_takes_a_system_out_of_the_groups_that_were_there(brand):
    brand.everywhere()
    brand.found("order_stuck", 1)
    together = groups_of("front", "shop")
    brand.rewire('key = "shop"\nkind = "shopify"', 'key = "shop"\nkind = "shopify"\nrealm = "eu"')
    brand.found("order_stuck", 2)
    apart = groups_of("front", "shop")
    brand.rewire()
    brand.found("order_stuck", 3)
    assert (together, apart, groups_of("front", "shop")) == (1, 2, 1)
