"""One process that starts the others, starts again what dies, and takes all of them with it when it ends."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from reconciliation.project.engines import die_with_parent

PAUSE_SECONDS = 0.1
STOP_SECONDS = 20.0
LONGEST_WAIT_SECONDS = 30.0
STEADY_SECONDS = 60.0


@dataclass(frozen=True)
class Program:
    """A command to be kept running, under the name the messages call it by."""

    name: str
    command: Sequence[str]


@dataclass
class _Child:
    """A program with its process of the moment."""

    program: Program
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    next_start: float = 0.0
    wait_seconds: float = 1.0


class Supervisor:
    """Keeps programs running until SIGTERM or SIGINT; nothing of them is left afterwards.

    A child that is told to end has `stop_seconds` for it and is killed then. On Linux the kernel tells the children to
    stop when the supervisor itself is killed.
    """

    def __init__(
        self,
        programs: Sequence[Program],
        *,
        environment: Mapping[str, str],
        tell: Callable[[str], None],
        stop_seconds: float = STOP_SECONDS,
    ) -> None:
        self.children = [_Child(program) for program in programs]
        self.environment = environment
        self.tell = tell
        self.stop_seconds = stop_seconds
        self.stopping = False

    def run(self, *, once_up: Callable[[], bool] = lambda: True) -> None:
        """Runs until told to stop; `once_up` is asked again and again until it says that it has seen enough."""
        told = {number: signal.signal(number, self._be_told) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            seen = False
            while not self.stopping:
                for child in self.children:
                    self._look_after(child)
                seen = seen or once_up()
                time.sleep(PAUSE_SECONDS)
        finally:
            self._stop()
            for number, handler in told.items():
                signal.signal(number, handler)

    def _be_told(self, number: int, frame: object) -> None:
        self.stopping = True

    def _look_after(self, child: _Child) -> None:
        now = time.monotonic()
        if child.process is None and now >= child.next_start:
            child.process, child.started = self._start(child.program), now
        elif child.process is not None and child.process.poll() is not None:
            self._bury(child, child.process, now)

    def _start(self, program: Program) -> subprocess.Popen[bytes]:
        # its own session: Ctrl-C reaches the supervisor alone, and a whole family can be ended by its group
        return subprocess.Popen(
            program.command,
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=lambda: die_with_parent(signal.SIGTERM),
        )

    def _bury(self, child: _Child, process: subprocess.Popen[bytes], now: float) -> None:
        _end_group(process.pid)
        if now - child.started > STEADY_SECONDS:
            child.wait_seconds = 1.0
        self.tell(
            f"{child.program.name} ended ({process.returncode}); starting it again in {child.wait_seconds:.0f} s."
        )
        child.process, child.next_start = None, now + child.wait_seconds
        child.wait_seconds = min(2 * child.wait_seconds, LONGEST_WAIT_SECONDS)

    def _stop(self) -> None:
        running = [child.process for child in self.children if child.process is not None]
        for process in running:
            process.terminate()
        until = time.monotonic() + self.stop_seconds
        while any(process.poll() is None for process in running) and time.monotonic() < until:
            time.sleep(PAUSE_SECONDS)
        for process in running:
            _end_group(process.pid)
            process.wait()


def _end_group(leader: int) -> None:
    """Kills what is left of a child's family; a group cannot take a new leader's number while a member lives."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        return


def python(*arguments: str) -> list[str]:
    """A command line of this very Python."""
    return [sys.executable, *arguments]
