"""How long it takes from the answer that a record is accepted until somebody can see what is wrong with it."""

import threading
import time
from datetime import UTC, datetime, timedelta

import httpx
import msgspec
from django.db import connection

from exceptions.models import ExceptionCase
from exceptions.people.tokens import create_token
from exceptions.reconciling import reconcile
from tests.bench.office import most_of, running
from tests.bench.report import Figure
from tests.bench.world import World

DATABASE = "bench_visible"
A_SECOND, AT_ONCE, SECONDS = 50, 10, 60
FREE_SECONDS = 20  # at the beginning, while processes still load what they need
GOAL_SECONDS = 3


def measure(stage):
    world = stage.copy(DATABASE)
    reconcile(as_of=datetime.now(UTC), now=datetime.now(UTC))
    text = create_token(name="bench", scopes=["ingest"], expires_at=datetime.now(UTC) + timedelta(days=1))[1]
    with running(stage, "web", "worker", "beat") as address, httpx.Client(base_url=address, timeout=60) as client:
        client.headers["Authorization"] = f"Bearer {text}"
        waited = waiting_times(client, world)
    late = [1000 * seconds for seconds in waited[FREE_SECONDS * A_SECOND :]]
    size = f"{stage.orders:,} orders stored, {len(late):,} of {A_SECOND} a second"
    yield Figure("accepted → visible, 95 %", most_of(late) / 1000, "s", size, goal=GOAL_SECONDS)
    yield Figure("accepted → visible, longest", max(late) / 1000, "s", size)
    stage.remove(DATABASE)


def waiting_times(client, world):
    """Seconds from each record's acceptance to its exception, in the order in which they were sent."""
    accepted, seen, over = {}, {}, threading.Event()
    watching = threading.Thread(target=watch, args=(seen, over))
    watching.start()
    try:
        begin = time.monotonic()
        for batch in range(SECONDS * A_SECOND // AT_ONCE):
            time.sleep(max(0, begin + batch * AT_ONCE / A_SECOND - time.monotonic()))
            numbers = range(batch * AT_ONCE, (batch + 1) * AT_ONCE)
            lines = [order(world, number) for number in numbers]
            answer = client.post("/api/v1/records", content=b"\n".join(map(msgspec.json.encode, lines)))
            if answer.raise_for_status().json()["accepted"] != AT_ONCE:
                raise RuntimeError(answer.text)
            accepted |= dict.fromkeys((f"order:store:{line['id']}" for line in lines), time.monotonic())
        until = time.monotonic() + 60
        while len(seen) < len(accepted) and time.monotonic() < until:
            time.sleep(0.1)
    finally:
        over.set()
        watching.join()
    return [seen[subject] - moment for subject, moment in accepted.items()]


def order(world: World, number):
    """A new order without the purchase order that its system requires, which is wrong at once."""
    said = next(iter(world.group(world.orders - 1 - number % 1_000)))
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    named = {"id": f"LIVE-{number}", "number": f"LIVE-{number}", "refs": {"sales_order": f"LIVE-{number}"}}
    return said | named | {"at": now, "placed_at": now, "status": "open"}


def watch(seen, over):
    """Notes when each case of such an order can first be read."""
    live = ExceptionCase.objects.filter(kind="missing_po", subject__startswith="order:store:LIVE-")
    last = 0
    while not over.is_set():
        for id, subject in live.filter(id__gt=last).order_by("id").values_list("id", "subject"):
            last, seen[subject] = id, time.monotonic()
        time.sleep(0.1)
    connection.close()
