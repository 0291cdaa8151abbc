"""The measures of the page Insight: over which window, of which cases, and what each sum comes to."""

from decimal import Decimal
from itertools import count, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exceptions.homes import figures, insight
from exceptions.homes.insight import Scope
from exceptions.models import Company
from reconciliation.models import UnmappedWord
from tests.exceptions.people import case, someone
from tests.homes.past import CLOSES, ago, days_of, happened, window

CUSTOMERS = count()


@pytest.mark.django_db
def test_each_day_says_what_came_healed_and_was_worked_and_the_backlog_adds_up():
    stays = case("stays", first_seen=ago(3))
    happened(stays, "detect", 3)
    old = case("old", first_seen=ago(40))
    happened(old, "detect", 40)
    for number, move in enumerate(CLOSES):
        gone = case(f"gone:{number}", state="resolved", closed_at=ago(1), first_seen=ago(3))
        happened(gone, "detect", 3)
        happened(gone, move, 1)
    days = days_of(window(5))
    assert [(day.opened, day.healed, day.worked, day.backlog) for day in days] == [
        (0, 0, 0, 1),
        (6, 0, 0, 7),
        (0, 0, 0, 7),
        (0, 2, 3, 2),
        (0, 0, 0, 2),
    ]


@pytest.mark.django_db
def test_a_window_that_ended_long_ago_knows_the_backlog_of_then():
    known = case("closed", state="resolved", closed_at=ago(2), first_seen=ago(20))
    happened(known, "detect", 20)
    happened(known, "auto-resolve", 2)
    days = days_of(Scope(ago(25), ago(15)))
    assert [day.backlog for day in days][-1] == 1
    assert days[0].backlog == 0


@pytest.mark.django_db
def test_days_are_the_companys():
    Company.objects.update_or_create(id=1, defaults={"time_zone": "Asia/Tokyo"})
    known = case("late in the evening")
    happened(known, "detect", 0.85)  # 15:36 in London is after midnight in Tokyo
    opened = {str(day.day): day.opened for day in days_of(window(3))}
    assert opened == {"2026-09-28": 0, "2026-09-29": 0, "2026-09-30": 1}


@pytest.mark.django_db
@pytest.mark.parametrize("chosen", [{"kind": "missing_po"}, {"team": "cx"}, {"customer": "C'1"}, {"flow": "a-to-b"}])
def test_every_measure_keeps_to_the_chosen_cases(chosen):
    fields = {"amount": Decimal(10), "currency": "GBP", "first_seen": ago(1)}
    for number in range(2):
        inside = case(f"inside:{number}", **{"kind": "order_stuck", "team": "ops", "flow": "x"} | fields | chosen)
        happened(inside, "detect", 1)
    outside = case("outside", kind="price_mismatch", team="finance", customer="other", flow="c-to-d", **fields)
    happened(outside, "detect", 1)
    scope = window(5, **chosen)
    assert sum(one.cases for one in insight.at_risk(insight.standing(scope))) == 2
    assert sum(insight.changes_at_risk(scope).values()) == 20
    assert sum(one.cases for one in insight.ageing(insight.standing(scope))) == 2
    assert sum(day.opened for day in days_of(scope)) == 2
    assert days_of(scope)[-1].backlog == 2
    assert sum(map(sum, insight.opened_by_kind(scope, insight.movements(scope)).values())) == 2
    assert {cause.cases for cause in insight.causes(scope, "GBP")} == {2}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("days", "label"),
    [
        (0, "0–1 days"),
        (1.9, "0–1 days"),
        (2.1, "2–3 days"),
        (7.9, "4–7 days"),
        (8.1, "8–14 days"),
        (31.1, "over 30 days"),
    ],
)
def test_ages_fall_into_their_steps(days, label):
    case("old", first_seen=ago(days))
    assert [age.label for age in insight.ageing(insight.standing(window()))] == [label]


@pytest.mark.django_db
def test_times_run_from_the_last_opening_and_leave_out_what_healed():
    ann = someone("ann", "agent")
    known = case("taken", state="resolved", closed_at=ago(1), owner=ann.user)
    happened(known, "detect", 60)
    happened(known, "regress", 4)
    happened(known, "claim", 3)
    happened(known, "verify", 1)
    healed = case("healed", state="resolved", closed_at=ago(1))
    happened(healed, "detect", 5)
    happened(healed, "auto-resolve", 1)
    overall = {
        row.what: (row.cases, row.median, row.ninetieth) for row in insight.times(window(10)) if row.kind is None
    }
    assert overall == {"claim": (1, 24, 24), "resolve": (1, 72, 72)}
    assert figures.times_bars(insight.times(window(10)), "claim", "taken", window(10)).title == (
        "Half is taken within 24.0 h, nine in ten within 24.0 h"
    )


@pytest.mark.django_db
def test_what_came_back_counts_against_its_resolution():
    for number in range(4):
        known = case(f"retried:{number}", state="resolved", closed_at=ago(3))
        happened(known, "apply", 4, resolution="retry_sync")
        happened(known, "verify", 3)
        if number == 0:
            happened(known, "regress", 1)
        if number == 1:
            happened(known, "fix_failed", 3.5)
    happened(case("healed", state="resolved", closed_at=ago(2)), "auto-resolve", 2)
    found = {row.resolution: (row.closed, row.came_back, row.disproved) for row in insight.reopened(window(10))}
    assert found == {"retry_sync": (4, 1, 1), "healed": (1, 0, 0)}
    assert figures.reopened_bars(insight.reopened(window(10)), window(10)).title == "1 of 5 closings came back"


@pytest.mark.django_db
def test_money_at_risk_is_known_for_each_day_also_where_amounts_changed_and_cases_closed():
    grew = case("grew", first_seen=ago(3), amount=Decimal(30), currency="GBP")
    happened(grew, "detect", 3)
    happened(grew, "re-detect", 1, amount="30", amount_before="10")
    gone = case("gone", state="resolved", closed_at=ago(2), first_seen=ago(40), amount=Decimal(5), currency="GBP")
    happened(gone, "detect", 40)
    happened(gone, "auto-resolve", 2)
    elsewhere = case("euro", first_seen=ago(3), amount=Decimal(99), currency="EUR")
    happened(elsewhere, "detect", 3)
    days = insight.risk_days(window(5), "GBP", Decimal(30))
    assert [day.amount for day in days] == [5, 15, 10, 30, 30]
    then = insight.risk_days(Scope(ago(4), ago(2)), "GBP", Decimal(30))
    assert [day.amount for day in then] == [5, 15, 15], "what came after the window is taken off"
    title = figures.risk_chart(days, "GBP").title
    assert title == "18.00 GBP were at risk on average: 90.00 GBP × days in 5 days"


@given(
    st.lists(
        st.tuples(st.integers(0, 6), st.integers(0, 6), st.lists(st.integers(0, 50), min_size=1, max_size=3)),
        max_size=5,
    )
)
@settings(max_examples=25, deadline=None)
@pytest.mark.django_db
def test_whatever_happened_each_day_is_the_sum_of_what_was_open_at_its_end(cases):
    """Each case opens so many days ago, changes its amount at noon of the days after, and may close again."""
    of = {"customer": f"C-{next(CUSTOMERS)}"}  # of each history, as a trail cannot be emptied
    expected = [Decimal(0)] * 7
    for number, (opened, closed, amounts) in enumerate(cases):
        gone = closed < opened and closed
        changes = [(opened - step, amount) for step, amount in enumerate(amounts) if opened - step > (closed or -1)]
        if not changes or changes[-1][0] < 0:
            continue
        last = Decimal(changes[-1][1])
        state = {"state": "resolved", "closed_at": ago(closed)} if gone else {}
        known = case(f"{of}:{number}", first_seen=ago(opened), amount=last, currency="GBP", **of, **state)
        happened(known, "detect", opened + 0.1)
        for (_, before), (day, amount) in pairwise(changes):
            happened(known, "re-detect", day + 0.1, amount=str(amount), amount_before=str(before))
        if gone:
            happened(known, "auto-resolve", closed + 0.1)
        for day in range(7):
            told = [Decimal(amount) for at, amount in changes if at >= day]
            expected[6 - day] += told[-1] if told and not (gone and day <= closed) else 0
    open_now = sum((one.amount for one in insight.at_risk(insight.standing(window(**of)))), Decimal(0))
    assert [day.amount for day in insight.risk_days(window(7, **of), "GBP", open_now)] == expected


@pytest.mark.django_db
def test_common_causes_are_ranked_by_money_within_a_currency():
    gbp = {"currency": "GBP", "first_seen": ago(1)}
    for number, kind in enumerate(("sync_failure", "order_stuck", "false_success")):
        case(f"flow:{number}", kind=kind, flow="orders-to-wms", amount=Decimal(100), **gbp)
    for number, kind in enumerate(("price_mismatch", "return_value_mismatch")):
        case(f"price:{number}", kind=kind, customer="C-1", amount=Decimal(5), **gbp)
    group = "00000000-0000-0000-0000-000000000007"
    UnmappedWord.objects.create(
        group_key=group, of="order", system="wms", raw="ON HOLD", record=group, changed_at=ago(1)
    )
    for number, kind in enumerate(("unmapped_status", "status_drift")):
        case(f"word:{number}", kind=kind, group_key=group, amount=Decimal(20), **gbp)
    case("elsewhere", flow="orders-to-wms", amount=Decimal(9000), currency="EUR")
    causes = insight.causes(window(), "GBP")
    assert [(one.cause, one.value, one.cases, one.amount) for one in causes] == [
        ("flow", "orders-to-wms", 3, 300),
        ("word", "wms:ON HOLD", 2, 40),
        ("prices", "C-1", 2, 10),
    ]
