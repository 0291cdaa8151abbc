"""PostgreSQL and Redis for a process: the embedded ones started, or given ones found good enough."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.conf import settings
from django.db import connections

from reconciliation.project import embedded
from reconciliation.project.engines import EngineFailed
from reconciliation.project.environment import WrongSetting

LEAST_POSTGRES = 16
LEAST_REDIS = (6, 2)
# `embedded` and `demo` start the servers themselves
WITHOUT_SERVERS = {
    "demo",
    "help",
    "version",
    "check",
    "collectstatic",
    "embedded",
    "findstatic",
    "diffsettings",
    "sbom",
}
ASKING_FOR_HELP = {"--help", "-h", "--version"}


@contextmanager
def servers_for(arguments: list[str]) -> Iterator[None]:
    """The servers for the length of a management command, or nothing where the command needs none."""
    if len(arguments) < 2 or arguments[1] in WITHOUT_SERVERS or ASKING_FOR_HELP.intersection(arguments):
        yield
        return
    with servers():
        yield


@contextmanager
def servers() -> Iterator[None]:
    """The servers for the length of the block."""
    hold = ready_servers()
    try:
        yield
    finally:
        connections.close_all()
        hold.release()


def ready_servers() -> embedded.Hold:
    """Holds the embedded engines and checks the given servers; WrongSetting when one of them cannot serve.

    A process that runs until it is killed need not release the hold.
    """
    try:
        hold = embedded.hold(settings.ENGINES, tell=_tell)
    except (EngineFailed, OSError) as failure:
        raise WrongSetting(str(failure)) from failure
    try:
        check_given_servers()
    except WrongSetting:
        hold.release()
        raise
    return hold


def check_given_servers() -> None:
    """Refuses a PostgreSQL or Redis that is too old or does not answer; embedded ones need no check."""
    if settings.DATABASE_URL:
        _check_postgres()
    if settings.REDIS_GIVEN:
        _check_redis(settings.REDIS_URL)


def _check_postgres() -> None:
    try:
        with psycopg.connect(settings.DATABASE_URL, connect_timeout=10) as connection:
            version = connection.info.server_version // 10000
    except psycopg.Error as error:
        reason = str(error).strip().splitlines()[0]
        raise WrongSetting(f"DATABASE_URL names a PostgreSQL that cannot be used: {reason}") from error
    if version < LEAST_POSTGRES:
        raise WrongSetting(f"DATABASE_URL names a PostgreSQL {version}; it must be {LEAST_POSTGRES} or later.")


def _check_redis(url: str) -> None:
    import redis  # a command that has the embedded one, and may never speak to it, need not wait for it

    try:  # protocol 3 would be an unknown command to the very servers that must be told that they are too old
        with redis.Redis.from_url(url, socket_connect_timeout=10, protocol=2) as client:
            version = str(client.info("server")["redis_version"])
    except redis.RedisError as error:
        raise WrongSetting(f"REDIS_URL names a Redis that cannot be used: {error}") from error
    if tuple(int(part) for part in version.split(".")[:2]) < LEAST_REDIS:
        raise WrongSetting(f"REDIS_URL names a Redis {version}; it must be 6.2 or later.")


def _tell(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)
