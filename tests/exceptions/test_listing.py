"""Lists that can grow: what an address may say of their rows."""

import pytest

from exceptions.listing import row_number


@pytest.mark.parametrize(("text", "number"), [("17", 17), ("0", 0), ("9" * 18, 10**18 - 1)])
def test_digits_name_a_row(text, number):
    assert row_number(text) == number


@pytest.mark.parametrize("text", ["", "-1", "1.0", " 1", "x", "²", "١٧", "9" * 19])
def test_whatever_else_names_none(text):
    assert row_number(text) is None
