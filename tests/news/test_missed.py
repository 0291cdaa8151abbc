"""A checklist that nobody signed in time is told to its team, once."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from exceptions.checklists.rounds import note_missed, open_rounds
from exceptions.models import ChecklistRound, Membership, Message, Notification, Outgoing, Preferences
from exceptions.news.inbox import inbox_page
from exceptions.notify import tell_news
from tests.exceptions.people import someone, teams
from tests.exceptions.test_checklists import MONDAY, listed

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 9, 28, 12, tzinfo=UTC)  # three working hours after nine in London
LATE = NOON + timedelta(minutes=5)


@pytest.fixture
def due(company):
    """A daily list of the team ops, open since this morning."""
    listed(since=MONDAY - timedelta(hours=12))
    open_rounds(at=MONDAY)
    Membership.objects.create(team=teams()["ops"], person=someone("lou", "viewer").user, is_lead=True)
    Membership.objects.create(team=teams()["ops"], person=someone("aud", "viewer").user)
    return ChecklistRound.objects.get(period="2026-09-28")


def heard():
    return sorted(Notification.objects.filter(sort="missed").values_list("person__username", flat=True))


def test_who_works_in_the_team_and_who_leads_it_hear_once_of_a_missed_checklist(due):
    assert note_missed(at=NOON) == 0
    note_missed(at=LATE)
    for _ in range(2):
        tell_news(at=LATE)
    assert heard() == ["lou", "tom"], "not finance, and no auditor of the team"


def test_who_chose_letters_before_there_was_this_sort_gets_it_by_letter(due, company):
    tom = company["tom"].user
    tom.email = "tom@harbour.example"
    tom.save()
    Preferences.objects.create(person=tom, by_mail=["assigned"], asked=None)
    note_missed(at=LATE)
    tell_news(at=LATE)
    assert Message.objects.get(person=tom).content["title"].startswith("Missed by the team Operations")


def test_the_inbox_says_which_list_and_when_it_was_due_and_leads_there(due, company):
    note_missed(at=LATE)
    tell_news(at=LATE)
    [line] = inbox_page(company["tom"].user).lines
    assert line.sentence.startswith("Missed by the team Operations: Daily, 2026-09-28, due 28 Sep 2026")
    assert line.address == f"/checklists?round={due.pk}#round-{due.pk}"


def test_what_was_due_long_ago_or_signed_meanwhile_is_no_news(due, company):
    note_missed(at=LATE)
    ChecklistRound.objects.update(done_at=LATE, done_by=company["tom"].user, result="ok")
    tell_news(at=LATE)
    ChecklistRound.objects.update(done_at=None, done_by=None, result=None, missed_at=None)
    note_missed(at=LATE + timedelta(days=3))
    tell_news(at=LATE + timedelta(days=3))
    assert heard() == []


def test_channels_of_the_team_are_told_as_they_read(due):
    for name, flavour, team in (("chat", "slack", "ops"), ("program", "signed", None), ("other", "slack", "finance")):
        said = {"shown": "x", "sealed_address": "x", "made_at": NOON}
        Outgoing.objects.create(name=name, flavour=flavour, team_id=team, **said)
    note_missed(at=LATE)
    tell_news(at=LATE)
    told = {message.outgoing.name: message.content for message in Message.objects.exclude(outgoing=None)}
    assert told.keys() == {"chat", "program"}
    assert told["chat"]["parts"][0]["lines"][0]["text"].startswith("Missed by the team Operations")
    [fact] = json.loads(json.dumps(told["program"]))["news"]
    assert (fact["sort"], fact["checklist"], fact["period"], fact["team"]) == ("missed", "daily", "2026-09-28", "ops")
