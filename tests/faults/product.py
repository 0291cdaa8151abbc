"""The product as it runs: web, worker and beat under the supervisor, with the embedded engines."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import psutil

from reconciliation.project.embedded import state_of
from reconciliation.project.engines import Postgres, Redis
from tests.faults.machine import Clock, Disk
from tests.project.conftest import free_port

ROOT = Path(__file__).parents[2]
RUNNING = """
import json, os, sys, django
django.setup()
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from reconciliation.project.management.commands.demo import collect_static_files, programs
from reconciliation.project.servers import servers
from reconciliation.project.supervisor import Supervisor
with servers():
    call_command("migrate", verbosity=0)
    collect_static_files()
    from tests.faults.brand import address_of, prepare
    given = json.loads(os.environ["FAULTS_GIVEN"])
    token, given_to = prepare(given), [one["system"] for one in given["connections"]]
    print(json.dumps({"token": token, "hooks": {name: address_of(name) for name in given_to}}), flush=True)
    connections.close_all()
    Supervisor(programs("127.0.0.1", settings.PORT), environment=os.environ, tell=lambda words: None).run()
"""


class Product:
    """A running product, which is `given` its connections. `progress`: the part of the faults that it has met."""

    def __init__(self, home, given):
        home.mkdir(parents=True)
        self.disk, self.clock = Disk(home / "disk"), Clock(home)
        self.data_dir, self.given, self.port = home / "disk" / "product", given, free_port()
        self.progress = 0.0
        self.engines = [Postgres(self.data_dir), Redis(self.data_dir)]

    def __enter__(self):
        self.data_dir.mkdir(parents=True)
        given = {
            "DATA_DIR": str(self.data_dir),
            "DJANGO_SETTINGS_MODULE": "reconciliation.project.settings",
            "PORT": str(self.port),
            "DEMO_LIVES": "no",
            "LOG_LEVEL": "ERROR",
            "FAULTS_GIVEN": json.dumps(self.given),
        } | self.clock.environment
        self.log = (self.data_dir / "log").open("wb")
        self.process = subprocess.Popen(
            [sys.executable, "-c", RUNNING],
            cwd=ROOT,
            env=os.environ | given,
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
            start_new_session=True,
        )
        said = self.process.stdout.readline().strip()
        if not said:
            raise RuntimeError((self.data_dir / "log").read_text()[-2_000:])
        self.token, self.hooks = json.loads(said).values()
        self.answered("GET", "/ready")
        return self

    def __exit__(self, *error):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=120)
        self.log.close()

    @property
    def address(self):
        return f"http://127.0.0.1:{self.port}"

    def answered(self, method, path, **given):
        """The first answer that is no fault of the server's, however long it takes."""
        headers = {"Authorization": f"Bearer {self.token}"} | given.pop("headers", {})
        while True:
            answer = self.asked(method, path, headers=headers, **given)
            if answer is not None and answer.status_code < 500 and answer.status_code != 429:
                return answer
            time.sleep(0.3)

    def asked(self, method, path, **given):
        """What is answered to one request; null where no answer comes."""
        try:
            with httpx.Client(base_url=self.address, timeout=30) as client:
                return client.request(method, path, **given)
        except httpx.HTTPError:
            return None

    def processes(self, words):
        """The processes of the product whose command line has these words; the parents come first."""
        family = psutil.Process(self.process.pid).children(recursive=True)
        return [process for process in family if words in " ".join(_command(process))]

    def server(self, engine):
        """The process of an embedded server, or null while it is down."""
        pid = state_of(engine).pid
        return psutil.Process(pid) if pid and psutil.pid_exists(pid) else None


def _command(process):
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:
        return []
