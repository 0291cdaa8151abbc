"""The warehouse's columns in the contract's words: exact numbers, times in UTC, buckets, restocks."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.closed_words import told_apart
from connectors.lines import Accepted, Known, Refusal, parse_object
from connectors.mapping import mapped
from connectors.models import Connection
from connectors.registry import connector
from connectors.warehouse.file.client import WarehouseFiles
from tests.connectors.reading import taken

KNOWN = Known(systems=frozenset({"wms"}), flows={})
AT = "2026-11-20T12:00:00+00:00"
ORDER = {
    "warehouse_code": "DAV", "order_id": "W1", "order_number": "#1001", "external_order_id": "5501",
    "purchase_order": "PO-7", "customer_id": "C1", "customer_name": "Nook", "ship_to_name": "Nook",
    "ship_to_town": "Rye", "status": "ALLOCATED", "received_at": "2026-11-20T08:00:00Z", "line_ref": "1",
    "sku": "TEE-CASE12", "quantity": "5", "uom": "case", "units_per_uom": "12", "qty_shipped": "4",
}  # fmt: skip
PARCEL = {
    "warehouse_code": "DAV", "order_number": "#1001", "external_order_id": "5501", "shipment_id": "S1",
    "line_ref": "1", "sku": "TEE-CASE12", "qty_ordered": "5", "qty_shipped": "4", "uom": "case", "units_per_uom": "12",
    "carrier": "UPS", "tracking_number": "1Z", "despatched_at": "2026-11-20T09:00:00+01:00",
}  # fmt: skip
BACK = {
    "warehouse_code": "DAV", "return_id": "R1", "rma": "RMA-7", "order_number": "#1001", "line_ref": "1", "sku": "TEE",
    "qty_expected": "3", "qty_received": "2", "uom": "each", "units_per_uom": "1", "reason_code": "TOO_SMALL",
    "condition": "A", "disposition": "Sellable", "restock_qty": "2", "restock_location": "A-01",
    "received_at": "2026-11-19T08:00:00", "inspected_at": "2026-11-19T10:00:00Z",
}  # fmt: skip
MOVE = {
    "warehouse_code": "DAV", "movement_id": "M1", "sku": "TEE", "qty_delta": "-2", "uom": "each",
    "bucket_from": "on_hand", "bucket_to": "quarantine", "reason_code": "QC", "ref_type": "RMA", "ref_id": "RMA-7",
    "occurred_at": "2026-11-19T10:00:00Z",
}  # fmt: skip
LEVEL = {
    "warehouse_code": "DAV", "sku": "TEE", "on_hand": "-1.5", "allocated": "3", "available": "7", "quarantine": "2",
    "backorder": "0", "as_of": "2026-11-20T11:00:00Z",
}  # fmt: skip


def read(feed, *rows, **settings):
    return [taken(line, KNOWN) for line in mapped_lines(feed, *rows, **settings)]


def mapped_lines(feed, *rows, **settings):
    item = {"id": "the id", "file": "f.csv", "at": AT, "rows": [{"row": str(n)} | row for n, row in enumerate(rows, 2)]}
    connection = Connection(system="wms", kind="warehouse", vendor="file", settings=settings)
    return mapped(connector("warehouse", "file"), feed, item, connection)


def records(feed, *rows, **settings):
    found = read(feed, *rows, **settings)
    assert all(isinstance(one, Accepted) for one in found), found
    return [one.record for one in found]


def test_an_order_as_the_warehouse_has_it():
    (found,) = records("orders", ORDER, ORDER | {"line_ref": "2", "sku": "MUG", "qty_shipped": ""})
    assert (found.id, found.number, found.status) == ("the id", "#1001", "ALLOCATED")
    assert found.refs == {"order_number": "#1001", "ecommerce_order": "5501", "purchase_order": "PO-7"}
    assert (found.customer.id, found.placed_at.isoformat()) == ("C1", "2026-11-20T08:00:00+00:00")
    assert [(row.sku, row.quantity, row.pack_size, row.fulfilled_quantity) for row in found.lines] == [
        ("TEE-CASE12", 5, 12, 4),
        ("MUG", 5, 12, None),
    ]
    assert (found.total, found.lines[0].unit_price) == (None, None)  # it knows of no money
    assert records("orders", ORDER, order_number="sales_order")[0].refs["sales_order"] == "#1001"
    nowhere = ORDER | {"ship_to_name": "", "ship_to_town": "", "hold": "credit check"}
    (held,) = records("orders", nowhere)
    assert (held.ship_to, held.payment.hold) == (None, "credit check")


@pytest.mark.parametrize(
    ("feed", "row"),
    [("orders", ORDER), ("despatches", PARCEL), ("returns", BACK), ("movements", MOVE), ("stock", LEVEL)],
)
def test_a_shared_warehouse_names_the_brand(feed, row):
    assert {found.realm for found in records(feed, row | {"realm": "uk"})} == {"uk"}
    assert {found.realm for found in records(feed, row)} == {None}


def test_an_order_is_withdrawn_by_a_row():
    (found,) = records("orders", {"order_id": "W1", "deleted": "yes"})
    assert (type(found).__name__, found.id) == ("Withdrawal", "the id")
    (refused,) = read("orders", ORDER | {"deleted": "perhaps"})
    assert b"must be yes or no" in refused.raw


def test_a_despatch():
    (found,) = records("despatches", PARCEL, PARCEL | {"line_ref": "2", "sku": "MUG", "qty_shipped": "0"})
    assert (found.id, found.status, found.shipped_at.isoformat()) == (
        "the id",
        "dispatched",
        "2026-11-20T08:00:00+00:00",
    )
    assert found.refs == {"order_number": "#1001", "ecommerce_order": "5501"}
    assert [(row.id, row.sku, row.quantity, row.pack_size) for row in found.lines] == [
        ("1", "TEE-CASE12", 4, 12),
        ("2", "MUG", 0, 12),
    ]
    assert found.at.isoformat() == AT


def test_a_despatch_of_nothing_is_pending():
    (found,) = records("despatches", PARCEL | {"qty_shipped": "0"})
    assert found.status == "pending"


def test_which_references_the_columns_are_can_be_said():
    (found,) = records("despatches", PARCEL, order_number="sales_order", external_order_id="order_number")
    assert found.refs == {"sales_order": "#1001", "order_number": "5501"}


def test_a_return_and_its_restock():
    found, moved = records("returns", BACK)
    assert (found.number, found.status, found.refs) == (
        "RMA-7",
        "inspected",
        {"rma": "RMA-7", "order_number": "#1001"},
    )
    assert (found.received_at.hour, found.inspected_at.hour) == (8, 10)  # without a zone it is UTC
    (row,) = found.lines
    assert (row.quantity, row.received_quantity, row.accepted_quantity) == (3, 2, 2)
    assert (row.reason_code, row.disposition) == ("TOO_SMALL", "sellable")
    assert (moved.id, moved.condition, moved.quantity, moved.location) == ("restock-the id/1", "sellable", 2, "A-01")
    assert len(records("returns", BACK, restocks="movements")) == 1


def test_how_far_a_return_is():
    def status(*rows):
        return records("returns", *[BACK | {"restock_qty": ""} | row for row in rows])[0].status

    nothing = {"received_at": "", "inspected_at": ""}
    assert status(nothing) == "authorised"
    assert status({"inspected_at": ""}) == "received"
    assert status({}, {"line_ref": "2"} | nothing) == "received"
    assert status({}) == "inspected"


@pytest.mark.parametrize("fate", ["Damaged", "disposed", "WRONG_ITEM", "unexpected", "missing", "quarantine"])
def test_dispositions_are_the_contracts_words(fate):
    (found, _) = records("returns", BACK | {"disposition": fate})
    assert found.lines[0].disposition == fate.lower()


def test_a_disposition_that_nobody_knows_is_refused_and_the_rest_of_its_return_is_kept():
    lines = mapped_lines("returns", BACK | {"disposition": "To the zoo"})
    kept, refused, moved = [parse_object(1, line, KNOWN) for line in told_apart(lines)]
    assert (kept.record.lines[0].disposition, kept.record.lines[0].accepted_quantity) == (None, 2)
    assert (refused.field, "To the zoo" in refused.reason) == ("lines[1].disposition", True)
    assert moved.record.quantity == 2
    (found, _) = records("returns", BACK | {"disposition": "To the zoo"}, dispositions="to the zoo=disposed")
    assert found.lines[0].disposition == "disposed"


def test_a_movement_between_buckets_is_two():
    out, into = records("movements", MOVE)
    assert [(one.id, one.condition, one.quantity) for one in (out, into)] == [
        ("the id/from", "sellable", -2),
        ("the id/to", "quarantine", 2),
    ]
    assert out.refs == {"rma": "RMA-7"}


def test_a_movement_of_one_bucket_keeps_its_sign():
    (found,) = records("movements", MOVE | {"bucket_to": "", "ref_type": "order", "ref_id": "#1"})
    assert (found.id, found.quantity, found.refs) == ("the id", -2, {"order_number": "#1"})


def test_a_bucket_that_is_not_known_is_refused_and_one_that_is_named_is_not():
    row = MOVE | {"bucket_to": "PEN-3"}
    assert [type(one) for one in read("movements", row)] == [Accepted, Refusal]
    _, into = records("movements", row, buckets="on_hand = sellable, pen-3 = quarantine")
    assert into.condition == "quarantine"


def test_levels():
    sellable, locked = records("stock", LEVEL)
    assert (sellable.id, sellable.quantity, sellable.condition) == ("DAV/TEE/sellable", Decimal("-1.5"), "sellable")
    assert (locked.quantity, locked.condition) == (2, "quarantine")
    assert records("stock", LEVEL, stock="available")[0].quantity == 7
    assert len(records("stock", LEVEL | {"quarantine": ""})) == 1


@pytest.mark.parametrize(
    ("feed", "row", "column", "said"),
    [
        ("orders", ORDER, "quantity", ""),
        ("orders", ORDER, "received_at", "today"),
        ("despatches", PARCEL, "qty_shipped", ""),
        ("despatches", PARCEL, "qty_shipped", "4,5"),
        ("despatches", PARCEL, "units_per_uom", "NaN"),
        ("despatches", PARCEL, "despatched_at", "20/11/2026"),
        ("movements", MOVE, "qty_delta", "many"),
        ("stock", LEVEL, "on_hand", "lots"),
    ],
)
def test_a_cell_that_does_not_fit_names_its_row(feed, row, column, said):
    (refused,) = read(feed, row | {column: said})
    assert isinstance(refused, Refusal)
    assert f"Row 2: {column}".encode() in refused.raw


def test_a_movement_twice_in_a_file_is_refused():
    (refused,) = read("movements", MOVE, MOVE)
    assert b"stands in the file twice" in refused.raw


@given(
    st.sampled_from(sorted(WarehouseFiles.kinds)), st.dictionaries(st.sampled_from(sorted(BACK)), st.text(max_size=8))
)
def test_no_row_whatever_stops_a_feed(feed, said):
    example = {"orders": ORDER, "despatches": PARCEL, "returns": BACK, "movements": MOVE, "stock": LEVEL}[feed]
    read(feed, example | {name: value for name, value in said.items() if name in example})
