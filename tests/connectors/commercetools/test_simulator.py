"""The simulated project refuses what commercetools refuses."""

import httpx
import pytest

from connectors.commercetools.predicate import Malformed, predicate
from connectors.commercetools.simulator import LIVES, Commercetools
from connectors.simulating import Refusal
from tests.connectors.commercetools.project import back, fill, item_back, order
from tests.connectors.vendors import Clock


@pytest.fixture
def project():
    return fill(Commercetools(Clock()))


def ask(project, method, path, headers=None, **asked):
    return project.handle(httpx.Request(method, f"https://api.example{path}", headers=headers, **asked))


def signed_in(project, scope=None):
    form = {"grant_type": "client_credentials"} | ({"scope": scope} if scope else {})
    headers = {"Authorization": "Basic Y2xpZW50LTE6Y3QtaHVzaC1odXNo"}
    return {
        "Authorization": f"Bearer {ask(project, 'POST', '/oauth/token', headers, data=form).json()['access_token']}"
    }


def listed(project, resource="orders", **asked):
    return ask(project, "GET", f"/harbour/{resource}", signed_in(project), params=asked)


def test_tokens_need_basic_and_live_for_two_days(project):
    told = ask(project, "POST", "/oauth/token", data={"grant_type": "client_credentials"})
    assert (told.status_code, told.json()["error"]) == (401, "invalid_client")
    headers = signed_in(project)
    project.clock.pass_by(seconds=LIVES - 1)
    assert ask(project, "GET", "/harbour/orders", headers).status_code == 200
    project.clock.pass_by(seconds=1)
    told = ask(project, "GET", "/harbour/orders", headers)
    assert (told.status_code, told.json()["error"]) == (401, "invalid_token")


def test_a_token_reaches_as_far_as_its_scopes(project):
    headers = signed_in(project, "view_products:harbour")
    assert ask(project, "GET", "/harbour/inventory", headers).status_code == 200
    told = ask(project, "GET", "/harbour/orders", headers)
    assert (told.status_code, told.json()["errors"][0]["code"]) == (403, "insufficient_scope")


def test_pages_are_limited(project):
    assert listed(project).json()["limit"] == 20
    assert listed(project, limit="501").status_code == 400
    assert listed(project, offset="10001").status_code == 400
    assert "total" not in listed(project).json()


def test_a_resource_that_is_not_there(project):
    told = ask(project, "GET", "/harbour/orders/o-999", signed_in(project))
    assert (told.status_code, told.json()["errors"][0]["code"]) == (404, "ResourceNotFound")
    assert ask(project, "GET", "/harbour/orders/o-001", signed_in(project)).json()["orderNumber"] == "B2B-1"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('orderNumber = "B2B-3"', {3}),
        ('orderNumber != "B2B-3" and id < "o-005"', {1, 2, 4}),
        ('shipmentState != "Shipped" and id < "o-003"', {1, 2}),
        ('id in ("o-001", "o-009")', {1}),
        ('returnInfo(items(shipmentState="Returned"))', {1}),
        ('paymentInfo(payments(id in ("pay-1")))', {1}),
        ('id > "o-006" or (id = "o-002" and version >= 1)', {2, 7}),
    ],
)
def test_predicates(project, text, found):
    rows = listed(project, where=text, sort="id asc").json()["results"]
    assert {int(row["id"][2:]) for row in rows} == found


@pytest.mark.parametrize(
    "text", ["id", "id <> 1", "id ( 1", "id , 1", "id in", '(id = "1"', 'id = "1" id', "id = id", "§"]
)
def test_a_malformed_predicate_is_refused(project, text):
    told = listed(project, where=text)
    assert (told.status_code, told.json()["errors"][0]["code"]) == (400, "InvalidInput")
    with pytest.raises(Malformed):
        predicate(text)


def test_references_are_given_whole_where_they_are_expanded(project):
    rows = listed(project, where='id = "o-001"', expand="paymentInfo.payments[*]").json()["results"]
    assert rows[0]["paymentInfo"]["payments"][0]["obj"]["id"] == "pay-1"
    assert "obj" not in listed(project, where='id = "o-001"').json()["results"][0]["paymentInfo"]["payments"][0]


def test_only_what_is_returned_moves_on(project):
    project.put("orders", order(8, returnInfo=[back(item_back("ri-8", "Advised", "NonRefundable"))]))
    with pytest.raises(Refusal):
        project.move_return("o-008", "ri-8", "BackInStock")
    project.move_return("o-001", "ri-1", "Unusable")
    with pytest.raises(Refusal):
        project.move_return("o-001", "ri-1", "BackInStock")
