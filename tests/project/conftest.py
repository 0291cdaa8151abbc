"""Processes that hold engines, for the tests that kill them."""

import os
import socket
import subprocess
import sys
import time

import psutil
import psycopg
import pytest

from reconciliation.project import embedded
from reconciliation.project.embedded import ROOT, state_of
from reconciliation.project.engines import DATABASE, OWNER, Postgres, Redis

HOLDING = """
import sys, time
from pathlib import Path
from reconciliation.project import embedded
from reconciliation.project.engines import Redis
embedded.hold([Redis(Path(sys.argv[1]))], tell=print)
print("holding", flush=True)
time.sleep(600)
"""


def wait_for(fact, *, seconds=60):
    """Waits until the fact is true and returns its value."""
    until = time.monotonic() + seconds
    while not (value := fact()):
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.05)
    return value


def stopped(engine):
    return state_of(engine).progress == "stopped" and not list(engine.strays())


def alive(pid):
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.fixture
def start():
    """Starts processes and ends them with the test."""
    started = []

    def start(*command, **options):
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, **options)
        started.append(process)
        return process

    yield start
    for process in started:
        process.terminate()
        process.communicate()


@pytest.fixture
def holder(start, data_dir):
    """A process that holds Redis, once it says so."""

    def holder():
        process = start(sys.executable, "-c", HOLDING, str(data_dir))
        assert process.stdout.readline() == "holding\n"
        return process

    return holder


@pytest.fixture
def manage(data_dir):
    """Runs a management command with an environment of its own; what a slow machine says while it waits is left out."""

    def manage(*arguments, **environment):
        given = {"PATH": os.environ["PATH"], "DATA_DIR": str(data_dir), **environment}
        command = [sys.executable, "manage.py", *arguments]
        result = subprocess.run(command, cwd=ROOT, env=given, capture_output=True, text=True, timeout=120)
        lines = result.stderr.splitlines(keepends=True)
        result.stderr = "".join(line for line in lines if not line.startswith("Waiting for "))
        return result

    return manage


def free_port():
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return line.getsockname()[1]


def answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


@pytest.fixture
def given_postgres(data_dir, start):
    """A PostgreSQL on a port of the loopback, as a server of the user's would be."""
    engine, port = Postgres(data_dir / "pg"), free_port()
    with embedded.held([engine], tell=print):
        pass
    engine.make_socket_dir()
    command = [*engine.command(), "--listen_addresses=127.0.0.1", f"--port={port}"]
    account = engine.account()
    start(*command, **({"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}))
    url = f"postgresql://{OWNER}@127.0.0.1:{port}/{DATABASE}"

    def ready():
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            return False
        return True

    wait_for(ready)
    return url


@pytest.fixture
def given_redis(data_dir, start):
    """A Redis on a port of the loopback."""
    folder = data_dir / "given-redis"
    folder.mkdir()
    port = free_port()
    start(Redis(folder).command()[0], "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", "")
    wait_for(lambda: answers(port))
    return f"redis://127.0.0.1:{port}/0"
