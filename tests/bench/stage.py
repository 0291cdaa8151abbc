"""Where the benchmarks happen: databases of their own, loaded with as many orders as a figure asks for."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import quote, urlencode

import msgspec
import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from psycopg import sql

from exceptions.reconciling import reconcile
from reconciliation.topology import load
from tests.bench.world import TOPOLOGY, World

ROOT = Path(__file__).parents[2]
EMPTY = "bench_empty"
READERS = 3  # processes that load a world together; how fast is another figure's question


@dataclass(frozen=True)
class Stage:
    """`orders` is how large a world the figures are of, `moment` as of when it is; files are kept in `folder`."""

    orders: int
    moment: datetime
    folder: Path
    migrated: set[str] = field(default_factory=set)

    def enter(self, name):
        """Goes on in the database `name`, made with all tables and the topology when it is not there."""
        if EMPTY not in self.migrated:
            self._make_empty()
        connection.close()
        if not self._exists(name):
            self._create(name, EMPTY)
            self.migrated.add(name)
        self._switch(name)
        if name not in self.migrated:  # kept since a run before
            call_command("migrate", verbosity=0)
            self.migrated.add(name)

    def _make_empty(self):
        self.remove(EMPTY)
        self._create(EMPTY, "template0")
        self._switch(EMPTY)
        call_command("migrate", verbosity=0)
        load(TOPOLOGY.read_text(encoding="utf-8"))
        self.migrated.add(EMPTY)

    def fresh(self, name):
        """Goes on in a database `name` that holds nothing but the topology."""
        self.remove(name)
        self.enter(name)

    def stored(self, orders=None):
        """Goes on in a database that has taken in a world of so many orders, as many as the stage has unless told."""
        orders = orders or self.orders
        self.enter(f"bench_{orders}")
        if self._note() is None:
            self.fresh(f"bench_{orders}")
            self.tell(f"taking in {orders:,} orders")
            self.ingest(*self.world_files(orders))
            self.analyze()
            self._write_note("stored")
        return World(orders, self.moment)

    def examined(self, orders=None):
        """As `stored`, and all of it has been examined once."""
        world = self.stored(orders)
        if self._note() == "stored":
            self.tell(f"examining {world.orders:,} orders")
            reconcile(as_of=self.moment, now=self.moment)
            self.analyze()
            self._write_note("examined")
        return world

    def copy(self, name, orders=None):
        """Goes on in a copy of the examined world, for a figure that leaves it other than it was."""
        world = self.examined(orders)
        connection.close()
        self.remove(name)
        self._create(name, f"bench_{world.orders}")
        self._switch(name)
        return world

    def world_files(self, orders):
        """The world's lines in as many files as there are readers; written once."""
        world, files = World(orders, self.moment), []
        for reader in range(READERS):
            numbers = range(orders * reader // READERS, orders * (reader + 1) // READERS)
            files.append(self.file(f"world-{orders}-{reader}", lambda part=numbers: world.lines(part)))
        return files

    def file(self, name, lines):
        """A file of lines of JSON under `name`, written unless it is there."""
        path = self.folder / f"{name}-{self.moment:%Y%m%d}.ndjson"
        if not path.exists():
            self.tell(f"writing {path.name}")
            draft, encode = path.with_suffix(".part"), msgspec.json.Encoder().encode
            self.folder.mkdir(parents=True, exist_ok=True)
            with draft.open("wb") as out:
                out.writelines(encode(line) + b"\n" for line in lines())
            draft.rename(path)
        return path

    def ingest(self, *files):
        """Takes the files in by as many processes; where there are several, each reads for itself."""
        readers = ("--readers", "0") if len(files) > 1 else ()
        running = [self.start("manage.py", "ingest", *readers, file) for file in files]
        for process in running:
            if process.wait() != 0:
                raise RuntimeError(f"{process.args} ended with {process.returncode}")

    def start(self, *arguments, **environment):
        """A Python process of the product in the present database; it prints nothing but errors."""
        command = [sys.executable, *map(str, arguments)]
        env = os.environ | self.environment() | environment
        return subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL)

    def environment(self):
        """The settings by which another process finds the present database and this Redis."""
        now = connection.settings_dict
        account = quote(now["USER"]) + (f":{quote(now['PASSWORD'])}" if now.get("PASSWORD") else "")
        where = urlencode({"host": now["HOST"]} | now["OPTIONS"])
        port = f"localhost:{now['PORT']}" if now["PORT"] else ""
        url = f"postgresql://{account}@{port}/{now['NAME']}?{where}"
        return {
            "DATABASE_URL": url,
            "REDIS_URL": settings.REDIS_URL,
            "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"],
        }

    def remove(self, *names):
        """Drops databases, with whoever is still connected."""
        connection.close()
        with self.owner() as owner:
            for name in names:
                owner.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))

    def clean(self):
        """Drops every database and file of the benchmarks."""
        connection.close()
        with self.owner() as owner:
            names = [name for (name,) in owner.execute("select datname from pg_database where datname like 'bench_%'")]
        self.remove(*names)
        for path in self.folder.glob("*.ndjson"):
            path.unlink()

    def tell(self, words):
        print(time.strftime("%H:%M:%S"), words, file=sys.stderr, flush=True)

    def owner(self, database="postgres"):
        """A connection of who owns the databases."""
        given = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
        now = connection.settings_dict | settings.DATABASE_OWNER
        where = {name: now[key] for name, key in given.items() if now.get(key)}
        return psycopg.connect(dbname=database, autocommit=True, **where)

    def _exists(self, name):
        with self.owner() as owner:
            return owner.execute("select 1 from pg_database where datname = %s", [name]).fetchone() is not None

    def _create(self, name, template):
        made = sql.SQL("create database {} template {}").format(sql.Identifier(name), sql.Identifier(template))
        with self.owner() as owner:
            owner.execute(made)

    def _switch(self, name):
        connection.close()
        connection.settings_dict["NAME"] = name

    def analyze(self):
        """What the planner knows, taken anew, and what autovacuum would have come round to."""
        with self.owner(connection.settings_dict["NAME"]) as owner:
            owner.execute("vacuum (analyze)")

    def _note(self):
        """What was done in the present database is kept as its comment."""
        find = "select shobj_description(oid, 'pg_database') from pg_database where datname = current_database()"
        with connection.cursor() as cursor:
            cursor.execute(find)
            (note,) = cursor.fetchone()
        said, _, day = (note or "").partition(" ")
        return said if day == f"{self.moment:%Y%m%d}" else None

    def _write_note(self, said):
        name = sql.Identifier(connection.settings_dict["NAME"])
        with self.owner() as owner:
            note = sql.Literal(f"{said} {self.moment:%Y%m%d}")
            owner.execute(sql.SQL("comment on database {} is {}").format(name, note))


def read_beside(file, name):
    """The text of the file `name` in the folder of `file`."""
    return Path(file).with_name(name).read_text(encoding="utf-8")
