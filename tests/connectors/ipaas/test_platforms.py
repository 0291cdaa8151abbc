"""Celigo's errors and Workato's jobs as outcomes: complete, of mapped flows, without personal data."""

from datetime import timedelta

import httpx
import pytest

from connectors.http import NotLetIn
from connectors.ipaas.celigo.client import CeligoClient
from connectors.ipaas.celigo.simulator import Celigo
from connectors.ipaas.generic.simulator import SECRET
from connectors.ipaas.outcomes import Leg, about, code_of_status, legs, masked
from connectors.ipaas.workato.simulator import Workato
from connectors.simulating import breaking_off, failing
from reconciliation.models import Flow, System
from tests.connectors.reading import made, records, said
from tests.connectors.vendors import (
    BEGIN,
    Clock,
    access,
    connected,
    ledger,
    pull_all,
    survives_a_kill_between_any_two_requests,
)

FLOWS = "f1/s1 = refunds-to-erp : credit : rma, f2/s1 = orders-to-erp"
RECIPES = "77 = refunds-to-erp : return : rma, 78 = orders-to-erp"


def error(number, **said):
    at = (BEGIN - timedelta(hours=2, minutes=-number)).isoformat()
    found = {"occurredAt": at, "source": "application", "code": "response_failure", "traceKey": f"10{number}"}
    found |= {"message": "Account code '4001' of buyer@example.test is not valid", "classification": "value"}
    return found | {"errorId": f"e{number}", "retryDataKey": f"rdk-{number}"} | said


def job(number, *, failed=False, **said):
    at = (BEGIN - timedelta(hours=2, minutes=-number)).isoformat()
    found = {"id": f"j{number}", "flow_run_id": number, "started_at": at, "completed_at": at, "is_error": failed}
    parts = {"error_type": "Bad request", "message": "invalid account code", "input": "{}"} if failed else None
    return found | {"title": f"Refund #10{number} RMA-{number}", "is_poll_error": False, "error_parts": parts} | said


def flows():
    erp, shop = (System.objects.create(key=key, kind="erp") for key in ("erp", "shop"))
    for key, record in (("refunds-to-erp", "credit"), ("orders-to-erp", "order")):
        Flow.objects.create(
            key=key, record=record, source=shop, target=erp, cadence=timedelta(minutes=15), grace=timedelta(hours=2)
        )


@pytest.fixture
def celigos(db):
    def make():
        clock = Clock()
        celigo = Celigo(clock)
        celigo.errors = [("f1/s1", error(1)), ("f1/s1", error(2)), ("f2/s1", error(3))]
        flows()
        secrets = {"token": celigo.token, "webhook_secret": SECRET}
        return connected("ipaas", "celigo", settings={"flows": FLOWS}, secrets=secrets), celigo, clock

    return make


@pytest.fixture
def workatos(db):
    def make():
        clock = Clock()
        workato = Workato(clock)
        workato.jobs = {
            "77": [job(n, failed=n % 2 == 0) for n in range(9, 0, -1)],
            "78": [job(20, title="SO-9001"), job(19, failed=True, is_poll_error=True)],
        }
        flows()
        return (
            connected("ipaas", "workato", settings={"flows": RECIPES}, secrets={"token": workato.token}),
            workato,
            clock,
        )

    return make


def results():
    return {id: found["result"] for (_, id), found in ledger("outcome").items()}


def test_open_errors_failed_and_resolved_ones_succeeded_later(celigos):
    connection, celigo, clock = celigos()
    pull_all(connection, celigo, clock)
    assert results() == {"e1": "failed", "e2": "failed", "e3": "failed"}
    celigo.resolve(1)
    clock.pass_by(hours=1)
    pull_all(connection, celigo, clock)
    assert results() == {"e1": "failed", "e2": "success", "e3": "failed"}


def test_a_retry_that_failed_again_is_no_success_of_the_record(celigos):
    connection, celigo, clock = celigos()
    pull_all(connection, celigo, clock)
    celigo.resolve(1)
    celigo.errors.append(("f1/s1", error(30, traceKey="102", occurredAt=clock().isoformat())))  # the same record
    clock.pass_by(hours=1)
    pull_all(connection, celigo, clock)
    assert results() == {"e1": "failed", "e2": "failed", "e3": "failed", "e30": "failed"}
    celigo.resolve(2)
    clock.pass_by(hours=1)
    pull_all(connection, celigo, clock)
    assert results() == {"e1": "failed", "e2": "success", "e3": "failed", "e30": "success"}


def test_an_error_that_is_purged_stays_what_it_was(celigos):
    connection, celigo, clock = celigos()
    pull_all(connection, celigo, clock)
    celigo.errors.clear()
    clock.pass_by(days=31)
    pull_all(connection, celigo, clock)
    assert results() == {"e1": "failed", "e2": "failed", "e3": "failed"}


def test_an_error_as_an_outcome():
    item = {"step": "f1/s1", "resolved": False, "read_at": BEGIN.isoformat(), "error": error(7)}
    (found,) = records(made("ipaas", "celigo"), "errors", item, settings={"flows": FLOWS}, flows=("refunds-to-erp",))
    assert (found.flow, found.result, found.record.type, found.record.id) == (
        "refunds-to-erp",
        "failed",
        "credit",
        "107",
    )
    assert (found.record.refs, found.error.code) == ({"rma": "107"}, "validation")
    assert found.error.message == "Account code '4001' of ••• is not valid"


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"classification": "intermittent", "reqAndResKey": "5634-429-POST"}, "timeout"),
        ({"classification": "connection"}, "timeout"),
        ({"classification": "rate limit"}, "rate_limited"),
        ({"classification": "Value"}, "validation"),
        ({"classification": "missing"}, "missing_reference"),
        ({"classification": "duplicate"}, "conflict"),
        ({"classification": "too large"}, "too_large"),
        ({"classification": "parse"}, "parse"),
        ({"classification": None, "reqAndResKey": "5634-429-POST"}, "rate_limited"),
        ({"classification": "new", "reqAndResKey": "5634-504-POST"}, "timeout"),
        ({"classification": None, "reqAndResKey": "5634-409-PUT", "source": "mapping"}, "conflict"),
        ({"classification": None, "source": "post_map_hook"}, "script"),
        ({"classification": None, "source": "import_filter"}, "filter"),
        ({"classification": None, "source": "mapping"}, "mapping"),
        ({"classification": None, "source": "response_mapping"}, "mapping"),
        ({"classification": None, "source": "internal"}, "platform"),
        ({"classification": None, "source": "application"}, "response_failure"),
    ],
)
def test_which_code_an_error_has(told, code):
    item = {"step": "f1/s1", "resolved": False, "read_at": BEGIN.isoformat(), "error": error(7, **told)}
    (found,) = records(made("ipaas", "celigo"), "errors", item, settings={"flows": FLOWS}, flows=("refunds-to-erp",))
    assert found.error.code == code


@pytest.mark.parametrize(
    ("said", "code"),
    [
        *(("Too Many Requests", "rate_limited"), (404, "missing_reference"), ("418", None), ("", None)),
        *((status, "auth") for status in ("401", 403)),
        *((status, "validation") for status in (400, "422", "Bad request")),
        *((status, "timeout") for status in (408, "504")),
        ("409", "conflict"),
    ],
)
def test_which_code_a_status_has(said, code):
    assert code_of_status(said) == code


def test_celigo_survives_a_kill_between_any_two_requests(celigos):
    assert survives_a_kill_between_any_two_requests(celigos) == 6


def test_workato_survives_a_kill_between_any_two_requests(workatos):
    assert survives_a_kill_between_any_two_requests(workatos) > 6


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


def test_resolved_errors_are_asked_for_as_far_back_as_they_are_kept(celigos):
    connection, celigo, clock = celigos()
    pull_all(connection, celigo, clock, "resolved")
    assert celigo.requests[0].url.params["occurredAt_gte"] == "2026-10-21T12:00:00.000Z"


@pytest.mark.parametrize("platform", ["celigos", "workatos"])
def test_without_room_it_waits(request, platform):
    connection, simulator, clock = request.getfixturevalue(platform)()
    simulator.room.left, simulator.room.size = 0, 2
    pull_all(connection, simulator, clock)
    assert results()
    assert clock.slept


@pytest.mark.parametrize("fault", [failing(429, Retry_After="7"), failing(503), breaking_off])
def test_what_passes_is_tried_again(celigos, fault):
    connection, celigo, clock = celigos()
    celigo.fail_next(fault)
    pull_all(connection, celigo, clock, "errors")
    assert len(results()) == 3
    assert len(clock.slept) == 1


def test_the_connection_test_says_what_lacks(celigos):
    connection, celigo, clock = celigos()

    def missing():
        return CeligoClient(access(connection, celigo, clock)).missing()

    assert missing() == []
    connection.settings = {"flows": "f1 = orders-to-erp"}
    assert missing() == ["f1 is not written as flow/step."]
    connection.settings = {}
    assert missing() == ["No flows are entered."]
    connection.settings = {"flows": FLOWS}
    celigo.token = "another"
    with pytest.raises(NotLetIn, match="Unauthorized"):
        missing()


def test_flows_are_named_in_one_line():
    assert legs(FLOWS) == {
        "f1/s1": Leg("refunds-to-erp", "credit", "rma"),
        "f2/s1": Leg("orders-to-erp", "order", "order_number"),
    }
    assert legs("") == {}


@pytest.mark.parametrize(
    ("text", "id", "refs"),
    [
        ("Refund #1042 RMA-2207", "RMA-2207", {"rma": "RMA-2207", "order_number": "#1042"}),
        ("RMA2207-2, again", "RMA2207-2", {"rma": "RMA2207-2"}),
        ("1042", "1042", {"rma": "1042"}),
        ("RMAs of #week", "RMAs of #week", {"rma": "RMAs of #week"}),
        ("", "unnamed e7", {"rma": ""}),
    ],
)
def test_which_record_a_text_speaks_of(text, id, refs):
    assert about(text, Leg("f", "return", "rma"), "unnamed e7") == {"type": "return", "id": id, "refs": refs}


@pytest.mark.parametrize(
    ("scheme", "text", "number"),
    [
        ("sales_order", "Retry of SO-9001 for Acme", "SO-9001"),
        ("purchase_order", "PO 77 is PO-778", "PO-778"),
        ("credit_number", "CN-0105 was refused", "CN-0105"),
        ("invoice", "INV-2201: no such account", "INV-2201"),
        ("sales_order", "ABC/1", "ABC/1"),
    ],
)
def test_a_number_of_the_flows_own_scheme_is_found_within_a_text(scheme, text, number):
    assert about(text, Leg("f", "order", scheme), "")["id"] == number


@pytest.mark.parametrize(
    ("vendor", "feed", "of"),
    [
        ("celigo", "errors", lambda text: {"step": "f1/s1", "resolved": False, "error": error(7, traceKey=text)}),
        ("workato", "jobs", lambda text: {"recipe": "f1/s1", "job": job(7, failed=True, title=text)}),
    ],
)
def test_each_record_of_a_batch_has_its_outcome_and_two_without_a_name_are_not_one(vendor, feed, of):
    def told(text):
        lines = said(made("ipaas", vendor), feed, of(text), settings={"flows": FLOWS})
        return [(line["id"].split("/")[-1], line["record"]["id"], line["record"]["refs"]) for line in lines]

    assert told("RMA-1, RMA-2, RMA-1") == [("RMA-1", "RMA-1", {"rma": "RMA-1"}), ("RMA-2", "RMA-2", {"rma": "RMA-2"})]
    ((id, record, _),) = told("")
    assert record == f"unnamed {id}"


def test_messages_without_personal_data():
    assert masked("call +44 (0)20 7946 0000 or jo@example.test about RMA-2207 of 12.50") == (
        "call ••• or ••• about RMA-2207 of 12.50"
    )
    assert masked(None) is None
