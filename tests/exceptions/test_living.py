"""The sample brand lives on: in five minutes exceptions of several kinds open, and data mends and proves some."""

import io
import json
from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from connectors.lines import parse_object, read_lines
from connectors.sample_brand import sample_brand
from connectors.sample_brand.living import BEAT, beat
from exceptions.living import Living
from exceptions.models import OPEN, ExceptionCase, TrailEntry
from exceptions.reconciling import reconcile
from reconciliation.intake import known_topology, take_in, take_in_parsed
from reconciliation.topology import load
from tests.exceptions.people import bands, someone

MINUTES = timedelta(minutes=5)


def moments(count, begin=None):
    begin = begin or timezone.now()
    return {number: begin + number * BEAT for number in range(count)}


def test_the_same_moments_give_the_same_story():
    known = moments(40)
    told = [beat(number, known) for number in range(40)]
    assert told == [beat(number, known) for number in range(40)]
    assert told != [beat(number, known, seed=8) for number in range(40)]


def test_nothing_is_told_before_it_happened():
    known = moments(130)
    for number, now in known.items():
        assert all(line["at"] <= f"{now:%Y-%m-%dT%H:%M:59Z}" for line in beat(number, known).lines)


def test_every_kind_of_trouble_has_its_turn():
    known = moments(130)
    kinds = Counter(kind for number in known for kind, _ in beat(number, known).begun)
    assert len(kinds) > 40


@pytest.mark.django_db
def test_a_story_that_was_stopped_goes_on_where_it_was(tmp_path):
    lines, file = [], tmp_path / "story"
    known = moments(30)
    for at in known.values():
        Living(file, lines.extend).go_on(at=at)
    whole = []
    living = Living(tmp_path / "other", whole.extend)
    for at in known.values():
        living.go_on(at=at)
    assert lines == whole


@pytest.fixture
def brand(db):
    begin = timezone.now() - MINUTES
    small = sample_brand(begin, orders=400, times=0)
    load(small.topology, dry_run=False)
    take_in(read_lines(io.BytesIO("\n".join(small.lines).encode())), source="brand", clock=lambda: begin)
    bands()
    for name, team in (("ines", "finance"), ("tom", "cx"), ("jo", "ops")):
        someone(name, "agent", team=team)
    reconcile(as_of=begin, now=begin)
    return begin


def test_five_minutes_of_watching(brand, tmp_path):
    refused, now = [], brand

    def take(lines):
        parsed = [parse_object(n, json.loads(json.dumps(line)), known_topology()) for n, line in enumerate(lines, 1)]
        refused.append(take_in_parsed(parsed, source="live", clock=lambda: now).rejected)

    living = Living(tmp_path / "story", take, ("ines", "tom", "jo"))
    before = set(ExceptionCase.objects.values_list("id", flat=True))
    for number in range(MINUTES // BEAT):
        now = brand + (number + 1) * BEAT
        living.go_on(at=now)
        if number % 3 == 2:
            reconcile(as_of=now, now=now)
    new = ExceptionCase.objects.exclude(id__in=before)
    print(Counter(new.values_list("kind", "state")))
    print(Counter(TrailEntry.objects.values_list("move", flat=True)))
    assert sum(refused) == 0
    assert len(set(new.filter(state__in=OPEN).values_list("kind", flat=True))) >= 4
    assert new.filter(state="resolved", resolved_by="data").count() >= 3
    assert TrailEntry.objects.filter(move="verify").exists()
