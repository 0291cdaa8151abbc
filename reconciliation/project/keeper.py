"""The process behind one embedded engine: starts it, starts it again when it dies, stops it after its last holder.

Holders share a lock on the file `holders`; the kernel lets go of it however a holder ends. The keeper tries to take
the same lock for itself, and once it has it, nobody holds the engine any more.
"""

import argparse
import fcntl
import json
import os
import shutil
import subprocess
import time
from pathlib import Path

import psutil

from reconciliation.project.engines import Engine, EngineFailed, Postgres, Redis

PAUSE_SECONDS = 0.1
STOP_SECONDS = 120.0
RESTART_SECONDS = 1.0


def main() -> None:
    """Leaves the caller's session and keeps the engine the arguments name."""
    engine = engine_from_arguments()
    lock = os.open(engine.run_dir / "keeper", os.O_RDWR | os.O_CREAT, 0o600)
    # No other keeper can have it, since holders take turns to start one; only somebody who looks whether there is a
    # keeper has it, for a moment. Once this process has ended, the lock is the child's.
    fcntl.flock(lock, fcntl.LOCK_EX)
    if os.fork():
        os._exit(0)
    os.setsid()
    Keeper(engine, lock).run()


def arguments_for(engine: Engine) -> list[str]:
    """The arguments by which a new keeper knows its engine."""
    version = str(engine.version) if isinstance(engine, Postgres) else "0"
    return ["-m", "reconciliation.project.keeper", str(engine.data_dir), version]


def engine_from_arguments() -> Engine:
    """The engine of this process's command line; version 0 stands for Redis."""
    parser = argparse.ArgumentParser()
    parser.add_argument("data_dir", type=Path)
    parser.add_argument("version", type=int)
    given = parser.parse_args()
    return Postgres(given.data_dir, given.version) if given.version else Redis(given.data_dir)


class Keeper:
    """Looks after one engine from its start to its stop."""

    def __init__(self, engine: Engine, lock: int) -> None:
        self.engine = engine
        self.lock = lock
        self.holders = os.open(engine.run_dir / "holders", os.O_RDWR | os.O_CREAT, 0o600)
        self.kept = engine.run_dir / "kept"
        self.reported = ""

    def run(self) -> None:
        """Serves until nobody holds the engine; a failure to start is left in the state file."""
        self.kept.unlink(missing_ok=True)
        try:
            self._clear_strays()
            self._report("preparing its data")
            self.engine.prepare()
            self._serve()
        except EngineFailed as failure:
            self._report(str(failure), failed=True)

    def _serve(self) -> None:
        server = self._start()
        while not self._unheld():
            if server.poll() is not None:
                server = self._start_again(server)
            self._report(self.engine.progress(server.pid), server.pid)
            time.sleep(PAUSE_SECONDS)
        self._report("stopping", server.pid)
        self._stop(psutil.Process(server.pid), server)
        shutil.rmtree(self.engine.socket_dir)  # it may be in /tmp, where nobody would tidy up
        self._report("stopped")
        # the next holder waits for `holders`; when it gets it, it must find that no keeper is at work
        os.close(self.lock)
        os.close(self.holders)

    def _start(self) -> subprocess.Popen[bytes]:
        self.engine.rotate_log()
        return self.engine.spawn()

    def _start_again(self, server: subprocess.Popen[bytes]) -> subprocess.Popen[bytes]:
        if self.reported != "ready":
            raise EngineFailed(f"{self.engine.title} did not start: {self.engine.last_words()}")
        self._report("starting again after it died")
        self._clear_strays()
        time.sleep(RESTART_SECONDS)
        self.engine.prepare()
        return self._start()

    def _unheld(self) -> bool:
        """Whether nobody is left; if so, the lock is ours and a new holder waits for it."""
        try:
            fcntl.flock(self.holders, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        if self.kept.exists():
            fcntl.flock(self.holders, fcntl.LOCK_UN)
            return False
        return True

    def _clear_strays(self) -> None:
        """Ends what an earlier keeper left behind: two servers on one data folder would destroy it."""
        for process in self.engine.strays():
            self._report("waiting for the end of an earlier server")
            self._stop(process)

    def _stop(self, process: psutil.Process, server: subprocess.Popen[bytes] | None = None) -> None:
        try:
            process.send_signal(self.engine.stop_signal)
            (server or process).wait(STOP_SECONDS)
        except psutil.NoSuchProcess:
            return
        except (psutil.TimeoutExpired, subprocess.TimeoutExpired):
            process.kill()
            (server or process).wait()

    def _report(self, progress: str, pid: int = 0, *, failed: bool = False) -> None:
        if progress == self.reported:
            return
        self.reported = progress
        draft = self.engine.run_dir / "state.new"
        draft.write_text(json.dumps({"progress": progress, "pid": pid, "failed": failed}), encoding="utf-8")
        draft.replace(self.engine.run_dir / "state")


if __name__ == "__main__":
    main()
