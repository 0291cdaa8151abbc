"""Closed for maintenance: people read why, programs come back, tasks wait."""

import uuid

import pytest
from celery.exceptions import Retry
from django.core.management import call_command
from django.urls import reverse

from connectors.models import Connection
from exceptions.maintenance import close_for, closed_for, open_again
from reconciliation.project.celery import app
from tests.exceptions.people import someone

pytestmark = pytest.mark.django_db
WORDS = "We are moving <b>house</b>; back at ten."


def test_people_read_why_and_until_when(client):
    client.force_login(someone("amira", "agent").user)
    close_for(WORDS)
    page = client.get(reverse("queue"))
    assert page.status_code == 503
    assert page["Retry-After"] == "120"
    assert "We are moving &lt;b&gt;house&lt;/b&gt;; back at ten." in page.content.decode()


def test_programs_and_vendors_are_told_to_come_back(client):
    Connection.objects.create(system="shop", kind="shopify", vendor="", hook_key="key")
    close_for(WORDS)
    for path in ("/api/v1/records", "/hooks/key"):
        answer = client.post(path, data=b"{}", content_type="application/json")
        assert (answer.status_code, answer.json()["detail"]) == (503, WORDS)


def test_signs_of_life_go_on(client):
    close_for(WORDS)
    assert client.get("/alive").status_code == client.get("/ready").status_code == 200


def test_it_opens_again(client):
    close_for(WORDS)
    open_again()
    assert closed_for() == ""
    assert client.get(reverse("account_login")).status_code == 200


def worked_on(**request):
    done = []

    @app.task(bind=True, name=f"tests.{uuid.uuid4()}")
    def task(self):
        done.append(True)

    task.push_request(called_directly=False, is_eager=False, **request)
    try:
        task()
    finally:
        task.pop_request()
    return done


def test_a_task_is_worked_on_while_it_is_open():
    assert worked_on() == [True]


def test_closed_the_schedules_tasks_are_left_out():
    close_for(WORDS)
    assert worked_on(expires="2026-11-21T12:00:00Z") == []


def test_closed_other_tasks_wait(monkeypatch):
    close_for(WORDS)
    later = []
    monkeypatch.setattr("celery.app.task.Task.apply_async", lambda *args, **given: later.append(given))
    with pytest.raises(Retry):
        worked_on(id="1", retries=0)


def test_the_command_closes_waits_and_opens(capsys):
    call_command("maintenance", "on", WORDS)
    assert capsys.readouterr().out == "Closed; no task is being worked on.\n"
    assert closed_for() == WORDS
    call_command("maintenance", "off")
    assert closed_for() == ""
