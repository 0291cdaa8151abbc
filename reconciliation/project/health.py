"""Signs of life: `/alive` says that the process answers, `/ready` whether it can serve."""

from collections.abc import Callable

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse

PATIENCE_SECONDS = 2


class NotReady(Exception):
    """What the product needs is not there; the text says what."""


def alive(request: HttpRequest) -> HttpResponse:
    """Answers a load balancer or the supervisor; touches no database."""
    return HttpResponse("alive\n", content_type="text/plain; charset=utf-8")


def ready(request: HttpRequest) -> HttpResponse:
    """One line for each thing that is needed, which a stranger may read; 503 where one of them lacks."""
    lines, status = [], 200
    for name, ask in NEEDED.items():
        try:
            ask()
            lines.append(f"{name}: ready")
        except NotReady as lack:
            lines.append(f"{name}: {lack}")
            status = 503
    return HttpResponse("\n".join(lines) + "\n", status=status, content_type="text/plain; charset=utf-8")


def _database() -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
    except DatabaseError as error:
        raise NotReady("does not answer") from error


def _tables() -> None:
    """A plan is made once by each process: while it serves, no migration of its own code can appear."""
    if _tables_seen:
        return
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        raise NotReady("cannot be read") from error
    if waiting:
        raise NotReady(f"{len(waiting)} migrations are to be made")
    _tables_seen.append(True)


def _redis() -> None:
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=PATIENCE_SECONDS) as client:
            client.ping()
    except redis.RedisError as error:
        raise NotReady("does not answer") from error


_tables_seen: list[bool] = []
NEEDED: dict[str, Callable[[], None]] = {"database": _database, "tables": _tables, "redis": _redis}
