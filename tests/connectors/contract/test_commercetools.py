"""The mock server of commercetools: what it stores we read; what it refuses, our simulator refuses in its words."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from connectors.commercetools.predicate import Malformed, predicate
from connectors.commercetools.simulator import Commercetools
from tests.connectors.commercetools.project import (
    back,
    item_back,
    order,
    paid_by,
    projects,
    when,
)
from tests.connectors.contract.others import against_others, beside, running
from tests.connectors.vendors import BEGIN, Clock, connected, ledger, pull_all, undone

__all__ = ["projects"]

pytestmark = [*against_others, pytest.mark.django_db]

PROJECT = "demo"
TYPES = {
    "orders": "order",
    "payments": "payment",
    "inventory": "inventory-entry",
    "channels": "channel",
    "states": "state",
}
FEEDS = ("orders", "payments", "products", "stock")  # it serves no order edits and no messages


@pytest.fixture
def mock():
    """The mock server, empty; a client that is let in."""
    script = beside("tools", "commercetools_mock.mjs")
    with open(script) as lines, running("--input-type=module", "-", stdin=lines, PORT="{port}") as base:
        pair, form = ("client-1", "ct-hush-hush"), {"grant_type": "client_credentials"}
        token = httpx.post(f"{base}/oauth/token", auth=pair, data=form).json()["access_token"]
        with httpx.Client(base_url=base, headers={"Authorization": f"Bearer {token}"}) as client:
            yield client


def seed(mock, project):
    """Puts the simulator's rows into the mock."""
    for resource, type in TYPES.items():
        stored(mock, type, project.rows[resource].values())
    stored(mock, "product", [_product(row) for row in project.rows["product-projections"].values()])


def stored(mock, type, rows):
    assert mock.post(f"/__seed/{type}", json=list(rows)).json() == {"ok": len(rows)}


def _product(row):
    data = {name: row[name] for name in ("name", "masterVariant", "variants")}
    current = data | {"slug": {}, "categories": [], "attributes": []}
    base = {name: said for name, said in row.items() if name not in data}
    return base | {"masterData": {"published": True, "hasStagedChanges": False, "current": current, "staged": current}}


def connected_to(mock):
    return connected(
        "commercetools",
        settings={
            "project_key": PROJECT,
            "region": "europe-west1.gcp",
            "base": str(mock.base_url),
            "client_id": "client-1",
        },
        secrets={"client_secret": "ct-hush-hush"},
    )


def test_a_project_is_read_as_from_our_simulator(mock, projects):
    with undone():
        connection, project, clock = projects()
        pull_all(connection, project, clock, *FEEDS)
        ours = ledger()
    seed(mock, project)
    pull_all(connected_to(mock), None, Clock(), *FEEDS)
    assert ledger() == ours


def test_fifty_three_orders_of_which_ten_share_each_date(mock, monkeypatch):
    monkeypatch.setattr("connectors.commercetools.client.SIZE", 7)
    rows = [order(number, lastModifiedAt=when(hours=3, minutes=-(number // 10))) for number in range(1, 54)]
    stored(mock, "order", rows)
    pull_all(connected_to(mock), None, Clock(), "orders")
    assert {id for _, id in ledger("order")} == {row["id"] for row in rows}


ROWS = [
    order(1, paymentInfo=paid_by("pay-1", "pay-2"), returnInfo=[back()]),
    order(2, orderState="Confirmed", paymentInfo=paid_by("pay-3"), returnInfo=[back(item_back(state="BackInStock"))]),
    order(3, purchaseOrderNumber='a "quoted" number', version=7),
    order(4, shipmentState="Shipped", returnInfo=[]),
]


@pytest.mark.parametrize(
    "text",
    [
        'orderState = "Open"',
        'orderState != "Open"',
        'orderState <> "Open"',
        'id in ("o-001", "o-003", "o-009")',
        'id > "o-001" and id < "o-004"',
        'id >= "o-002" and (version = 7 or orderState = "Confirmed")',
        'id = "o-001" or id = "o-002" and version = 7',
        'paymentInfo(payments(id in ("pay-2", "pay-3")))',
        'paymentInfo(payments(id = "pay-1") and payments(id = "pay-2"))',
        'returnInfo(items(shipmentState="BackInStock"))',
        'returnInfo(items(shipmentState="Returned" and paymentState="Refunded"))',
        'purchaseOrderNumber = "a \\"quoted\\" number"',
        'shipmentState = "Shipped"',
        'shipmentState != "Shipped"',
        "version > 1",
        "version",
        "orderState = Open",
        'orderState = "Open',
        'id in ("o-001"',
        'id = "o-001" and',
        "",
    ],
)
def test_predicates_mean_the_same(mock, text):
    stored(mock, "order", ROWS)
    told = mock.get(f"/{PROJECT}/orders", params={"where": text})
    try:
        test = predicate(text)
    except Malformed:
        assert told.status_code == 400
    else:
        assert sorted(row["id"] for row in told.json()["results"]) == [row["id"] for row in ROWS if test(row)]


REFUSED = ("orders?limit=501", "orders?limit=-1", "orders?where=orderState(", "orders/there-is-none")


@pytest.mark.parametrize("path", REFUSED)
def test_what_is_wrong_is_refused_alike(mock, path):
    ours, theirs = ask(Commercetools(Clock(), PROJECT), path), mock.get(f"/{PROJECT}/{path}")
    assert ours.status_code == theirs.status_code
    assert codes(ours) == codes(theirs)


def test_who_shows_no_token_is_not_let_in(mock):
    project = Commercetools(Clock(), PROJECT)
    ours = project.handle(httpx.Request("GET", f"https://api.example/{PROJECT}/orders"))
    theirs = httpx.get(f"{mock.base_url}/{PROJECT}/orders")
    assert (ours.status_code, codes(ours)) == (theirs.status_code, codes(theirs)) == (401, ["invalid_token"])
    ours = project.handle(httpx.Request("POST", "https://auth.example/oauth/token"))
    theirs = httpx.post(f"{mock.base_url}/oauth/token", data={"grant_type": "client_credentials"})
    assert (ours.status_code, codes(ours)) == (theirs.status_code, codes(theirs)) == (401, ["invalid_client"])


def ask(project, path):
    """Our simulator's answer to one who has a token for all."""
    project.tokens["t"] = (BEGIN + timedelta(days=1), project.scopes)
    address = f"https://api.example/{project.project}/{path}"
    return project.handle(httpx.Request("GET", address, headers={"Authorization": "Bearer t"}))


def codes(answer):
    return [one["code"] for one in answer.json().get("errors", [])]


def test_an_order_that_the_mock_itself_moved(mock):
    made = order(1, shippingInfo={"shippingMethodName": "Pallet", "deliveries": []})
    stored(mock, "order", [made])
    pay = mock.post(f"/{PROJECT}/payments", json=PAYMENT).raise_for_status().json()
    (line,) = made["lineItems"]
    moved = updated(mock, made, {"action": "addPayment", "payment": {"typeId": "payment", "id": pay["id"]}})
    moved = updated(mock, moved, {"action": "addDelivery", "items": [{"id": line["id"], "quantity": 6}]})
    goods = {"lineItemId": line["id"], "quantity": 2, "shipmentState": "Returned", "comment": "torn"}
    moved = updated(mock, moved, {"action": "addReturnInfo", "returnTrackingId": "RMA-77", "items": [goods]})
    clock = Clock(datetime.now(UTC) + timedelta(hours=1))
    pull_all(connected_to(mock), None, clock, "orders", "payments")
    found = ledger()
    assert {type for type, _ in found} == {"order", "fulfilment", "return", "credit"}
    (credit,) = (said for (type, _), said in found.items() if type == "credit")
    assert (credit["amount"], credit["currency"]) == ("24.00", "GBP")
    (returned,) = (said for (type, _), said in found.items() if type == "return")
    assert (returned["refs"]["rma"], returned["status"], returned["lines"][0]["quantity"]) == ("RMA-77", "received", 2)


def updated(mock, row, action):
    """The order after one action."""
    said = {"version": row["version"], "actions": [action]}
    told = mock.post(f"/{PROJECT}/orders/{row['id']}", json=said)
    assert told.status_code == 200, told.text
    return told.json()


PAYMENT = {
    "amountPlanned": {"currencyCode": "GBP", "centAmount": 12000},
    "transactions": [
        {"type": "Charge", "state": "Success", "amount": {"currencyCode": "GBP", "centAmount": 12000}},
        {"type": "Refund", "state": "Success", "amount": {"currencyCode": "GBP", "centAmount": 2400}},
    ],
}
