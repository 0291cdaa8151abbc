"""A brand as large as a benchmark wants it: the sample brand and its twins, and one day's news of it."""

import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from django.db import connection, transaction
from django.utils import timezone

from connectors.lines import read_lines
from connectors.sample_brand import sample_brand
from connectors.sample_brand.goods import buyers, items
from connectors.sample_brand.story import tell
from reconciliation.intake import take_in
from reconciliation.topology import load

MOMENT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
TWINS = Path(__file__).with_name("twins.sql")
RETURNS_AFTER = timedelta(days=14)


def grow(orders, template=2_000):
    """Loads about so many orders of 90 days, of which `template` are read as lines; the rest are their twins."""
    brand = sample_brand(MOMENT, orders=min(orders, template), times=max(1, min(orders, template) // 1_000))
    load(brand.topology, dry_run=False)
    _take(brand.lines)
    twins = orders // template - 1
    if twins > 0:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(TWINS.read_text(encoding="utf-8"), {"twins": twins})
    with connection.cursor() as cursor:
        cursor.execute("analyze")


def a_days_news(orders, seed=1, day=1):
    """So many orders of the given day, of which one in five comes back; returns the moment after it."""
    dice, moment = Random(seed), MOMENT + timedelta(days=day)
    goods, shops = items(), buyers(Random(7))
    told = []
    for n in range(orders):
        returned = n % 5 == 0
        placed_at = moment - timedelta(hours=dice.uniform(0, 24)) - (RETURNS_AFTER if returned else timedelta())
        story = tell(
            500_000 + 10_000 * day + n, dice.choice(shops), placed_at, moment, goods, dice, returned=int(returned)
        )
        told += [line for versions in story.roles.values() for line in versions] + story.outcomes
    _take([json.dumps(line) for line in told])
    return moment


def _take(lines):
    take_in(read_lines(io.BytesIO("\n".join(lines).encode())), source="bench", clock=timezone.now)
