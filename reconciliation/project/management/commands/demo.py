"""`manage.py demo`: the whole product with a sample brand, as one tree of processes."""

import hashlib
import os
import socket
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from reconciliation.project.servers import servers
from reconciliation.project.supervisor import Program, Supervisor, python

TRIED_PORTS = 50
CELERY = ("-m", "celery", "--quiet", "--app", "reconciliation.project.celery")

QUIETLY = ("-W", "ignore:You're running the worker with superuser privileges")  # in a container it is usual


class Command(BaseCommand):
    """Prepares what lacks and runs web, worker and beat until Ctrl-C."""

    help = "Runs the product with a sample brand until Ctrl-C."

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints the address and the sign-ins once the web process answers."""
        if settings.PRODUCTION:
            raise CommandError("The sample brand is not for production: everybody knows its sign-ins.")
        with servers():
            sign_ins = self._prepare()
            connections.close_all()
            port = free_port(settings.HOST, settings.PORT)
            supervisor = Supervisor(programs(settings.HOST, port), environment=os.environ, tell=self._say)
            supervisor.run(once_up=lambda: self._announce(port, sign_ins))
        self._say("Stopped.")

    def _prepare(self) -> str:
        call_command("migrate", verbosity=0)
        collect_static_files()
        if "sample_brand" not in get_commands():
            return ""
        return call_command("sample_brand", stdout=self.stdout) or ""

    def _announce(self, port: int, sign_ins: str) -> bool:
        if not answers(settings.HOST, port):
            return False
        if port != settings.PORT:
            self._say(f"Port {settings.PORT} is taken.")
        self._say(f"\nReady at http://{settings.HOST}:{port}/\n{sign_ins}\nCtrl-C stops everything; the data stays.")
        return True

    def _say(self, words: str) -> None:
        self.stdout.write(words)
        self.stdout.flush()


def programs(host: str, port: int) -> list[Program]:
    """Web, worker and beat, and the sample brand that lives on."""
    web = ["-m", "gunicorn", "reconciliation.project.wsgi", "--bind", f"{host}:{port}", "--preload"]
    size = ["--workers", str(settings.WEB_PROCESSES), "--threads", str(settings.WEB_THREADS)]
    beat = ["beat", "--pidfile", "", "--loglevel", "WARNING"]
    found = [
        Program("web", python(*web, *size, "--no-control-socket", "--log-level", "warning")),
        Program(
            "worker",
            python(*QUIETLY, *CELERY, "worker", "--without-gossip", "--without-mingle", "--loglevel", "WARNING"),
        ),
        Program("beat", python(*CELERY, *beat)),
    ]
    if settings.DEMO_LIVES and "living" in get_commands():
        found.append(Program("sample brand", python("-m", "django", "living", "--address", own_address(host, port))))
    return found


def own_address(host: str, port: int) -> str:
    """Where the web process is reached from this machine."""
    return f"http://{'127.0.0.1' if host in ('0.0.0.0', '::') else host}:{port}"


def free_port(host: str, wanted: int) -> int:
    """The wanted port, or the next one above it that nobody listens on."""
    for port in range(wanted, min(wanted + TRIED_PORTS, 65_536)):
        with socket.socket() as line:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                line.bind((host, port))
            except OSError:
                continue
            return port
    raise CommandError(f"None of {TRIED_PORTS} ports from {wanted} on is free; set PORT.")


def answers(host: str, port: int) -> bool:
    """Whether the web process takes requests."""
    try:
        with urlopen(f"http://{host}:{port}/alive", timeout=2) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def collect_static_files() -> None:
    """Runs collectstatic when a source file was added, changed or removed since it last ran."""
    mark = settings.STATIC_ROOT / "collected-from"
    now = _fingerprint([Path(folder) for _, folder in settings.STATICFILES_DIRS])
    if mark.exists() and mark.read_text(encoding="ascii") == now:
        return
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    mark.write_text(now, encoding="ascii")


def _fingerprint(folders: list[Path]) -> str:
    files = sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())
    facts = [f"{path}:{path.stat().st_size}:{path.stat().st_mtime_ns}" for path in files]
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()
