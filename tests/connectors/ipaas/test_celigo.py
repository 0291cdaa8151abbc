"""Celigo's errors as outcomes: complete, of mapped flows, open, resolved, retried and purged."""

import pytest

from connectors.http import NotLetIn
from connectors.ipaas.celigo.client import CeligoClient
from connectors.pull import pull
from connectors.registry import connector
from connectors.simulating import answer, breaking_off, failing
from exceptions.pulling import take_in_lines
from reconciliation.models import LedgerEntry
from tests.connectors.ipaas.platforms import FLOWS, error, results
from tests.connectors.reading import made, records
from tests.connectors.vendors import (
    BEGIN,
    DyingNetwork,
    Killed,
    access,
    pull_all,
    survives_a_kill_between_any_two_requests,
)


def pull_once(connection, celigo, clock, feed):
    celigo_made = connector("ipaas", "celigo")
    reach = access(connection, celigo, clock)
    return pull(connection, celigo_made, celigo_made.feed(feed), access=reach, take_in=take_in_lines)


def test_open_errors_failed_and_resolved_ones_succeeded_later(celigos):
    connection, celigo, clock = celigos()
    pull_all(connection, celigo, clock)
    assert results() == {"e1": "failed", "e2": "failed", "e3": "failed"}
    celigo.resolve(1)
    clock.pass_by(hours=1)
    pull_all(connection, celigo, clock)
    assert results() == {"e1": "failed", "e2": "success", "e3": "failed"}


def test_a_list_of_several_pages_is_read_to_its_end(celigos):
    connection, celigo, clock = celigos()
    celigo.errors += [("f1/s1", error(number)) for number in range(4, 8)]
    celigo.most_a_page = 2
    pull_all(connection, celigo, clock)
    assert results() == {f"e{number}": "failed" for number in range(1, 8)}


def test_after_a_kill_a_list_is_read_on_from_the_page_that_was_reached(celigos):
    connection, celigo, clock = celigos()
    celigo.errors = [("f1/s1", error(number)) for number in range(1, 8)]
    celigo.most_a_page = 2
    with pytest.raises(Killed):
        pull_all(connection, DyingNetwork(celigo.transport(), 3), clock, "errors")
    assert results() == {f"e{number}": "failed" for number in range(1, 7)}
    clock.pass_by(seconds=30)
    pull_all(connection, celigo, clock, "errors")
    assert results() == {f"e{number}": "failed" for number in range(1, 8)}
    assert [one.url.params.get("from", "0") for one in celigo.requests] == ["0", "2", "4", "6", "0"]


def test_a_page_that_was_told_of_a_step_is_not_read_for_the_step_that_took_its_place(celigos):
    connection, celigo, clock = celigos()
    celigo.errors = [("f1/s1", error(1)), ("f1/s1", error(2)), ("f2/s1", error(3)), ("f2/s1", error(4))]
    celigo.most_a_page = 1
    with pytest.raises(Killed):
        pull_all(connection, DyingNetwork(celigo.transport(), 1), clock, "errors")
    connection.settings["flows"] = "f2/s1 = orders-to-erp"
    connection.save()
    pull_all(connection, celigo, clock, "errors")
    assert set(results()) == {"e1", "e3", "e4"}


def test_a_record_that_is_open_on_whichever_page_holds_back_its_resolved_errors_on_all(celigos):
    connection, celigo, clock = celigos()
    celigo.errors = [("f1/s1", error(number)) for number in (11, 12, 13)]
    celigo.resolved = [("f1/s1", error(number)) for number in (1, 2)]
    celigo.resolved.append(("f1/s1", error(3, traceKey="1013")))
    celigo.most_a_page = 1
    pull_all(connection, celigo, clock, "resolved")
    assert results() == {"e1": "success", "e2": "success"}


def test_what_fails_again_while_the_resolved_errors_are_read_is_later_than_any_success(celigos):
    connection, celigo, clock = celigos()
    celigo.errors, celigo.most_a_page = [], 1
    celigo.resolved = [("f1/s1", error(number)) for number in (1, 2)]

    def fails_again(request):
        clock.pass_by(seconds=5)
        celigo.errors.append(("f1/s1", error(30, traceKey="102", occurredAt=clock().isoformat())))
        clock.pass_by(seconds=5)

    celigo.fail_next(None, None, fails_again)
    pull_all(connection, celigo, clock, "resolved")
    clock.pass_by(hours=1)
    pull_all(connection, celigo, clock, "errors")
    at = dict(LedgerEntry.objects.filter(until=None).values_list("id", "at"))
    assert at["e2"] < at["e30"]


def test_celigo_survives_a_kill_between_any_two_requests_of_many_pages(celigos, answered):
    def make():
        connection, celigo, clock = celigos()
        celigo.resolved = [("f1/s1", error(4)), ("f1/s1", error(5, traceKey="102"))]
        celigo.most_a_page = 1
        return connection, celigo, clock

    assert survives_a_kill_between_any_two_requests(make, answered=answered) == 9


@pytest.mark.parametrize("following", ["https://elsewhere.example/v1/errors", "/v1/flows/f1/s1/errors?again=1"])
def test_a_following_page_that_leads_elsewhere_or_nowhere_is_told(celigos, following):
    connection, celigo, clock = celigos()
    endless = answer({"errors": [], "nextPageURL": following})
    celigo.fail_next(*[lambda request: endless] * 3)
    run = pull_once(connection, celigo, clock, "errors")
    assert "The page that follows in f1/s1 is" in run.error


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


def test_of_errors_without_a_trace_key_an_open_one_holds_back_no_other(celigos):
    connection, celigo, clock = celigos()
    celigo.errors.append(("f1/s1", error(8, traceKey="")))
    celigo.resolved.append(("f1/s1", error(9, traceKey="")))
    pull_all(connection, celigo, clock)
    assert (results()["e8"], results()["e9"]) == ("failed", "success")


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


def test_celigo_survives_a_kill_between_any_two_requests(celigos, answered):
    assert survives_a_kill_between_any_two_requests(celigos, answered=answered) == 6


def test_resolved_errors_are_asked_for_as_far_back_as_they_are_kept(celigos):
    connection, celigo, clock = celigos()
    pull_all(connection, celigo, clock, "resolved")
    assert celigo.requests[0].url.params["occurredAt_gte"] == "2026-10-21T12:00:00.000Z"


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
