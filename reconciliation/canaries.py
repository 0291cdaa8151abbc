"""Canaries: a shadow brand whose disagreements are known goes through intake and checks, again and again.

The shadow brand lives in temporary tables of one connection, under the names of the real ones, which they hide: its
records pass through the very same intake, grouping, stage and checks, and nothing of them is left when the connection
is closed. A kind that no longer finds what was put in has broken, whatever the queue looks like.
"""

import io
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from time import monotonic

from django.db import connection

from connectors.lines import read_lines
from connectors.sample_brand import SampleBrand, sample_brand
from reconciliation.intake import take_in
from reconciliation.models import CanaryRun, Finding
from reconciliation.runner import run_checks
from reconciliation.statements import statement
from reconciliation.topology import load

MOMENT = datetime(2026, 1, 15, 9, 30, tzinfo=UTC)  # always the same, so that the answers are
ORDERS = 400  # enough for every kind to be among them
KEPT = 1_000

Known = tuple[str, str]


def fly(*, at: datetime) -> CanaryRun:
    """Runs the checks over the shadow brand on a connection of its own, and keeps what came of it."""
    began, brand = monotonic(), _brand()
    try:
        found, error = _found(brand, at), ""
    except Exception as broken:
        # whatever it was, it would break a real run too: it is the news that canaries are for
        found, error = set(), f"{type(broken).__name__}: {broken}"
    finally:
        connection.close()  # the shadow goes with it
    put_in = set(brand.injected)
    run = CanaryRun.objects.create(
        at=at,
        seconds=monotonic() - began,
        kinds=_by_kind(put_in, found),
        missed=sorted(put_in - found),
        beyond=sorted(found - put_in),
        error=error,
    )
    CanaryRun.objects.filter(id__lte=run.id - KEPT).delete()
    return run


@cache
def _brand() -> SampleBrand:
    return sample_brand(MOMENT, orders=ORDERS, times=1)


def _found(brand: SampleBrand, at: datetime) -> set[Known]:
    with connection.cursor() as cursor:
        cursor.execute(statement("canaries/shadow"))
    load(brand.topology)
    take_in(read_lines(io.BytesIO("\n".join(brand.lines).encode())), source="canaries", clock=lambda: at)
    run_checks(as_of=MOMENT, now=at)
    return set(Finding.objects.filter(state="raised").values_list("kind", "subject").distinct())


def _by_kind(put_in: set[Known], found: set[Known]) -> dict[str, list[int]]:
    counts = (_count(put_in), _count(put_in & found), _count(found - put_in))
    return {kind: [count[kind] for count in counts] for kind in sorted({kind for kind, _ in put_in | found})}


def _count(known: Iterable[Known]) -> Counter[str]:
    return Counter(kind for kind, _ in known)
