"""Who owns a case and by when it is due: rules, covers, policies and calendars."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from exceptions.models import (
    Calendar,
    Company,
    Cover,
    ExceptionCase,
    Holiday,
    OwnershipRule,
    SlaPolicy,
    Team,
    TrailEntry,
)
from exceptions.ownership import place_open_cases, preview
from exceptions.terms import close_cut_off, pauses_while_waiting, resumed
from tests.exceptions.findings import KIND, found, run, the_case
from tests.exceptions.people import NOW, case, someone, teams

pytestmark = pytest.mark.django_db
FRIDAY = datetime(2026, 10, 2, 16, tzinfo=UTC)


@pytest.fixture(autouse=True)
def four_teams(db):
    teams()


def rule(position=1, team="cx", **fields):
    return OwnershipRule.objects.create(position=position, name=f"rule {position}", team_id=team, **fields)


def placed(**fields):
    found(**fields)
    run()
    return the_case()


def test_without_a_rule_the_kind_s_team_owns_it_and_nobody_in_it():
    assert (placed().team, placed().owner) == ("finance", None)


def test_of_several_rules_that_fit_the_last_counts():
    rule(2, "ops")
    rule(1, "cx")
    rule(3, "admin", kind="orphan_return")
    assert placed().team == "ops"


FITTING = {
    "kind": KIND,
    "ledger": "credits",
    "flow": "to-erp",
    "system": "portal",
    "severity": "high",
    "currency": "GBP",
    "customer": "c-9",
    "sku": "TEE-*-0?",
}
OTHER = FITTING | {
    "kind": "orphan_return",
    "ledger": "stock",
    "flow": "to-shop",
    "system": "shop",
    "severity": "low",
    "currency": "EUR",
    "customer": "C-8",
    "sku": "TEE-*-0",
}


@pytest.mark.parametrize("name", FITTING)
def test_each_field_of_a_rule_must_fit(name):
    subject = "customer:C-9:R1"
    said = {"subject": subject, "leg": "to-erp", "sku": "TEE-RED_01-02"}
    rule(1, "ops", **{name: OTHER[name]})
    found(**said)
    run()
    assert the_case(subject).team == "finance"
    OwnershipRule.objects.update(**{name: FITTING[name]})
    place_open_cases(at=NOW)
    assert the_case(subject).team == "ops"


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [
        ("TEE*", True),
        ("*", True),
        ("T?E-10%", True),
        ("TEE-10_", False),
        ("tee*", False),
        ("TEE", False),
        (r"TEE\*", False),
    ],
)
def test_a_pattern_knows_stars_and_question_marks_alone(pattern, fits):
    rule(1, "ops", sku=pattern)
    assert (placed(sku="TEE-10%").team == "ops") is fits


@pytest.mark.parametrize(("amount", "fits"), [("99.99", False), ("100.00", True), ("100.01", True), (None, False)])
def test_an_amount_counts_from_its_limit_on(amount, fits):
    rule(1, "ops", amount_from=Decimal(100), currency="GBP")
    assert (placed(amount=amount).team == "ops") is fits


def test_an_amount_is_one_of_its_currency():
    rule(1, "ops", amount_from=Decimal(100), currency="JPY")
    assert placed(amount="5000.00").team == "finance"


def test_a_rule_counts_until_it_ends():
    rule(1, "ops", ends_at=NOW + timedelta(hours=1))
    assert placed().team == "ops"
    run(2)
    found("return:portal:R2")
    run(2)
    assert the_case("return:portal:R2").team == "finance"


def test_a_rule_never_overrides_a_person_s_assignment():
    known, tom = placed(), someone("tom", "agent", team="finance").user
    ExceptionCase.objects.filter(pk=known.pk).update(owner=tom, placed_by_person=True)
    rule(1, "ops")
    assert place_open_cases(at=NOW) == []
    assert (the_case().team, the_case().owner) == ("finance", tom)


def test_who_is_away_is_covered_for_as_long_as_they_are_away():
    tom, ann = someone("tom", "agent", team="cx").user, someone("ann", "agent", team="cx").user
    rule(1, "cx", person=tom)
    Cover.objects.create(person=tom, cover=ann, since=NOW - timedelta(days=2), until=NOW)
    assert placed().owner == tom
    Cover.objects.create(person=tom, cover=ann, since=NOW, until=NOW + timedelta(days=2))
    found("return:portal:R2")
    run()
    assert the_case("return:portal:R2").owner == ann


def state_of_everything():
    return [list(model.objects.order_by("pk").values()) for model in (ExceptionCase, OwnershipRule, TrailEntry)]


def test_a_preview_shows_what_saving_would_do_and_keeps_nothing():
    ann = someone("ann", "agent", team="ops").user
    found("return:portal:big", amount="500.00")
    found("return:portal:small", amount="5.00")
    run()
    before = state_of_everything()

    def change():
        rule(1, "ops", amount_from=Decimal(100), currency="GBP", person=ann)

    shown = preview(change, at=NOW)
    assert [(p.title, p.team_before, p.team, p.owner_before, p.owner) for p in shown] == [
        ("About return:portal:big", "finance", "ops", None, "ann")
    ]
    assert state_of_everything() == before
    change()
    assert place_open_cases(at=NOW) == shown
    assert place_open_cases(at=NOW) == []


@pytest.mark.parametrize(
    ("policies", "hours"),
    [
        ([], 16),
        ([(None, "high")], 3),
        ([(None, "high"), (KIND, None)], 2),
        ([(None, "high"), (KIND, None), (KIND, "high")], 1),
        ([("orphan_return", None), (KIND, "low"), (None, "critical")], 16),
    ],
)
def test_the_most_particular_policy_sets_the_terms(policies, hours):
    length = {(None, "high"): 3, (KIND, None): 2, (KIND, "high"): 1}
    for kind, severity in policies:
        spans = {"claim_hours": 1, "resolve_hours": length.get((kind, severity), 9)}
        SlaPolicy.objects.create(kind=kind, severity=severity, **spans)
    due = {16: NOW + timedelta(days=2)}.get(hours, NOW + timedelta(hours=hours))
    known = placed()
    assert known.due_at == due
    assert known.warn_at == (NOW + timedelta(hours=hours * 0.75) if hours < 16 else NOW + timedelta(hours=28))


@pytest.mark.parametrize(
    ("policies", "pauses"),
    [
        ([], True),
        ([(None, "high", False)], False),
        ([(None, "high", False), (KIND, None, True)], True),
        ([(KIND, None, True), (KIND, "high", False)], False),
        ([(KIND, "low", False), ("orphan_return", None, False)], True),
    ],
)
def test_the_clock_pauses_while_waiting_unless_the_most_particular_policy_says_otherwise(policies, pauses):
    for kind, severity, standing in policies:
        spans = {"claim_hours": 1, "resolve_hours": 2}
        SlaPolicy.objects.create(kind=kind, severity=severity, pauses_while_waiting=standing, **spans)
    assert pauses_while_waiting(case()) is pauses


def test_a_clock_that_goes_on_keeps_what_was_left():
    known = case(due_at=NOW + timedelta(hours=4), warn_at=NOW + timedelta(hours=2), paused_at=NOW)
    assert resumed(known, at=FRIDAY) == {
        "paused_at": None,
        "due_at": datetime(2026, 10, 5, 12, tzinfo=UTC),
        "warn_at": datetime(2026, 10, 5, 10, tzinfo=UTC),
    }


def test_what_was_overdue_when_it_paused_is_due_at_once():
    known = case(due_at=NOW - timedelta(hours=4), warn_at=NOW - timedelta(hours=5), paused_at=NOW)
    assert resumed(known, at=FRIDAY)["due_at"] == FRIDAY


def added(beginning, hours, team="finance"):
    with connection.cursor() as cursor:
        cursor.execute("select add_working_time(%s, %s, %s)", [beginning, timedelta(hours=hours), team])
        return cursor.fetchone()[0]


def between(since, until, team="finance"):
    with connection.cursor() as cursor:
        cursor.execute("select working_time_between(%s, %s, %s)", [since, until, team])
        return cursor.fetchone()[0]


def test_holidays_and_weekends_do_not_count():
    office = Calendar.objects.get(key="office")
    assert added(FRIDAY, 2) == datetime(2026, 10, 5, 10, tzinfo=UTC)
    Holiday.objects.create(calendar=office, day=date(2026, 10, 5))
    assert added(FRIDAY, 2) == datetime(2026, 10, 6, 10, tzinfo=UTC)
    assert between(FRIDAY, datetime(2026, 10, 6, 10, tzinfo=UTC)) == timedelta(hours=2)


def test_a_team_without_a_calendar_keeps_office_hours_of_utc():
    Team.objects.filter(key="finance").update(calendar=None)
    assert added(FRIDAY, 2) == datetime(2026, 10, 5, 10, tzinfo=UTC)
    assert added(FRIDAY, 2, team="nobody knows it") == datetime(2026, 10, 5, 10, tzinfo=UTC)


def around_the_clock(zone="Europe/London", opens=time(0), closes=time(23, 59, 59), days=(1, 2, 3, 4, 5, 6, 7)):
    said = {"name": "x", "time_zone": zone, "days": list(days), "opens": opens, "closes": closes}
    Calendar.objects.update_or_create(key="other", defaults=said)
    Team.objects.filter(key="finance").update(calendar_id="other")


def test_the_hours_are_those_of_the_calendar_s_zone_on_either_side_of_a_change_of_the_clocks():
    around_the_clock(opens=time(9), closes=time(17))
    before, after = datetime(2026, 10, 24, 12, tzinfo=UTC), datetime(2026, 10, 25, 12, tzinfo=UTC)
    assert added(before, 5) == datetime(2026, 10, 25, 10, tzinfo=UTC)  # 13:00 to 17:00 in summer, then 09:00 in winter
    assert added(after, 6) == datetime(2026, 10, 26, 10, tzinfo=UTC)


def test_a_night_on_which_the_clocks_change_is_as_long_as_it_is():
    around_the_clock(opens=time(0), closes=time(8))
    assert between(datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2026, 10, 25, 20, tzinfo=UTC)) == timedelta(hours=9)
    assert between(datetime(2026, 3, 28, 22, tzinfo=UTC), datetime(2026, 3, 29, 20, tzinfo=UTC)) == timedelta(hours=7)


def test_a_case_is_due_in_the_hours_of_its_team():
    around_the_clock("America/New_York", opens=time(9), closes=time(17))
    assert placed().due_at == datetime(2026, 10, 1, 21, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "cut_off"),
    [
        (datetime(2026, 9, 30, 12, tzinfo=UTC), datetime(2026, 10, 8, 0, tzinfo=UTC)),
        (datetime(2026, 10, 7, 23, 59, tzinfo=UTC), datetime(2026, 10, 8, 0, tzinfo=UTC)),
        (datetime(2026, 10, 8, 0, tzinfo=UTC), datetime(2026, 11, 7, 0, tzinfo=UTC)),
        (datetime(2026, 12, 31, 12, tzinfo=UTC), datetime(2027, 1, 8, 0, tzinfo=UTC)),
    ],
)
def test_a_month_is_to_be_closed_by_the_end_of_its_working_day(at, cut_off):
    Company.objects.update_or_create(id=1, defaults={"close_day": 5, "time_zone": "UTC"})
    assert close_cut_off(at) == cut_off


ZONES = st.sampled_from(["UTC", "Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"])
MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
CLOCKS = st.times().map(lambda t: t.replace(second=0, microsecond=0))


def minute(clock):
    return clock.hour * 60 + clock.minute


class Clocks(TestCase):
    """Adding working time and measuring it are each other's inverse, whatever the calendar."""

    def setUp(self):
        teams()

    def office(self, zone, clocks, days, holidays):
        opens, closes = sorted(clocks)
        around_the_clock(zone, opens, closes, days)
        Holiday.objects.bulk_create([Holiday(calendar_id="other", day=day) for day in holidays])

    CALENDARS = {
        "zone": ZONES,
        "clocks": st.tuples(CLOCKS, CLOCKS).filter(lambda pair: abs(minute(pair[0]) - minute(pair[1])) >= 30),
        "days": st.sets(st.integers(1, 7), min_size=1),
        "holidays": st.sets(st.dates(date(2025, 1, 1), date(2027, 12, 31)), max_size=5),
    }

    @settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
    @given(beginning=MOMENTS, minutes=st.integers(1, 6_000), **CALENDARS)
    def test_what_was_added_lies_between(self, beginning, minutes, **calendar):
        self.office(**calendar)
        assert between(beginning, added(beginning, minutes / 60)) == timedelta(minutes=minutes)

    @settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
    @given(moments=st.tuples(MOMENTS, MOMENTS, MOMENTS).map(sorted), **CALENDARS)
    def test_later_is_never_less_and_parts_add_up(self, moments, **calendar):
        first, second, third = moments
        third = min(third, first + timedelta(days=400))
        second = min(second, third)
        self.office(**calendar)
        whole = between(first, third)
        assert timedelta() <= between(first, second) <= whole <= third - first
        assert between(first, second) + between(second, third) == whole
        assert between(third, first) == -whole

    @settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
    @given(beginning=MOMENTS, minutes=st.tuples(st.integers(0, 6_000), st.integers(0, 6_000)), **CALENDARS)
    def test_more_working_time_is_never_over_earlier(self, beginning, minutes, **calendar):
        self.office(**calendar)
        less, more = sorted(minutes)
        assert beginning <= added(beginning, less / 60) <= added(beginning, more / 60)
