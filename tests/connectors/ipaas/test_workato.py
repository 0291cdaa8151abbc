"""Workato's jobs as outcomes: complete, also of those that come while paging."""

import httpx
import pytest

from tests.connectors.ipaas.platforms import job, results
from tests.connectors.vendors import (
    ledger,
    pull_all,
    survives_a_kill_between_any_two_requests,
)


def test_workato_survives_a_kill_between_any_two_requests(workatos, answered):
    assert survives_a_kill_between_any_two_requests(workatos, answered=answered) > 6


def test_a_job_that_was_repeated_and_succeeded_is_the_records_last_word(workatos):
    connection, workato, clock = workatos()
    pull_all(connection, workato, clock)
    clock.pass_by(hours=1)
    failed = next(one for one in workato.jobs["77"] if one["id"] == "j4")
    again = job(30, title=failed["title"], completed_at=clock().isoformat(), master_job_id="j4")
    workato.jobs["77"].insert(0, again)
    pull_all(connection, workato, clock)
    told = {id: found for (_, id), found in ledger("outcome").items() if found["record"]["id"] == "RMA-4"}
    assert {id: found["result"] for id, found in told.items()} == {"j4": "failed", "j30": "success"}


def test_each_job_is_an_outcome(workatos):
    connection, workato, clock = workatos()
    pull_all(connection, workato, clock)
    assert results() == {f"j{n}": "failed" if n % 2 == 0 else "success" for n in range(1, 10)} | {"j20": "success"}
    failed = ledger()["outcome", "j4"]
    assert failed["record"] == {"type": "return", "id": "RMA-4", "refs": {"rma": "RMA-4", "order_number": "#104"}}
    assert failed["error"] == {"code": "validation", "message": "invalid account code"}


@pytest.mark.parametrize(("status", "ids"), [("pending", ["j30"]), ("succeeded", ["j20"]), ("failed", ["j19"])])
def test_a_job_that_runs_is_neither_done_nor_failed(workatos, status, ids):
    _, workato, _ = workatos()
    workato.jobs["78"].insert(0, job(30, completed_at=None))
    headers = {"Authorization": f"Bearer {workato.token}"}
    asked = httpx.Request("GET", f"https://www.workato.com/api/recipes/78/jobs?status={status}", headers=headers)
    assert [one["id"] for one in workato.handle(asked).json()["items"]] == ids


def test_jobs_that_come_while_paging_are_read_by_the_next_window(workatos):
    connection, workato, clock = workatos()
    numbers = iter(range(30, 36))

    def between():
        if (number := next(numbers, None)) is not None:
            clock.pass_by(seconds=1)
            workato.jobs["77"].insert(0, job(number, completed_at=clock().isoformat()))

    workato.between = between
    pull_all(connection, workato, clock)
    workato.between = lambda: None
    clock.pass_by(minutes=15)
    pull_all(connection, workato, clock)
    assert set(results()) == {one["id"] for jobs in workato.jobs.values() for one in jobs} - {"j19"}
