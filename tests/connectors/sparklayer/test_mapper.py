"""SparkLayer's words in the contract's: money exact, PO numbers, packages sent and returned, unknown words kept."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.lines import Accepted, Known
from connectors.mapping import mapped
from connectors.models import Connection
from connectors.registry import Words, connector
from connectors.sparklayer.mapper import lines
from tests.connectors.reading import taken, told_and_refused
from tests.connectors.sparklayer.site import money, package, purchase, row

KNOWN = Known(systems=frozenset({"sparklayer"}), flows={"f": "shopify"})
PAYLOADS = Path(__file__).parents[2] / "payloads" / "sparklayer"


def records(item, feed="orders", **settings):
    """Records by type; each is accepted by the contract."""
    found = {}
    connection = Connection(system="sparklayer", kind="sparklayer", settings=settings)
    for said in mapped(connector("sparklayer"), feed, item, connection):
        read = taken(said, KNOWN)
        assert isinstance(read, Accepted), read
        found.setdefault(type(read.record).__name__, []).append(read.record)
    return found


def the_order(item, **settings):
    (found,) = records(item, **settings)["Order"]
    return found


def test_an_order_on_account():
    found = the_order(json.loads((PAYLOADS / "order.json").read_text()))
    assert (found.id, found.number, found.channel) == ("63428136-658f-48a6-beb7-7f333dfd9686", "#1042", "b2b")
    assert found.refs == {
        "ecommerce_order": "5501",
        "sales_order": "SO-88120",
        "order_number": "#1042",
        "purchase_order": "PO-4500012345",
        "sparklayer_cart": "63428136-658f-48a6-beb7-7f333dfd9686",
    }
    assert (found.status, found.payment.method, found.payment.status) == ("released", "on_account", "pending")
    assert (found.currency, found.total, found.tax, found.shipping) == (
        "GBP",
        Decimal("132.00"),
        Decimal("22.00"),
        Decimal("10.00"),
    )
    assert found.placed_at.isoformat() == "2026-11-01T07:00:00+00:00"
    assert (found.customer.id, found.customer.name) == ("cu_123", "Acme Trade")
    (line,) = found.lines
    assert (line.id, line.sku, line.quantity, line.uom, line.pack_size) == ("pk-1/MUG-12", "MUG-12", 12, "each", 1)
    assert (line.unit_price, line.discount, line.fulfilled_quantity) == (Decimal(9), Decimal("8.00"), 0)
    assert found.total - found.tax - found.shipping == line.unit_price * line.quantity - line.discount


def test_a_price_that_does_not_come_out_even_keeps_ten_places():
    (line,) = the_order(purchase(1, package("pk", row(quantity=12, net="100.00")))).lines
    assert line.unit_price == Decimal("8.3333333333")
    assert abs(line.unit_price * 12 - 100) < Decimal("0.000001")


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("incoming", "open"),
        ("processing", "released"),
        ("part_shipped", "part_fulfilled"),
        ("shipped", "fulfilled"),
        ("complete", "closed"),
        ("returned", "closed"),
        ("cancelled", "cancelled"),
        ("on_hold", "open"),
        ("half_done", "half_done"),
        (None, "unknown"),
    ],
)
def test_the_status_of_an_order(said, status):
    assert the_order(purchase(calculated_fulfilment_status=said)).status == status


def test_an_order_on_hold_says_why_it_waits():
    assert the_order(purchase(calculated_fulfilment_status="on_hold")).payment.hold == "on hold in SparkLayer"
    assert the_order(purchase()).payment.hold is None


@pytest.mark.parametrize(
    ("said", "method"),
    [
        ("invoice", "on_account"),
        ("on_account", "on_account"),
        ("platform_upfront", "card"),
        ("paymentOnAccount", "on_account"),
        ("paymentByInvoice", "on_account"),
        ("upfrontPayment", "card"),
        ("hokodoPayment", "other"),
        ("barter", "barter"),
        ("", None),
    ],
)
def test_how_an_order_is_paid(said, method):
    assert the_order(purchase(payment_method=said)).payment.method == method


def test_an_order_is_paid_when_its_total_is():
    assert the_order(purchase(total_paid=money("120.00"))).payment.status == "paid"
    assert the_order(purchase(total_paid=money("119.99"))).payment.status == "pending"
    assert the_order(purchase(total_paid=None)).payment.status is None


def test_a_single_package_is_given_as_it_is():
    assert the_order(purchase(packages=package("only"))).lines[0].id == "only/MUG-12"


def test_lines_are_named_by_what_never_changes():
    found = the_order(purchase(1, package("a", row("MUG"), row("TEE"), row("MUG")), package("b", row("MUG"))))
    assert [line.id for line in found.lines] == ["a/MUG", "a/TEE", "a/MUG/2", "b/MUG"]


def test_packages_on_their_way_are_fulfilments():
    sent = package("a", row("MUG", 4), shipments=[{"carrier": "Carrier Ltd", "carrier_id": "1Z"}])
    found = records(purchase(1, sent, package("b", row("MUG", 8)), calculated_fulfilment_status="part_shipped"))
    (one,) = found["Fulfilment"]
    assert (one.id, one.status, one.lines[0].quantity) == ("cart-001/a", "dispatched", 4)
    assert one.refs["order_number"] == "#1001"
    assert [line.fulfilled_quantity for line in found["Order"][0].lines] == [4, None]
    (odd,) = records(purchase(1, package("a", status="teleported")))["Fulfilment"]
    assert odd.status == "teleported"


def test_a_return_is_a_package_of_its_own_and_does_not_make_the_order_larger():
    back = package("r", row("MUG", -2, "-16.66", "-3.34"), type="return", status="returned")
    back["line_items"][0]["line_total"]["total_gross"] = money("-20.00")
    found = records(purchase(1, package("a"), back))
    (one,) = found["Return"]
    assert (one.id, one.status, one.refund_amount) == ("cart-001/r", "received", Decimal("20.00"))
    assert (one.lines[0].quantity, one.lines[0].unit_refund) == (2, Decimal("8.33"))
    assert [line.id for line in found["Order"][0].lines] == ["a/MUG-12"]
    assert found["Order"][0].tax == Decimal("20.00")


def test_which_package_is_a_return_can_be_said():
    gone, back = package("c", type="CANCELLATION"), package("r", type="rma")
    found = records(purchase(1, package("a"), gone, back))
    assert [line.id for line in found["Order"][0].lines] == ["a/MUG-12", "r/MUG-12"]
    for types in ("rma", "return, RMA"):
        found = records(purchase(1, package("a"), gone, back), return_types=types, cancellation_types="cancellation")
        assert [line.id for line in found["Order"][0].lines] == ["a/MUG-12"]
        assert found["Return"][0].id == "cart-001/r"


def test_another_number_of_the_customer_can_be_said():
    item = purchase(customer_identifiers={"sparklayer": "cu_1", "platform": "7781"})
    assert the_order(item, customer_id="platform").customer.id == "7781"


def test_an_older_list_calls_its_names_otherwise():
    item = purchase()
    item["order_identifiers"] = item.pop("purchase_identifiers")
    assert the_order(item).id == "cart-001"


def test_an_imported_order_goes_by_another_name():
    assert the_order(purchase(purchase_identifiers={"sparklayer": "", "internal": "SO-9"})).id == "internal:SO-9"


def test_carts_and_quotes_are_no_orders():
    for type in ("cart", "quote", "awaiting_approval"):
        assert set(records(purchase(type=type), "held")) == {"Withdrawal"}


def test_a_type_of_purchase_that_is_not_known_is_shown_and_not_withdrawn():
    (found,) = records(purchase(type="something_new"), "held")["Order"]
    assert found.status == "something_new"


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    ),
    st.sampled_from(["packages", "dates", "purchase_identifiers", "calculated_total", "payment_method", "type"]),
)
def test_no_answer_whatever_stops_a_feed(value, name):
    connection = Connection(system="sparklayer", kind="sparklayer", settings={})
    for item in (purchase() | {name: value}, value if isinstance(value, dict) else {"id": value}):
        for feed in ("orders", "sync_log"):
            for said in mapped(connector("sparklayer"), feed, item, connection):
                taken(said, KNOWN)


@given(net=st.decimals(0, 10**6, places=2), discount=st.decimals(0, 10**4, places=2), quantity=st.integers(1, 999))
def test_the_worth_of_a_line_is_kept_exactly_enough(net, discount, quantity):
    worth = {"total_net": money(net), "discount_net": money(discount)}
    (line,) = the_order(purchase(1, package("a", row(quantity=quantity) | {"line_total": worth}))).lines
    assert abs(line.unit_price * quantity - line.discount - net) < Decimal("0.0000005")


def test_the_mapper_is_pure():
    item = purchase(1, package("a", shipments=[{}]), package("r", type="return"))
    words = Words("sparklayer", {})
    assert list(lines("orders", item, words)) == list(lines("orders", item, words))


@pytest.mark.parametrize(
    ("said", "day"),
    [({"placed_at": 3, "calculated_submitted_at": 2}, 3), ({"calculated_submitted_at": 2}, 2), ({}, 1)],
)
def test_an_order_that_does_not_say_when_it_was_placed(said, day):
    one = purchase(1)
    known = {name: f"2026-11-0{number}T09:00:00+00:00" for name, number in said.items()}
    one["dates"] = {"created_at": "2026-11-01T09:00:00+00:00", "updated_at": "2026-11-09T09:00:00+00:00"} | known
    assert the_order(one).placed_at.day == day


def test_one_broken_part_of_an_order_takes_nothing_with_it():
    sent = [package(id, row("MUG", 4), shipments=[{"carrier_id": "1Z"}]) for id in ("a", "b")]
    back = package("r", row("MUG", 2), type="return", status="returned")
    item = purchase(1, *sent, back)
    item["packages"][1]["shipments"] = ["lost"]
    lines, refused = told_and_refused(connector("sparklayer"), "orders", item)
    assert lines == [("order", "cart-001"), ("fulfilment", "cart-001/a"), ("return", "cart-001/r")]
    assert refused == [("fulfilment", "cart-001/b", "packages[2].shipments[1]")]
    item["packages"][2]["dates"] = "soon"
    lines, refused = told_and_refused(connector("sparklayer"), "orders", item)
    assert lines == [("order", "cart-001"), ("fulfilment", "cart-001/a")]
    assert [named[:2] for named in refused] == [("fulfilment", "cart-001/b"), ("return", "cart-001/r")]


def test_an_order_without_a_number_of_its_own_goes_by_the_platforms():
    assert the_order(purchase(purchase_identifiers={"sparklayer": "cart-1", "platform": "5501"})).number == "5501"


def test_a_parcel_went_out_when_the_first_shipment_that_says_so_did():
    sent = package("a", shipments=[{"carrier_id": "1Z"}, {"shipped_at": "2026-11-19T08:00:00+00:00"}])
    (found,) = records(purchase(1, sent))["Fulfilment"]
    assert found.shipped_at.isoformat() == "2026-11-19T08:00:00+00:00"
