"""`manage.py embedded start|stop|status|remove`: the embedded PostgreSQL and Redis by hand."""

import shutil
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from reconciliation.project import embedded
from reconciliation.project.engines import Engine, EngineFailed

PATIENCE_SECONDS = 3.0
REMOVED = ("postgres-*", "redis", "run", "static", "files", "beat-schedule*", "secret-key", "sample-brand-*")


class Command(BaseCommand):
    """Starts, stops or shows the engines, or removes them with all their data."""

    help = (
        "Starts the embedded engines until they are stopped, stops them, shows them, or removes them with their data."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One word: what to do."""
        parser.add_argument("action", choices=["start", "stop", "status", "remove"])

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        """Does it, for those engines that the environment does not replace by given servers."""
        if not settings.ENGINES:
            self.stdout.write("DATABASE_URL and REDIS_URL are set: no engine is embedded.")
            return
        getattr(self, f"_{action}")(settings.ENGINES)

    def _start(self, engines: list[Engine]) -> None:
        try:
            embedded.keep(engines, tell=self.stderr.write)
        except EngineFailed as failure:
            raise CommandError(str(failure), returncode=2) from failure
        self._status(engines)

    def _stop(self, engines: list[Engine]) -> None:
        for engine in embedded.let_go(engines, patience_seconds=PATIENCE_SECONDS):
            self.stdout.write(f"{engine.title} is in use by {_processes(engine)} and stops with the last of them.")
        self._status(engines)

    def _status(self, engines: list[Engine]) -> None:
        for engine in engines:
            state = embedded.state_of(engine)
            self.stdout.write(f"{engine.title}: {state.progress}, data in {engine.home}, socket in {engine.socket_dir}")

    def _remove(self, engines: list[Engine]) -> None:
        for engine in embedded.let_go(engines, patience_seconds=PATIENCE_SECONDS):
            raise CommandError(f"{engine.title} is in use by {_processes(engine)}; stop that first.")
        for pattern in REMOVED:
            for path in settings.DATA_DIR.glob(pattern):
                _delete(path)
        self.stdout.write(f"Removed the data in {settings.DATA_DIR}.")


def _processes(engine: Engine) -> str:
    return f"process {', '.join(map(str, embedded.holders_of(engine)))}" if sys.platform == "linux" else "a process"


def _delete(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
