import pytest

SUBJECT = "order:shop:shop-1"
TO_PORTAL = """
[[flows]]
key = "to-portal"
record = "order"
source = "front"
target = "portal"
cadence = "5m"
grace = "1h"
compare = ["customer"]
"""


@pytest.fixture(autouse=True)
def comparing(brand):
    """The flow to the shop compares customers; the shop knows C-1 as ACME."""
    listed = 'grace = "30m"\ncompare = ["status", "customer"]'
    brand.rewire('grace = "30m"', listed, TO_PORTAL + '[customers.shop]\n" acme" = "c-1"')


def test_after_the_grace_from_the_newest_change_and_not_once_it_is_put_right(brand):
    brand.everywhere()
    brand.order(system="shop", said=1, customer={"id": "C-2"})
    assert brand.found("customer_mismatch", 1.5 - 1 / 3600) == {}
    assert brand.found("customer_mismatch", 1.5) == {SUBJECT: (None, None)}
    brand.order(system="shop", said=2, customer={"id": "C-1"})
    brand.order(system="shop", said=1.5, customer={"id": "C-3"})
    assert brand.found("customer_mismatch", 3) == {}


def test_ids_are_read_through_the_map_without_case_and_spaces(brand):
    for n, customer in enumerate(["Acme ", " c-1", None, "7"], 1):
        brand.everywhere(n)
        brand.order(n, system="shop", said=1, customer={"id": customer, "name": "Somebody else", "email": "x@y.test"})
    assert list(brand.found("customer_mismatch", 9)) == ["order:shop:shop-4"]


def test_only_a_flow_that_lists_customers_compares_them(brand):
    brand.everywhere()
    brand.order(system="warehouse", said=1, customer={"id": "C-2"})
    assert brand.found("customer_mismatch", 9) == {}


def test_a_cancelled_copy_is_not_compared(brand):
    brand.everywhere()
    brand.order(system="shop", said=1, customer={"id": "C-2"}, status="cancelled")
    assert brand.found("customer_mismatch", 9) == {}


def test_a_return_for_somebody_else_at_once_while_it_lives(brand):
    brand.everywhere(status="closed")
    brand.returned(1, said=100, customer={"id": "C-2"})
    brand.returned(2, said=100, customer={"id": "c-1"}, refs={"sales_order": "SO-1", "rma": "RMA-2"})
    brand.returned(3, said=100, customer={}, refs={"sales_order": "SO-1", "rma": "RMA-3"})
    assert brand.found("customer_mismatch", 100) == {"return:portal:R-1": (None, None)}
    brand.returned(1, said=101, customer={"id": "C-2"}, status="cancelled")
    assert brand.found("customer_mismatch", 101) == {}


def test_where_no_compared_flow_leads_to_the_portal_its_ids_are_its_own(brand):
    brand.rewire(more=TO_PORTAL.replace("customer", "status"))
    brand.everywhere(status="closed")
    brand.returned(customer={"id": "C-2"})
    assert brand.found("customer_mismatch", 101) == {}


def test_an_order_that_does_not_travel_is_not_seen(brand):
    brand.rewire(more=TO_PORTAL + 'only = { channel = ["b2b"] }')
    for n, channel in enumerate(["web", "b2b"], 1):
        brand.everywhere(n, status="closed", channel=channel)
        brand.order(n, system="portal", said=1, status="closed", customer={"id": "C-9"})
        brand.returned(n, said=100, customer={"id": "C-9"})
    assert list(brand.found("customer_mismatch", 101)) == ["order:portal:portal-2", "return:portal:R-2"]


def test_it_says_who_is_whose_customer(brand):
    brand.everywhere(status="closed")
    brand.order(system="shop", said=1, status="closed", customer={"id": "C-2"})
    brand.returned(customer={"id": "C-3"})
    titles, evidence = brand.said("customer_mismatch", 101)
    assert titles == [
        "Order shop-1 is for customer C-2 in shop, but for C-1 in front",
        "Return R-1 is for customer C-3 in portal, but its order for C-1 in front",
    ]
    assert evidence == [
        ("customer.id", "C-1", "order:front:front-1", "C-2", SUBJECT),
        ("customer.id", "C-1", "order:front:front-1", "C-3", "return:portal:R-1"),
    ]
