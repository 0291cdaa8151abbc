"""A project's resources, in commercetools' words."""

from copy import deepcopy
from datetime import timedelta

import pytest

from connectors.commercetools.client import PLAIN, instant
from connectors.commercetools.simulator import Commercetools
from tests.connectors.vendors import BEGIN, Clock, connected


def when(**ago):
    return instant(BEGIN - timedelta(**ago))


def cents(amount, currency="GBP", digits=2):
    return {"type": "centPrecision", "currencyCode": currency, "centAmount": amount, "fractionDigits": digits}


def line(id="li-1", sku="MUG-12", quantity=10, price=1200, **said):
    base = {"id": id, "productId": "p-1", "variant": {"id": 1, "sku": sku}, "quantity": quantity}
    return base | {"price": {"value": cents(price)}, "totalPrice": cents(price * quantity)} | said


def order(number=1, **said):
    base = {
        "id": f"o-{number:03}",
        "orderNumber": f"B2B-{number}",
        "purchaseOrderNumber": f"PO-{number}",
        "createdAt": when(days=2),
        # pairs of orders share a date, so that the id must decide
        "lastModifiedAt": when(hours=3, minutes=-(number // 2)),
        "version": 1,
        "customerEmail": "buyer@example.com",
        "businessUnit": {"typeId": "business-unit", "key": "acme"},
        "orderState": "Open",
        "lineItems": [line()],
        "customLineItems": [],
        "totalPrice": cents(12000),
        "syncInfo": [],
    }
    return deepcopy(base | said)


def item_back(id="ri-1", state="Returned", payment="Initial", quantity=2, **said):
    base = {"id": id, "type": "LineItemReturnItem", "lineItemId": "li-1", "quantity": quantity, "comment": "torn"}
    dated = {"createdAt": when(hours=6), "lastModifiedAt": when(hours=5)}
    return base | {"shipmentState": state, "paymentState": payment} | dated | said


def back(*items, tracking="RMA-77", **said):
    return {"returnTrackingId": tracking, "returnDate": when(hours=7), "items": list(items) or [item_back()]} | said


def delivery(id="d-1", *items):
    rows = [{"id": line_id, "quantity": quantity} for line_id, quantity in items or [("li-1", 6)]]
    parcels = [{"id": "pa-1", "trackingData": {"trackingId": "1Z", "carrier": "UPS", "isReturn": False}}]
    return {"id": id, "createdAt": when(days=1), "items": rows, "parcels": parcels}


def transaction(id, type, amount, state="Success"):
    return {"id": id, "type": type, "amount": cents(amount), "state": state, "timestamp": when(hours=2)}


def payment(id="pay-1", *transactions, method="invoice", **said):
    base = {"id": id, "paymentMethodInfo": {"method": method}, "transactions": list(transactions)}
    return base | {"lastModifiedAt": when(hours=2)} | said


def paid_by(*ids):
    return {"payments": [{"typeId": "payment", "id": id} for id in ids]}


def expanded(one, *payments):
    """The order as the client hands it on."""
    return one | {"paymentInfo": {"payments": [{"typeId": "payment", "id": pay["id"], "obj": pay} for pay in payments]}}


def product(number=1, *skus, **said):
    variants = [{"id": n, "sku": sku, "attributes": []} for n, sku in enumerate(skus or (f"SKU-{number}",), 1)]
    base = {"id": f"p-{number}", "name": {"en": f"Product {number}"}, "published": True}
    dated = {"lastModifiedAt": when(hours=4, minutes=-number)}
    return base | {"masterVariant": variants[0], "variants": variants[1:]} | dated | said


def entry(number=1, **said):
    base = {"id": f"e-{number}", "sku": f"SKU-{number}", "quantityOnStock": 10, "availableQuantity": 7}
    return base | {"lastModifiedAt": when(hours=4, minutes=-number)} | said


def fill(project):
    """Seven orders, one of them with all that can hang on one."""
    for number in range(1, 8):
        project.put("orders", order(number))
    project.put("payments", payment("pay-1", transaction("t-1", "Charge", 12000), transaction("t-2", "Refund", 2400)))
    project.put(
        "orders",
        order(1, paymentInfo=paid_by("pay-1"), returnInfo=[back()], shippingInfo={"deliveries": [delivery()]}),
    )
    for number in range(1, 4):
        project.put("product-projections", product(number, f"SKU-{number}", f"SKU-{number}-L"))
    project.put("channels", {"id": "c-1", "key": "daventry"})
    project.put("inventory", entry(1, supplyChannel={"typeId": "channel", "id": "c-1"}))
    project.put("inventory", entry(2))
    return project


@pytest.fixture
def projects(monkeypatch):
    """A function that connects a filled project, read three rows at a time: (connection, simulator, clock)."""
    monkeypatch.setattr("connectors.commercetools.client.SIZE", 3)
    plain = {feed: (resource, expanded, 2) for feed, (resource, expanded, _) in PLAIN.items()}
    monkeypatch.setattr("connectors.commercetools.client.PLAIN", plain)

    def make(**settings):
        clock = Clock()
        project = fill(Commercetools(clock))
        connection = connected(
            "commercetools",
            settings={"project_key": project.project, "region": "europe-west1.gcp", "client_id": project.client_id}
            | settings,
            secrets={"client_secret": project.client_secret},
        )
        return connection, project, clock

    return make
