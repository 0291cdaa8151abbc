"""Groups that agree in everything are left out of the stage: what is found and counted is the same as with them."""

import io
from copy import deepcopy
from datetime import UTC, datetime
from random import Random

import msgspec
import pytest
from django.db import connection, transaction
from django.utils import timezone

from connectors.lines import read_lines
from exceptions.reconciling import reconcile
from reconciliation import examining, stage
from reconciliation.intake import take_in
from reconciliation.models import Member, OpenDemand, OrderAccount, UnevenContent, UnmappedWord
from reconciliation.runner import _Run
from reconciliation.slices import ALONE
from reconciliation.topology import load
from tests.bench.world import TOPOLOGY, World
from tests.checks.test_random_histories import accounts, differences, findings

MOMENT = datetime(2026, 11, 20, tzinfo=UTC)
GROUPS = 160
WORDS = """
[skus.warehouse]
"ART-00026" = "ART-00039"
[customers.erp]
"C-70" = "C-77"
"""
ORDERS, ALL = ("order",), ("order", "fulfilment", "outcome")


def without(name):
    return lambda record, dice: record.pop(name, None)


def told(name, *values):
    def change(record, dice):
        record[name] = dice.choice(values)

    return change


def paid(name, *values):
    def change(record, dice):
        record["payment"] = record["payment"] | {name: dice.choice(values)}

    return change


def on_a_line(name, *values):
    def change(record, dice):
        if record["lines"]:
            dice.choice(record["lines"])[name] = dice.choice(values)

    return change


def lines_again(record, dice):
    record["lines"] = [*record["lines"], *record["lines"][:1]]


def lines_turned(record, dice):
    record["lines"] = record["lines"][::-1]


def other_reference(name, *values):
    def change(record, dice):
        record["refs"] = record.get("refs", {}) | {name: dice.choice(values)}

    return change


def another_id(record, dice):
    """Whoever sent it sends it once more, under another number."""
    record["id"] = f"{record['id']}-2"


# what may be told otherwise of one record of a group, and of records of which types
CHANGES = (
    (ORDERS, told("status", "open", "closed", "cancelled", "part_fulfilled", "on its way")),
    (ORDERS, told("currency", "EUR", None)),
    (ORDERS, told("customer", {"id": "C-77"}, None)),
    (ORDERS, told("total", "1.00", None)),
    (ORDERS, told("shipping", "5.00", "0")),
    (ORDERS, told("discount", "2.50", "0")),
    (ORDERS, without("ship_to")),
    (ORDERS, paid("hold", "credit check")),
    (ORDERS, paid("method", "card", "by barter")),
    (ORDERS, paid("status", "paid", "failed", "who knows")),
    (ORDERS, other_reference("purchase_order", "PO-OTHER")),
    (ORDERS, without("refs")),
    (ORDERS, on_a_line("unit_price", "3.99", None)),
    (ORDERS, on_a_line("discount", "0.10", "0")),
    (("order", "fulfilment"), told("lines", [])),
    (("order", "fulfilment"), on_a_line("quantity", "12", "0", "1.000")),
    (("order", "fulfilment"), on_a_line("pack_size", 3, None)),
    (("order", "fulfilment"), on_a_line("uom", "case", None)),
    (("order", "fulfilment"), on_a_line("sku", "ART-00026", "ART-00052", "art-00013")),
    (("order", "fulfilment"), lines_again),
    (("order", "fulfilment"), lines_turned),
    (("order", "fulfilment"), another_id),
    (("fulfilment",), told("status", "pending", "cancelled", "gone")),
    (("outcome",), told("result", "failed", "skipped")),
    (("outcome",), told("target_id", "W-NONE", None)),
    (("outcome",), told("flow", "orders-to-erp", "stock-to-store")),
    (ALL, told("at", "2026-11-25T00:00:00Z")),
)


def changed(records, dice):
    """The group's records with up to two of them told otherwise, dropped, or sent twice."""
    records = deepcopy(records)
    for _ in range(dice.choice((0, 1, 1, 2))):
        types, change = dice.choice(CHANGES)
        if fit := [record for record in records if record["type"] in types]:
            record = dice.choice(fit)
            if change is another_id:
                record = deepcopy(record)
                records.append(record)
            change(record, dice)
    if dice.random() < 0.05:
        records.remove(dice.choice(records))
    return [{name: value for name, value in record.items() if value is not None} for record in records]


def repacked():
    """Goods that come in cases: in one catalogue alone, and in that of the authority."""
    for system, sku in (("warehouse", "ART-00052"), ("erp", "ART-00065"), ("erp", "ART-00013")):
        named = {"type": "product", "system": system, "id": sku, "sku": sku, "at": "2026-09-01T00:00:00Z"}
        yield named | {"active": True, "pack_size": 6, "uom": "case"}


def take_in_world(dice=None, *goods):
    world = World(GROUPS, MOMENT)
    groups = [list(world.group(number)) for number in range(GROUPS)]
    told_lines = [line for group in groups for line in (changed(group, dice) if dice else group)]
    text = b"\n".join(msgspec.json.encode(line) for line in [*world.goods(), *goods, *told_lines])
    take_in(read_lines(io.BytesIO(text)), source="bench", clock=timezone.now)


def told_of_everything():
    facts = [sorted(map(str, model.objects.values_list("group_key"))) for model in (OpenDemand, UnmappedWord)]
    return findings(), accounts(), facts


def plain_groups():
    """How many groups a slice of everything leaves out."""
    run = _Run(MOMENT, None, True, ALONE, lambda words: None)
    with transaction.atomic(), connection.cursor() as cursor:
        run.set_out(cursor)
        stage.leave_out_plain(cursor, MOMENT, {"first": None, "until": None})
        cursor.execute("select count(*) from plain_group")
        return cursor.fetchone()[0]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", [0, 3, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (1, 2))])
def test_left_out_or_looked_at_the_findings_and_accounts_are_the_same(monkeypatch, seed):
    words = WORDS if seed % 2 else ""
    requires = 'requires = { order = ["purchase_order", "sales_order"], fulfilment = ["purchase_order"] }'
    topology = TOPOLOGY.read_text(encoding="utf-8") + words
    if seed > 1:
        topology = topology.replace('requires = { order = ["purchase_order"] }', requires)
    load(topology, dry_run=False)
    take_in_world(Random(seed), *(repacked() if seed % 2 else ()))
    reconcile(as_of=MOMENT, now=MOMENT, full=True)
    left_out, found, here = told_of_everything()[1:], findings(), plain_groups()
    monkeypatch.setattr(stage, "OF_PLAIN", ())
    OrderAccount.objects.all().delete()
    reconcile(as_of=MOMENT, now=MOMENT, full=True)
    assert 10 < here < GROUPS
    assert differences(found, findings()) == {}
    assert left_out == told_of_everything()[1:]


@pytest.mark.django_db(transaction=True)
def test_of_groups_that_agree_nearly_all_are_left_out_and_each_has_its_account():
    load(TOPOLOGY.read_text(encoding="utf-8"), dry_run=False)
    take_in_world()
    reconcile(as_of=MOMENT, now=MOMENT, full=True)
    assert plain_groups() > GROUPS * 0.85
    assert OrderAccount.objects.count() == GROUPS


@pytest.mark.django_db(transaction=True)
def test_words_that_systems_understand_differently_are_looked_at_line_by_line():
    load(TOPOLOGY.read_text(encoding="utf-8") + WORDS, dry_run=False)
    take_in_world(None, *repacked())
    reconcile(as_of=MOMENT, now=MOMENT, full=True)
    assert UnevenContent.objects.count() > 0


@pytest.mark.django_db(transaction=True)
def test_a_slice_of_many_groups_is_examined_in_portions(monkeypatch):
    load(TOPOLOGY.read_text(encoding="utf-8"), dry_run=False)
    take_in_world(Random(7))
    reconcile(as_of=MOMENT, now=MOMENT, full=True)
    found, counted, _ = told_of_everything()
    monkeypatch.setattr(examining, "ROOM", 9)
    OrderAccount.objects.all().delete()
    report = reconcile(as_of=MOMENT, now=MOMENT, full=True).report
    assert report.results["quantity_mismatch"].examined == len(set(Member.objects.values_list("group_key", flat=True)))
    assert (differences(found, findings()), accounts()) == ({}, counted)
