"""A Mintsoft account with a past."""

import copy
import json
from datetime import timedelta

import pytest

from connectors.warehouse.mintsoft.simulator import ZONE, Mintsoft
from tests.connectors.reading import PAYLOADS
from tests.connectors.vendors import BEGIN, Clock, connected

RETURN = json.loads((PAYLOADS / "mintsoft" / "return.json").read_text(encoding="utf-8"))


def local(**ago):
    return f"{(BEGIN - timedelta(**ago)).astimezone(ZONE):%Y-%m-%dT%H:%M:%S}"


def order(number, **said):
    goods = {"ID": number * 10, "SKU": "TEE-BLK-M", "Quantity": 4, "Allocated": 4, "OnBackOrder": 0, "Price": 12.5}
    names = {"ID": number, "OrderNumber": f"#{number}", "ExternalOrderReference": f"55{number}", "ClientId": 7}
    dates = {"LastUpdated": local(hours=2, minutes=-number), "OrderDate": local(hours=3), "DespatchDate": None}
    buyer = {"CompanyName": "Trade Buyer Ltd", "FirstName": "Ada", "LastName": "Byron", "Email": "buyer@example.test"}
    place = {"Address1": "1 High St", "Address2": None, "Town": "Leeds", "PostCode": "LS1 1AA", "CountryId": 1}
    names |= buyer | place | {"Country": {"Code": "GB"}, "Currency": {"Code": "GBP"}, "PIIRemoved": False}
    return names | dates | {"OrderStatusId": 1, "Part": 1, "NumberOfParts": 1, "OrderItems": [goods]} | said


def returned(number, *, days=1, **said):
    on = (BEGIN - timedelta(days=days)).date().isoformat()
    return copy.deepcopy(RETURN) | {"ID": number, "On": on, "Reference": f"RMA-{number}"} | said


def level(number):
    return {"ProductId": number, "SKU": f"SKU-{number}", "WarehouseId": 3, "Level": 9, "TotalStockLevel": 12}


def product(number, **said):
    names = {"ID": number, "SKU": f"SKU-{number}", "Name": "Tee", "EAN": "", "UPC": "5060000000017", "Bundle": False}
    return names | {"DisCont": False, "ClientId": 7, "LastUpdated": local(days=9)} | said


@pytest.fixture
def accounts(db):
    """A function that connects an account of some orders, returns and levels: (connection, simulator, clock)."""

    def make(count=5):
        clock = Clock()
        account = Mintsoft(clock)
        account.orders = [order(number) for number in range(1, count + 1)]
        account.returns = [returned(number, days=number) for number in range(1, count + 1)]
        account.levels = [level(number) for number in range(1, count + 1)]
        account.products = [product(number) for number in range(1, count + 1)]
        settings = {"username": account.username, "read_back": "6"}
        return (
            connected("warehouse", "mintsoft", settings=settings, secrets={"password": account.password}),
            account,
            clock,
        )

    return make
