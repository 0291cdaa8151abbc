"""Patchworks' runs as outcomes: of the records they track, of those their errors name, of a failed run itself."""

from datetime import timedelta

import pytest

from connectors.http import NotLetIn
from connectors.ipaas.generic.simulator import SECRET
from connectors.ipaas.patchworks.client import PatchworksClient
from connectors.ipaas.patchworks.simulator import Patchworks
from connectors.simulating import failing
from tests.connectors.ipaas.platforms import flows
from tests.connectors.vendors import (
    BEGIN,
    Clock,
    access,
    connected,
    ledger,
    pull_all,
    survives_a_kill_between_any_two_requests,
)

FLOWS = "11 = refunds-to-erp : return : rma, 12 = orders-to-erp"


def run(number, status, *tracked, flow=11, minutes=None, ended=True, **said):
    begun = BEGIN - timedelta(hours=3) + timedelta(minutes=number if minutes is None else minutes)
    found = {"flow_id": flow, "status": status, "started_at": begun.isoformat(), "summary": None}
    found["finished_at"] = (begun + timedelta(minutes=1)).isoformat() if ended else None
    return {"id": number, "attributes": found | {"tracked_data": [{"value": one} for one in tracked]} | said}


def log(number, level, message):
    when = (BEGIN - timedelta(hours=2)).isoformat()
    return {"id": number, "attributes": {"log_level": level, "log_message": message, "created_at": when}}


@pytest.fixture
def companies(db):
    def make(**settings):
        clock = Clock()
        company = Patchworks(clock)
        company.runs = [
            run(1, 2, "RMA-1", "RMA-2"),
            run(4, 5, "RMA-5"),
            run(2, 3, "RMA-3", summary="buyer@example.test was refused"),
            run(3, 3),
            run(5, 2),
            run(6, 2, "#1042", flow=12),
        ]
        company.logs = {
            "4": [log(1, "info", "RMA-5 goes on"), log(2, "error", "RMA-6 is unknown"), log(3, "error", "timeout")],
            "3": [log(4, "ERROR", "timeout")],
        }
        flows()
        secrets = {"api_key": company.api_key, "webhook_secret": SECRET}
        return connected("ipaas", "patchworks", settings={"flows": FLOWS} | settings, secrets=secrets), company, clock

    return make


def results():
    return {id: found["result"] for (_, id), found in ledger("outcome").items()}


def test_runs_tell_what_they_know(companies):
    connection, company, clock = companies()
    pull_all(connection, company, clock)
    assert results() == {
        "1/RMA-1": "success",
        "1/RMA-2": "success",
        "2/RMA-3": "failed",
        "3": "failed",
        "4": "failed",
        "4/log-2": "failed",
        "6/#1042": "success",
    }
    assert ledger()["outcome", "2/RMA-3"]["error"] == {"code": "run", "message": "••• was refused"}
    assert ledger()["outcome", "4/log-2"]["record"]["refs"]["rma"] == "RMA-6"
    assert ledger()["outcome", "3"]["record"]["id"] == "run 3"
    assert ledger()["outcome", "3"]["error"] == {"code": "run"}
    assert ledger()["outcome", "4"]["record"]["id"] == "run 4"
    assert ledger()["outcome", "4"]["error"] == {"message": "timeout"}


@pytest.mark.parametrize("logs", [[], [log(1, "info", "all is well")], None], ids=["none", "no errors", "purged"])
def test_a_partial_run_whose_logs_name_no_record_is_told_as_the_run(companies, logs):
    connection, company, clock = companies()
    company.runs = [run(7, 5, "RMA-1", summary="2 of 3 were sent")]
    company.logs = {"7": logs or []}
    if logs is None:
        company.fail_next(None, failing(404))
    pull_all(connection, company, clock)
    assert results() == {"7": "failed"}
    told = ledger()["outcome", "7"]
    assert (told["record"]["id"], told["error"]) == ("run 7", {"message": "2 of 3 were sent"})


def test_a_partial_run_whose_error_stands_on_an_earlier_page_of_its_logs_is_not_told_twice(companies):
    connection, company, clock = companies()
    logs = [log(1, "error", "RMA-8 is unknown"), log(2, "info", "on"), log(3, "info", "done")]
    company.runs, company.logs = [run(7, 5)], {"7": logs}
    pull_all(connection, company, clock)
    assert results() == {"7/log-1": "failed"}


def test_an_error_that_names_several_records_is_told_of_each(companies):
    connection, company, clock = companies()
    company.runs, company.logs = [run(7, 5)], {"7": [log(1, "error", "RMA-8 and RMA-9 are unknown")]}
    pull_all(connection, company, clock)
    assert results() == {"7/log-1/RMA-8": "failed", "7/log-1/RMA-9": "failed"}


def test_what_failed_without_a_name_is_made_good_by_a_retry_that_succeeds(companies):
    connection, company, clock = companies()
    company.runs = [run(7, 5), run(8, 3)]
    pull_all(connection, company, clock)
    assert results() == {"7": "failed", "8": "failed"}
    retry = {"trigger": "Retry", "retry_flow_run_id": 7}
    of_8 = {"trigger": "Retry", "retry_flow_run_id": 8}
    company.runs += [run(9, 2, minutes=175, **retry), run(10, 3, minutes=176, **of_8)]
    company.runs += [run(11, 2, minutes=177, **of_8 | {"trigger": "Schedule"})]
    clock.pass_by(minutes=15)
    pull_all(connection, company, clock)
    assert results() == {"8": "failed", "10": "failed"}


def test_many_runs_that_failed_with_many_words_are_all_read(companies, monkeypatch):
    monkeypatch.setattr("connectors.ipaas.patchworks.simulator.PAGE", 50)
    connection, company, clock = companies()
    company.runs, company.logs = [run(n, 3, f"RMA-{n}", summary="x" * 5000) for n in range(40)], {}
    pull_all(connection, company, clock)
    assert results() == {f"{n}/RMA-{n}": "failed" for n in range(40)}


def test_runs_are_asked_for_by_the_millisecond_after_which_they_started(companies):
    connection, company, clock = companies()
    pull_all(connection, company, clock)
    listed = [request.url.params for request in company.requests if "filter[flow_id]" in request.url.params]
    begun = {timedelta(milliseconds=int(asked["filter[started_after]"])) for asked in listed}
    assert {asked["sort"] for asked in listed} == {"started_at"}
    assert all(timedelta() < timedelta(seconds=BEGIN.timestamp()) - since < timedelta(days=9) for since in begun)


def test_a_kill_between_any_two_requests_loses_nothing(companies, answered):
    assert survives_a_kill_between_any_two_requests(companies, answered=answered) > 7


def test_only_the_logs_of_runs_that_did_not_go_well_are_asked_for(companies):
    connection, company, clock = companies()
    pull_all(connection, company, clock)
    asked = [one.url.path.split("/")[4] for one in company.requests if one.url.path.endswith("logs")]
    assert set(asked) == {"2", "3", "4"}


def test_a_run_counts_when_it_has_ended(companies):
    connection, company, clock = companies()
    company.runs.append(run(9, 1, "RMA-9", ended=False))
    pull_all(connection, company, clock)
    assert "9/RMA-9" not in results()
    clock.pass_by(hours=4)
    company.runs[-1] = run(9, 2, "RMA-9", finished_at=clock().isoformat())
    pull_all(connection, company, clock)
    assert results()["9/RMA-9"] == "success"


def test_runs_that_begin_while_paging_are_read(companies):
    connection, company, clock = companies()
    numbers = iter(range(30, 34))

    def between():
        if (number := next(numbers, None)) is not None:
            company.runs.insert(0, run(number, 2, f"RMA-{number}", minutes=170))

    company.between = between
    pull_all(connection, company, clock)
    company.between = lambda: None
    clock.pass_by(minutes=15)
    pull_all(connection, company, clock)
    assert {f"{n}/RMA-{n}" for n in range(30, 34)} <= results().keys()


def test_a_status_that_nobody_has_named_is_refused_until_it_is(companies):
    connection, company, clock = companies()
    company.runs = [run(7, 8, "RMA-7", minutes=170)]
    pull_all(connection, company, clock)
    assert results() == {}
    connection.settings["statuses"] = "2 = Success, 8 = success"
    connection.save()
    clock.pass_by(minutes=15)
    pull_all(connection, company, clock)
    assert results() == {"7/RMA-7": "success"}


def test_the_connection_test_says_what_lacks(companies):
    connection, company, clock = companies()

    def missing():
        return PatchworksClient(access(connection, company, clock)).missing()

    assert missing() == []
    connection.settings = {}
    assert missing() == ["No flows are entered."]
    connection.settings = {"flows": FLOWS}
    company.api_key = "another"
    with pytest.raises(NotLetIn, match="Unauthenticated"):
        missing()
    connection.credentials.filter(name="api_key").delete()
    assert missing() == []  # it is only pushed to then


def test_without_a_key_nothing_is_asked(companies):
    connection, company, clock = companies()
    connection.credentials.filter(name="api_key").delete()
    pull_all(connection, company, clock)
    assert company.requests == []
