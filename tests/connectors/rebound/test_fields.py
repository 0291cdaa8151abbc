"""Every field that ReBound has, line by line, and what is left of it where all that may lack does."""

from tests.connectors.reading import all_null, made, payload, plainly

REBOUND = made("rebound")
LEGACY, PUSHED = payload("rebound", "return"), payload("rebound", "pushed")
KEPT = sorted(set(LEGACY) - {"label"})
INSPECTED = {
    "sku": "TEE-BLK-M",
    "quantity": "2",
    "received_quantity": "2",
    "accepted_quantity": "2",
    "disposition": "sellable",
}


def test_a_return_of_the_older_api():
    item = LEGACY | {"external_id": "E-1", "company_name": None}
    assert plainly(REBOUND, "returns", item, settings={"currency": "GBP"}) == [
        {
            "type": "return",
            "id": "8812345",
            "at": "2026-06-15T06:02:00+00:00",
            "number": "RB-8812345",
            "refs": {"rma": "RB-8812345", "order_number": "#1042", "external": "E-1"},
            "customer": {"name": "Jo Buyer", "email": "buyer@example.test"},
            "status": "inspected",
            "resolution": "credit",
            "currency": "GBP",
            "requested_at": "2026-06-12T08:31:00+00:00",
            "lines": [INSPECTED | {"reason_code": "Too small"}],
            "raw": [name for name in KEPT if item[name] is not None],
        }
    ]


def test_a_return_of_the_older_api_of_which_all_may_lack():
    bare = {
        "type": "return",
        "id": "1",
        "at": "2026-11-15T07:02:00+00:00",
        "refs": {},
        "customer": {},
        "status": "requested",
        "requested_at": "2026-11-15T07:02:00+00:00",
    }
    item = all_null(LEGACY, id="1", date_added="2026-11-15 07:02:00")
    assert plainly(REBOUND, "returns", item) == [bare | {"lines": [], "raw": ["date_added", "id"]}]
    for goods, sku in (({"sku_desc": "Tee"}, "Tee"), ({}, "unknown")):
        (found,) = plainly(REBOUND, "returns", item | {"item": [goods | {"quantity": "1"}]})
        assert found["lines"] == [{"sku": sku, "quantity": "1"}]


def test_a_pushed_return():
    assert plainly(REBOUND, "pushed", PUSHED | {"realm": "uk"}, settings={"currency": "EUR"}) == [
        {
            "type": "return",
            "id": "8812345",
            "at": "2026-11-15T07:02:00Z",
            "dated": True,
            "number": "RB-8812345",
            "refs": {"ecommerce_order": "5517725335772", "rma": "RB-8812345", "order_number": "#1042"},
            "realm": "uk",
            "customer": {},
            "status": "received",
            "resolution": "credit",
            "currency": "GBP",
            "requested_at": "2026-11-12T09:31:00Z",
            "received_at": "2026-11-15T07:02:00+00:00",
            "inspected_at": "2026-11-15T10:11:00+00:00",
            "lines": [INSPECTED | {"id": "1", "reason_code": "TOO_SMALL"}],
            "raw": sorted({*PUSHED, "realm"}),
        }
    ]


def test_a_pushed_return_of_which_all_may_lack():
    goods = all_null(PUSHED["lines"][0], sku="TEE", quantity_expected="3", reason_text="Too small")
    said = {"return_id": 1, "order_reference": "#1", "status": "unknown", "updated_at": "2026-11-15T07:02:00Z"}
    item = all_null(PUSHED, lines=[goods], **said)
    assert plainly(REBOUND, "pushed", item, settings={"currency": "EUR", "order_reference": "sales_order"}) == [
        {
            "type": "return",
            "id": "1",
            "at": "2026-11-15T07:02:00Z",
            "dated": True,
            "refs": {"sales_order": "#1"},
            "customer": {},
            "status": "unknown",
            "currency": "EUR",
            "requested_at": "2026-11-15T07:02:00Z",
            "lines": [{"sku": "TEE", "quantity": "3", "reason_code": "Too small"}],
            "raw": sorted({*said, "lines"}),
        }
    ]
    (found,) = plainly(REBOUND, "pushed", item | {"lines": []})
    assert (found["lines"], "inspected_at" in found, "currency" in found) == ([], False, False)
