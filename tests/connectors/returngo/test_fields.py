"""Every field that ReturnGO has, line by line, and what is left of it where all that may lack does."""

from tests.connectors.reading import all_null, made, payload, plainly

RETURNGO = made("returngo")
RMA = payload("returngo", "rma")
REFS = {"rma": "10099001", "ecommerce_order": "5517725335772", "order_number": "#1042"}
BEGUN = "2026-11-12T09:31:00+00:00"


def test_a_return_and_its_refund():
    returned, refund = plainly(RETURNGO, "rmas", RMA)
    assert returned == {
        "type": "return",
        "id": "10099001",
        "at": "2026-11-16T08:00:00+00:00",
        "number": "10099001",
        "refs": REFS,
        "status": "inspected",
        "resolution": "refund",
        "currency": "GBP",
        "requested_at": BEGUN,
        "inspected_at": "2026-11-15T10:11:00+00:00",
        "refund_amount": "12.5",
        "fees": "0",
        "lines": [
            {
                "id": "47001",
                "sku": "TEE-BLK-M",
                "quantity": 1,
                "received_quantity": 1,
                "accepted_quantity": 1,
                "reason_code": "Does not fit > Too small",
                "disposition": "sellable",
                "unit_refund": "10.42",
            }
        ],
        "raw": sorted(RMA),
    }
    assert refund == {
        "type": "credit",
        "id": "t1",
        "at": "2026-11-16T08:00:00+00:00",
        "number": "934",
        "kind": "refund",
        "refs": REFS | {"shop_refund": "934"},
        "currency": "GBP",
        "amount": "12.5",
        "tax": "2.08",
        "status": "issued",
        "issued_at": "2026-11-16T08:00:00+00:00",
        "reason": "return",
        "settled": True,
        "lines": [{"id": "47001", "sku": "TEE-BLK-M", "quantity": 1, "unit_price": "10.42"}],
        "raw": sorted(RMA["transactions"][0]),
    }


def test_a_return_of_which_all_may_lack():
    item = all_null(RMA, rmaSummary={"rmaId": 1, "status": "Pending", "order_name": "#9"}, createdAt=BEGUN)
    head = {"type": "return", "id": "1", "at": BEGUN, "number": "1", "refs": {"rma": "1", "order_number": "#9"}}
    head |= {"status": "requested", "requested_at": BEGUN, "fees": "0", "lines": [], "raw": ["createdAt", "rmaSummary"]}
    assert plainly(RETURNGO, "rmas", item) == [head]
    for names, sku in (
        ({"productName": "Tee", "fullName": "Tee, black"}, "Tee"),
        ({"fullName": "Tee, black"}, "Tee, black"),
        ({}, "unknown"),
    ):
        (found,) = plainly(RETURNGO, "rmas", item | {"items": [{"returnedItemId": 5} | names]})
        assert found["lines"] == [{"id": "5", "sku": sku, "quantity": 1}]


def test_a_refund_of_which_all_may_lack():
    paid = {"id": "t", "type": "RefundToGiftCard", "status": "Requested", "createdAt": "2026-11-13T09:31:00+00:00"}
    paid |= {"externalReferenceId": "88", "externalReferenceType": "Other"}
    paid |= {"amount": {"amount": "3", "currency": "GBP"}}
    item = all_null(RMA, rmaSummary={"rmaId": 1, "status": "Pending"}, createdAt=BEGUN, transactions=[paid])
    returned, credit = plainly(RETURNGO, "rmas", item)
    assert (returned["refund_amount"], returned["at"], "currency" in returned) == ("3", BEGUN, False)
    assert credit == {
        "type": "credit",
        "id": "t",
        "at": "2026-11-13T09:31:00+00:00",
        "number": "88",
        "kind": "store_credit",
        "refs": {"rma": "1"},
        "currency": "GBP",
        "amount": "3",
        "status": "draft",
        "issued_at": "2026-11-13T09:31:00+00:00",
        "reason": "return",
        "lines": [],
        "raw": sorted(paid),
    }


def test_a_return_is_dated_by_the_latest_that_it_tells():
    moment = "2026-12-24T00:00:00+00:00"
    goods, paid = RMA["items"][0], RMA["transactions"][0]
    found = goods["itemValidationStatusResponse"] | {"lastValidationDate": moment}
    for said in (
        {"lastUpdated": moment},
        {"rmaSummary": RMA["rmaSummary"] | {"events": [{"eventDate": moment}]}},
        {"items": [goods | {"itemValidationStatusResponse": found}]},
        {"transactions": [paid | {"lastUpdated": moment}]},
    ):
        assert plainly(RETURNGO, "rmas", RMA | said)[0]["at"] == moment


def test_a_refund_is_dated_by_its_last_change_and_an_order_named_by_its_own_details():
    paid = RMA["transactions"][0] | {"createdAt": BEGUN, "lastUpdated": "2026-11-17T08:00:00+00:00"}
    item = RMA | {"transactions": [paid], "orderDetails": {"orderId": "55", "order_name": "#1043"}}
    _, refund = plainly(RETURNGO, "rmas", item)
    assert (refund["at"], refund["issued_at"]) == ("2026-11-17T08:00:00+00:00", BEGUN)
    assert refund["refs"]["order_number"] == "#1043"


def test_goods_whose_tax_is_not_told_are_worth_what_was_paid():
    returned, refund = plainly(RETURNGO, "rmas", RMA | {"items": [RMA["items"][0] | {"paidTax": None}]})
    assert (returned["lines"][0]["unit_refund"], refund["tax"]) == ("12.5", "0")
    returned, refund = plainly(RETURNGO, "rmas", RMA | {"items": [RMA["items"][0] | {"paidPrice": None}]})
    assert ("unit_refund" in returned["lines"][0], "currency" in returned) == (False, False)


def test_it_is_inspected_when_the_last_of_its_goods_is():
    goods = RMA["items"][0]
    earlier = goods["itemValidationStatusResponse"] | {"lastValidationDate": "2026-11-14T00:00:00+00:00"}
    both = [goods | {"returnedItemId": "1", "itemValidationStatusResponse": earlier}, goods]
    assert plainly(RETURNGO, "rmas", RMA | {"items": both})[0]["inspected_at"] == "2026-11-15T10:11:00+00:00"


def test_a_parcel_that_was_looked_at_has_arrived():
    parcel = RMA["shipments"][0] | {"status": "Validated"}
    item = RMA | {"rmaSummary": RMA["rmaSummary"] | {"status": "Approved"}, "shipments": [parcel]}
    assert plainly(RETURNGO, "rmas", item)[0]["status"] == "received"


def test_each_fee_is_kept_back():
    for fee in ("restockingFee", "returnFee", "shipmentFee"):
        assert plainly(RETURNGO, "rmas", RMA | {"items": [RMA["items"][0] | {fee: 2}]})[0]["fees"] == "2"


def test_a_return_that_is_gone_is_withdrawn():
    at = "2026-11-13T09:31:00+00:00"
    assert plainly(RETURNGO, "rmas", {"gone": "7", "at": at}) == [
        {"type": "return", "id": "7", "at": at, "deleted": True}
    ]
