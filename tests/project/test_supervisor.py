"""The supervisor: what dies is started again, what is told to end leaves nothing behind."""

import signal
import socket
import sys

import psutil
import pytest
from django.core.management.base import CommandError

from reconciliation.project.management.commands.demo import free_port
from tests.project.conftest import alive, wait_for

SUPERVISING = """
import os, sys
from reconciliation.project.supervisor import Program, Supervisor, python
script = sys.argv[1]
programs = [Program(name, python("-c", script, name)) for name in sys.argv[2:]]
tell = lambda words: print(words, flush=True)
Supervisor(programs, environment=os.environ, tell=tell, stop_seconds=1).run()
print("over", flush=True)
"""
# a child with a grandchild of its own, as Celery and gunicorn have
FAMILY = "import os, time; pid = os.fork(); os.write(1, b'born %d\\n' % os.getpid()); time.sleep(600)"
ALONE = "import os, time; os.write(1, b'born %d\\n' % os.getpid()); time.sleep(600)"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + FAMILY


@pytest.fixture
def supervise(start):
    """A supervisor, and the processes of its programs once all have been born."""

    def supervise(script, *names):
        process = start(sys.executable, "-c", SUPERVISING, script, *names)
        members = 2 if "fork" in script else 1
        born = [int(process.stdout.readline().split()[1]) for _ in range(members * len(names))]
        return process, born

    return supervise


def gone(family):
    return not any(alive(pid) for pid in family)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_nothing_is_left_when_told_to_stop(supervise, number):
    process, family = supervise(FAMILY, "web", "worker")
    process.send_signal(number)
    assert process.stdout.read() == "over\n"
    assert process.wait() == 0
    assert gone(family)


def test_a_child_that_ignores_the_request_is_killed(supervise):
    process, family = supervise(STUBBORN, "worker")
    process.send_signal(signal.SIGTERM)
    assert process.stdout.read() == "over\n"
    assert gone(family)


def test_children_end_with_a_killed_supervisor(supervise):
    process, family = supervise(ALONE, "web", "worker")
    process.send_signal(signal.SIGKILL)
    wait_for(lambda: gone(family))


def test_a_child_that_dies_is_started_again(supervise):
    process, family = supervise(FAMILY, "worker")
    leader = psutil.Process(process.pid).children()[0]
    leader.kill()
    assert process.stdout.readline() == "worker ended (-9); starting it again in 1 s.\n"
    again = [int(process.stdout.readline().split()[1]) for _ in range(2)]
    assert gone(family)
    assert set(again).isdisjoint(family)


def test_each_new_start_waits_longer(start):
    process = start(sys.executable, "-c", SUPERVISING, "raise SystemExit(3)", "beat")
    lines = [process.stdout.readline() for _ in range(3)]
    assert [line.split()[-2] for line in lines] == ["1", "2", "4"]


def test_a_busy_port_is_passed_over():
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        assert port < free_port("127.0.0.1", port) < port + 50


def test_no_free_port_is_said():
    with socket.create_server(("127.0.0.1", 65535)), pytest.raises(CommandError, match="set PORT"):
        free_port("127.0.0.1", 65535)
