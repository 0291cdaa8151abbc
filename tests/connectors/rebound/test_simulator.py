"""The simulated ReBound refuses what a public client of the real one had to keep to."""

import json

import httpx
import pytest

from connectors.rebound.client import BASE
from connectors.rebound.simulator import Rebound
from tests.connectors.rebound.account import returned
from tests.connectors.vendors import Clock


@pytest.fixture
def account():
    account = Rebound(Clock())
    account.returns = [returned(1, days=1), returned(2, days=30)]
    return account


def ask(account, path, question, *, base=BASE, **form):
    whole = {"login": account.login, "api_key": account.api_key, "request": json.dumps(question)} | form
    return account.handle(httpx.Request("POST", f"{base}{path}", data=whole))


def search(account, begin, end, **more):
    return ask(account, "/returns/search/json", {"filter": {"date_from": begin, "date_to": end}}, **more)


def test_credentials_and_form(account):
    told = search(account, "2026/11/01", "2026/11/30", api_key="x")
    assert (told.status_code, told.text) == (401, "Invalid login or API key")
    assert search(account, "2026/11/01", "2026/11/30", more="x").status_code == 400
    assert search(account, "2026/11/01", "2026/11/30", base="http://intelligentreturns.net/api").status_code == 400
    assert account.handle(httpx.Request("GET", f"{BASE}/returns/search/json")).status_code == 400


def test_numbers_by_day(account):
    assert search(account, "2026/11/15", "2026/11/20").json() == {"success": {"id": ["1"]}}
    assert search(account, "2026/01/01", "2026/01/08").json() == {"error": {"code": "empty"}}
    assert search(account, "2026-11-15", "2026-11-20").status_code == 400


def test_one_return(account):
    told = ask(account, "/returns/get/json", {"return": {"id": "1", "type": "id"}}).json()
    assert "label" in told["success"]
    assert "error" in ask(account, "/returns/get/json", {"return": {"id": "9", "type": "id"}}).json()
