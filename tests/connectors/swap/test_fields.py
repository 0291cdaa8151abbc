"""Every field that Swap has, line by line, and what is left of it where all that may lack does."""

from tests.connectors.reading import all_null, made, payload, plainly

SWAP = made("swap")
RETURN = payload("swap", "return")
REFS = {"rma": "RMA-2207", "ecommerce_order": "5517725335772", "order_number": "#1042", "shop_return": "771"}
CUSTOMER = {"id": "C1", "name": "Trade Buyer Ltd", "email": "buyer@example.test"}
MONEY = ("processed_by", "rma_processed", "total_refund_value_customer_currency")
CREDIT = "total_store_credit_value_customer_currency"


def test_a_return_and_what_goes_back():
    item = RETURN | {"total_refunded_taxes": 6, "customer_id": "C1", "handling_fee": "2.5", CREDIT: 5}
    head = {"at": "2026-11-16T08:00:00.000Z", "number": "RMA-2207", "refs": REFS, "customer": CUSTOMER}
    credit = head | {"type": "credit", "currency": "GBP", "status": "issued", "reason": "return"}
    credit |= {"issued_at": "2026-11-16T08:00:00.000Z", "raw": sorted({*MONEY, CREDIT})}
    returned, refund, store_credit = plainly(SWAP, "returns", item)
    assert returned == head | {
        "type": "return",
        "id": "ret_9f",
        "status": "closed",
        "resolution": "refund",
        "currency": "GBP",
        "requested_at": "2026-11-12T09:31:00.000Z",
        "received_at": "2026-11-15T07:02:00.000Z",
        "refund_amount": "30.0",
        "fees": "2.5",
        "lines": [
            {
                "id": "p1",
                "sku": "TEE-BLK-M",
                "quantity": "2",
                "reason_code": "Fit > Too small",
                "unit_refund": "10.0",
            }
        ],
        "raw": sorted(name for name in item if item[name] is not None),
    }
    goods = [{"id": "p1", "sku": "TEE-BLK-M", "quantity": "2", "unit_price": "10.0"}]
    assert refund == credit | {"id": "ret_9f/refund", "kind": "refund", "amount": "25.0", "tax": "5", "lines": goods}
    assert store_credit == credit | {
        "id": "ret_9f/store_credit",
        "kind": "store_credit",
        "amount": "5",
        "tax": "1",
        "lines": [],
    }


def test_a_return_of_which_all_may_lack():
    said = {"return_id": 1, "rma_number": "RMA-1", "date_updated": "2026-11-16T08:00:00Z"}
    item = all_null(RETURN, date_created="2026-11-12T09:31:00Z", **said)
    bare = {
        "type": "return",
        "id": "1",
        "at": "2026-11-16T08:00:00Z",
        "number": "RMA-1",
        "refs": {"rma": "RMA-1"},
        "customer": {},
        "status": "requested",
        "requested_at": "2026-11-12T09:31:00Z",
        "lines": [],
        "raw": sorted({*said, "date_created"}),
    }
    assert plainly(SWAP, "returns", item) == [bare]
    for goods, sku in (({"product_name": "Tee"}, "Tee"), ({}, "unknown")):
        (found,) = plainly(SWAP, "returns", item | {"products": [goods | {"item_count": 1, "cost": 5}]})
        assert found["lines"] == [{"sku": sku, "quantity": "1"}]
    for name in ("submitted_at", "submission_date"):
        item |= {name: f"2026-11-1{len(name)}"[:10]}
        assert plainly(SWAP, "returns", item)[0]["requested_at"] == item[name]


def test_it_was_asked_for_when_it_was_submitted_else_made():
    dates = {"submission_date": "2026-11-03T00:00:00Z", "submitted_at": "2026-11-02T00:00:00Z"}
    dates |= {"date_created": "2026-11-01T00:00:00Z"}
    for name in list(dates):
        assert plainly(SWAP, "returns", RETURN | dates)[0]["requested_at"] == dates[name]
        dates[name] = None if name != "date_created" else dates[name]


def test_goods_of_no_count_have_no_price_and_nothing_that_went_back_no_tax():
    goods = RETURN["products"][0]
    for said in ({"cost": None}, {"item_count": 0}):
        item = RETURN | {"products": [goods | said]}
        assert "unit_refund" not in plainly(SWAP, "returns", item, settings={"costs": "net"})[0]["lines"][0]
    nothing = {"total_refund_value_customer_currency": 0, "total_refunded_taxes": 0}
    (found,) = plainly(SWAP, "returns", RETURN | nothing)
    assert (found["refund_amount"], "unit_refund" in found["lines"][0]) == ("0", False)
    (_, refund) = plainly(SWAP, "returns", RETURN | {"products": None})
    assert refund["lines"] == []


def test_what_quality_control_says_of_a_line_goes_before_what_it_says_of_the_return():
    goods = RETURN["products"][0]
    for said, found in (
        ({"condition": "Missing", "quality_control_status": "Sellable"}, "missing"),
        ({"condition": None, "quality_control_status": "Damaged"}, "damaged"),
        ({"condition": "Processed", "quality_control_status": None}, "wrong_item"),
    ):
        item = RETURN | {"quality_control_status": "Wrong-Item", "products": [goods | said]}
        assert plainly(SWAP, "returns", item)[0]["lines"][0]["disposition"] == found


def test_words_of_progress_say_nothing_of_the_goods():
    for word in ("Not Started", "in_progress", "Started", "Completed", "Complete", "Processed", "Not required"):
        item = RETURN | {"quality_control_status": word}
        assert "disposition" not in plainly(SWAP, "returns", item)[0]["lines"][0]


def test_words_of_an_end_whatever_their_spelling():
    for word, status in (("Declined", "rejected"), ("canceled", "cancelled"), ("Damaged", "closed")):
        assert plainly(SWAP, "returns", RETURN | {"return_status": word})[0]["status"] == status
    assert (
        plainly(SWAP, "returns", RETURN | {"return_status": None}, settings={"status_from": "return_status"})[0][
            "status"
        ]
        == "closed"
    )
    here = RETURN | {
        "rma_processed": None,
        "delivery_status": "In-Transit",
    }  # and its first parcel came
    assert plainly(SWAP, "returns", here)[0]["status"] == "in_transit"
