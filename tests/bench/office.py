"""People at work on what the benchmarks found, and the product's own processes that they click in."""

import os
import subprocess
import threading
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from statistics import quantiles

import httpx
from django.core.cache import cache
from django.test import Client

from reconciliation.project.management.commands.demo import collect_static_files, free_port, programs
from tests.bench.stage import ROOT
from tests.exceptions.people import bands, someone, teams

HOST = "127.0.0.1"


def company():
    """Somebody of each trade; Tom of operations alone reads letters."""
    cache.clear()
    teams()
    bands()
    people = {
        "tom": someone("tom", "agent", team="ops"),
        "cem": someone("cem", "agent", team="cx"),
        "fay": someone("fay", "agent", "finance_controller", team="finance"),
        "sam": someone("sam", "admin", team="admin"),
    }
    people["tom"].user.email = "tom@example.com"
    people["tom"].user.save()
    return people


@contextmanager
def running(stage, *names):
    """The named processes of the product (web, worker, beat) as `make demo` starts them; gives the web's address."""
    port = free_port(HOST, 8400)
    collect_static_files()
    env = os.environ | stage.environment() | {"DEMO_LIVES": "no"}
    chosen = [program for program in programs(HOST, port) if program.name in names]
    started = [subprocess.Popen(program.command, cwd=ROOT, env=env) for program in chosen]
    try:
        address = f"http://{HOST}:{port}"
        await_answer(f"{address}/ready")
        yield address
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait(60)


def await_answer(address, patience_seconds=120):
    until = time.monotonic() + patience_seconds
    while True:
        try:
            httpx.get(address, timeout=10).raise_for_status()
            return
        except httpx.HTTPError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def signed_in(person):
    """The cookies of a person who has signed in."""
    client = Client()
    client.force_login(person.user)
    return {"sessionid": client.cookies["sessionid"].value}


def clicked(address, desks, *, pause_seconds, rounds):
    """Milliseconds that each click took, by the name of the page.

    `desks`: a person's cookies, and the (name, path) of what they open in turn, once in each pause; all begin within
    one pause. What is measured is what the browser waits for: the way, and any queue for a free thread, are in it.
    """
    times, lock = defaultdict(list), threading.Lock()

    def work(number, cookies, paths):
        with httpx.Client(base_url=address, cookies=cookies, timeout=60) as browser:
            begin = time.monotonic() + pause_seconds * number / len(desks)
            for turn in range(rounds):
                time.sleep(max(0, begin + pause_seconds * turn - time.monotonic()))
                name, path = paths[(number + turn) % len(paths)]
                began = time.perf_counter()
                opened(browser, path).raise_for_status()
                with lock:
                    times[name].append(1000 * (time.perf_counter() - began))

    with ThreadPoolExecutor(len(desks)) as threads:
        for done in [threads.submit(work, number, *desk) for number, desk in enumerate(desks)]:
            done.result()
    return times


def opened(browser, path):
    """The answer; as a browser does, asked for again where the server has just closed the connection that was kept."""
    try:
        return browser.get(path)
    except (httpx.ReadError, httpx.RemoteProtocolError):
        return browser.get(path)


def most_of(milliseconds):
    """What 95 % of them do not exceed."""
    return quantiles(milliseconds, n=20)[-1]
