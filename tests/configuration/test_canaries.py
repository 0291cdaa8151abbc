"""Known disagreements that the checks miss: shown, told, and told again when it is over."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from exceptions.configuration.canaries import canaries_page
from exceptions.homes.attention import attention
from exceptions.models import Message
from exceptions.news.canaries import incident_sentence, tell_of_canaries
from reconciliation.models import CanaryRun
from tests.exceptions.people import someone

pytestmark = pytest.mark.django_db
NOW = timezone.now()
WELL = {"missing_po": [2, 2, 0], "not_credited": [1, 1, 0]}


def flown(*, at=NOW, **found):
    return CanaryRun.objects.create(at=at, seconds=4.2, **{"kinds": WELL} | found)


def missed():
    return flown(kinds=WELL | {"missing_po": [2, 1, 0]}, missed=[["missing_po", "order:erp:SO-1"]])


def admin():
    user = someone("ada", "admin").user
    user.email = "ada@example.com"
    user.save()
    return user


def test_recall_and_precision_of_each_kind_over_thirty_days_the_wrong_ones_first():
    flown(at=NOW - timedelta(days=31), kinds={"missing_po": [9, 0, 9]})
    flown()
    missed()
    flown(kinds=WELL | {"not_credited": [1, 1, 1]}, beyond=[["not_credited", "return:portal:R-1"]])
    page = canaries_page(at=NOW)
    shown = [(score.kind, str(score.recall), str(score.precision)) for score in page.scores]
    assert shown == [("missing_po", "83.3", "100.0"), ("not_credited", "100.0", "75.0")]
    assert (page.runs, len(page.incidents)) == (3, 2)


def test_one_of_a_thousand_missed_is_not_a_hundred_per_cent():
    flown(kinds={"missing_po": [100_000, 99_999, 0]}, missed=[["missing_po", "order:erp:SO-1"]])
    assert str(canaries_page(at=NOW).scores[0].recall) == "99.9"


def test_the_page_names_what_was_missed(client):
    missed()
    client.force_login(admin())
    page = client.get(reverse("settings_canaries")).content.decode()
    assert "order:erp:SO-1" in page
    assert "wrong" in page


def test_before_the_first_run_the_page_says_when_it_comes(client):
    client.force_login(admin())
    assert "within ten minutes" in client.get(reverse("settings_canaries")).content.decode()


def test_an_incident_is_the_first_thing_to_attend_to():
    flown()
    assert not any("known disagreements" in thing.words for thing in attention(at=NOW))
    missed()
    assert attention(at=NOW)[0].words == (
        "The checks are wrong about known disagreements: missed “Purchase order missing or wrong”."
    )


def test_canaries_that_fly_no_more_are_attended_to_after_half_an_hour(client):
    words = "No canary has flown since"
    flown(at=NOW - timedelta(minutes=30))
    assert not any(words in thing.words for thing in attention(at=NOW))
    late = attention(at=NOW + timedelta(seconds=1))[0]
    assert late.words.startswith(f"{words} {NOW - timedelta(minutes=30):%d %b %Y %H:%M} UTC")
    client.force_login(admin())
    CanaryRun.objects.update(at=NOW - timedelta(hours=1))
    assert words in client.get(late.address).content.decode()
    assert words in client.get(reverse("settings")).content.decode()
    flown(at=timezone.now())
    assert words not in client.get(late.address).content.decode()


def test_what_was_missed_goes_before_that_none_has_flown_since():
    missed()
    first, second = (thing.words for thing in attention(at=NOW + timedelta(days=1))[:2])
    assert "missed" in first
    assert "No canary has flown" in second


def test_admins_are_told_when_it_begins_and_when_it_ends_and_not_in_between():
    admin()
    someone("tom", "agent")
    told = [tell_of_canaries(run, at=NOW) for run in (flown(), missed(), missed(), flown(), flown())]
    assert told == [0, 1, 0, 1, 0]
    titles = list(Message.objects.order_by("id").values_list("content__title", flat=True))
    assert titles[1] == "The checks find every known disagreement again, and nothing else."


def test_a_first_run_that_finds_everything_is_no_news():
    admin()
    assert tell_of_canaries(flown(), at=NOW) == 0


def test_a_run_that_broke_off_says_why():
    broken = flown(kinds={}, error="ZeroDivisionError: by nought")
    assert incident_sentence(broken) == "The checks broke off on known disagreements: ZeroDivisionError: by nought"
