"""A run over what changed finds what a run over everything would."""

import gzip
import random
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from connectors.lines import read_lines
from exceptions.reconciling import reconcile
from reconciliation.intake import take_in
from reconciliation.models import Finding
from reconciliation.topology import load
from tests.checks.test_sample_exam import EXAM, expected, found

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not EXAM.exists(), reason="the sample brand is not beside this checkout"),
]


def findings():
    columns = ("kind", "subject", "leg", "state", "yields_to", "amount", "currency", "ripe_at", "shard")
    return set(Finding.objects.values_list(*columns))


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
