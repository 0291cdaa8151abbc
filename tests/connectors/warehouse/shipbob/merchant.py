"""A merchant's ShipBob with a past."""

import copy
import json
from datetime import timedelta

import pytest

from connectors.warehouse.shipbob.simulator import ShipBob
from tests.connectors.reading import PAYLOADS
from tests.connectors.vendors import BEGIN, Clock, connected

ORDER, RETURN = (json.loads((PAYLOADS / "shipbob" / f"{name}.json").read_text("utf-8")) for name in ("order", "return"))


def order(number, **said):
    return (
        copy.deepcopy(ORDER)
        | {"id": number, "order_number": f"#{number}", "shipments": [], "status": "Processing"}
        | said
    )


def sent_back(number, status="AwaitingArrival", *, hours=2, **said):
    """A return that was announced `hours` ago."""
    at = (BEGIN - timedelta(hours=hours)).isoformat()
    found = copy.deepcopy(RETURN) | {"id": number, "status": status, "insert_date": at, "status_history": []}
    return found | {"arrived_date": None, "completed_date": None, "reference_id": f"RMA-{number}"} | said


def level(number):
    place = {"location_id": 22, "name": "Manchester", "on_hand_quantity": 12, "committed_quantity": 3}
    return {"inventory_id": number, "sku": f"SKU-{number}", "locations": [place | {"fulfillable_quantity": 8}]}


def product(number):
    variant = {"id": number, "sku": f"SKU-{number}", "name": "Tee", "status": "Active", "upc": "5060000000017"}
    dates = {"created_on": "2026-01-01T00:00:00Z", "updated_on": "2026-02-01T00:00:00Z"}
    return {"id": number, "variants": [variant | dates, variant | dates | {"id": -number, "sku": None}]} | dates


def fill(merchant, count=5):
    merchant.orders = [order(number) for number in range(1, count + 1)]
    merchant.updated = {number: BEGIN - timedelta(hours=2, minutes=-number) for number in range(1, count + 1)}
    merchant.returns = [sent_back(number) for number in range(1, count + 1)]
    merchant.stock = [level(number) for number in range(1, count + 1)]
    merchant.products = [product(number) for number in range(1, count + 1)]
    return merchant


@pytest.fixture
def merchants(db):
    """A function that connects a merchant with some of everything: (connection, simulator, clock)."""

    def make(count=5):
        clock = Clock()
        merchant = fill(ShipBob(clock), count)
        secrets = {"token": merchant.token, "webhook_secret": merchant.webhook_secret}
        return connected("warehouse", "shipbob", settings={"channel": "7"}, secrets=secrets), merchant, clock

    return make
