"""ShipBob's words in the contract's: fates of goods, restocks as movements, units of measure as they came."""

import copy
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.records import Fulfilment, Order, Return, StockMovement
from tests.connectors.reading import kept_and_refused, made, payload, records, said, told_and_refused
from tests.connectors.warehouse.shipbob.merchant import level, product

SHIPBOB = made("warehouse", "shipbob")


def sample(name, **changed):
    return copy.deepcopy(payload("shipbob", name)) | changed


def read(feed, item, kind, **settings):
    return [one for one in records(SHIPBOB, feed, item, settings=settings) if isinstance(one, kind)]


def test_an_order():
    (found,) = read("orders", sample("order"), Order, currency="GBP", realm="channel")
    assert (found.id, found.number, found.channel, found.status) == ("5001", "#1042", "B2B", "part_fulfilled")
    assert found.refs == {"ecommerce_order": "5517725335772", "order_number": "#1042", "purchase_order": "PO-778"}
    assert (found.realm, found.currency, found.total) == ("uk", "GBP", Decimal("132.4"))
    assert (found.customer.name, found.ship_to["city"]) == ("Trade Buyer Ltd", "Leeds")
    assert (found.placed_at.hour, found.at.isoformat()) == (8, "2026-11-11T16:00:00+00:00")
    tee, mug = found.lines
    assert (tee.id, tee.sku, tee.quantity, tee.uom, tee.pack_size, tee.unit_price) == (
        "31",
        "TEE-BLK-M",
        4,
        "each",
        1,
        Decimal("12.5"),
    )
    assert (mug.quantity, mug.uom, mug.pack_size) == (2, "CS", None)  # the catalogue knows what a case holds


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("Processing", "released"),
        ("Exception", "open"),
        ("ImportReview", "open"),
        ("Import Review", "open"),
        ("Partially Fulfilled", "part_fulfilled"),
        ("Fulfilled", "fulfilled"),
        ("Cancelled", "cancelled"),
        ("Pondering", "Pondering"),
    ],
)
def test_status_of_an_order(word, status):
    assert read("orders", sample("order", status=word), Order)[0].status == status


def test_fulfilments():
    sent, held = read("orders", sample("order"), Fulfilment)
    assert (sent.id, sent.status, sent.refs["purchase_order"]) == ("44012", "dispatched", "PO-778")
    assert sent.shipped_at.isoformat() == "2026-11-11T15:30:00+00:00"
    assert [(line.sku, line.quantity) for line in sent.lines] == [("TEE-BLK-M", 4)]  # two lots of one item
    assert (held.status, held.lines) == ("pending", ())


@pytest.mark.parametrize(
    ("word", "status"),
    [
        *(("Completed", "dispatched"), ("Cancelled", "cancelled"), ("On Hold", "pending"), ("Beamed up", "Beamed up")),
        *(
            (word, "pending")
            for word in ("None", "Processing", "Exception", "CleanSweeped", "LabeledCreated", "ImportReview")
        ),
    ],
)
def test_status_of_a_shipment(word, status):
    item = sample("order")
    item["shipments"][0]["status"] = word
    assert read("orders", item, Fulfilment)[0].status == status


def test_a_bundle_counts_by_its_rarest_component():
    item = sample("order")
    item["shipments"][0]["products"][0]["inventory_items"] = [{"id": 1, "quantity": 4}, {"id": 2, "quantity": 2}]
    assert read("orders", item, Fulfilment)[0].lines[0].quantity == 2


def test_a_return_by_what_was_done_with_the_goods():
    (found,) = read("returns", sample("return"), Return)
    assert (found.id, found.number, found.status) == ("70011", "RMA-2207", "closed")
    assert found.refs == {"rma": "RMA-2207", "ecommerce_order": "5517725335772"}
    assert (found.received_at.hour, found.inspected_at.hour, found.at.hour) == (7, 10, 10)
    assert [(line.id, line.quantity, line.disposition, line.accepted_quantity) for line in found.lines] == [
        ("9557855/Quarantine", 1, "quarantine", 1),
        ("9557855/Restock", 1, "sellable", 1),
    ]
    assert (found.refund_amount, found.fees) == (None, None)  # its invoice is for the merchant


def test_restocks_are_movements():
    moved = read("returns", sample("return"), StockMovement)
    assert [(one.id, one.condition, one.quantity, one.location) for one in moved] == [
        ("return-70011-9557855-Quarantine", "quarantine", 1, "Manchester"),
        ("return-70011-9557855-Restock", "sellable", 1, "Manchester"),
    ]
    assert moved[0].refs["rma"] == "RMA-2207"


def taken(*actions, **changed):
    item = sample("return", **changed)
    rows = [{"action": action, "action_reason": "x", "quantity_processed": count} for action, count in actions]
    item["inventory"][0] |= {"quantity": 2, "action_taken": rows}
    return item


def test_an_action_that_nobody_knows_is_refused_and_the_rest_of_its_return_is_kept():
    (kept, moved), (refused,) = kept_and_refused(SHIPBOB, "returns", taken(("Restock", 1), ("Rework", 1)))
    assert [(line.id, line.quantity, line.disposition) for line in kept.lines] == [
        ("9557855/Restock", 1, "sellable"),
        ("9557855/Rework", 1, None),
    ]
    assert (moved.id, moved.quantity) == ("return-70011-9557855-Restock", 1)
    assert (refused.id, refused.field, "Rework" in refused.reason) == ("70011", "lines[2].disposition", True)
    item = taken(("Restock", 1), ("Rework", 1))
    (kept, *moved), refused = kept_and_refused(SHIPBOB, "returns", item, settings={"dispositions": "rework=quarantine"})
    assert (kept.lines[1].disposition, refused) == ("quarantine", [])
    assert [one.condition for one in moved] == ["sellable", "quarantine"]


def test_the_default_action_says_nothing_of_what_became_of_the_goods():
    (kept,), refused = kept_and_refused(SHIPBOB, "returns", taken(("Default", 2)))
    assert (kept.lines[0].disposition, kept.lines[0].received_quantity, refused) == (None, 2, [])


NOT_DATED = {"processing_date": None, "completed_date": None, "arrived_date": "2026-11-15T07:02:00Z"}


def test_goods_on_the_shelf_before_their_return_was_processed_are_a_movement():
    item = taken(("Restock", 2), status="Arrived", status_history=[], **NOT_DATED)
    (kept, moved), refused = kept_and_refused(SHIPBOB, "returns", item)
    assert (kept.status, kept.inspected_at, refused) == ("received", None, [])
    assert (moved.quantity, moved.at.isoformat()) == (2, "2026-11-15T07:02:00+00:00")


@pytest.mark.parametrize("status", ["Processing", "Completed"])
def test_the_history_says_when_a_return_was_processed_where_the_return_does_not(status):
    history = [
        {"status": "Completed", "timestamp": "2026-11-15T11:00:00Z"},
        {"status": "Processing", "timestamp": "2026-11-15T12:30:00+02:00"},
        {"status": "Arrived", "timestamp": "2026-11-15T07:02:00Z"},
    ]
    kept, moved = kept_and_refused(
        SHIPBOB, "returns", taken(("Restock", 2), status=status, status_history=history, **NOT_DATED)
    )[0]
    assert kept.inspected_at.isoformat() == moved.at.isoformat() == "2026-11-15T10:30:00+00:00"
    assert kept.at.isoformat() == "2026-11-15T11:00:00+00:00"


def test_a_movement_that_nothing_dates_is_refused_and_shown_and_its_return_is_kept():
    item = taken(("Restock", 2), status="Completed", status_history=[], **NOT_DATED)
    (kept,), (refused,) = kept_and_refused(SHIPBOB, "returns", item)
    assert (kept.id, kept.lines[0].disposition) == ("70011", "sellable")
    assert (refused.type, refused.id) == ("stock_movement", "return-70011-9557855-Restock")
    assert (refused.field, b'"TEE-BLK-M"' in refused.raw) == ("at", True)


def test_an_item_of_two_lots_is_two_lines_and_one_movement():
    item = taken(("Restock", 2))
    item["inventory"].append(copy.deepcopy(item["inventory"][0]))
    (kept, moved), refused = kept_and_refused(SHIPBOB, "returns", item)
    assert ([line.id for line in kept.lines], [line.quantity for line in kept.lines]) == (["1", "2"], [2, 2])
    assert (moved.quantity, refused) == (4, [])


def test_a_product_that_stands_in_an_order_twice_is_two_lines():
    item = sample("order")
    item["products"].append(item["products"][0] | {"external_line_id": 9, "quantity": 1})
    item["shipments"][0]["products"].append(item["shipments"][0]["products"][0])
    (found,) = read("orders", item, Order)
    assert [line.quantity for line in found.lines] == [4, 2, 1]
    assert [line.id for line in read("orders", item, Fulfilment)[0].lines] == ["1", "2"]


def test_a_return_of_another_store_is_of_its_realm_and_so_is_what_went_back():
    item = sample("return", channel={"id": 9, "name": "eu"})
    assert {one.realm for one in records(SHIPBOB, "returns", item, settings={"realm": "channel"})} == {"eu"}
    assert {one.realm for one in records(SHIPBOB, "returns", item)} == {None}


def test_a_return_that_is_opened_again_lacks_nothing_yet():
    item = taken(("Restock", 1), status="Completed")
    assert [line.disposition for line in read("returns", item, Return)[0].lines] == ["sellable", "missing"]
    again = taken(("Restock", 1), status="Arrived")
    assert [line.disposition for line in read("returns", again, Return)[0].lines] == ["sellable", None]


def test_a_level_below_nought_is_told_as_it_is():
    item = level(1) | {"read_at": "2026-11-20T12:00:00Z"}
    item["locations"][0] |= {"fulfillable_quantity": -5, "committed_quantity": 2}
    assert records(SHIPBOB, "stock", item)[0].quantity == -3


def test_what_of_an_item_cannot_be_read_takes_nothing_else_with_it():
    order, back, places = sample("order"), sample("return"), level(1) | {"read_at": "2026-11-20T12:00:00Z"}
    order["shipments"][0]["products"][0]["inventory_items"] = [{"id": 1, "quantity": None}]
    assert told_and_refused(SHIPBOB, "orders", order) == (
        [("order", "5001"), ("fulfilment", "44013")],
        [("fulfilment", "44012", "shipments[1].products[1].inventory_items[1].quantity")],
    )
    back["fulfillment_center"] = "Manchester"
    told, refused = told_and_refused(SHIPBOB, "returns", back)
    assert (told, [one[:2] for one in refused]) == ([("return", "70011")], [("stock_movement", None)])
    places["locations"].append(places["locations"][0] | {"location_id": 23, "fulfillable_quantity": "many"})
    assert told_and_refused(SHIPBOB, "stock", places)[0] == [("stock_level", "1@22/sellable")]
    assert told_and_refused(SHIPBOB, "stock", places)[1][0][:2] == ("stock_level", "1@23/sellable")
    item = product(1)
    del item["variants"][1]["created_on"], item["created_on"]
    item["variants"][1] |= {"sku": "SKU-2", "updated_on": None}
    told, refused = told_and_refused(SHIPBOB, "products", item | {"updated_on": None})
    assert (told, [one[:2] for one in refused]) == ([("product", "1")], [("product", "-1")])


def test_a_return_names_no_customer():
    (found,) = read("returns", sample("return", customer_name="Harbour & Pine"), Return)  # the merchant, by ShipBob
    assert found.customer is None


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("AwaitingArrival", "authorised"),
        ("Awaiting Arrival", "authorised"),
        ("Arrived", "received"),
        ("Processing", "inspected"),
        ("Cancelled", "cancelled"),
        ("Lost", "Lost"),
    ],
)
def test_status_of_a_return(word, status):
    assert read("returns", sample("return", status=word), Return)[0].status == status


def test_what_was_not_processed_is_missing_once_the_return_is_complete():
    item = sample("return")
    item["inventory"][0]["action_taken"].pop()
    (rest,) = [line for line in read("returns", item, Return)[0].lines if line.id.endswith("/Rest")]
    assert (rest.id, rest.quantity, rest.disposition, rest.received_quantity) == ("9557855/Rest", 1, "missing", 0)
    item["status"] = "Processing"
    (rest,) = [line for line in read("returns", item, Return)[0].lines if line.id.endswith("/Rest")]
    assert (rest.disposition, rest.received_quantity) == (None, None)


def test_a_level_on_hand_or_available():
    item = level(1) | {"read_at": "2026-11-20T12:00:00Z"}
    (found,) = records(SHIPBOB, "stock", item)
    assert (found.id, found.sku, found.location, found.condition) == (
        "1@22/sellable",
        "SKU-1",
        "Manchester",
        "sellable",
    )
    assert found.quantity == 11
    assert records(SHIPBOB, "stock", item, settings={"stock": "available"})[0].quantity == 8


def test_products_with_a_sku():
    (found,) = records(SHIPBOB, "products", product(1))
    assert (found.id, found.sku, found.active, found.barcode) == ("1", "SKU-1", True, "5060000000017")


@pytest.mark.parametrize(("status", "active"), [("Active", True), ("Inactive", False), (None, None)])
def test_whether_a_product_is_active_where_that_is_said(status, active):
    item = product(1)
    item["variants"][0]["status"] = status
    assert records(SHIPBOB, "products", item)[0].active is active


def test_a_barcode_of_whichever_kind():
    item = product(1)
    item["variants"][0] |= {"upc": None, "gtin": None, "barcodes": [{"value": "5012345678900"}]}
    assert records(SHIPBOB, "products", item)[0].barcode == "5012345678900"


@given(
    quantity=st.integers(0, 99),
    taken=st.lists(
        st.tuples(st.sampled_from(["Default", "Restock", "Quarantine", "Dispose", "Burn", None]), st.integers(0, 40)),
        max_size=5,
    ),
    status=st.sampled_from(["Arrived", "Completed", "Strange"]),
)
def test_every_unit_is_on_one_line(quantity, taken, status):
    item = sample("return", status=status)
    actions = [{"action": action, "quantity_processed": count} for action, count in taken]
    item["inventory"][0] |= {"quantity": quantity, "action_taken": actions}
    (line, *_) = said(SHIPBOB, "returns", item)
    assert "not_readable" not in line
    assert sum(one["quantity"] for one in line["lines"]) == max(quantity, sum(count for _, count in taken))
    assert len({one["id"] for one in line["lines"]}) == len(line["lines"])
