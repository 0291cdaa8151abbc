"""What the two engines have in common: where one keeps its files, how it is prepared, started and asked.

Everything here is about one server process; who may use it, and until when, is in embedded.py and keeper.py.
"""

import ctypes
import hashlib
import os
import pwd
import signal
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
                **as_account(self.account()),
            )

    def rotate_log(self) -> None:
        """Keeps the log of the start before; the new one begins empty, so that its last line is of this start."""
        if self.log.exists():
            self.log.replace(self.log.with_suffix(".before"))

    def last_words(self) -> str:
        """The line of the server's log that tells why it ended, else the last one."""
        lines = last_lines(self.log)
        fatal = [line for line in lines if "FATAL" in line or "PANIC" in line]
        return (fatal or lines or ["it said nothing"])[-1]

    def strays(self) -> Iterator[psutil.Process]:
        """Processes of this server that nobody looks after: every one of them stands in the data folder."""
        for process in psutil.process_iter(["pid", "cwd", "status"]):
            alive = process.info["status"] != psutil.STATUS_ZOMBIE
            if alive and process.info["cwd"] == str(self.home) and process.pid != os.getpid():
                yield process


def die_with_parent(number: int) -> None:
    """Asks Linux to send this process the signal when its parent dies; other systems do not know the request."""
    if sys.platform == "linux":
        C_LIBRARY.prctl(SET_PARENT_DEATH_SIGNAL, int(number))


def package_folder(name: str) -> Path:
    """The folder of an installed package; raises EngineFailed."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise EngineFailed(f"The package {name} is not installed; make setup installs it.")
    return Path(spec.origin).parent


class Account(TypedDict, total=False):
    """The arguments by which subprocess starts a program as somebody else."""

    user: int
    group: int
    extra_groups: list[int]


def as_account(account: pwd.struct_passwd | None) -> Account:
    """The arguments by which subprocess starts a program as this account; none for the caller's own."""
    if account is None:
        return {}
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def last_lines(path: Path) -> list[str]:
    """The last lines of a log, of its last 4 KB."""
    if not path.exists():
        return []
    with path.open("rb") as log:
        log.seek(max(0, path.stat().st_size - 4096))
        return log.read().decode(errors="replace").strip().splitlines()
