"""A database of its own on the servers of the tests, for processes of the product that are killed or left to commit."""

import os
import subprocess
import sys
from contextlib import contextmanager
from urllib.parse import quote, urlsplit

import psycopg
from django.conf import settings

from reconciliation.project.embedded import ROOT
from reconciliation.project.engines import OWNER
from tests.migrated import TEMPLATE, is_made

MANAGE = [sys.executable, "manage.py"]


class Apart:
    """An empty database with all its tables; processes find it, and a part of Redis, by their `environment`."""

    def __init__(self, name):
        self.name = name
        number = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
        given = {"DATABASE_URL": self.url(name), "DJANGO_SETTINGS_MODULE": "reconciliation.project.settings"}
        given["REDIS_URL"] = settings.REDIS_URL.replace("db=0", f"db={int(number) + 1}")
        self.environment = os.environ | given

    @staticmethod
    def url(name):
        """The address of a database on the server of the tests."""
        if settings.DATABASE_URL:
            return urlsplit(settings.DATABASE_URL)._replace(path=f"/{name}").geturl()
        return f"postgresql://{OWNER}@/{name}?host={quote(settings.DATABASES['default']['HOST'], safe='')}"

    def make(self):
        """Makes the database: as a copy of the migrated one, where this run has it."""
        self.drop()
        self._say(f'create database "{self.name}" template {TEMPLATE if is_made() else "template0"}')
        if not is_made():
            self.done("migrate", "-v", "0")

    def drop(self):
        """Removes the database, whoever is connected to it."""
        self._say(f'drop database if exists "{self.name}" with (force)')

    def _say(self, statement):
        with psycopg.connect(self.url("postgres"), autocommit=True) as server:
            server.execute(statement)

    def manage(self, *arguments, **options):
        """A management command as a process of its own."""
        command = [*MANAGE, *map(str, arguments)]
        return subprocess.Popen(command, cwd=ROOT, env=self.environment, text=True, **options)

    def done(self, *arguments, codes=(0,)):
        """What a management command said, once it is done with one of these codes."""
        process = self.manage(*arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        out, err = process.communicate(timeout=120)
        assert process.returncode in codes, err[-2000:]
        return out


@contextmanager
def database_apart(name):
    """A database of that name for the length of the block."""
    made = Apart(f"{settings.DATABASES['default']['NAME']}_{name}")
    made.make()
    try:
        yield made
    finally:
        made.drop()
