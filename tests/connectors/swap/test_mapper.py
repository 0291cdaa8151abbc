"""Swap's words in the contract's: milestones where it names no statuses, costs by the unit and without tax."""

import copy
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.connectors.reading import kept_and_refused, made, payload, records, said, told_and_refused

SWAP = made("swap")


def sample(**changed):
    return copy.deepcopy(payload("swap", "return")) | changed


def product(**changed):
    return sample()["products"][0] | changed


def the_return(item, **settings):
    return records(SWAP, "returns", item, settings=settings)[0]


def test_a_processed_return():
    found = the_return(sample(total_refunded_taxes=Decimal("4.17")))
    assert (found.id, found.number, found.status, found.resolution) == ("ret_9f", "RMA-2207", "closed", "refund")
    assert found.refs == {
        "rma": "RMA-2207",
        "ecommerce_order": "5517725335772",
        "order_number": "#1042",
        "shop_return": "771",
    }
    assert (found.customer.name, found.customer.email) == ("Trade Buyer Ltd", "buyer@example.test")
    assert (found.currency, found.refund_amount, found.fees) == ("GBP", Decimal(25), 0)
    assert found.requested_at.isoformat() == "2026-11-12T09:31:00+00:00"
    assert found.received_at.isoformat() == "2026-11-15T07:02:00+00:00"
    (line,) = found.lines
    assert (line.id, line.sku, line.quantity, line.reason_code) == ("p1", "TEE-BLK-M", 2, "Fit > Too small")
    assert line.unit_refund == Decimal("10.415")  # of 25.00 for two, 4.17 are tax


def test_a_cost_whose_tax_is_not_told_is_no_price():
    assert the_return(sample()).lines[0].unit_refund is None
    assert the_return(sample(), costs="net").lines[0].unit_refund == Decimal("12.5")


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"delivery_status": "Pre-Transit"}, "requested"),
        ({"delivery_status": None}, "requested"),
        ({"delivery_status": "In-Transit"}, "in_transit"),
        ({"delivery_status": "in transit"}, "in_transit"),
        ({"delivery_status": "Delivered"}, "received"),
        ({"delivery_status": "At the depot"}, "At the depot"),
        ({"delivery_status": "At the depot", "delivered_date": "2026-11-15T07:02:00Z"}, "received"),
        ({"rma_processed": "2026-11-16T08:00:00Z"}, "closed"),
        ({"date_closed": "2026-11-16T08:00:00Z"}, "closed"),
        ({"return_status": "Cancelled"}, "cancelled"),
        ({"return_status": "REJECTED"}, "rejected"),
    ],
)
def test_status_by_milestones(changed, status):
    assert the_return(sample(rma_processed=None, delivered_date=None) | changed).status == status


def test_status_as_swap_says():
    assert the_return(sample(), status_from="return_status").status == "unheard of"


@pytest.mark.parametrize(
    ("types", "resolution"),
    [
        (["Refund"], "refund"),
        (["Shop Later Credit"], "credit"),
        (["Shop Now Credit", "Exchange"], "exchange"),
        (["Refund", "Additional Payment"], "refund"),
        (["Refund", "Exchange"], None),
        (["Additional Payment"], None),
    ],
)
def test_resolution(types, resolution):
    assert the_return(sample(type=types)).resolution == resolution
    assert the_return(sample(type=[], products=[product(return_type=one) for one in types])).resolution == resolution


@pytest.mark.parametrize(
    ("condition", "disposition", "received", "accepted"),
    [
        ("sellable", "sellable", 2, 2),
        ("damage", "damaged", 2, 2),
        ("No-Value", "disposed", 2, 2),
        ("Pending", "quarantine", 2, None),
        ("Missing", "missing", 0, 0),
        ("Qty Mismatch", "missing", 0, 0),
        ("Wrong-Item", "wrong_item", 2, 2),
        ("Not Expected", "unexpected", 2, 2),
        ("In Progress", None, None, None),
        ("Completed", None, None, None),
    ],
)
def test_what_quality_control_found(condition, disposition, received, accepted):
    for item in (sample(quality_control_status=condition), sample(products=[product(condition=condition)])):
        (line,) = the_return(item).lines
        assert (line.disposition, line.received_quantity, line.accepted_quantity) == (disposition, received, accepted)


def test_a_condition_that_nobody_knows_is_refused_and_the_rest_of_its_return_is_kept():
    item = sample(products=[product(condition="Sparkling"), product(product_id="p2", condition="Sellable")])
    (kept, _), (refused,) = kept_and_refused(SWAP, "returns", item)
    assert [(line.disposition, line.received_quantity) for line in kept.lines] == [(None, None), ("sellable", 2)]
    assert (refused.type, refused.id, refused.field) == ("return", "ret_9f", "lines[1].disposition")
    assert "Sparkling" in refused.reason
    assert the_return(item, dispositions="sparkling=sellable").lines[0].received_quantity == 2


def test_a_type_that_nobody_knows_is_refused_and_the_rest_of_its_return_is_kept():
    (kept, credit), (refused,) = kept_and_refused(SWAP, "returns", sample(type=["Loyalty"]))
    assert (kept.resolution, credit.amount, refused.field) == (None, 25, "resolution")
    assert the_return(sample(type=["Loyalty"]), resolutions="Loyalty=credit").resolution == "credit"


def test_lines_that_share_an_id_count_by_their_place():
    item = sample(products=[product(), product(sku="TEE-BLK-L")])
    assert [line.id for line in the_return(item).lines] == ["1", "2"]


def test_reasons_by_id():
    assert the_return(sample(), reasons="id").lines[0].reason_code == "12 > 121"


def test_a_refund_and_store_credit():
    item = sample(
        total_store_credit_value_customer_currency=5,
        total_refunded_taxes=Decimal("4.17"),
        products=[product(), product(product_id="p2", return_type="Shop Later Credit")],
    )
    returned, refund, credit = records(SWAP, "returns", item)
    assert returned.refund_amount == 30
    assert (refund.id, refund.kind, refund.amount, refund.tax) == ("ret_9f/refund", "refund", 25, Decimal("3.475"))
    assert (refund.status, refund.reason, refund.issued_at.hour) == ("issued", "return", 8)
    assert (credit.id, credit.kind, credit.amount, credit.tax) == (
        "ret_9f/store_credit",
        "store_credit",
        5,
        Decimal("0.695"),
    )
    assert [line.id for line in refund.lines] == ["p1"]
    assert [line.id for line in credit.lines] == ["p2"]
    assert refund.refs["rma"] == "RMA-2207"


def test_all_that_goes_back_as_store_credit_holds_all_the_tax():
    nothing = {"total_refund_value_customer_currency": 0}
    item = sample(total_store_credit_value_customer_currency=25, total_refunded_taxes=Decimal("4.17"), **nothing)
    _, credit = records(SWAP, "returns", item)
    assert (credit.kind, credit.amount, credit.tax) == ("store_credit", 25, Decimal("4.17"))


def test_a_refund_that_is_not_processed_is_a_draft():
    _, refund = records(SWAP, "returns", sample(rma_processed=None))
    assert (refund.status, refund.issued_at) == ("draft", None)


def test_a_return_that_is_opened_again_owes_what_it_had_paid():
    done = sample(rma_processed="2026-11-16T08:00:00Z", date_closed="2026-11-17T08:00:00Z")
    again = sample(rma_processed=None, date_closed=None)
    assert [(one.status, one.type) for one in records(SWAP, "returns", done)] == [
        ("closed", "return"),
        ("issued", "credit"),
    ]
    assert [one.status for one in records(SWAP, "returns", again)] == ["received", "draft"]


def test_a_credit_is_issued_when_its_return_is_processed_else_closed():
    processed = sample(rma_processed="2026-11-16T08:00:00Z", date_closed="2026-11-17T08:00:00Z")
    assert records(SWAP, "returns", processed)[1].issued_at.day == 16
    assert records(SWAP, "returns", processed | {"rma_processed": None})[1].issued_at.day == 17


def test_what_of_an_item_cannot_be_read_takes_nothing_else_with_it():
    item = sample(handling_fee="some", total_store_credit_value_customer_currency=5)
    assert told_and_refused(SWAP, "returns", item) == (
        [("credit", "ret_9f/refund"), ("credit", "ret_9f/store_credit")],
        [("return", "ret_9f", "handling_fee")],
    )


def test_the_handling_fee_is_kept_back():
    assert the_return(sample(handling_fee=Decimal("2.50"))).fees == Decimal("2.50")


def test_goods_in_two_currencies_are_the_customers():
    assert the_return(sample(customer_currency="EUR")).currency == "EUR"
    assert records(SWAP, "returns", sample(customer_currency="EUR"))[1].currency == "EUR"


def test_an_exchange_gives_nothing_back():
    assert len(said(SWAP, "returns", sample(total_refund_value_customer_currency=0))) == 1


@given(
    words=st.fixed_dictionaries(
        {
            name: st.none() | st.text(max_size=9)
            for name in ("return_status", "delivery_status", "quality_control_status")
        }
    ),
    cost=st.none() | st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-99, max_value=10**9),
    count=st.none() | st.integers(0, 10**6),
    types=st.none() | st.lists(st.none() | st.text(max_size=5)),
)
def test_nothing_that_may_lack_or_be_new_stops_a_return(words, cost, count, types):
    item = sample(products=[product(cost=cost, item_count=count)], type=types, **words)
    (line, *_) = said(SWAP, "returns", item, settings={"costs": "net"})
    assert "not_readable" not in line
    assert line["raw"].get("return_status") == words["return_status"]
    price = line["lines"][0].get("unit_refund")
    if cost is None or not count:
        assert price is None
    else:
        assert abs(Decimal(price) * count - cost) <= count * Decimal("1E-10")
