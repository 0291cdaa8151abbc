"""The simulated ShipBob keeps to the documented shapes, parameters and limit."""

import httpx
import pytest

from connectors.warehouse.shipbob.client import BASE
from connectors.warehouse.shipbob.simulator import ShipBob
from tests.connectors.vendors import Clock
from tests.connectors.warehouse.shipbob.merchant import fill


@pytest.fixture
def merchant():
    return fill(ShipBob(Clock()))


def ask(merchant, path, *, token=None, channel="7", **params):
    headers = {"Authorization": f"Bearer {token or merchant.token}", "shipbob_channel_id": channel}
    return merchant.handle(httpx.Request("GET", f"{BASE}/2026-01/{path}", headers=headers, params=params))


def test_token_and_channel(merchant):
    told = ask(merchant, "order", token="wrong")
    assert (told.status_code, told.json()["detail"]) == (401, "The token does not count.")
    assert ask(merchant, "order", channel="8").status_code == 403


@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("order", {"Cursor": "1"}),
        ("order", {"Limit": "251"}),
        ("order", {"Page": "0"}),
        ("order", {"LastUpdateStartDate": "lately"}),
        ("return", {"LastUpdateStartDate": "2026-11-20T00:00:00Z"}),
        ("product", {"Limit": "5"}),
    ],
)
def test_a_wrong_question(merchant, path, params):
    assert ask(merchant, path, **params).status_code == 400


def test_lists(merchant):
    assert isinstance(ask(merchant, "order").json(), list)
    told = ask(merchant, "return", Limit="2", Cursor="3").json()
    assert (len(told["items"]), told["next"]) == (1, None)
    assert ask(merchant, "return", Limit="2").json()["next"].startswith("http://example.com")
    assert ask(merchant, "return", Status="Completed").json()["items"] == []
    assert ask(merchant, "return/9").status_code == 404


def test_150_calls_a_minute(merchant):
    told = [ask(merchant, "order") for _ in range(151)]
    assert (told[-1].status_code, told[-1].headers["x-retry-after"]) == (429, "61")
    assert told[0].headers["x-remaining-calls"] == "149"
    merchant.clock.pass_by(seconds=60)
    assert ask(merchant, "order").status_code == 200
