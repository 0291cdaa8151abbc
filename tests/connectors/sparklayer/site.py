"""A site's purchases, in SparkLayer's words."""

from copy import deepcopy
from datetime import timedelta

import pytest

from connectors.sparklayer.simulator import SparkLayer
from tests.connectors.vendors import BEGIN, Clock, connected


def when(**ago):
    return (BEGIN - timedelta(**ago)).isoformat()


def money(number):
    return {"number": str(number), "currency": "GBP"}


def row(sku="MUG-12", quantity=12, net="100.00", tax="20.00", **said):
    worth = {"total_net": money(net), "total_tax": money(tax)}
    return {"identifiers": {"sku": sku}, "name_parent": "Mug", "quantity": quantity, "line_total": worth} | said


def package(id="pk-1", *rows, **said):
    return {"identifiers": {"sparklayer_package_id": id}, "line_items": list(rows) or [row()]} | said


def purchase(number=1, *packages, updated=None, **said):
    base = {
        "type": "order",
        "purchase_identifiers": {
            "sparklayer": f"cart-{number:03}",
            "platform": str(5000 + number),
            "internal": f"SO-{number}",
            "visible": f"#{1000 + number}",
        },
        "customer_identifiers": {"sparklayer": "cu_1"},
        "payment_method": "on_account",
        "customer_reference": f"PO-{number}",
        "currency_code": "GBP",
        "dates": {
            "created_at": when(days=2),
            "updated_at": updated or when(hours=3, minutes=-number),
            "placed_at": when(days=2),
        },
        "calculated_total": money("120.00"),
        "total_paid": money("0.00"),
        "calculated_fulfilment_status": "processing",
        "packages": list(packages) or [package()],
    }
    return deepcopy(base | said)


@pytest.fixture
def sites(monkeypatch):
    """A function that connects a site of seven orders, read three at a time: (connection, simulator, clock)."""
    monkeypatch.setattr("connectors.sparklayer.client.SIZE", 3)

    def make(**settings):
        clock = Clock()
        site = SparkLayer(clock)
        for number in range(1, 8):
            site.put(purchase(number))
        site.put(purchase(50, type="order_unconfirmed"))
        site.put(purchase(51, type="cart"))
        site.logs["shopify/products"] = {
            "started_full_sync": when(hours=2),
            "last_full_sync": when(hours=1),
            "last_full_sync_succeeded": True,
            "errors": [{"external_id": "p-1", "message": "no sku"}, {"external_id": "p-2", "message": "no price"}],
        }
        connection = connected(
            "sparklayer",
            settings={"site_id": site.site, "client_id": site.client_id} | settings,
            secrets={"client_secret": site.client_secret},
        )
        return connection, site, clock

    return make
