"""Processes that hold engines, for the tests that kill them."""

import os
import subprocess
import sys
import time

import psutil
import pytest

from reconciliation.project.embedded import ROOT, state_of

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
    """Runs a management command with an environment of its own."""

    def manage(*arguments, **environment):
        given = {"PATH": os.environ["PATH"], "DATA_DIR": str(data_dir), **environment}
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(command, cwd=ROOT, env=given, capture_output=True, text=True, timeout=120)

    return manage
