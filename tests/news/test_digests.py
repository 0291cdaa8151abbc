"""The daily digest: in a person's own time, of what was not told at once, and nothing where nothing happened."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from exceptions.models import Company, Digest, Message, Preferences
from exceptions.news.digests import digest_parts, queue_digests
from exceptions.news.sending import due_messages, send_message
from tests.exceptions.people import case

pytestmark = pytest.mark.django_db

MORNING = datetime(2026, 9, 30, 8, 5, tzinfo=UTC)
YESTERDAY = MORNING - timedelta(hours=5)


@pytest.fixture
def ana(company):
    user = company["ana"].user
    user.email = "ana@example.com"
    user.save()
    return company["ana"]


def lines():
    return [
        line["text"]
        for message in Message.objects.order_by("id")
        for part in message.content["parts"]
        for line in part["lines"]
    ]


def test_what_others_and_the_data_did_is_told_once_a_day(ana, company, happens, post_office):
    mine = case(owner=ana.user, state="resolved", closed_at=YESTERDAY, title="Too much")
    happens(mine, "auto-resolve", at=YESTERDAY)
    happens(mine, "note", by=ana, at=YESTERDAY, note="my own")
    for number in range(2, 5):
        happens(case(f"order:shop:{number}"), "detect", at=YESTERDAY)
    assert [queue_digests(at=MORNING), queue_digests(at=MORNING + timedelta(hours=1))] == [1, 0]
    assert lines() == [
        f"{mine} Too much: The systems agree again; resolved.",
        "Finance: 3 new, 1 resolved because the systems agree",
    ]
    assert [send_message(id, at=MORNING) for id in due_messages(at=MORNING)] == [True]
    assert post_office.letters[0]["Subject"] == "Your digest of 30 Sep 2026"


def test_where_nothing_happened_nothing_is_sent(ana):
    case(owner=ana.user, state="in_progress")
    assert queue_digests(at=MORNING) == 0
    assert (Digest.objects.get().lines, Message.objects.count()) == (0, 0)


def test_each_day_goes_on_where_the_last_ended(ana, happens):
    happens(case(), "detect", at=YESTERDAY)
    queue_digests(at=MORNING)
    happens(case("order:shop:2"), "detect", at=MORNING - timedelta(minutes=1))
    tomorrow = MORNING + timedelta(days=1)
    assert queue_digests(at=tomorrow) == 1
    first, second = Digest.objects.order_by("day")
    assert first.until == second.since
    assert lines() == ["Finance: 1 new", "Finance: 1 new"]


@pytest.mark.parametrize(
    ("zone", "hour", "due"),
    [
        ("", 8, datetime(2026, 9, 30, 8, 0, tzinfo=UTC)),
        ("Asia/Tokyo", 8, datetime(2026, 9, 29, 23, 0, tzinfo=UTC)),
        ("America/New_York", 17, datetime(2026, 9, 30, 21, 0, tzinfo=UTC)),
        ("Asia/Kolkata", 0, datetime(2026, 9, 29, 18, 30, tzinfo=UTC)),
    ],
)
def test_it_comes_at_the_person_s_own_hour(ana, happens, zone, hour, due):
    happens(case(), "detect", at=due - timedelta(hours=3))
    Preferences.objects.create(person=ana.user, time_zone=zone, digest_hour=hour)
    day = due.astimezone(ZoneInfo(zone or "UTC")).date()
    known = {"since": due - timedelta(days=2), "until": due - timedelta(days=1)}
    Digest.objects.create(person=ana.user, day=day - timedelta(days=1), **known)
    assert [queue_digests(at=due - timedelta(minutes=1)), queue_digests(at=due)] == [0, 1]


def test_the_company_s_time_zone_counts_where_a_person_names_none(ana, happens):
    Company.objects.update_or_create(id=1, defaults={"time_zone": "America/New_York"})
    happens(case(), "detect", at=YESTERDAY)
    assert queue_digests(at=MORNING) == 0
    assert queue_digests(at=MORNING + timedelta(hours=4)) == 1


def test_whoever_wants_none_or_has_no_address_gets_none(ana, company, happens):
    happens(case(), "detect", at=YESTERDAY)
    Preferences.objects.create(person=ana.user, digest=False)
    assert queue_digests(at=MORNING) == 0


def test_an_outsider_of_a_team_reads_nothing_of_it(company, happens):
    happens(case(), "detect", at=YESTERDAY)
    window = {"since": YESTERDAY - timedelta(hours=1), "until": MORNING}
    assert digest_parts(company["tom"], **window) == []
    assert digest_parts(company["lea"], **window) != []


def test_the_number_of_queries_does_not_grow_with_what_happened(ana, happens, django_assert_max_num_queries):
    for number in range(40):
        happens(case(f"order:shop:{number}", owner=ana.user), "auto-resolve", at=YESTERDAY)
    with django_assert_max_num_queries(16):
        queue_digests(at=MORNING)
    assert "30 more of yours" in lines()
