"""The simulated Mintsoft refuses what the documented one refuses."""

import httpx
import pytest

from connectors.warehouse.mintsoft.client import BASE
from connectors.warehouse.mintsoft.simulator import Mintsoft
from tests.connectors.vendors import Clock
from tests.connectors.warehouse.mintsoft.account import order, product


@pytest.fixture
def account():
    account = Mintsoft(Clock())
    account.orders = [order(number) for number in range(1, 4)]
    return account


def key(account, **said):
    asked = {"username": account.username, "password": account.password} | said
    return account.handle(httpx.Request("POST", f"{BASE}/api/auth", json=asked))


def ask(account, path, **params):
    headers = {"ms-apikey": key(account).json()}
    return account.handle(httpx.Request("GET", f"{BASE}/api/{path}", headers=headers, params=params))


def test_a_key_is_a_bare_string_that_ends(account):
    said = key(account).json()
    assert isinstance(said, str)
    asked = httpx.Request("GET", f"{BASE}/api/Order/Statuses", headers={"ms-apikey": said})
    assert account.handle(asked).status_code == 200
    account.clock.pass_by(hours=24)
    assert account.handle(asked).status_code == 401
    assert key(account, password="x").status_code == 401


def test_pages(account):
    assert [one["ID"] for one in ask(account, "Order/List", PageNo="2", Limit="2").json()] == [1]
    assert ask(account, "Order/List", PageNo="0").status_code == 400
    assert ask(account, "Order/List", Limit="101").status_code == 400
    assert ask(account, "Order/List", Since="2026").status_code == 400


def test_products_by_page(account):
    account.products = [product(number) for number in range(1, 4)]
    assert [one["ID"] for one in ask(account, "Product/List", PageNo="2", Limit="2").json()] == [3]


def test_items_only_when_asked_for(account):
    assert ask(account, "Order/List").json()[0]["OrderItems"] is None
    assert ask(account, "Order/List", IncludeOrderItems="true").json()[0]["OrderItems"]


def test_orders_by_date_of_change(account):
    assert [one["ID"] for one in ask(account, "Order/List", SinceLastUpdated="2026-11-20T10:02:00").json()] == [3, 2]
