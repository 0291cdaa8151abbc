"""What comes by the API is examined at once: who asks while a run is awaited, or going, asks for one more, not many."""

from datetime import timedelta

import pytest
import redis
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from exceptions.models import ExceptionCase
from exceptions.reconciling import moment_after, reconcile
from exceptions.tasks import ASKED, ask_for_run, reconcile_changes
from reconciliation.models import System
from reconciliation.project.celery import app
from reconciliation.project.timetable import EVERY_SO_MANY_SECONDS, Every
from tests.exceptions.test_api import lines, send, token
from tests.reconciliation.conftest import order, systems  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)
QUEUE = f"{settings.CELERY_BROKER_TRANSPORT_OPTIONS['global_keyprefix']}celery"


@pytest.fixture
def waiting():
    """How many tasks wait for a worker, of which there is none."""
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.delete(QUEUE)
        cache.delete(ASKED)
        yield lambda: client.llen(QUEUE)
        client.delete(QUEUE)
        cache.delete(ASKED)


def test_lines_ask_for_one_run_however_many_come(client, systems, waiting):  # noqa: F811
    headers = token("ingest")
    for number in range(5):
        send(client, lines(order(id=f"O-{number}")), headers)
    assert waiting() == 1


def test_lines_that_say_nothing_new_ask_for_none(client, systems, waiting):  # noqa: F811
    headers = token("ingest")
    send(client, lines(order()), headers)
    reconcile_changes()
    cache.delete(ASKED)
    before = waiting()
    send(client, lines(order()), headers)
    assert waiting() == before


def test_what_comes_while_a_run_is_going_has_a_run_after_it(client, systems, waiting):  # noqa: F811
    System.objects.filter(key="shop").update(requires={"order": ["purchase_order"]})
    ask_for_run()
    assert waiting() == 1
    send(client, lines(order(payment={"method": "on_account"})), token("ingest"))
    assert waiting() == 1
    assert reconcile_changes() == {"missing_po": 1}
    assert waiting() == 2
    reconcile_changes()
    assert waiting() == 2
    assert ExceptionCase.objects.filter(kind="missing_po").count() == 1


def test_without_redis_lines_are_taken_in_and_the_next_run_finds_them(client, systems, waiting, monkeypatch):  # noqa: F811
    monkeypatch.setattr("exceptions.tasks.cache", Gone())
    assert send(client, lines(order()), token("ingest")).json()["accepted"] == 1
    assert waiting() == 0


class Gone:
    """A cache whose server is not there."""

    def add(self, *arguments):
        return redis.Redis(port=1).ping()


def test_the_queue_goes_on_where_the_clock_has_gone_back(client, systems, waiting):  # noqa: F811
    System.objects.filter(key="shop").update(requires={"order": ["purchase_order"]})
    early = timezone.now() + timedelta(hours=3)
    reconcile(as_of=early, now=early)
    send(client, lines(order(payment={"method": "on_account"})), token("ingest"))
    assert reconcile_changes() == {"missing_po": 1}
    assert moment_after(timezone.now()) == early
    assert moment_after(early + timedelta(seconds=1)) == early + timedelta(seconds=1)


def test_the_timetable_goes_on_where_the_clock_has_gone_back():
    every = Every(15)
    assert every.is_due(every.now() + timedelta(hours=2)).is_due
    assert every.is_due(every.now() - timedelta(seconds=16)).is_due
    due = every.is_due(every.now() - timedelta(seconds=5))
    assert not due.is_due
    assert 9 < due.next < 11


def test_each_task_of_the_timetable_is_one():
    unknown = set(EVERY_SO_MANY_SECONDS) - set(app.tasks)
    assert unknown == set()
