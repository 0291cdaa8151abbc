"""A worker that cannot recover ends, though one of its processes still has much to say."""

import os
import subprocess
import sys
import time

import psutil
import pytest

from reconciliation.project.embedded import ROOT

BROKEN = """
import os
from celery.worker.consumer import Consumer
from reconciliation.project.celery import app

def broken(consumer):
    pool = consumer.pool._pool
    pool.apply_async(str.join, ("", ["x" * 1_000_000]), callback=lambda result: None)
    pool._cache.clear()  # as after a lost connection: nobody waits for the result
    os.write(1, " ".join(map(str, consumer.pool.info["processes"])).encode() + b"\\n")
    raise RuntimeError("nothing helps")

Consumer.start = broken
app.conf.update(broker_url="memory://", worker_concurrency=1)
app.Worker(pool="prefork", loglevel="ERROR", quiet=True).start()
"""


@pytest.mark.slow
def test_a_worker_that_cannot_recover_ends_with_its_processes():
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "reconciliation.project.settings"}
    said = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen([sys.executable, "-c", BROKEN], cwd=ROOT, env=environment, **said) as worker:
        processes = [int(pid) for pid in worker.stdout.readline().split()]
        try:
            assert worker.wait(timeout=30) == 1
        finally:
            worker.kill()
    time.sleep(0.5)
    assert processes
    assert not any(map(is_alive, processes))


def is_alive(pid):
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
