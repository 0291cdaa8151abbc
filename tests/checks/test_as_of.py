"""A run as of a past day finds what a database would have found that day that knew nothing said later."""

import gzip
import io
import json
from datetime import datetime, timedelta
from random import Random

import pytest
from django.utils import timezone

from connectors.lines import Refusal, parse_line, read_lines
from connectors.sample_brand import sample_brand
from connectors.sample_brand.brand import sample_topology
from exceptions.models import OPEN, ExceptionCase
from exceptions.reconciling import reconcile
from reconciliation.intake import known_topology, take_in, take_in_parsed
from reconciliation.topology import load
from tests.checks.histories import STEPS, STORIES, World, begin, settled_lines
from tests.checks.test_sample_exam import EXAM
from tests.checks.test_slices import MOMENT
from tests.emptying import empty

pytestmark = pytest.mark.django_db(transaction=True)
QUIET = {"run", "run_over_everything", "run_of_one_kind", "run_that_breaks_off", "topology_edit", "link"}


def open_cases():
    """(kind, subject) → what a person sees first."""
    cases = ExceptionCase.objects.filter(state__in=OPEN)
    return {(case.kind, case.subject): (case.amount, case.currency, case.title) for case in cases}


def looked_back(day):
    """The same as a run as of a day before the last run reports it."""
    report = reconcile(as_of=day, now=timezone.now()).report
    assert report.run is None
    return {(found.kind, found.subject): (found.amount, found.currency, found.title) for found in report.findings}


def said_by(parsed, day):
    """What was said until a day; what is refused without a readable moment was there always."""
    for line in parsed:
        at = line.at if isinstance(line, Refusal) else line.record.at
        if at is None or at <= day:
            yield line


def check(topology, raws, days, moment):
    """Compares, for each day, a look back of the database that knows all with one that knows what was said by then."""
    load(topology, dry_run=False)
    take_in(read_lines(io.BytesIO(b"\n".join(raws))), source="feed", clock=timezone.now)
    reconcile(as_of=moment, now=moment, full=True)
    past = [looked_back(day) for day in days]
    parsed = [parse_line(line, known_topology()) for line in read_lines(io.BytesIO(b"\n".join(raws)))]
    for day, then in zip(days, past, strict=True):
        empty()
        load(topology, dry_run=False)
        take_in_parsed(said_by(parsed, day), source="feed", clock=timezone.now)
        reconcile(as_of=day, now=day, full=True)
        here = open_cases()
        assert {key: (here.get(key), then.get(key)) for key in {*here, *then} if here.get(key) != then.get(key)} == {}
    return past


def days_before(moment, *back):
    return [moment - timedelta(days=days) for days in sorted(back, reverse=True)]


@pytest.mark.parametrize("back", [(4, 45), pytest.param((0.2, 16), marks=pytest.mark.slow)])
def test_past_days_of_the_sample_brand(back):
    brand = sample_brand(MOMENT, orders=120, times=1)
    days = days_before(MOMENT, *back)
    past = check(brand.topology, [line.encode() for line in brand.lines], days, MOMENT)
    assert min(map(len, past)) > 0
    assert len({frozenset(then) for then in past}) == len(days)


@pytest.mark.slow
@pytest.mark.skipif(not EXAM.exists(), reason="the sample exam is not beside this checkout")
def test_past_days_of_the_exam():
    moment = datetime.fromisoformat((EXAM / "as_of.txt").read_text().strip())
    with gzip.open(EXAM / "feed.ndjson.gz") as feed:
        raws = feed.read().splitlines()
    days = days_before(moment, 1, 20)
    check((EXAM / "topology.toml").read_text(encoding="utf-8"), raws, days, moment)


@pytest.mark.parametrize("seed", range(2))
def test_past_days_of_a_random_history(seed):
    dice = Random(seed)
    world = World()
    begin()
    steps = [step for step in STEPS if step.__name__ not in QUIET]
    for _ in range(30):
        dice.choice((*steps, *STORIES))(world, dice)
    raws = [json.dumps(line).encode() for line in [*settled_lines(), *world.said]]
    empty()
    check(sample_topology(), raws, days_before(world.now, 0.1, 1, 5, 20), world.now)
