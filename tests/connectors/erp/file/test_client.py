"""The ERP's files, by the same folder as those of a warehouse: orders, credits, products, and what is withdrawn."""

import pytest

from connectors.erp.file.client import ErpFiles
from reconciliation.models import RejectedLine
from tests.connectors.files import NOWHERE, dying_before, folder_of, row
from tests.connectors.vendors import Killed, ledger, pull_all, undone

pytestmark = pytest.mark.django_db
ORD, CRN, PRD = (ErpFiles.kinds[feed].columns for feed in ("orders", "credits", "products"))


@pytest.fixture
def folders(tmp_path, settings, monkeypatch):
    monkeypatch.setattr("connectors.folder.PIECE", 2)
    return lambda **given: folder_of("erp", tmp_path, settings, **given)


def order(id, sku="TEE", **said):
    known = {"order_id": id, "order_number": f"#{id}", "status": "Released", "currency": "GBP", "total": "12.50"}
    line = {"line_ref": sku, "sku": sku, "quantity": "5", "unit_price": "2.50"}
    return row(ORD, **known | line | {"placed_at": "2026-11-19T08:00:00Z"} | said)


def credit(id, **said):
    known = {"credit_id": id, "credit_number": f"CN-{id}", "kind": "credit_note", "status": "issued", "currency": "GBP"}
    return row(CRN, **known | {"amount": "30.00", "rma": "RMA-1", "settled": "no"} | said)


def test_all_kinds_are_read(folders):
    connection, sender, clock = folders()
    sender.send("ord", ORD, [order("1"), order("1", "MUG"), order("2"), order("3")])
    sender.send("crn", CRN, [credit("9"), credit("8", line_ref="1", sku="TEE", quantity="2", unit_price="12.50")])
    sender.send("prd", PRD, [row(PRD, sku="TEE-CASE", active="yes", units_per_uom="12", base_sku="TEE", uom="case")])
    pull_all(connection, NOWHERE, clock)
    found = ledger()
    assert len(found) == 6
    assert [line["sku"] for line in found["order", "1"]["lines"]] == ["TEE", "MUG"]
    assert found["order", "1"]["status"] == "Released"  # the topology maps it
    assert found["credit", "9"]["refs"] == {"rma": "RMA-1", "credit_number": "CN-9"}
    assert (found["credit", "9"]["lines"], found["credit", "9"]["settled"]) == ([], False)
    assert found["product", "TEE-CASE"]["pack_size"] == "12"
    assert RejectedLine.objects.count() == 0


def test_an_erp_that_brands_share_names_the_client(folders):
    connection, sender, clock = folders()
    sender.send("ord", (*ORD, "realm"), [order("1") | {"realm": "uk"}])
    sender.send("crn", (*CRN, "realm"), [credit("9") | {"realm": "uk"}])
    pull_all(connection, NOWHERE, clock)
    assert {name: line["realm"] for name, line in ledger().items()} == {("order", "1"): "uk", ("credit", "9"): "uk"}


def test_a_document_keeps_each_of_its_references(folders):
    connection, sender, clock = folders()
    known = {"sales_order": "SO-1", "ecommerce_order": "55", "purchase_order": "PO-1"}
    sender.send("ord", ORD, [order("1", **known)])
    sender.send("crn", CRN, [credit("9", invoice="INV-1", **known)])
    pull_all(connection, NOWHERE, clock)
    assert ledger()["order", "1"]["refs"] == known | {"order_number": "#1"}
    assert ledger()["credit", "9"]["refs"] == known | {"rma": "RMA-1", "invoice": "INV-1", "credit_number": "CN-9"}


def test_a_document_is_withdrawn_by_a_row(folders):
    connection, sender, clock = folders()
    sender.send("ord", ORD, [order("1"), order("2")])
    sender.send("ord", ORD, [row(ORD, order_id="1", deleted="yes")])
    pull_all(connection, NOWHERE, clock)
    assert set(ledger()) == {("order", "2")}


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([order("1"), order("1", "MUG", status="Closed")], "status is not that of row 2"),
        ([order("1"), order("1", "MUG", payment_status="paid")], "payment_status is not that of row 2"),
        ([order("1", customer_id="A"), order("1", "MUG", customer_id="B")], "customer_id is not that of row 2"),
        ([order("1", total="12,50")], "total is '12,50'"),
        ([order("1", quantity="")], "quantity is empty"),
        ([order("1", deleted="perhaps")], "must be yes or no"),
    ],
)
def test_a_document_that_does_not_fit_is_refused_whole(folders, rows, why):
    connection, sender, clock = folders()
    sender.send("ord", ORD, [*rows, order("2")])
    pull_all(connection, NOWHERE, clock)
    assert set(ledger()) == {("order", "2")}
    assert why.encode() in bytes(RejectedLine.objects.get().raw)


def test_what_a_document_says_once_may_stand_in_its_first_row_alone(folders):
    connection, sender, clock = folders()
    first = order("1", customer_id="A", hold="credit check") | {"ship_to": "12 Quay St", "notes": "ring twice"}
    sender.send("ord", (*ORD, "ship_to", "notes"), [first, order("1", "MUG") | {"ship_to": "", "notes": ""}])
    pull_all(connection, NOWHERE, clock)
    (found,) = ledger().values()
    assert (found["customer"], found["payment"]) == ({"id": "A"}, {"hold": "credit check"})
    assert (found["ship_to"], found["notes"], len(found["lines"])) == ("12 Quay St", "ring twice", 2)


def test_a_line_of_a_credit_without_a_sku_is_not_left_out(folders):
    connection, sender, clock = folders()
    sender.send("crn", CRN, [credit("8", quantity="2", unit_price="12.50"), credit("9")])
    pull_all(connection, NOWHERE, clock)
    assert set(ledger()) == {("credit", "9")}
    assert b"sku is empty, though there is quantity, unit_price" in bytes(RejectedLine.objects.get().raw)


def test_rows_of_one_product_agree(folders):
    connection, sender, clock = folders()
    case = {"active": "yes", "uom": "case", "units_per_uom": "12"}
    rows = [row(PRD, sku="A", **case), row(PRD, sku="A", **case), row(PRD, sku="B", **case)]
    sender.send("prd", PRD, [*rows, row(PRD, sku="B", **case | {"units_per_uom": "6"})])
    pull_all(connection, NOWHERE, clock)
    assert set(ledger()) == {("product", "A")}
    assert b"units_per_uom is not that of row" in bytes(RejectedLine.objects.get().raw)


def test_a_kill_at_any_step_loses_nothing(folders, monkeypatch, tmp_path):
    def make(name):
        connection, sender, clock = folders(folder=name)
        sender.folder = tmp_path / name
        sender.folder.mkdir()
        sender.send("ord", ORD, [order(str(n)) for n in range(5)])
        sender.send("crn", CRN, [credit("9")])
        return connection, sender, clock

    with undone(), dying_before(-1, monkeypatch) as counted:
        connection, _, clock = make("whole")
        pull_all(connection, NOWHERE, clock)
        whole, steps = ledger(), counted[0]
    assert len(whole) == 6
    for step in range(steps):
        with undone():
            connection, _, clock = make(f"killed-{step}")
            with dying_before(step, monkeypatch), pytest.raises(Killed):
                pull_all(connection, NOWHERE, clock)
            clock.pass_by(minutes=5)
            pull_all(connection, NOWHERE, clock)
            assert ledger() == whole, f"killed before step {step}"
