"""The simulated ReturnGO refuses what the documented one refuses."""

import httpx
import pytest

from connectors.returngo.simulator import ReturnGo
from tests.connectors.returngo.portal import SHOP, rma
from tests.connectors.vendors import Clock


@pytest.fixture
def portal():
    portal = ReturnGo(Clock(), SHOP)
    portal.rmas = [rma(1), rma(2, "Done"), rma(3, hours=5)]
    return portal


def ask(portal, path="/rmas", *, key=None, shop=SHOP, **params):
    headers = {"x-api-key": portal.api_key if key is None else key, "x-shop-name": shop}
    return portal.handle(httpx.Request("GET", f"https://api.returngo.ai{path}", headers=headers, params=params))


def ids(answer):
    return [one["rmaId"] for one in answer.json()["rmas"]]


def test_key_and_shop(portal):
    assert ask(portal, key="", pagesize="1").status_code == 401
    told = ask(portal, shop="other.myshopify.com", pagesize="1")
    assert (told.status_code, told.json()["message"]) == (403, "No such shop for this user")


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"pagesize": "0"},
        {"pagesize": "501"},
        {"pagesize": "x"},
        {"pagesize": "9", "cursor": "!"},
        {"pagesize": "9", "status": "Open"},
        {"pagesize": "9", "sort_by": "rma_created_at"},
        {"pagesize": "9", "rma_updated_at": "2026-11-20"},
        {"pagesize": "9", "rma_updated_at": "since:2026-11-20T00:00:00"},
        {"pagesize": "9", "updated_at": "gte:2026-11-20T00:00:00"},
        {"pagesize": "9", "order_name": "#1042"},  # which nobody filters by here
    ],
)
def test_a_wrong_question(portal, params):
    assert ask(portal, **params).status_code == 400


def test_pages_by_cursor(portal):
    first = ask(portal, pagesize="2", sort_by="+rma_created_at")
    assert ids(first) == ["3", "1"]
    second = ask(portal, pagesize="2", sort_by="+rma_created_at", cursor=first.json()["next_cursor"])
    assert (ids(second), second.json()["next_cursor"]) == (["2"], None)


def test_filters(portal):
    assert ids(ask(portal, pagesize="9", status="Done,Rejected")) == ["2"]
    assert ids(ask(portal, pagesize="9", rma_created_at="lt:2026-11-20T09:00:00")) == ["3"]
    assert ids(ask(portal, pagesize="9", rma_updated_at="gte:2026-11-20T09:00:00", sort_by="-rma_updated_at")) == [
        "2",
        "1",
    ]


def test_a_return_that_is_not_there(portal):
    assert ask(portal, "/rma/99").status_code == 404
    assert ask(portal, "/rma/9-9").status_code == 400
    assert "createdAt" in ask(portal, "/rma/1").json()


def test_limits_of_a_second_and_of_a_day(portal):
    assert [ask(portal, pagesize="1").status_code for _ in range(101)].count(429) == 1
    portal.clock.pass_by(seconds=1)
    assert ask(portal, pagesize="1").status_code == 200
    portal.a_day.left = 0
    portal.clock.pass_by(seconds=1)
    assert ask(portal, pagesize="1").status_code == 429
