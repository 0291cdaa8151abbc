"""What each line of a credit without a reference was matched to: kept by the runs, and shown with its reasons."""

import csv
import io
from datetime import timedelta

import pytest
from django.utils import timezone

from exceptions.ledgers.matches import TIERS
from exceptions.models import ExceptionCase
from exceptions.reconciling import reconcile
from reconciliation.keys import record_key
from reconciliation.models import CreditMatch, Run
from reconciliation.topology import load
from tests.checks.conftest import NOON, TOPOLOGY, Brand
from tests.ledgers.conftest import text

CREDIT = record_key("credit", "erp", "CN-1")
TITLE = "What this credit takes back"


def sold(brand, n=1, quantity=10, price="5.00", placed=0, **fields):
    lines = [{"sku": "TEE", "quantity": quantity, "unit_price": price}]
    brand.order(n, **{"status": "closed", "placed": placed, "said": placed, "lines": lines} | fields)


def credited(brand, *lines, said=50, refs=None, **fields):
    told = [{"sku": "TEE", "quantity": quantity, "unit_price": price} for quantity, price in lines or [(10, "5.00")]]
    brand.credit("CN-1", said=said, refs=refs or {}, lines=told, **fields)


def run(hours=60, *, full=False):
    reconcile(as_of=NOON + timedelta(hours=hours), now=timezone.now(), full=full)


def kept():
    fields = ("tier", "reason", "sale_id", "sale_position", "runner_up_id", "runner_up_position", "sales")
    return list(CreditMatch.objects.order_by("credit_record", "position").values_list(*fields))


def shown(agent):
    """The lines of the credit's own page."""
    return agent.get(f"/records/{CREDIT}").context["page"].matches


def test_the_latest_before_the_credit_wins_and_the_one_before_it_is_its_runner_up(agent, brand):
    sold(brand, 1, placed=1)
    sold(brand, 2, placed=30)
    sold(brand, 3, placed=20)
    sold(brand, 4, placed=55)  # after the credit
    sold(brand, 5, placed=40, quantity=12)  # would only be a partial one
    credited(brand)
    run()
    assert kept() == [("exact", "latest", "front-2", 1, "front-3", 1, 4)]
    page = text(agent.get(f"/records/{CREDIT}"))
    assert TITLE in page
    assert "The latest before the credit, of those that fit alike; 4 sale lines" in page
    for order in ("front-2", "front-3"):
        assert f'href="/orders/{record_key("order", "front", order)}">{order}</a>' in page
    [match] = shown(agent)
    assert (match.supported, match.sale.id, match.runner_up.id) == (True, "front-2", "front-3")


def test_sales_of_one_moment_go_by_order_id_and_lines_of_one_order_by_their_place(brand):
    sold(brand, 1, placed=5)
    sold(brand, 2, placed=5)
    credited(brand, (10, "5.00"))
    run()
    assert kept() == [("exact", "order", "front-2", 1, "front-1", 1, 2)]
    twice = [{"sku": "TEE", "quantity": 10, "unit_price": "5.00"}] * 2
    sold(brand, 3, placed=6, lines=twice)
    run(61)
    assert kept() == [("exact", "line", "front-3", 2, "front-3", 1, 4)]


def test_each_line_of_a_credit_says_what_supports_it_or_why_nothing_does(agent, brand):
    sold(brand, 1, quantity=10, price="5.00")
    credited(brand, (4, "5.00"), (3, "6.00"), (11, "5.00"), (10, None))
    run()
    assert [row[:3] for row in kept()] == [
        ("partial", "only", "front-1"),
        ("price", "only", "front-1"),
        ("quantity", "only", "front-1"),
        ("exact", "only", "front-1"),
    ]
    matches = shown(agent)
    assert [match.supported for match in matches] == [True, False, False, True]
    assert matches[3].words == "supported: sold, as many (the line has no price)"


def test_where_none_qualifies_or_nobody_is_named_no_sale_is_shown(agent, brand):
    sold(brand, 1, customer={"id": "C-2"})
    credited(brand)
    run()
    [match] = shown(agent)
    assert (match.line.tier, match.sale, match.runner_up, match.why) == ("none", None, None, "")
    credited(brand, said=51, customer=None)
    run(61)
    [match] = shown(agent)
    assert (match.line.tier, match.words) == ("no customer", "not supported: the credit names no customer")


def test_a_credit_from_before_history_is_told_as_counted_alone(agent, brand):
    sold(brand, 1)
    credited(brand, said=-950)  # before the brand's first order
    run()
    [match] = shown(agent)
    assert (match.line.tier, match.history) == ("none", "before history: counted, not raised")
    assert "Before history: counted, not raised" in text(agent.get(f"/records/{CREDIT}"))
    assert not ExceptionCase.objects.filter(kind="unsupported_credit").exists()


def test_within_the_horizon_a_supported_credit_is_supported_and_another_price_is_counted_alone(agent, brand, settings):
    settings.MATCHING_HORIZON_DAYS = 60
    sold(brand, 1)
    credited(brand, (10, "5.00"), (10, "6.00"))
    run()
    assert [(match.line.tier, bool(match.history)) for match in shown(agent)] == [("exact", False), ("price", True)]
    assert not ExceptionCase.objects.filter(kind="unsupported_credit_price").exists()


def test_the_last_run_counts_the_lines_by_tier_and_those_from_before_history_apart(agent, brand):
    sold(brand, 1)
    credited(brand, (10, "5.00"), (4, "5.00"))
    run()
    brand.credit("CN-0", said=-950, refs={}, lines=[{"sku": "TEE", "quantity": 1, "unit_price": "5.00"}])
    run(61)
    first, last = Run.objects.order_by("id")
    tiers = [
        (tier.words, tier.lines, tier.before_history) for tier in agent.get(f"/runs/{last.pk}").context["page"].tiers
    ]
    assert tiers == [(TIERS["exact"], 1, 0), (TIERS["partial"], 1, 0), (TIERS["none"], 1, 1)]
    assert agent.get(f"/runs/{first.pk}").context["page"].tiers == []
    content = b"".join(agent.get("/tables/credit-tiers.csv")).decode()
    assert [row[1:] for row in csv.reader(io.StringIO(content, newline=""))][1:] == [["1", "0"], ["1", "0"], ["1", "1"]]


def test_a_changed_order_moves_the_match_with_the_next_run_over_what_changed(brand):
    sold(brand, 1, placed=1)
    sold(brand, 2, placed=30)
    credited(brand)
    run()
    sold(brand, 2, placed=30, said=61, status="cancelled")
    run(62)
    assert kept() == [("exact", "only", "front-1", 1, None, None, 1)]
    sold(brand, 3, placed=40, said=63)
    run(64)
    assert kept() == [("exact", "latest", "front-3", 1, "front-1", 1, 2)]
    before = list(CreditMatch.objects.values())
    run(64, full=True)
    assert list(CreditMatch.objects.values()) == before


def test_what_is_matched_no_more_is_forgotten_by_either_run(brand):
    sold(brand, 1)
    credited(brand, (10, "5.00"), (5, "5.00"))
    run()
    credited(brand, (10, "5.00"), said=61)
    run(62)
    assert [row[0] for row in kept()] == ["exact"]
    credited(brand, said=63, refs={"sales_order": "SO-1"})
    run(64)
    assert kept() == []
    credited(brand, said=65)
    run(66)
    brand.take("credit", "erp", "CN-1", said=67, deleted=True)
    run(68, full=True)
    assert kept() == []


def test_a_line_that_turns_to_another_sku_is_kept_once(brand):
    sold(brand, 1)
    credited(brand)
    run()
    brand.credit("CN-1", said=61, refs={}, lines=[{"sku": "MUG", "quantity": 1, "unit_price": "5.00"}])
    run(62)
    assert list(CreditMatch.objects.values_list("sku", "tier")) == [("MUG", "none")]


def test_a_run_as_of_the_past_keeps_nothing(brand):
    sold(brand, 1)
    credited(brand)
    run()
    before = kept()
    sold(brand, 2, placed=30)
    reconcile(as_of=NOON + timedelta(hours=59), now=timezone.now())
    assert kept() == before


def test_before_any_sale_was_ever_sent_there_is_no_verdict(db):
    load(TOPOLOGY, dry_run=False)
    young = object.__new__(Brand)
    young.held = None
    credited(young)
    run()
    assert kept() == []


def test_a_credit_that_names_its_order_has_no_such_table(agent, brand):
    sold(brand, 1)
    credited(brand, refs={"sales_order": "SO-1"})
    run()
    assert TITLE not in text(agent.get(f"/records/{CREDIT}"))


@pytest.mark.parametrize(
    ("line", "kind"), [((3, "6.00"), "unsupported_credit_price"), ((11, "5.00"), "unsupported_credit_quantity")]
)
def test_the_exception_s_page_shows_the_lines_of_its_sku(agent, brand, line, kind):
    sold(brand, 1)
    lines = [{"sku": "TEE", "quantity": line[0], "unit_price": line[1]}, {"sku": "MUG", "quantity": 1, "unit_price": 1}]
    brand.credit("CN-1", said=50, refs={}, lines=lines)
    run()
    case = ExceptionCase.objects.get(kind=kind)
    answer = agent.get(f"/exceptions/{case.pk}")
    assert TITLE in text(answer)
    assert answer.context["page"].matches == [match for match in shown(agent) if match.line.sku == "TEE"] != []


def test_the_table_can_be_taken_as_a_file(agent, brand):
    sold(brand, 1)
    sold(brand, 2, placed=30)
    credited(brand)
    run()
    content = b"".join(agent.get(f"/tables/credit-matches.csv?record={CREDIT}")).decode()
    [row] = csv.DictReader(io.StringIO(content, newline=""))
    assert (row["SKU"], row["Sale's order"], row["Runner-up's order"]) == ("TEE", "front-2", "front-1")
    assert row["Match"] == "supported: sold at this price, as many"
