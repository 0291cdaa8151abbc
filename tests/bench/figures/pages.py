"""Fifty people at work in front of many exceptions and orders, each clicking once in five seconds."""

import time
from statistics import median

from django.db import connection
from django.test import Client

from exceptions.models import ExceptionCase
from reconciliation.models import LedgerEntry
from tests.bench.office import clicked, company, most_of, running, signed_in
from tests.bench.report import Figure
from tests.bench.stage import read_beside
from tests.exceptions.people import someone

DATABASE = "bench_pages"
PEOPLE, PAUSE_SECONDS, ROUNDS = 50, 5, 24
MILLISECONDS = 150
WARM, TIMES = 3, 10
TRADES = {"ops": ("agent",), "cx": ("agent",), "finance": ("agent", "finance_controller"), "admin": ("admin",)}


def measure(stage):
    stage.copy(DATABASE)
    company()
    staff = [person(number) for number in range(PEOPLE)]
    more_cases(stage)
    stage.analyze()
    size = f"{stage.orders:,} orders, {ExceptionCase.objects.count():,} exceptions"
    with running(stage, "web") as address:
        desks = [(signed_in(one), paths(number)) for number, one in enumerate(staff)]
        clicked(address, desks, pause_seconds=PAUSE_SECONDS, rounds=6)
        times = clicked(address, desks, pause_seconds=PAUSE_SECONDS, rounds=ROUNDS)
    floor = most_of(times.pop("floor"))
    for page, milliseconds in sorted(times.items()):
        name = f"{page}, 95 % of {len(milliseconds)} clicks"
        yield Figure(name, most_of(milliseconds), "ms", size, goal=MILLISECONDS, floor=floor, of_value=True)
    for page, milliseconds in alone(staff[0]).items():
        yield Figure(f"{page}, processor time of one click", milliseconds, "ms", size)
    stage.remove(DATABASE)


def alone(one):
    """Milliseconds of processor that each page takes in a web process, which no other work on the machine adds to."""
    client, spent = Client(HTTP_HOST="localhost"), {}
    client.force_login(one.user)
    for page, path in paths(0):
        times = []
        for _ in range(WARM + TIMES):
            began = time.process_time()
            client.get(path)
            times.append(1000 * (time.process_time() - began))
        spent[page] = median(times[WARM:])
    return spent


def person(number):
    team = list(TRADES)[number % len(TRADES)]
    return someone(f"person-{number}", *TRADES[team], team=team)


def more_cases(stage):
    """As many exceptions as orders."""
    times = max(1, stage.orders // ExceptionCase.objects.count() - 1)
    with connection.cursor() as cursor:
        cursor.execute(read_beside(__file__, "more_cases.sql"), {"times": times, "moment": stage.moment})


def paths(number):
    """What one person opens in turn: their home, the queue, as it is and filtered, an exception and an order."""
    offset = number * 17
    cases = ExceptionCase.objects.order_by("id").values_list("id", flat=True)
    orders = LedgerEntry.objects.filter(type="order", system="store").order_by("changed_at")  # as an index has them
    return [
        ("home", "/"),
        ("queue", "/queue"),
        ("exception page", f"/exceptions/{cases[offset]}"),
        ("queue, filtered", f"/queue?state=new&kind={('quantity_mismatch', 'price_mismatch')[number % 2]}"),
        ("order page", f"/orders/{orders.values_list('record', flat=True)[offset]}"),
        ("floor", "/ready"),
    ]
