"""The simulated site refuses what SparkLayer's documentation says it refuses."""

import httpx
import pytest

from connectors.sparklayer.simulator import SparkLayer
from tests.connectors.sparklayer.site import purchase
from tests.connectors.vendors import BEGIN, Clock

HEADERS = {"Site-Id": "harbour", "User-Agent": "Test/1"}
KEYS = {"grant_type": "client_credentials", "client_id": "client-1", "client_secret": "spark-hush"}


@pytest.fixture
def site():
    site = SparkLayer(Clock())
    for number in range(1, 4):
        site.put(purchase(number))
    return site


def ask(site, method, path, headers=HEADERS, **asked):
    return site.handle(httpx.Request(method, f"https://app.sparklayer.io{path}", headers=headers, **asked))


def signed_in(site):
    token = ask(site, "POST", "/api/auth/token", json=KEYS).json()["access_token"]
    return HEADERS | {"Authorization": f"Bearer {token}"}


def test_tokens_come_for_json_alone_and_count_for_an_hour(site):
    assert ask(site, "POST", "/api/auth/token", data=KEYS).status_code == 400
    assert ask(site, "POST", "/api/auth/token", json=KEYS | {"client_secret": "no"}).status_code == 401
    told = ask(site, "POST", "/api/auth/token", json=KEYS).json()
    assert told["expires_in"] == 3600
    assert "refresh_token" not in told
    headers = signed_in(site)
    assert ask(site, "GET", "/api/v1/purchases", headers).status_code == 200
    site.clock.pass_by(hours=1)
    assert ask(site, "GET", "/api/v1/purchases", headers).status_code == 401


def test_each_call_names_site_and_integration(site):
    headers = signed_in(site)
    assert ask(site, "GET", "/api/v1/purchases", headers | {"Site-Id": "another"}).status_code == 403
    assert ask(site, "GET", "/api/v1/purchases", headers | {"User-Agent": "python-httpx/0.28"}).status_code == 400


def test_errors_are_problem_details(site):
    told = ask(site, "GET", "/api/v1/purchases?limit=501", signed_in(site))
    assert told.headers["Content-Type"] == "application/problem+json"
    assert told.json()["status"] == told.status_code == 400
    assert told.json()["errors"] == [{"code": "out_of_range", "property": "limit"}]


def test_the_list_is_paged_filtered_and_without_packages(site):
    headers = signed_in(site)
    rows = ask(site, "GET", "/api/v1/purchases?limit=2&offset=1", headers).json()
    assert [row["purchase_identifiers"]["sparklayer"] for row in rows] == ["cart-002", "cart-003"]
    assert "packages" not in rows[0]
    asked = {"type": "order", "dates[last_updated][gte]": BEGIN.isoformat()}
    assert ask(site, "GET", "/api/v1/purchases", headers, params=asked).json() == []
    assert ask(site, "GET", "/api/v1/purchases?type=parcel", headers).status_code == 400


def test_a_purchase_is_found_by_each_of_its_names(site):
    headers = signed_in(site)
    for path in ("sparklayer/cart-002", "platform/5002", "internal/SO-2", "visible/%231002"):
        assert ask(site, "GET", f"/api/v1/purchases/{path}", headers).json()["customer_reference"] == "PO-2"
    assert ask(site, "GET", "/api/v1/purchases/platform/1", headers).status_code == 404


def test_too_many_requests(site):
    site.bucket.left = 0
    told = ask(site, "GET", "/api/v1/purchases")
    assert (told.status_code, told.headers["Retry-After"]) == (429, "3")


def test_a_log_that_never_ran(site):
    assert ask(site, "GET", "/api/v1/sync-log/shopify/orders/errors", signed_in(site)).status_code == 404
