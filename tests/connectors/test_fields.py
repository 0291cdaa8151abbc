"""Each field of the contract is carried by a mapper, or its README says that the vendor does not have it."""

import re

import pytest
from msgspec import Struct

from connectors import records as contract
from connectors.registry import connector
from tests.connectors import reading
from tests.connectors.commercetools import project
from tests.connectors.shopify import shop
from tests.connectors.shopify.told import whole
from tests.connectors.sparklayer import site
from tests.connectors.test_readmes import CONNECTORS

TYPES = {
    "order": (contract.Order, contract.OrderLine),
    "fulfilment": (contract.Fulfilment, contract.FulfilmentLine),
    "return": (contract.Return, contract.ReturnLine),
    "credit": (contract.Credit, contract.CreditLine),
    "stock_level": (contract.StockLevel, None),
    "stock_movement": (contract.StockMovement, None),
    "product": (contract.Product, None),
    "outcome": (contract.Outcome, None),
}
PARTS = {"customer": contract.Customer, "payment": contract.Payment, "error": contract.Error, "record": contract.About}
OURS = {"system", "id", "at", "realm"}
LACKING = re.compile(r"^\| record \| what it does not have \|.*\n\| --- \| --- \|\n((?:\| .*\n)+)", re.MULTILINE)


def shopify():
    row = shop.line(1, discountAllocations=[{"allocatedAmountSet": shop.money("1.00")}])
    back = shop.sent_back(91, (row, 2, 0), decided=[(row, "RESTOCKED", 2)], decline={"reason": "OTHER", "note": None})
    credit = shop.refund(81, (row, 2, "RETURN", "20.00", "4.00"), payments=[("24.00", "SUCCESS", "visa")], of=back)
    ann = {"id": shop.gid("Customer", 8), "displayName": "Ann"}
    known = {"customer": ann, "shippingAddress": {"city": "Leeds"}, "paymentTerms": {"paymentTermsName": "Net 30"}}
    one = shop.order(1001, [row], displayFulfillmentStatus="ON_HOLD", **known)
    one |= {"fulfillments": [shop.fulfilment(71, (row, 10))], "refunds": [credit], "returns": [back]}
    yield "orders", whole(one)
    drafted = shop.draft(31, totalDiscountsSet=shop.money("5.00"))
    yield "drafts", drafted | {"lineItems": {"nodes": drafted["lineItems"]}}
    yield "products", shop.variant(41, "TEE") | {"packSize": {"value": "6"}, "settings": None}
    yield "stock", shop.level(5, "TEE", available=3)


def commercetools():
    own = {"custom": {"fields": {"unit": "case", "pack": 12, "net": "30 days", "stop": "limit", "why": "torn"}}}
    variant = {
        "id": 1,
        "sku": "A",
        "attributes": [{"name": name, "value": "12"} for name in ("unit", "pack", "base", "ean")],
    }
    rows = [project.line() | own]
    address = {"company": "Acme", "city": "Leeds"}
    one = (
        project.order(
            lineItems=rows,
            shippingAddress=address,
            billingAddress=address,
            taxedPrice={"totalNet": project.cents(10000), "totalGross": project.cents(12000)},
            discountOnTotalPrice={"discountedAmount": project.cents(100)},
            shippingInfo={"price": project.cents(500), "deliveries": [project.delivery()]},
            returnInfo=[project.back(project.item_back(state="BackInStock", payment="Refunded") | own)],
        )
        | own
    )
    refund = project.transaction("t", "Refund", 500) | {"interactionId": "R-1"}
    yield "orders", project.expanded(one, project.payment("p", refund))
    yield "products", project.product() | {"masterVariant": variant, "variants": []}
    yield "stock", project.entry()


def sparklayer():
    row = site.row()
    row["line_total"] |= {"discount_net": site.money("1.00"), "total_gross": site.money("120.00")}
    sent = site.package("a", row, shipments=[{"shipped_at": site.when(days=1)}], shipping_address={"city": "Leeds"})
    sent["shipping_method"] = {"line_total": {"total_net": site.money("5.00")}}
    back = site.package("r", row, type="return", status="returned")
    back["identifiers"]["visible"] = "RMA-1"
    billed = {"company": "Acme", "email": "buyer@example.com"}
    yield "orders", site.purchase(1, sent, back, billing_address=billed, calculated_fulfilment_status="on_hold")
    error = {"external_id": "7", "code": "E1", "message": "no sku"}
    yield "sync_log", {"log": "shopify/products", "flow": "f", "at": site.when(days=1), "error": error}


VENDORS = {
    "shopify": (shopify, {}),
    "commercetools": (
        commercetools,
        {"fields": "uom=unit, pack_size=pack, base_sku=base, barcode=ean, terms=net, hold=stop, reason=why"},
    ),
    "sparklayer": (sparklayer, {}),
}


def named(of, prefix=""):
    """The names of a structure's fields, those of its parts behind its own."""
    for name in of.__struct_fields__:
        if name in PARTS:
            yield from named(PARTS[name], f"{name}.")
        elif name != "lines" and (prefix or name not in OURS):
            yield prefix + name


def asked():
    """(type, field) of all the contract."""
    for type, (record, line) in TYPES.items():
        yield from ((type, name) for name in named(record))
        yield from ((type, name) for name in (named(line, "lines.") if line else ()))


def carried(record):
    """(type, field) of what a record says."""
    for name in record.__struct_fields__:
        for part in value if isinstance(value := getattr(record, name), tuple) else [value]:
            if isinstance(part, Struct):
                yield from (
                    (record.type, f"{name}.{one}")
                    for one in part.__struct_fields__
                    if getattr(part, one) not in (None, {})
                )
        if value not in (None, {}, ()) and name not in OURS:
            yield record.type, name


def lacking(vendor):
    """(type, field) of what the README says the vendor does not have; a record without fields is lacked whole."""
    (table,) = LACKING.findall((CONNECTORS / vendor / "README.md").read_text(encoding="utf-8"))
    for row in table.splitlines():
        type, said = (cell.strip() for cell in row.strip("| ").split("|", 1))
        fields = re.findall(r"`([a-z_.]+)`", said)
        yield from (
            (type.strip("`"), name) for name in fields or [name for kind, name in asked() if kind == type.strip("`")]
        )


@pytest.mark.parametrize("vendor", VENDORS)
def test_each_field_of_the_contract_is_carried_or_said_to_lack(vendor):
    items, settings = VENDORS[vendor]
    made = connector(vendor)
    found = {
        one
        for feed, item in items()
        for record in reading.records(made, feed, item, settings=settings, flows=("f",))
        for one in carried(record)
    }
    said = set(lacking(vendor))
    assert set(asked()) - found == said
