"""The faults: what is killed, cut, frozen and emptied."""

import os
import signal
import threading
import time
from collections import Counter

import psutil
import redis

from reconciliation.project.engines import Postgres, Redis
from tests.faults.systems.outside import TROUBLES

PAUSE_SECONDS = 1.5  # on average, between two faults
FROZEN_SECONDS = 2.0


def throw(product, work, dice, faults, *, tell):
    """Throws until so many faults have met what was up and the work is over; how many of each sort did.

    Work that is still not over after twice as many is left to finish in peace.
    """
    beset = {f"an outside system {trouble}": _beset(work.vendors, trouble) for trouble in TROUBLES}
    thrown, sorts = Counter(), SORTS | beset
    while (number := thrown.total()) < faults or (work.is_on() and number < 2 * faults):
        time.sleep(dice.expovariate(1 / PAUSE_SECONDS))
        name = dice.choice(list(sorts))
        try:
            met = sorts[name](product, dice)
        except (psutil.NoSuchProcess, ProcessLookupError, redis.RedisError):
            met = False
        thrown[name] += met
        product.progress = min(thrown.total() / faults, 1.0)
        if met and number % 20 == 19:
            tell(f"{number + 1} faults")
    return thrown


def _one_of(words):
    """Kills one process with these words, the parent among them."""

    def kill(product, dice):
        family = product.processes(words)
        return bool(family) and _kill(dice.choice(family))

    return kill


def _kill(process):
    process.kill()
    return True


def _kill_postgres(product, dice):
    server = product.server(Postgres(product.data_dir))
    return server is not None and _kill(server)


def _kill_backend(product, dice):
    """Ends one connection's process the hard way, after which PostgreSQL ends them all and recovers."""
    backends = _backends(product)
    return bool(backends) and _kill(dice.choice(backends))


def _cut_connections(product, dice):
    """Ends the connections politely, as a proxy or an administrator does."""
    backends = _backends(product)
    for backend in backends:
        os.kill(backend.pid, signal.SIGTERM)
    return bool(backends)


def _backends(product):
    server = product.server(Postgres(product.data_dir))
    family = server.children() if server else []
    return [process for process in family if "reconciliation_app" in " ".join(process.cmdline())]


def _kill_redis(product, dice):
    server = product.server(Redis(product.data_dir))
    return server is not None and _kill(server)


def _empty_redis(product, dice):
    """Redis as if it had been lost and replaced by a new one."""
    with redis.Redis(unix_socket_path=str(Redis(product.data_dir).socket)) as client:
        client.flushall()
    return True


def _freeze(product, dice):
    """Stops a process as a swapping or migrating machine does, and lets it go on."""
    family = product.processes("gunicorn") + product.processes("celery")
    if not family:
        return False
    frozen = dice.choice(family)
    frozen.suspend()
    threading.Timer(FROZEN_SECONDS, _go_on, [frozen]).start()
    return True


def _go_on(process):
    try:
        process.resume()
    except psutil.NoSuchProcess:
        return


def _jump(product, dice):
    """Sets the clock ahead or back by up to two hours for a few seconds, as a wrong time server does."""
    product.clock.for_a_while(dice.uniform(1, 4), ahead=dice.choice((-1, 1)) * dice.randint(60, 7_200))
    return True


def _stand(product, dice):
    product.clock.for_a_while(dice.uniform(1, 4), stands_at=int(time.time()))
    return True


def _fill_the_disk(product, dice):
    return product.disk.full(dice.uniform(0.5, 3))


def _beset(vendors, trouble):
    """One of the outside systems is in trouble for a few seconds."""

    def beset(product, dice):
        vendors.systems[dice.choice(sorted(vendors.systems))].for_a_while(dice.uniform(2, 8), trouble)
        return True

    return beset


SORTS = {
    "a web process killed": _one_of("gunicorn"),
    "a worker killed": _one_of("celery worker"),
    "the schedule killed": _one_of("celery beat"),
    "PostgreSQL killed": _kill_postgres,
    "a connection's process killed": _kill_backend,
    "all connections cut": _cut_connections,
    "Redis killed": _kill_redis,
    "Redis emptied": _empty_redis,
    "a process frozen for two seconds": _freeze,
    "the clock an hour or so off": _jump,
    "the clock standing": _stand,
    "the disk full": _fill_the_disk,
}
