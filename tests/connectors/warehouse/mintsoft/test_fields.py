"""Every field that Mintsoft has, line by line, and what is left of it where all that may lack does."""

from tests.connectors.reading import all_null, made, payload, plainly
from tests.connectors.warehouse.mintsoft.account import level, order, product

MINTSOFT = made("warehouse", "mintsoft")
RETURN = payload("mintsoft", "return")
CHANGED, DESPATCHED = "2026-06-15T10:11:00+01:00", "2026-06-15T09:00:00+01:00"
READ = {"read_at": "2026-11-20T12:00:00Z"}


def kept(item):
    return sorted(name for name in item if item[name] is not None)


def test_an_order_and_its_despatch():
    item = order(7, status_name="Despatched", DespatchDate="2026-06-15T09:00:00", TrackingNumber="155")
    refs = {"ecommerce_order": "557", "order_number": "#7"}
    goods = {"id": "70", "sku": "TEE-BLK-M", "quantity": "4"}
    told, sent = plainly(MINTSOFT, "orders", item)
    assert told == {
        "type": "order",
        "id": "7",
        "at": "2026-11-20T10:07:00+00:00",
        "number": "#7",
        "refs": refs,
        "customer": {"name": "Trade Buyer Ltd", "email": "buyer@example.test"},
        "status": "Despatched",
        "currency": "GBP",
        "placed_at": "2026-11-20T09:00:00+00:00",
        "ship_to": {"address1": "1 High St", "town": "Leeds", "postcode": "LS1 1AA", "country": "GB"},
        "lines": [goods | {"unit_price": "12.5"}],
        "raw": kept(item),
    }
    assert sent == {
        "type": "fulfilment",
        "id": "7/despatch",
        "at": DESPATCHED,
        "refs": refs,
        "status": "dispatched",
        "shipped_at": DESPATCHED,
        "tracking": "155",
        "lines": [goods],
        "raw": kept(item),
    }
    assert plainly(MINTSOFT, "orders", item, settings={"currency": "EUR"})[0]["currency"] == "EUR"
    assert plainly(MINTSOFT, "orders", item, settings={"timezone": "Asia/Tokyo"})[1]["at"][-6:] == "+09:00"


def test_an_order_of_which_all_may_lack():
    item = all_null(order(7), ID=7, LastUpdated="2026-06-15T10:11:00Z", OrderStatusId=3, Email="")
    head = {"type": "order", "id": "7", "at": "2026-06-15T10:11:00+00:00", "refs": {}, "customer": {}, "status": "3"}
    (told,) = plainly(MINTSOFT, "orders", item)
    assert told == head | {"placed_at": head["at"], "lines": [], "raw": kept(item)}
    _, sent = plainly(MINTSOFT, "orders", item | {"DespatchDate": "2026-06-15T09:00:00"})
    assert sent["lines"] == []


def test_goods_are_named_by_what_they_have():
    for names, sku in (({"NAME": "Tee", "ProductId": 5}, "Tee"), ({"ProductId": 5}, "5"), ({}, "unknown")):
        (told,) = plainly(MINTSOFT, "orders", order(7, status_name="New", OrderItems=[names | {"Quantity": 1}]))
        assert told["lines"] == [{"sku": sku, "quantity": "1"}]


def test_a_return_and_what_went_back():
    item = RETURN | {"searched_on": "2026-06-14"}
    returned, moved = plainly(MINTSOFT, "returns", item)
    refs = {"rma": "RMA-2207", "order_number": "#1042"}
    assert returned == {
        "type": "return",
        "id": "55120",
        "at": CHANGED,
        "number": "RMA-2207",
        "refs": refs,
        "status": "requested",
        "requested_at": "2026-06-14T00:00:00+01:00",
        "lines": [
            {
                "id": "1",
                "sku": "TEE-BLK-M",
                "quantity": "2",
                "received_quantity": "2",
                "accepted_quantity": "2",
                "reason_code": "Too small",
                "disposition": "sellable",
            }
        ],
        "raw": kept(item),
    }
    assert moved == {
        "type": "stock_movement",
        "id": "return-item-1",
        "at": CHANGED,
        "sku": "TEE-BLK-M",
        "condition": "sellable",
        "quantity": "2",
        "reason": "return",
        "refs": refs,
        "raw": sorted(name.lower() for name in kept(RETURN["ReturnItems"][0])),
    }
    assert plainly(MINTSOFT, "returns", item | {"Confirmed": True})[0]["inspected_at"] == CHANGED


def test_a_return_of_which_all_may_lack():
    item = all_null(RETURN, ID=7, LastUpdated="2026-06-15T10:11:00")
    head = {"type": "return", "id": "7", "at": CHANGED, "number": "7", "refs": {}, "status": "requested"}
    assert plainly(MINTSOFT, "returns", item) == [head | {"requested_at": CHANGED, "lines": [], "raw": kept(item)}]
    goods = all_null(RETURN["ReturnItems"][0], ID=1, SKU="TEE", Quantity=2, ReturnReasonId=4)
    (found,) = plainly(MINTSOFT, "returns", item | {"ReturnItems": [goods]})
    assert found["lines"] == [{"id": "1", "sku": "TEE", "quantity": "2", "reason_code": "4"}]
    (found, moved) = plainly(MINTSOFT, "returns", item | {"ReturnItems": [goods | {"ReturnedToStock": True}]})
    assert (found["lines"][0]["received_quantity"], moved["quantity"]) == ("2", "2")


def test_the_action_counts_where_there_is_no_stock_action():
    goods = RETURN["ReturnItems"][0] | {"ReturnedToStock": False, "StockAction": None, "Action": "Scrap"}
    (found,) = plainly(MINTSOFT, "returns", RETURN | {"Confirmed": True, "ReturnItems": [goods]})
    assert found["lines"][0]["disposition"] == "disposed"


def test_levels_by_whichever_name():
    place = {"SKU": "SKU-1", "WarehouseId": None} | READ
    for names, settings, quantity in (
        ({"Level": 9}, {}, "9"),
        ({"TotalStockLevel": 12}, {"stock": "available"}, "12"),
        ({"OnHand": 12, "StockLevel": 10}, {}, "12"),
        ({"StockLevel": 10}, {"stock": "available"}, "10"),
        ({"OnHand": 12, "Allocated": 3}, {"stock": "available"}, "9"),
    ):
        (found,) = plainly(MINTSOFT, "stock", place | names, settings=settings)
        assert found == {
            "type": "stock_level",
            "id": "SKU-1@warehouse/sellable",
            "at": READ["read_at"],
            "sku": "SKU-1",
            "location": "warehouse",
            "condition": "sellable",
            "quantity": quantity,
            "raw": kept(place | names),
        }
    assert plainly(MINTSOFT, "stock", level(1) | READ)[0]["location"] == "3"


def test_a_product():
    item = product(1, EAN="5012345678900", LastUpdated="2026-06-15T10:11:00") | READ
    assert plainly(MINTSOFT, "products", item) == [
        {
            "type": "product",
            "id": "1",
            "at": CHANGED,
            "sku": "SKU-1",
            "active": True,
            "title": "Tee",
            "barcode": "5012345678900",
            "raw": kept(item),
        }
    ]
