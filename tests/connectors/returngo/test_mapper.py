"""ReturnGO's words in the contract's: units without quantities, false that means not yet, money exact and net."""

import copy
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.lines import parse_object
from tests.connectors.reading import kept_and_refused, known, made, payload, records, said, told_and_refused

RETURNGO = made("returngo")


def sample(**summary):
    found = copy.deepcopy(payload("returngo", "rma"))
    found["rmaSummary"] |= summary
    return found


def the_return(item, **settings):
    return records(RETURNGO, "rmas", item, settings=settings)[0]


def test_an_inspected_return():
    found = the_return(sample())
    assert (found.id, found.number, found.status, found.resolution) == ("10099001", "10099001", "inspected", "refund")
    assert found.refs == {"rma": "10099001", "ecommerce_order": "5517725335772", "order_number": "#1042"}
    assert (found.currency, found.refund_amount, found.fees) == ("GBP", Decimal("12.5"), 0)
    assert found.requested_at.isoformat() == "2026-11-12T09:31:00+00:00"
    assert found.inspected_at.isoformat() == "2026-11-15T10:11:00+00:00"
    assert found.at.isoformat() == "2026-11-16T08:00:00+00:00"
    (line,) = found.lines
    assert (line.id, line.sku, line.quantity, line.reason_code) == ("47001", "TEE-BLK-M", 1, "Does not fit > Too small")
    assert (line.received_quantity, line.accepted_quantity, line.disposition) == (1, 1, "sellable")
    assert line.unit_refund == Decimal("10.42")  # without the tax of 2.08


def test_a_refund_of_no_goods_loses_neither_the_return_nor_itself():
    item = sample()
    item["transactions"][0]["returnItemIds"] = None
    of_a_return, credit = records(RETURNGO, "rmas", item)
    assert (of_a_return.refund_amount, credit.amount) == (Decimal("12.5"), Decimal("12.5"))
    assert (credit.lines, credit.tax) == ((), None)


def test_goods_are_those_of_a_refund_also_where_one_is_numbered_and_the_other_named():
    item = sample()
    item["transactions"][0]["returnItemIds"] = [47001]
    _, credit = records(RETURNGO, "rmas", item)
    assert [line.id for line in credit.lines] == ["47001"]


def test_a_price_without_tax_is_net_already():
    item = sample()
    item["items"][0]["taxIncluded"] = False
    assert the_return(item).lines[0].unit_refund == Decimal("12.5")


def test_the_shops_currency_counts():
    item = sample()
    item["items"][0]["paidPrice"] = {
        "amount": 15,
        "currency": "EUR",
        "shopAmount": Decimal("12.90"),
        "shopCurrency": "GBP",
    }
    found = the_return(item)
    assert (found.currency, found.lines[0].unit_refund) == ("GBP", Decimal("10.82"))


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("Pending", "requested"),
        ("Approved", "authorised"),
        ("Received", "received"),
        ("Validated", "inspected"),
        ("Done", "closed"),
        ("Rejected", "rejected"),
        ("Canceled", "cancelled"),
        ("On Hold", "On Hold"),
    ],
)
def test_status(said, status):
    assert the_return(sample(status=said) | {"shipments": []}).status == status


@pytest.mark.parametrize(
    ("parcels", "status"),
    [
        (["LabelCreated"], "authorised"),
        (["Shipped"], "in_transit"),
        (["Received", "Shipped"], "in_transit"),
        (["Received", "Canceled"], "received"),
        (["Canceled"], "authorised"),
    ],
)
def test_parcels_say_how_far_an_approved_return_is(parcels, status):
    shipments = [{"shipmentId": str(n), "status": one, "isOutbound": False} for n, one in enumerate(parcels)]
    out = {"shipmentId": "9", "status": "Shipped", "isOutbound": True}
    assert the_return(sample(status="Approved") | {"shipments": [*shipments, out]}).status == status


def test_false_before_the_inspection_says_nothing():
    item = sample()
    item["items"][0]["itemValidationStatusResponse"] |= {
        "isReturned": False,
        "isRestockable": False,
        "lastValidationDate": None,
    }
    found = the_return(item)
    assert found.inspected_at is None
    assert (found.lines[0].received_quantity, found.lines[0].disposition) == (None, None)


@pytest.mark.parametrize(
    ("returned", "restockable", "setting", "disposition", "accepted"),
    [
        (True, True, "", "sellable", 1),
        (True, False, "", "damaged", 1),
        (True, False, "disposed", "disposed", 1),
        (False, False, "", "missing", 0),
        (1, 0, "quarantine", "quarantine", 1),
        (True, None, "", None, 1),
        (None, None, "", None, None),
    ],
)
def test_what_the_inspection_found(returned, restockable, setting, disposition, accepted):
    item = sample()
    item["items"][0]["itemValidationStatusResponse"] |= {"isReturned": returned, "isRestockable": restockable}
    (line,) = the_return(item, not_restockable=setting).lines
    assert (line.disposition, line.received_quantity, line.accepted_quantity) == (disposition, accepted, accepted)


def test_inspected_once_all_goods_are():
    item = sample()
    item["items"].append(item["items"][0] | {"returnedItemId": "47002", "itemValidationStatusResponse": None})
    assert the_return(item).inspected_at is None


def test_fees_are_kept_back():
    item = sample()
    item["items"][0] |= {
        "restockingFee": Decimal("1.10"),
        "returnFee": {"shopAmount": Decimal("0.15")},
        "shipmentFee": None,
    }
    assert the_return(item).fees == Decimal("1.25")


@pytest.mark.parametrize(
    ("types", "resolution"),
    [
        (["RefundToPaymentMethod"], "refund"),
        (["RefundToStoreCredit", "RefundToGiftCard"], "credit"),
        (["RefundToPaymentMethod", "RefundToGiftCard"], None),
        ([None], None),
    ],
)
def test_resolution(types, resolution):
    item = sample()
    (one,) = item["items"]
    item["items"] = [one | {"returnedItemId": str(n), "resolutionType": said} for n, said in enumerate(types)]
    assert the_return(item).resolution == resolution
    assert the_return(item | {"exchangeOrders": [{"id": 1}]}).resolution == "exchange"


def test_goods_that_are_exchanged_are_an_exchange():
    item = sample()
    item["items"][0]["exchangeItems"] = [{"sku": "TEE-BLK-L"}]
    assert the_return(item).resolution == "exchange"


@pytest.mark.parametrize("status", ["Approved", "Received"])
def test_a_return_that_is_opened_again_is_where_it_was(status):
    assert the_return(sample(status="Done")).status == "closed"
    reopened = the_return(sample(status=status) | {"shipments": []})
    assert reopened.status == {"Approved": "authorised", "Received": "received"}[status]


def test_what_of_an_item_cannot_be_read_takes_nothing_else_with_it():
    item = sample()
    item["transactions"].append({"id": "t2", "type": "RefundToGiftCard", "status": "Held"})
    assert told_and_refused(RETURNGO, "rmas", item) == (
        [("return", "10099001"), ("credit", "t1")],
        [("credit", "t2", "transactions[2].amount")],
    )
    item["items"] = [{"returnedItemId": None, "paidPrice": "dear"}]
    told, refused = told_and_refused(RETURNGO, "rmas", item)
    assert (told, [one[:2] for one in refused]) == (
        [("credit", "t1")],
        [("return", "10099001"), ("credit", "t2")],
    )


def test_one_of_two_units_came():
    item = sample()
    found = item["items"][0]["itemValidationStatusResponse"] | {"isReturned": False, "isRestockable": False}
    item["items"].append(item["items"][0] | {"returnedItemId": "47002", "itemValidationStatusResponse": found})
    came, missing = the_return(item).lines
    assert [(one.received_quantity, one.disposition) for one in (came, missing)] == [(1, "sellable"), (0, "missing")]


def test_refunds_of_both_kinds_come_to_what_goes_back():
    item = sample()
    more = {"id": "t2", "type": "RefundToStoreCredit", "amount": {"amount": 3, "currency": "GBP"}}
    item["transactions"].append(item["transactions"][0] | more)
    assert the_return(item).refund_amount == Decimal("15.5")
    assert [one.amount for one in records(RETURNGO, "rmas", item)[1:]] == [Decimal("12.5"), 3]


def test_a_resolution_that_nobody_knows_is_refused_and_the_rest_of_its_return_is_kept():
    item = sample()
    item["items"][0]["resolutionType"] = "ExchangeForVariant"
    (kept, credit), (refused,) = kept_and_refused(RETURNGO, "rmas", item)
    assert (kept.resolution, kept.lines[0].disposition, credit.id) == (None, "sellable", "t1")
    assert (refused.type, refused.id, refused.field) == ("return", "10099001", "resolution")
    assert the_return(item, resolutions="ExchangeForVariant=exchange").resolution == "exchange"


def test_a_refund_is_a_credit():
    _, credit = records(RETURNGO, "rmas", sample())
    assert (credit.id, credit.number, credit.kind, credit.status) == ("t1", "934", "refund", "issued")
    assert (credit.amount, credit.tax, credit.currency, credit.settled) == (
        Decimal("12.5"),
        Decimal("2.08"),
        "GBP",
        True,
    )
    assert credit.refs == {
        "rma": "10099001",
        "ecommerce_order": "5517725335772",
        "order_number": "#1042",
        "shop_refund": "934",
    }
    assert [(line.sku, line.quantity, line.unit_price) for line in credit.lines] == [("TEE-BLK-M", 1, Decimal("10.42"))]


def test_half_a_refund_holds_half_the_tax():
    item = sample()
    item["transactions"][0]["amount"]["shopAmount"] = Decimal("6.25")
    assert records(RETURNGO, "rmas", item)[1].tax == Decimal("1.04")


@pytest.mark.parametrize(("status", "of_ours", "settled"), [("Requested", "draft", False), ("Held", "Held", None)])
def test_a_refund_that_was_only_asked_for(status, of_ours, settled):
    item = sample()
    item["transactions"][0]["status"] = status
    returned, credit = records(RETURNGO, "rmas", item)
    assert (credit.status, credit.settled) == (of_ours, settled)
    assert returned.refund_amount == (None if status == "Held" else Decimal("12.5"))  # it may be a refund that failed


@pytest.mark.parametrize("type", ["RefundToStoreCredit", "RefundToGiftCard"])
def test_store_credit(type):
    item = sample()
    item["transactions"][0]["type"] = type
    credit = records(RETURNGO, "rmas", item)[1]
    assert (credit.kind, credit.settled) == ("store_credit", None)


def test_a_new_type_of_transaction_is_given_as_it_came_and_so_refused_and_shown():
    item = sample()
    item["transactions"][0]["type"] = "ChargeCard"
    returned, credit = said(RETURNGO, "rmas", item)
    assert credit["kind"] == "ChargeCard"
    assert "refund_amount" not in returned
    assert "ChargeCard" in parse_object(1, credit, known(RETURNGO)).reason


@given(
    status=st.text(max_size=12).filter(str.strip),
    reason=st.none() | st.text(max_size=12),
    price=st.none() | st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-999, max_value=10**9),
    found=st.none() | st.fixed_dictionaries({"isReturned": st.sampled_from([True, False, 0, 1, None])}),
)
def test_nothing_that_may_lack_or_be_new_stops_a_return(status, reason, price, found):
    item = sample(status=status)
    item["items"][0] |= {"returnReason": reason, "itemValidationStatusResponse": found, "isAutoApprove": 1}
    item["items"][0]["paidPrice"] = None if price is None else {"shopAmount": price, "shopCurrency": "GBP"}
    (line, *_) = said(RETURNGO, "rmas", item)
    assert "not_readable" not in line
    assert line["raw"]["rmaSummary"]["status"] == status
    expected = None if price is None else format(price - Decimal("2.08"), "f")
    assert line["lines"][0].get("unit_refund") == expected
