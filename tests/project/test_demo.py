"""The demo as its user starts and stops it."""

import signal
import sys
import threading
from urllib.request import urlopen

import psutil
import pytest

from reconciliation.project.engines import Postgres, Redis
from reconciliation.project.management.commands.demo import programs
from tests.project.conftest import alive, free_port, stopped, wait_for


@pytest.mark.parametrize("orders", [200, pytest.param(5_000, marks=pytest.mark.slow)])
def test_the_demo_comes_up_and_leaves_nothing(start, data_dir, orders):
    port = free_port()
    environment = {"DATA_DIR": str(data_dir), "PORT": str(port), "HOST": "127.0.0.1", "DEMO_ORDERS": str(orders)}
    demo = start(sys.executable, "manage.py", "demo", env=environment)
    lines = []
    threading.Thread(target=lambda: lines.extend(demo.stdout), daemon=True).start()
    wait_for(lambda: f"Ready at http://127.0.0.1:{port}/\n" in lines, seconds=300)
    with urlopen(f"http://127.0.0.1:{port}/account/login/") as answer:
        assert answer.status == 200
    family = [process.pid for process in psutil.Process(demo.pid).children(recursive=True)]
    demo.send_signal(signal.SIGTERM)
    assert demo.wait(timeout=60) == 0
    assert not any(alive(pid) for pid in family)
    assert all(stopped(engine) for engine in (Postgres(data_dir), Redis(data_dir)))


def test_the_sample_brand_lives_on_unless_it_is_switched_off(settings):
    assert "sample brand" in {program.name for program in programs("127.0.0.1", 8000)}
    settings.DEMO_LIVES = False
    assert {program.name for program in programs("127.0.0.1", 8000)} == {"web", "worker", "beat"}
