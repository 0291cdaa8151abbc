"""Processes that read batches of a long feed side by side, while the one that they work for stores what they read.

Batches come back in their order. A reader has one batch at a time, so that neither side ever waits for the other to
take what it sends, and no more than a few batches are held in memory. It ends when its pipe does, however that comes.
"""

import signal
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any
from uuid import UUID

import psycopg

from connectors.lines import Known
from reconciliation.batches import Batch
from reconciliation.incoming import Before, Incoming, read


class ReaderFailed(Exception):
    """A reader ended, or met what it should not have; its words say what."""


@dataclass(frozen=True)
class Task:
    """What a reader must know: what lines may name, where they come from, and how to ask what came before."""

    known: Known
    source: str
    database: dict[str, Any]
    heard: str
    stored: str


@contextmanager
def reading(number: int, task: Task) -> Iterator["Readers"]:
    """So many readers for the length of the block, each with a connection of its own to the database."""
    context, pipes = get_context("spawn"), []
    try:
        for _ in range(number):
            ours, theirs = context.Pipe()
            context.Process(target=_read_on, args=(theirs, task), daemon=True).start()
            theirs.close()
            pipes.append(ours)
        yield Readers(pipes)
    finally:
        for pipe in pipes:
            pipe.close()


class Readers:
    """Hands batches round, and gives each back with what was read of it."""

    def __init__(self, pipes: Sequence[Connection]) -> None:
        self.pipes = pipes

    def __call__(self, batches: Iterable[Batch]) -> Iterator[tuple[Batch, Incoming]]:
        rest = iter(batches)
        waiting = deque((pipe, _sent(pipe, batch)) for pipe, batch in zip(self.pipes, rest, strict=False))
        while waiting:
            pipe, batch = waiting.popleft()
            found = _received(pipe)
            for following in islice(rest, 1):
                waiting.append((pipe, _sent(pipe, following)))
            yield batch, found


def _sent(pipe: Connection, batch: Batch) -> Batch:
    with _alive():
        pipe.send(batch)
    return batch


def _received(pipe: Connection) -> Incoming:
    with _alive():
        found = pipe.recv()
    if isinstance(found, Incoming):
        return found
    raise ReaderFailed(str(found))


@contextmanager
def _alive() -> Iterator[None]:
    try:
        yield
    except (EOFError, ConnectionError):
        raise ReaderFailed("A process that read lines has ended.") from None


def _read_on(pipe: Connection, task: Task) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who it works for decides when it ends
    with psycopg.connect(**task.database, autocommit=True) as connection:
        while True:
            try:
                batch = pipe.recv()
            except EOFError:
                return
            found = _read(connection, batch, task)
            pipe.send(found)
            del batch, found  # not held while it waits for more


def _read(connection: psycopg.Connection[Any], batch: Batch, task: Task) -> Incoming | str:
    def found(statement: str, keys: Sequence[UUID]) -> set[UUID]:
        return {key for (key,) in connection.execute(statement, {"keys": keys})}

    before = Before(heard=partial(found, task.heard), stored=partial(found, task.stored))
    try:
        return read(batch.lines, task.known, before, task.source, batch.arrived_at)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
