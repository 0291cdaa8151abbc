"""Workers on hosts of their own share a run: network namespaces with their own names and addresses serve as hosts."""

import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from urllib.parse import quote

import psycopg
import pytest

from connectors.sample_brand import sample_brand
from reconciliation.project import embedded
from reconciliation.project.embedded import ROOT
from reconciliation.project.engines import DATABASE, OWNER, Postgres, Redis
from tests.project.conftest import wait_for

MOMENT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
SOON = "?options=" + quote(
    "-c tcp_keepalives_idle=1 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=2 -c tcp_user_timeout=3000"
)
SHARED = f"""
from datetime import datetime
from exceptions.reconciling import reconcile
from exceptions.tasks import invite_workers
from reconciliation.runner import Sharing
moment = datetime.fromisoformat({MOMENT.isoformat()!r})
reconcile(as_of=moment, now=moment, full=True, sharing=Sharing(slices=40, invite=invite_workers))
"""
HOSTS_OF_SLICES = "select distinct split_part(by, ':', 1) from run_slice where finished_at is not null"
AT_WORK = "select pid from pg_stat_activity where client_addr = '10.11.12.2' and xact_start is not null"
FINDINGS = "select kind, subject, leg, state, amount::text, title from finding order by kind, subject, leg"

pytestmark = [
    pytest.mark.hosts,
    pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("ip"), reason="`ip` makes network namespaces, for root"),
]


class Hosts:
    """`db` with PostgreSQL and Redis, and hosts for workers, joined by a switch, apart from the machine's own net."""

    def __init__(self, mark):
        self.mark, self.names, self.started = mark, [], []
        self.add("db")
        self.on("db", "ip", "link", "add", "switch", "type", "bridge")
        self.on("db", "ip", "address", "add", "10.11.12.1/24", "dev", "switch")
        self.on("db", "ip", "link", "set", "switch", "up")

    def add(self, name):
        self.names.append(name)
        subprocess.run(["ip", "netns", "add", self.space(name)], check=True)
        self.on(name, "ip", "link", "set", "lo", "up")

    def space(self, name):
        return f"books-{self.mark}-{name}"

    def add_worker(self, name):
        """A host with an address of its own, and a cable to the switch."""
        self.add(name)
        plug = ["link", "add", "cable", "type", "veth", "peer", "name", name, "netns", self.space("db")]
        self.on(name, "ip", *plug)
        self.on(name, "ip", "address", "add", f"10.11.12.{len(self.names)}/24", "dev", "cable")
        self.on(name, "ip", "link", "set", "cable", "up")
        self.on("db", "ip", "link", "set", name, "master", "switch", "up")

    def cable(self, name, state):
        self.on("db", "ip", "link", "set", name, state)

    def on(self, name, *command):
        subprocess.run(["ip", "netns", "exec", self.space(name), *command], check=True)

    def start(self, name, *command, **options):
        """A process on that host, which also has its name."""
        named = ["unshare", "--uts", "sh", "-c", f'hostname {name} && exec "$@"', "sh", *map(str, command)]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": ROOT}
        process = subprocess.Popen(["ip", "netns", "exec", self.space(name), *named], **quiet | options)
        self.started.append(process)
        return process

    def remove(self):
        for process in reversed(self.started):
            process.kill()
            process.wait()
        for name in self.names:
            subprocess.run(["ip", "netns", "delete", self.space(name)], check=False)


@contextmanager
def servers(hosts, folder):
    """PostgreSQL and Redis on the host `db`, listening on its address."""
    engine = Postgres(folder / "pg")
    with embedded.held([engine], tell=print):
        pass
    engine.make_socket_dir()
    with (engine.home / "pg_hba.conf").open("a", encoding="utf-8") as rules:
        rules.write("host all all 10.11.12.0/24 trust\n")
    account = engine.account()
    runs_as = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    inside = ["nsenter", f"--net=/run/netns/{hosts.space('db')}"]
    postgres = [*engine.command(), "--listen_addresses=10.11.12.1", "--port=5432"]
    dropped = ["setpriv", f"--reuid={runs_as['user']}", f"--regid={runs_as['group']}", "--clear-groups"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    hosts.started.append(subprocess.Popen([*inside, *dropped, *postgres], cwd=engine.home, **quiet))
    store = folder / "redis-of-hosts"
    store.mkdir()
    redis = [Redis(store).command()[0], "--port", "6379", "--bind", "10.11.12.1", "--dir", store, "--save", ""]
    hosts.start("db", *redis, "--protected-mode", "no")
    by_socket = {"host": str(engine.socket_dir), "user": OWNER, "dbname": DATABASE}

    def connected():
        try:
            return psycopg.connect(**by_socket, autocommit=True)
        except psycopg.OperationalError:
            return None

    with wait_for(connected) as database:
        yield database


@pytest.fixture
def hosts(data_dir):
    made = Hosts(os.getpid())
    try:
        yield made
    finally:
        made.remove()


def test_workers_on_two_hosts_share_a_run_and_one_that_is_cut_off_gives_its_slice_back(hosts, data_dir):
    with servers(hosts, data_dir) as database:
        environment = {
            "PATH": os.environ["PATH"],
            "DATA_DIR": str(data_dir / "product"),
            "DATABASE_URL": f"postgresql://{OWNER}@10.11.12.1:5432/{DATABASE}{SOON}",
            "REDIS_URL": "redis://10.11.12.1:6379/0",
            "DJANGO_SETTINGS_MODULE": "reconciliation.project.settings",
        }

        def managed(*arguments):
            process = hosts.start("db", sys.executable, "manage.py", *arguments, env=environment)
            assert process.wait(timeout=120) in (0, 1), arguments

        brand = sample_brand(MOMENT, orders=150, times=1)
        (data_dir / "topology.toml").write_text(brand.topology, encoding="utf-8")
        (data_dir / "feed").write_text("\n".join(brand.lines), encoding="utf-8")
        managed("migrate", "-v", "0")
        managed("topology", "load", data_dir / "topology.toml")
        managed("ingest", data_dir / "feed")
        managed("reconcile", "--as-of", MOMENT.isoformat())
        alone = database.execute(FINDINGS).fetchall()
        assert len(alone) > 30

        celery = [sys.executable, "-m", "celery", "--app", "reconciliation.project.celery", "worker", "-c", "1"]
        for name in ("left", "right"):
            hosts.add_worker(name)
            hosts.start(name, *celery, env=environment)
        run = partial(hosts.start, "db", sys.executable, "manage.py", "shell", "-v", "0", "-c", SHARED, env=environment)

        def shared():
            assert run().wait(timeout=120) == 0
            return {"left", "right"} <= {host for (host,) in database.execute(HOSTS_OF_SLICES)}

        assert any(shared() for _ in range(5)), "one of the hosts never had a slice"
        assert database.execute(FINDINGS).fetchall() == alone

        def cut_off_in_the_middle():
            leader = run()
            wait_for(lambda: database.execute(AT_WORK).fetchall() or leader.poll() is not None)
            hosts.cable("left", "down")
            time.sleep(0.3)
            hangs = bool(database.execute(AT_WORK).fetchall())
            assert leader.wait(timeout=60) == 0, "nobody was given the slice of the host that is gone"
            hosts.cable("left", "up")
            return hangs

        assert any(cut_off_in_the_middle() for _ in range(8)), "the host was never in the middle of a slice"
        assert database.execute(FINDINGS).fetchall() == alone
