"""Locks that hold across processes and machines: PostgreSQL's, so that they end with whoever held them."""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256

from django.db import connection


class Busy(Exception):
    """Another process holds the lock."""


@contextmanager
def held(name: str, *, wait: bool = False) -> Iterator[None]:
    """Holds the lock `name`; raises Busy where another session has it, or waits for it."""
    key = int.from_bytes(sha256(name.encode()).digest()[:8], "big", signed=True)
    with connection.cursor() as cursor:
        if wait:
            cursor.execute("select pg_advisory_lock(%s)", [key])
        else:
            cursor.execute("select pg_try_advisory_lock(%s)", [key])
            if not cursor.fetchone()[0]:
                raise Busy(name)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_unlock(%s)", [key])
