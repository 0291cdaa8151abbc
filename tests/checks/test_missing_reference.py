import pytest

from exceptions.models import ExceptionCase

SUBJECT = "order:warehouse:warehouse-1"
NUMBERS = {"order_number": "1001"}
ONLY = {"sales_order": None, "order_number": "1001"}
REQUIRED = """
requires = { order = ["sales_order", "order_number"], return = ["sales_order"], fulfilment = ["order_number"] }
"""


@pytest.fixture(autouse=True)
def requiring(brand):
    brand.rewire('authority = ["stock"]\nrequires = { order = ["purchase_order"] }', 'authority = ["stock"]' + REQUIRED)


def test_after_the_grace_of_the_flow_until_it_is_given(brand):
    brand.order(refs=NUMBERS)
    brand.order(system="warehouse", said=1, refs=ONLY)
    assert brand.found("missing_reference", 3 - 1 / 3600) == {}
    assert brand.found("missing_reference", 3) == {SUBJECT: (None, None)}
    brand.order(system="warehouse", said=4, refs=NUMBERS)
    assert brand.found("missing_reference", 4) == {}


def test_what_nobody_carries_is_not_missed(brand):
    brand.order(refs=ONLY)
    brand.order(system="warehouse", said=1, refs=ONLY)
    assert brand.found("missing_reference", 9) == {}
    brand.shipped(said=10, refs=NUMBERS | {"sales_order": "SO-1"}, status="pending")
    assert brand.found("missing_reference", 10) == {SUBJECT: (None, None)}


def test_a_number_that_is_none_is_missing(brand):
    brand.order(refs=NUMBERS)
    brand.order(system="warehouse", said=1, refs=NUMBERS | {"sales_order": "TBC"})
    assert list(brand.found("missing_reference", 9)) == [SUBJECT]


def test_a_system_that_requires_none_and_a_record_that_does_not_stand(brand):
    brand.order(refs=NUMBERS)
    brand.order(system="shop", said=1, refs=ONLY)
    brand.order(system="warehouse", said=1, refs=ONLY, status="cancelled")
    brand.shipped(said=1, refs={"sales_order": "SO-1"}, status="cancelled")
    assert brand.found("missing_reference", 9) == {}


def test_where_no_flow_brings_it_at_once(brand):
    brand.order(refs=NUMBERS)
    brand.returned(system="warehouse", said=5, refs=NUMBERS, status="requested")
    brand.shipped(said=5, status="pending")
    found = {"return:warehouse:R-1": (None, None), "fulfilment:warehouse:F-1": (None, None)}
    assert brand.found("missing_reference", 5) == found


def test_two_lacking_numbers_of_one_record_are_one_exception(brand):
    brand.order(refs=NUMBERS | {"ecommerce_order": "E-1"})
    brand.order(system="warehouse", said=1, refs={"sales_order": None, "ecommerce_order": "E-1"})
    assert brand.found("missing_reference", 9) == {SUBJECT: (None, None)}
    titles, evidence = brand.said("missing_reference", 9)
    assert titles == ["Order warehouse-1 lacks the order number 1001"]
    front = "order:front:front-1"
    assert evidence == [
        ("refs.order_number", "1001", front, "none", SUBJECT),
        ("refs.sales_order", "SO-1", front, "none", SUBJECT),
    ]
    known = ExceptionCase.objects.get(kind="missing_reference").refs
    assert known == NUMBERS | {"ecommerce_order": "E-1", "sales_order": "SO-1", "purchase_order": "PO-1"}
