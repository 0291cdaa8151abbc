"""However the groups are cut into slices, and whoever breaks off in between: the findings are those of one whole."""

import io
import json
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.lines import read_lines
from connectors.sample_brand import sample_brand
from exceptions.reconciling import reconcile
from reconciliation.intake import take_in
from reconciliation.models import (
    CreditMatch,
    Finding,
    Flow,
    LedgerEntry,
    Member,
    OpenDemand,
    OrderLine,
    ReturnDrift,
    RunSlice,
    UnmappedWord,
)
from reconciliation.runner import _Run
from reconciliation.slices import ALONE, Sharing
from reconciliation.slices import cut as cut_into_slices
from reconciliation.statements import statement
from reconciliation.topology import load
from tests.checks.test_random_histories import differences, findings
from tests.connectors.vendors import undone

MOMENT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


@pytest.fixture
def whole(transactional_db):
    """A sample brand after one run over everything; what was found."""
    brand = sample_brand(MOMENT, orders=120, times=1)
    load(brand.topology, dry_run=False)
    take_in(read_lines(io.BytesIO("\n".join(brand.lines).encode())), source="brand", clock=timezone.now)
    reconcile(as_of=MOMENT, now=MOMENT, full=True)
    return findings()


# the same keys in every table that says what is in scope
SCOPE = """
insert into scope_shard (space, shard) select * from unnest(%(spaces)s::text[], %(shards)s::text[]);
insert into scope_word (of, system, raw)
select of, system, raw from unmapped_word where concat(system, ':', of, ':', raw) = any(%(shards)s);
insert into scope_drift (customer_key, currency, month)
select customer_key, currency, month from return_drift
where concat_ws(':', customer_key, currency, to_char(month, 'YYYY-MM')) = any(%(shards)s);
insert into scope_refused (sha256)
select sha256 from rejected_line where left(encode(sha256, 'hex'), 12) = any(%(shards)s)
"""


def matches():
    """What every line of a credit without a reference was matched to, by its key."""
    return {(row["credit_record"], row["position"]): row for row in CreditMatch.objects.values()}


def examine_groups(run, keys):
    """These groups as one slice."""
    with transaction.atomic(), connection.cursor() as cursor:
        run.set_out(cursor)
        cursor.execute("insert into scope_group select unnest(%s::uuid[])", [keys])
        run.examine_groups(cursor)


def examine_others(run, keys):
    """These keys outside groups (SKUs, customers' months, lines, words, flows) as one slice."""
    named = {"spaces": [space for space, _ in keys], "shards": [shard for _, shard in keys]}
    with transaction.atomic(), connection.cursor() as cursor:
        run.set_out(cursor)
        cursor.execute(SCOPE, named)
        cursor.execute(statement("runner/scope_skus"), {"since": MOMENT, "as_of": MOMENT})
        cursor.execute(statement("runner/scope_sku_words"))
        run._rest(cursor, full=False)


def cut(keys, parts, dice):
    """A random partition."""
    slices = [[] for _ in range(parts)]
    for key in keys:
        dice.choice(slices).append(key)
    return slices


def test_any_partition_of_the_keys_gives_the_whole(whole):
    groups = sorted(set(Member.objects.values_list("group_key", flat=True)))
    found = set(Finding.objects.exclude(space="group").values_list("space", "shard"))
    flows = [("rest", flow) for flow in sorted(Flow.objects.values_list("key", flat=True))]
    skus = {("sku", sku) for sku in OrderLine.objects.values_list("sku", flat=True).distinct()}
    matched = matches()
    lines = {("line", "\x1f".join(filter(None, (row["customer_key"], row["sku_key"])))) for row in matched.values()}
    others = sorted((found | skus | lines) - {*flows})
    assert lines

    @settings(max_examples=6, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(st.integers(1, 9), st.integers(1, 9), st.randoms(use_true_random=False))
    def holds(parts, more_parts, dice):
        with transaction.atomic():
            for derived in (Finding, OpenDemand, ReturnDrift, UnmappedWord, CreditMatch):
                derived.objects.all().delete()
            run = _Run(MOMENT, None, True, ALONE, lambda words: None)
            run.run.save()
            for keys in cut(groups, parts, dice):
                examine_groups(run, keys)
            # a flow's silence counts what was found on it, and so comes last
            for keys in [*cut(others, more_parts, dice), flows]:
                examine_others(run, keys)
            union, matched_again = findings(), matches()
            transaction.set_rollback(True)
        assert differences(union, whole) == {}
        assert matched_again == matched

    holds()


def groups_in(cursor, part):
    """The keys of the groups of one slice."""
    cursor.execute("truncate scope_group")
    cursor.execute(statement("runner/scope_slice"), {"first": part.first, "until": part.until})
    cursor.execute("select group_key from scope_group")
    return [key for (key,) in cursor.fetchall()]


def test_slices_hold_every_group_once_and_as_many_each(whole):
    groups = sorted(Member.objects.values_list("group_key", flat=True).distinct())
    for wanted in (1, 7, 5_000):
        assert_each_once(groups, wanted)


def assert_each_once(groups, wanted):
    run = _Run(MOMENT, None, True, ALONE, lambda words: None)
    run.run.save()
    count = cut_into_slices(run.run, Sharing(slices=wanted))
    with transaction.atomic(), connection.cursor() as cursor:
        run.set_out(cursor)
        held = [groups_in(cursor, part) for part in RunSlice.objects.filter(run=run.run)]
    assert (len(held), sorted(key for keys in held for key in keys)) == (count, groups)
    sizes = sorted(len(keys) for keys in held)
    assert count <= wanted
    assert sizes[-1] == -(-len(groups) // wanted)


class PowerCut(Exception):
    """Whatever ends a run in the middle."""


def cut_after(words):
    """Progress that ends the run after so many words."""
    left = iter(range(words))

    def progress(told):
        if next(left, None) is None:
            raise PowerCut

    return progress


def test_what_changes_after_a_run_that_broke_off_is_found(whole):
    for words in (0, 1, 70, 150):
        with undone():
            assert_found_after_breaking_off(words)


def assert_found_after_breaking_off(words):
    dice = Random(words)
    named = Finding.objects.filter(space="group", state="raised").exclude(record=None).values_list("record", flat=True)
    raws = _lines_of(dice.sample(sorted(named), 12))
    take_in(read_lines(io.BytesIO("\n".join(raws).encode())), source="news", clock=timezone.now)
    later = MOMENT + timedelta(hours=2)
    with pytest.raises(PowerCut):
        reconcile(as_of=later, now=later, full=True, sharing=Sharing(slices=3), progress=cut_after(words))
    reconcile(as_of=later, now=later)
    found = findings()
    reconcile(as_of=later, now=later, full=True)
    assert differences(found, findings()) == {}


def test_what_changes_after_a_run_of_one_kind_is_found(whole):
    raws = _lines_of(Finding.objects.filter(space="group").exclude(record=None).values_list("record", flat=True))
    take_in(read_lines(io.BytesIO("\n".join(raws).encode())), source="news", clock=timezone.now)
    later = MOMENT + timedelta(hours=2)
    reconcile(as_of=later, now=later, kinds=["missing_po"])
    reconcile(as_of=later, now=later)
    found = findings()
    reconcile(as_of=later, now=later, full=True)
    assert differences(found, findings()) == {}


def _lines_of(records):
    """Lines that withdraw these records, an hour later."""
    gone = {"deleted": True, "at": (MOMENT + timedelta(hours=1)).isoformat()}
    named = LedgerEntry.objects.filter(record__in=records, until=None).values("type", "system", "id")
    return [json.dumps(names | gone) for names in named]
