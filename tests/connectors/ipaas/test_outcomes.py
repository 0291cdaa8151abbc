"""What a platform's words come to: which flow, which records, which code, without personal data."""

import pytest

from connectors.ipaas.outcomes import Leg, about, code_of_status, legs, masked
from tests.connectors.ipaas.platforms import FLOWS, error, job, results
from tests.connectors.reading import made, said
from tests.connectors.vendors import (
    pull_all,
)


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


@pytest.mark.parametrize("platform", ["celigos", "workatos"])
def test_without_room_it_waits(request, platform):
    connection, simulator, clock = request.getfixturevalue(platform)()
    simulator.room.left, simulator.room.size = 0, 2
    pull_all(connection, simulator, clock)
    assert results()
    assert clock.slept
