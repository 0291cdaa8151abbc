"""The simulated Swap refuses what the documented one refuses."""

import httpx
import pytest

from connectors.swap.client import BASE
from connectors.swap.simulator import Swap
from tests.connectors.swap.store import returned
from tests.connectors.vendors import Clock


@pytest.fixture
def store():
    store = Swap(Clock())
    store.returns = [returned(number) for number in range(1, 6)]
    return store


def ask(store, *, key=None, **params):
    headers = {"X-API-Key": store.api_key if key is None else key}
    whole = {"swap_store_id": store.store, "page": "1", "items_per_page": "100"} | params
    return store.handle(httpx.Request("GET", f"{BASE}/v2/external/returns", headers=headers, params=whole))


def test_key_and_store(store):
    assert ask(store, key="").json() == {"statusCode": 401, "message": "Invalid API key", "error": "Unauthorized"}
    assert ask(store, swap_store_id="other").status_code == 403


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({"items_per_page": "101"}, 400),
        ({"items_per_page": "0"}, 400),
        ({"page": "x"}, 400),
        ({"updated": "2026"}, 400),
        ({"last_RMA_updated_date": "yesterday"}, 422),
    ],
)
def test_a_wrong_question(store, params, status):
    assert ask(store, **params).status_code == status


def test_pages(store):
    told = ask(store, items_per_page="2", page="3").json()
    assert [row["rma_number"] for row in told["returns"]] == ["RMA-1"]
    assert told["pagination"] == {
        "page": 3,
        "items_per_page": 2,
        "total_pages": 3,
        "total_items": 5,
        "has_next_page": False,
    }


def test_filters(store):
    def found(**params):
        return [row["return_id"] for row in ask(store, **params).json()["returns"]]

    assert found(rma_number="RMA-2") == ["ret_2"]
    assert found(shopify_order_name="#3") == ["ret_3"]
    assert found(last_RMA_updated_date="2026-11-20T10:04:00.000Z") == ["ret_5", "ret_4"]
    assert found(to_return_submission_date="2026-11-20T10:02:00Z") == ["ret_2", "ret_1"]


def test_too_many_requests(store):
    assert [ask(store).status_code for _ in range(121)].count(429) == 1
    store.clock.pass_by(seconds=1)
    assert ask(store).status_code == 200
