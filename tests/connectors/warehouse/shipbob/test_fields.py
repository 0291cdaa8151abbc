"""Every field that ShipBob has, line by line, and what is left of it where all that may lack does."""

from tests.connectors.reading import all_null, made, payload, plainly
from tests.connectors.warehouse.shipbob.merchant import level, product

SHIPBOB = made("warehouse", "shipbob")
ORDER, RETURN = payload("shipbob", "order"), payload("shipbob", "return")
REFS = {"ecommerce_order": "5517725335772", "order_number": "#1042", "purchase_order": "PO-778"}
OF_A_RETURN = {"rma": "RMA-2207", "ecommerce_order": "5517725335772"}
BEGUN, READ = "2026-11-10T08:00:00Z", "2026-11-20T12:00:00Z"


def kept(item):
    return sorted(name for name in item if item[name] is not None)


def test_an_order_and_its_shipments():
    order, sent, held = plainly(SHIPBOB, "orders", ORDER, settings={"currency": "GBP", "realm": "channel"})
    assert order == {
        "type": "order",
        "id": "5001",
        "at": "2026-11-11T16:00:00Z",
        "realm": "uk",
        "number": "#1042",
        "channel": "B2B",
        "refs": REFS,
        "customer": {"name": "Trade Buyer Ltd", "email": "buyer@example.test"},
        "status": "part_fulfilled",
        "currency": "GBP",
        "total": "132.40",
        "placed_at": "2026-11-10T08:59:00Z",
        "ship_to": {"address1": "1 High St", "city": "Leeds", "zip_code": "LS1 1AA", "country": "GB"},
        "lines": [
            {"id": "31", "sku": "TEE-BLK-M", "quantity": 4, "uom": "each", "pack_size": 1, "unit_price": "12.50"},
            {"id": "32", "sku": "MUG-CASE12", "quantity": 2, "uom": "CS", "unit_price": "41.20"},
        ],
        "raw": kept(ORDER),
    }
    parcel = {"type": "fulfilment", "realm": "uk", "refs": REFS}
    assert sent == parcel | {
        "id": "44012",
        "at": "2026-11-11T16:00:00Z",
        "status": "dispatched",
        "shipped_at": "2026-11-11T15:30:00Z",
        "tracking": "15501234567890",
        "lines": [{"id": "31", "sku": "TEE-BLK-M", "quantity": 4}],
        "raw": kept(ORDER["shipments"][0]),
    }
    assert held == parcel | {
        "id": "44013",
        "at": "2026-11-10T10:00:00Z",
        "status": "pending",
        "lines": [],
        "raw": kept(ORDER["shipments"][1]),
    }


def test_an_order_of_which_all_may_lack():
    bare = {"id": 2, "created_date": BEGUN, "status": "None", "tracking": {"shipping_date": READ}}
    item = all_null(ORDER, id=1, created_date=BEGUN, status="Processing", shipments=[bare])
    order, parcel = plainly(SHIPBOB, "orders", item, settings={"realm": "channel"})
    head = {"id": "1", "at": BEGUN, "refs": {}, "customer": {}, "status": "released", "placed_at": BEGUN, "lines": []}
    assert order == {"type": "order", "raw": kept(item)} | head
    assert parcel == {
        "type": "fulfilment",
        "id": "2",
        "at": BEGUN,
        "refs": {},
        "status": "pending",
        "shipped_at": READ,
        "lines": [],
        "raw": sorted(bare),
    }
    (order,) = plainly(SHIPBOB, "orders", item | {"shipments": None})
    assert order["lines"] == []


def test_goods_are_named_by_what_they_have():
    for names, sku in (
        ({"name": "Tee", "reference_id": "T-1"}, "Tee"),
        ({"reference_id": "T-1"}, "T-1"),
        ({}, "unknown"),
    ):
        (order,) = plainly(SHIPBOB, "orders", ORDER | {"shipments": [], "products": [names | {"quantity": 1}]})
        assert order["lines"] == [{"sku": sku, "quantity": 1}]


def test_a_shipment_is_dated_by_the_latest_that_it_tells():
    parcel = all_null(ORDER["shipments"][0], id=1, status="Completed", created_date=BEGUN)
    parcel |= {"actual_fulfillment_date": "2026-11-12T00:00:00Z"}
    order, sent = plainly(SHIPBOB, "orders", ORDER | {"shipments": [parcel]})
    assert (order["at"], sent["at"], sent["lines"]) == (ORDER["created_date"], "2026-11-12T00:00:00Z", [])


def test_a_return_and_what_it_moved():
    returned, locked, restocked = plainly(SHIPBOB, "returns", RETURN)
    goods = {"sku": "TEE-BLK-M", "quantity": 1}
    came = goods | {"received_quantity": 1, "accepted_quantity": 1}
    assert returned == {
        "type": "return",
        "id": "70011",
        "at": "2026-11-15T10:11:00Z",
        "number": "RMA-2207",
        "refs": OF_A_RETURN,
        "status": "closed",
        "requested_at": "2026-11-12T09:31:00Z",
        "received_at": "2026-11-15T07:02:00Z",
        "inspected_at": "2026-11-15T10:11:00Z",
        "lines": [
            came | {"id": "9557855/Quarantine", "disposition": "quarantine"},
            came | {"id": "9557855/Restock", "disposition": "sellable"},
        ],
        "raw": kept(RETURN),
    }
    moved = goods | {"type": "stock_movement", "at": "2026-11-15T10:11:00Z", "location": "Manchester"}
    moved |= {"reason": "return", "refs": OF_A_RETURN, "raw": kept(RETURN["inventory"][0])}
    assert locked == moved | {"id": "return-70011-9557855-Quarantine", "condition": "quarantine"}
    assert restocked == moved | {"id": "return-70011-9557855-Restock", "condition": "sellable"}
    assert plainly(SHIPBOB, "open_returns", RETURN) == [returned, locked, restocked]


def test_a_return_of_which_all_may_lack():
    item = all_null(RETURN, id=1, insert_date=BEGUN, status="Arrived")
    head = {"id": "1", "at": BEGUN, "refs": {}, "status": "received", "requested_at": BEGUN, "lines": []}
    assert plainly(SHIPBOB, "returns", item) == [{"type": "return", "raw": kept(item)} | head]
    rows = [{"id": 5, "sku": "TEE", "quantity": 3, "action_taken": None}]
    (found,) = plainly(SHIPBOB, "returns", item | {"inventory": rows})
    assert found["lines"] == [{"id": "5", "sku": "TEE", "quantity": 3}]


def test_goods_that_are_disposed_of_and_actions_of_no_goods():
    taken = [{"action": "Dispose", "quantity_processed": 2}, {"action": "Restock", "quantity_processed": 0}]
    rows = [RETURN["inventory"][0] | {"action_taken": taken}]
    (found,) = plainly(SHIPBOB, "returns", RETURN | {"inventory": rows})
    assert [(line["id"], line["disposition"]) for line in found["lines"]] == [("9557855", "disposed")]


def test_goods_of_no_place_and_parcels_of_no_goods():
    rows = [RETURN["inventory"][0], RETURN["inventory"][0] | {"id": 1}]
    moved = plainly(SHIPBOB, "returns", RETURN | {"inventory": rows, "fulfillment_center": None})[1:]
    assert ([one["quantity"] for one in moved], {"location" in one for one in moved}) == ([1, 1, 1, 1], {False})
    parcel = ORDER["shipments"][0]
    empty = parcel | {"products": [parcel["products"][0] | {"inventory_items": None}]}
    assert plainly(SHIPBOB, "orders", ORDER | {"shipments": [empty]})[1]["lines"][0]["quantity"] == 0


def test_an_action_without_a_name_is_the_default():
    rows = [RETURN["inventory"][0] | {"action_taken": [{"action": None, "quantity_processed": 1}]}]
    (found,) = plainly(SHIPBOB, "returns", RETURN | {"inventory": rows, "status": "Arrived"})
    assert [(line["id"], line.get("received_quantity")) for line in found["lines"]] == [
        ("9557855/Default", 1),
        ("9557855/Rest", None),
    ]


def test_a_return_is_dated_by_the_latest_that_it_tells():
    moment = "2026-12-24T01:00:00+01:00"
    dates = ("arrived_date", "processing_date", "completed_date", "cancelled_date", "awaiting_arrival_date")
    for said in (*({name: moment} for name in dates), {"status_history": [{"status": "Lost", "timestamp": moment}]}):
        assert plainly(SHIPBOB, "returns", RETURN | said)[0]["at"] == moment


def test_when_a_return_was_processed():
    history = {"status_history": [{"status": "Processing", "timestamp": "2026-11-15T09:00:00Z"}]}
    begun = history | {"processing_date": "2026-11-15T08:00:00Z"}
    for said, at in ((begun, "08"), (history, "09"), ({"status_history": None}, "10")):
        found = plainly(SHIPBOB, "returns", RETURN | said)
        assert {one.get("inspected_at", one["at"])[11:13] for one in found} == {at}


def test_a_level():
    item = level(1) | {"read_at": READ}
    place = item["locations"][0]
    found = {
        "type": "stock_level",
        "id": "1@22/sellable",
        "at": READ,
        "sku": "SKU-1",
        "location": "Manchester",
        "condition": "sellable",
        "quantity": 11,
        "raw": sorted(place),
    }
    assert plainly(SHIPBOB, "stock", item, settings={"realm": "channel"}) == [found]
    nameless = place | {"name": None}
    (unnamed,) = plainly(SHIPBOB, "stock", item | {"locations": [nameless]})
    assert unnamed == found | {"location": "22", "raw": kept(nameless)}
    assert plainly(SHIPBOB, "stock", item | {"locations": None}) == []


def test_a_product():
    item = product(1)
    variant = item["variants"][0]
    found = {
        "type": "product",
        "id": "1",
        "at": "2026-02-01T00:00:00Z",
        "sku": "SKU-1",
        "active": True,
        "title": "Tee",
        "barcode": "5060000000017",
        "raw": sorted(variant),
    }
    assert plainly(SHIPBOB, "products", item) == [found]
    assert plainly(SHIPBOB, "products", item | {"variants": None}) == []
    march, april = "2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z"
    for said, of_all, at in ((april, march, "2026-04-01"), (None, march, "2026-03-01"), (None, None, "2026-01-01")):
        changed = item | {"updated_on": of_all, "variants": [variant | {"updated_on": said, "upc": None, "gtin": "7"}]}
        (undated,) = plainly(SHIPBOB, "products", changed)
        assert (undated["at"][:10], undated["barcode"]) == (at, "7")
