"""Whether a process can serve, as a load balancer asks."""

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder

from reconciliation.project import health


@pytest.fixture(autouse=True)
def as_after_a_start(monkeypatch):
    monkeypatch.setattr(health, "_tables_seen", [])


def test_ready_where_everything_answers(client, db):
    answer = client.get("/ready")
    assert answer.status_code == 200
    assert answer.content == b"database: ready\ntables: ready\nredis: ready\n"


def test_not_ready_without_redis(client, db, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    answer = client.get("/ready")
    assert answer.status_code == 503
    assert b"redis: does not answer" in answer.content
    assert b"127.0.0.1" not in answer.content, "strangers read this"


def test_not_ready_before_the_tables_are_of_this_version(client, db):
    MigrationRecorder.Migration.objects.filter(app="exceptions").latest("name").delete()
    answer = client.get("/ready")
    assert answer.status_code == 503
    assert b"migrations are to be made" in answer.content


def test_not_ready_without_the_database(client, db, monkeypatch):
    def broken():
        raise OperationalError("the server is gone")

    with monkeypatch.context() as patched:
        patched.setattr(connection, "cursor", broken)
        patched.setattr(health, "_tables_seen", [True])
        answer = client.get("/ready")
    assert answer.status_code == 503
    assert b"database: does not answer" in answer.content
