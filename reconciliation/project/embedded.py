"""Using the embedded engines: hold them for the length of a process, keep them up, stop them, look at them.

A holder has a shared lock on one file per engine and needs nothing else: the kernel drops the lock with the process,
also one ended by SIGKILL, and the engine's keeper (keeper.py) stops the engine when no lock is left.
"""

import fcntl
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from reconciliation.project.engines import Engine, EngineFailed
from reconciliation.project.keeper import arguments_for

ROOT = Path(__file__).resolve().parents[2]
PAUSE_SECONDS = 0.05
PATIENCE_SECONDS = 2.0


@dataclass(frozen=True)
class State:
    """What an engine's keeper last said; `pid` is the server's."""

    progress: str = "stopped"
    pid: int = 0
    failed: bool = False

    @property
    def ready(self) -> bool:
        """Whether the server takes connections."""
        return self.progress == "ready"


@dataclass(frozen=True)
class Hold:
    """The locks of one holder, one open file per engine; a forked child of the holder holds them too."""

    descriptors: dict[Engine, int]

    def release(self) -> None:
        """Lets go; when this was the last holder, returns once the engines have stopped."""
        for engine, descriptor in self.descriptors.items():
            alone = _try_lock(descriptor, fcntl.LOCK_EX)
            os.close(descriptor)
            if alone and not (engine.run_dir / "kept").exists():
                wait_until_stopped([engine], patience_seconds=PATIENCE_SECONDS)


def hold(engines: Sequence[Engine], *, tell: Callable[[str], None]) -> Hold:
    """Starts the engines unless they run and returns once they take connections.

    Waits as long as a server is alive, since recovery after a crash may take minutes; `tell` hears what for.
    Raises EngineFailed with the server's last words when one cannot start.
    """
    mine = Hold({})
    try:
        for engine in engines:
            mine.descriptors[engine] = _join(engine)
        for engine in engines:
            _wait(engine, tell)
    except BaseException:
        mine.release()
        raise
    return mine


@contextmanager
def held(engines: Sequence[Engine], *, tell: Callable[[str], None]) -> Iterator[Hold]:
    """Holds the engines for the length of the block."""
    mine = hold(engines, tell=tell)
    try:
        yield mine
    finally:
        mine.release()


def keep(engines: Sequence[Engine], *, tell: Callable[[str], None]) -> None:
    """Starts the engines and leaves them running until `let_go`."""
    with held(engines, tell=tell):
        for engine in engines:
            (engine.run_dir / "kept").touch()


def let_go(engines: Sequence[Engine], *, patience_seconds: float) -> list[Engine]:
    """Ends `keep` and waits for the engines to stop; returns those that somebody holds on to for longer than that."""
    for engine in engines:
        (engine.run_dir / "kept").unlink(missing_ok=True)
    return wait_until_stopped(engines, patience_seconds=patience_seconds)


def wait_until_stopped(engines: Sequence[Engine], *, patience_seconds: float) -> list[Engine]:
    """Waits for engines without a holder; one that is stopping is waited for however long it takes."""
    until = time.monotonic() + patience_seconds
    while running := [engine for engine in engines if keeper_at_work(engine)]:
        stopping = any(_written_state(engine).progress == "stopping" for engine in running)
        if time.monotonic() > until and not stopping:
            return running
        time.sleep(PAUSE_SECONDS)
    return []


def holders_of(engine: Engine) -> list[int]:
    """The processes that took a holder's lock, where the kernel tells (Linux)."""
    holders, table = engine.run_dir / "holders", Path("/proc/locks")
    if not (holders.exists() and table.exists()):
        return []
    mark = f":{holders.stat().st_ino}"
    rows = [line.split() for line in table.read_text(encoding="ascii").splitlines()]
    return sorted({int(row[4]) for row in rows if row[1] == "FLOCK" and row[3] == "READ" and row[5].endswith(mark)})


def state_of(engine: Engine) -> State:
    """What the engine is doing now."""
    if not keeper_at_work(engine):
        failed = _written_state(engine)
        return failed if failed.failed else State()
    return _written_state(engine)


def keeper_at_work(engine: Engine) -> bool:
    """Whether a keeper process looks after the engine."""
    try:
        lock = os.open(engine.run_dir / "keeper", os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        return not _try_lock(lock, fcntl.LOCK_SH)
    finally:
        os.close(lock)


def _try_lock(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _join(engine: Engine) -> int:
    """Takes a holder's lock and sees to it that there is a keeper; one process at a time."""
    engine.run_dir.mkdir(parents=True, exist_ok=True)
    turn = os.open(engine.run_dir / "start", os.O_RDWR | os.O_CREAT, 0o600)
    holders = os.open(engine.run_dir / "holders", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(turn, fcntl.LOCK_EX)
        fcntl.flock(holders, fcntl.LOCK_SH)  # waits while a keeper is stopping the engine
        if not keeper_at_work(engine):
            _start_keeper(engine)
    except BaseException:
        os.close(holders)
        raise
    finally:
        os.close(turn)
    return holders


def _start_keeper(engine: Engine) -> None:
    """Returns once there is a keeper at work."""
    (engine.run_dir / "state").unlink(missing_ok=True)
    with (engine.run_dir / "keeper.log").open("wb") as log:
        command = [sys.executable, *arguments_for(engine)]
        started = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    if started.returncode:
        raise EngineFailed(f"{engine.title} has no keeper: {_keepers_last_words(engine)}")


def _wait(engine: Engine, tell: Callable[[str], None]) -> None:
    said, quiet_until = "", time.monotonic() + PATIENCE_SECONDS
    while not (state := _written_state(engine)).ready:
        if state.failed or not keeper_at_work(engine):
            _raise_unless_ready(engine)
            return
        if state.progress != said and time.monotonic() > quiet_until:
            tell(f"Waiting for {engine.title}: {state.progress}")
            said, quiet_until = state.progress, time.monotonic() + PATIENCE_SECONDS
        time.sleep(PAUSE_SECONDS)


def _raise_unless_ready(engine: Engine) -> None:
    state = _written_state(engine)
    if state.ready:
        return
    why = state.progress if state.failed else _keepers_last_words(engine)
    raise EngineFailed(f"{engine.title} is not running: {why}")


def _keepers_last_words(engine: Engine) -> str:
    words = (engine.run_dir / "keeper.log").read_text(encoding="utf-8").strip().splitlines()
    return (words or ["its keeper died"])[-1]


def _written_state(engine: Engine) -> State:
    try:
        return State(**json.loads((engine.run_dir / "state").read_text(encoding="utf-8")))
    except FileNotFoundError:
        return State("starting")
