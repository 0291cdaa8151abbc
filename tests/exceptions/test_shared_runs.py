"""Celery's workers share a run over everything, and are killed in the middle of slices: nothing differs but time."""

import os
import signal
import subprocess
import sys
import time
from random import Random

import psycopg
import pytest
from django.db import connection

from connectors.sample_brand import sample_brand
from exceptions.tasks import examine_slices, reconcile_changes
from reconciliation.models import Run
from reconciliation.project.embedded import ROOT
from reconciliation.runner import RUNNING
from tests.apart import database_apart
from tests.reconciliation.test_eight_processes import MOMENT

MOST_KILLS = 2
FORGET = "delete from finding; delete from open_demand; delete from return_drift; delete from unmapped_word"
FINDINGS = """
select kind, subject, leg, state, yields_to, amount::text, currency, title, evidence::text, group_key::text
from finding order by kind, subject, leg
"""
SHARED = f"""
from datetime import datetime
from exceptions.reconciling import reconcile
from exceptions.tasks import invite_workers
from reconciliation.slices import Sharing
moment = datetime.fromisoformat({MOMENT.isoformat()!r})
reconcile(as_of=moment, now=moment, full=True, sharing=Sharing(slices=16, invite=invite_workers))
"""


class Brand:
    """A sample brand in a database of its own, and two nodes of Celery's workers."""

    def __init__(self, apart, folder):
        self.apart = apart
        brand = sample_brand(MOMENT, orders=150, times=1)
        (folder / "topology.toml").write_text(brand.topology, encoding="utf-8")
        (folder / "feed").write_text("\n".join(brand.lines), encoding="utf-8")
        apart.done("topology", "load", folder / "topology.toml")
        apart.done("ingest", folder / "feed", codes=(1,))
        self.database = psycopg.connect(apart.url(apart.name), autocommit=True)
        self.nodes = []

    def start_node(self):
        command = [sys.executable, "-m", "celery", "--app", "reconciliation.project.celery", "worker", "-c", "2"]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "start_new_session": True}
        self.nodes.append(subprocess.Popen(command, cwd=ROOT, env=self.apart.environment, **quiet))

    def kill_node(self):
        """The oldest node with all its processes, as a power cut would."""
        node = self.nodes.pop(0)
        os.killpg(node.pid, signal.SIGKILL)
        node.wait()

    def busy(self):
        """How many connections are in the middle of a transaction while slices are left."""
        count = """
            select count(*) from pg_stat_activity
            where xact_start is not null and datname = current_database() and pid <> pg_backend_pid()
        """
        left = "select count(*) from run_slice where finished_at is null"
        return self.database.execute(count).fetchone()[0] if self.database.execute(left).fetchone()[0] else 0

    def findings(self):
        return self.database.execute(FINDINGS).fetchall()


@pytest.fixture
def brand(tmp_path):
    with database_apart("shared") as apart:
        brand = Brand(apart, tmp_path)
        yield brand
        while brand.nodes:
            brand.kill_node()
        brand.database.close()


def test_workers_killed_in_the_middle_of_slices_change_nothing(brand):
    brand.apart.done("shell", "-v", "0", "-c", SHARED)
    whole = brand.findings()
    assert len(whole) > 30
    kills, dice = 0, Random(1)
    while len(brand.nodes) < 2:
        brand.start_node()
    for _ in range(5):  # where cores are few, a run may be over before a worker is there to share it
        brand.database.execute(FORGET)
        run = brand.apart.manage("shell", "-v", "0", "-c", SHARED, stdout=subprocess.DEVNULL)
        while run.poll() is None:
            if kills < MOST_KILLS and brand.busy() > 1:
                time.sleep(dice.uniform(0, 0.3))
                kills += brand.busy() > 1
                brand.kill_node()
                brand.start_node()
            time.sleep(0.01)
        assert run.returncode == 0
        assert brand.findings() == whole
        if kills:
            break
    assert kills > 0, "no worker ever shared a run"


def test_a_scheduled_run_does_not_wait_for_another_and_keeps_its_worker_free(transactional_db):
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("select pg_advisory_lock(%s)", [RUNNING])
        assert reconcile_changes() == {}
        assert not Run.objects.exists()
        with other.cursor() as cursor:
            cursor.execute("select pg_advisory_unlock(%s)", [RUNNING])
    finally:
        other.close()
    reconcile_changes()
    assert Run.objects.get().finished_at


def test_who_is_invited_too_late_or_to_a_run_that_is_no_more_finds_nothing_to_do(transactional_db):
    reconcile_changes()
    assert examine_slices(Run.objects.get().id) == 0
    assert examine_slices(0) == 0
