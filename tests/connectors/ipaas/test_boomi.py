"""Boomi's documents as outcomes: of the operations that are mapped, by their tracked fields, each once."""

from datetime import timedelta

import pytest

from connectors.http import NotAllowed
from connectors.ipaas.boomi.client import BoomiClient
from connectors.ipaas.boomi.simulator import Boomi
from connectors.ipaas.generic.simulator import SECRET
from connectors.pull import pull
from connectors.registry import connector
from exceptions.pulling import take_in_lines
from tests.connectors.ipaas.platforms import flows
from tests.connectors.reading import made, records
from tests.connectors.vendors import (
    BEGIN,
    Clock,
    access,
    connected,
    ledger,
    pull_all,
    survives_a_kill_between_any_two_requests,
)

FLOWS = "p-1/Send refund = refunds-to-erp : credit : rma, p-2 = orders-to-erp : order : order_number"


def at(minutes):
    return (BEGIN - timedelta(hours=2) + timedelta(minutes=minutes)).isoformat()


def execution(number, process, **said):
    when = {"executionTime": at(number), "recordedDate": at(number + 1)}
    return when | {"executionId": f"ex-{number}", "processId": process, "status": "COMPLETE"} | said


def document(id, run, number, status="SUCCESS", **said):
    fields = {"trackedField": [{"name": "customer", "value": "Nook"}, {"name": "number", "value": number}]}
    found = {"id": id, "executionId": run, "dateProcessed": at(5), "status": status, "trackedFields": fields}
    failed = {"errorMessage": "no such account of buyer@example.test"} if status == "ERROR" else {}
    return found | {"operationName": "Send refund", "startShape": False} | failed | said


@pytest.fixture
def boomis(db):
    def make(**settings):
        clock = Clock()
        boomi = Boomi(clock)
        boomi.executions = [execution(1, "p-1"), execution(2, "p-1"), execution(3, "p-1"), execution(4, "p-2")]
        boomi.documents = [
            document("d0", "ex-1", "RMA-0", operationName="Read refunds", startShape=True),
            *(document(f"d{n}", "ex-1", f"RMA-{n}", "ERROR" if n == 2 else "SUCCESS") for n in range(1, 6)),
            document("d6", "ex-2", "RMA-6"),
            document("d7", "ex-4", "#1042", operationName="Read orders", startShape=True),
            document("d8", "ex-4", "#1042", "ERROR", operationName="Send order"),
        ]
        flows()
        entered = {"flows": FLOWS, "account": boomi.account, "user": boomi.user} | settings
        secrets = {"token": boomi.token, "webhook_secret": SECRET}
        return connected("ipaas", "boomi", settings=entered, secrets=secrets), boomi, clock

    return make


def results():
    return {id: found["result"] for (_, id), found in ledger("outcome").items()}


def test_each_document_is_an_outcome(boomis):
    connection, boomi, clock = boomis()
    pull_all(connection, boomi, clock)
    assert results() == {f"d{n}": "failed" if n in (2, 8) else "success" for n in (1, 2, 3, 4, 5, 6, 8)}
    failed = ledger()["outcome", "d2"]
    assert (failed["flow"], failed["record"]["refs"]) == ("refunds-to-erp", {"rma": "RMA-2"})
    assert failed["error"] == {"code": "Send refund", "message": "no such account of •••"}
    assert ledger()["outcome", "d8"]["record"] == {"type": "order", "id": "#1042", "refs": {"order_number": "#1042"}}


def test_a_kill_between_any_two_requests_loses_nothing(boomis, answered):
    assert survives_a_kill_between_any_two_requests(boomis, answered=answered) == 9


def test_a_token_that_has_expired_begins_the_window_again(boomis):
    connection, boomi, clock = boomis()
    boomi_made = connector("ipaas", "boomi")
    reach = access(connection, boomi, clock)
    run = pull(connection, boomi_made, boomi_made.feeds[0], access=reach, take_in=take_in_lines, budget=timedelta())
    assert run.position["token"]
    boomi.tokens.clear()
    pull_all(connection, boomi, clock)
    assert len(results()) == 7


def test_documents_that_come_later_are_read_by_the_next_window(boomis):
    connection, boomi, clock = boomis()
    boomi.executions[2]["status"] = "INPROCESS"
    pull_all(connection, boomi, clock)
    boomi.documents.append(document("d9", "ex-3", "RMA-9"))
    clock.pass_by(minutes=15)
    pull_all(connection, boomi, clock)
    assert "d9" in results()


@pytest.mark.parametrize(
    ("fields", "setting", "number"),
    [
        ([{"name": "customer", "value": "Nook"}, {"name": "x", "value": "RMA-7"}], "", "RMA-7"),
        ([{"name": "customer", "value": "Nook"}, {"name": "x", "value": "SO-1"}], "x", "SO-1"),
        ([{"name": "customer", "value": "Nook"}, {"name": "x", "value": "SO-1"}], "", "Nook"),
        ({"name": "x", "value": "RMA-8"}, "", "RMA-8"),
        (None, "", "unnamed d1"),
    ],
)
def test_the_number_is_in_a_tracked_field(fields, setting, number):
    item = {"process": "p-1", "document": document("d1", "ex-1", "", trackedFields={"trackedField": fields})}
    entered = {"flows": FLOWS, "tracked_field": setting}
    (found,) = records(made("ipaas", "boomi"), "documents", item, settings=entered, flows=("refunds-to-erp",))
    assert found.record.id == number


@pytest.mark.parametrize("status", ["ERROR", "ABORTED"])
def test_an_execution_that_failed_before_any_document_of_ours_did_is_told(boomis, status):
    connection, boomi, clock = boomis()
    boomi.executions += [
        execution(7, "p-2", status=status, message="the connection to buyer@example.test was refused"),
        execution(8, "p-2", status="ERROR"),
        execution(9, "p-1", status="ERROR"),
    ]
    boomi.documents += [
        document("d20", "ex-8", "#1043", "ERROR", operationName="Send order"),
        document("d21", "ex-9", "", "ERROR", operationName="Read refunds"),
        *(document(f"d3{n}", "ex-8", f"#104{n}", operationName="Send order") for n in (4, 5)),  # on the next page
    ]
    pull_all(connection, boomi, clock)
    told = {id: found for (_, id), found in ledger("outcome").items() if id.startswith("ex-")}
    assert set(told) == {"ex-7/p-2", "ex-9/p-1/Send refund"}
    failed = told["ex-7/p-2"]
    assert (failed["flow"], failed["record"]["id"], failed["result"]) == ("orders-to-erp", "execution ex-7", "failed")
    assert failed["error"] == {"code": status, "message": "the connection to ••• was refused"}


def test_a_status_that_nobody_knows_is_refused_and_so_shown(boomis):
    connection, boomi, clock = boomis()
    boomi.documents[1]["status"] = "PARKED"
    pull_all(connection, boomi, clock)
    assert "d1" not in results()


def test_the_connection_test_says_what_lacks(boomis):
    connection, boomi, clock = boomis()

    def missing():
        return BoomiClient(access(connection, boomi, clock)).missing()

    assert missing() == []
    boomi.token = "another"
    with pytest.raises(NotAllowed, match="Incorrect user name"):
        missing()
    connection.settings["account"] = ""
    assert missing() == []  # it is only pushed to then
    connection.credentials.filter(name="webhook_secret").delete()
    assert missing() == ["The secret of the pushes is not entered."]


def test_without_an_account_nothing_is_asked(boomis):
    connection, boomi, clock = boomis(account="")
    pull_all(connection, boomi, clock)
    assert boomi.requests == []
