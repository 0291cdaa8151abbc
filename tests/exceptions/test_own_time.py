"""Instants in the time zone of who reads them: on pages, in letters, and never in what many share."""

import json
from datetime import UTC, datetime

import pytest
from django.utils import timezone

from exceptions.formats import instant_text
from exceptions.handbook import pdf
from exceptions.handbook import views as handbook_views
from exceptions.handbook.book import handbook, issue_handbook
from exceptions.handbook.picture import picture
from exceptions.homes.snapshots import snapshot
from exceptions.models import Company, Message, Notification, OwnershipRule, Preferences, Team
from exceptions.months import views as month_views
from exceptions.months.pack_files import said
from exceptions.news.queueing import queue_for_persons
from tests.cached import forget
from tests.exceptions.people import case, someone

pytestmark = pytest.mark.django_db
DUE = datetime(2027, 1, 14, 23, 30, tzinfo=UTC)


@pytest.fixture
def ann():
    """Somebody in New York, of a company in London."""
    Company.objects.update_or_create(id=1, defaults={"time_zone": "Europe/London"})
    ann = someone("ann", "agent", team="cx")
    Preferences.objects.create(person=ann.user, time_zone="America/New_York")
    return ann


def test_a_page_shows_instants_as_its_reader_lives(client, ann):
    known = case(team="cx", due_at=DUE)
    client.force_login(ann.user)
    assert "14 Jan 2027 18:30 EST" in client.get(f"/exceptions/{known.pk}").content.decode()
    client.force_login(someone("tom", "agent", team="cx").user)
    assert "14 Jan 2027 23:30 GMT" in client.get(f"/exceptions/{known.pk}").content.decode()


def test_a_day_that_is_typed_ends_where_its_writer_lives(client, ann):
    known = case(team="cx", state="in_progress", owner=ann.user)
    client.force_login(ann.user)
    said = {"waiting_for": "the buyer", "note": "which order?", "until": "2027-01-14", "seen": known.version}
    client.post(f"/exceptions/{known.pk}/moves/wait", said)
    known.refresh_from_db()
    assert known.until == datetime(2027, 1, 15, 5, tzinfo=UTC)


def test_what_many_share_is_in_the_time_of_the_company_whoever_asks_first(ann):
    forget()
    with timezone.override("America/New_York"):
        taken = snapshot("what-time", lambda now: instant_text(DUE), at=timezone.now())
    assert taken.figures == "14 Jan 2027 23:30 GMT"


def test_the_handbook_is_in_the_time_of_the_company_whoever_takes_or_issues_it(ann):
    """What is hashed and compared must not change with its reader."""
    made = someone("sam", "admin")
    team, _ = Team.objects.get_or_create(key="cx")
    OwnershipRule.objects.create(position=1, name="Until spring", team=team, ends_at=DUE)
    with timezone.override("America/New_York"):
        issued = issue_handbook(by=made.user, at=DUE)
        told = pdf._said(handbook(), picture(), DUE)
        assert "14 Jan 2027 23:30 GMT" in str(told["chapters"])
    assert (issued.content_hash, handbook().changes) == (handbook().content_hash, 0)


def test_what_is_taken_as_pdf_names_the_company_and_its_time_zone(client, ann, monkeypatch):
    taken = []
    monkeypatch.setattr(pdf.typst, "compile", lambda *a, sys_inputs, **k: taken.append(sys_inputs) or b"%PDF")
    monkeypatch.setattr(handbook_views.timezone, "now", lambda: DUE)
    client.force_login(someone("sue", "viewer").user)
    Preferences.objects.create(person_id=client.session["_auth_user_id"], time_zone="Asia/Tokyo")
    client.get("/handbook/handbook.pdf")
    said = json.loads(taken[0]["book"])
    assert (said["as_of"], said["time_zone"]) == ("14 Jan 2027 23:30 GMT", "Europe/London")


def test_a_months_pack_is_in_the_time_of_the_company_and_names_it(client, ann, monkeypatch):
    packs = []
    monkeypatch.setattr(month_views, "pack_file", lambda pack, kind: packs.append(said(pack)) or b"%PDF")
    monkeypatch.setattr(month_views.timezone, "now", lambda: DUE)
    client.force_login(ann.user)
    assert client.get("/close/2026-12/GBP/export/pdf").status_code == 200
    assert (packs[0]["as_of"], packs[0]["time_zone"]) == ("14 Jan 2027 23:30 GMT", "Europe/London")


def test_a_letter_speaks_in_the_time_of_who_gets_it(ann, monkeypatch):
    ann.user.email = "ann@example.com"
    ann.user.save()
    known = case(team="cx", owner=ann.user, title="About it")
    monkeypatch.setattr("exceptions.news.queueing.news_sentence", lambda one: instant_text(DUE))
    told = Notification.objects.create(person=ann.user, sort="assigned", case=known, at=timezone.now())
    queue_for_persons([told.pk], at=timezone.now())
    assert Message.objects.get().content["title"] == "14 Jan 2027 18:30 EST"
