"""Every page with the sample brand in it: read by everybody, in both themes, wide and narrow."""

import os

import pytest

from exceptions.access import ANYBODY, PAGES
from tests.axe import LOOKS, faults
from tests.journeys.places import NO_PAGE, SIGNING_IN, places


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_every_page_fits_and_breaks_no_rule_in_light_and_dark(filled, desk):
    page, wrong = desk(filled, reduced_motion="reduce"), {}
    for place in places():
        assert page.goto(place.address).status == 200, place
        for look in LOOKS:
            wrong |= {(place.address, *where): what for where, what in faults(page, [look]).items()}
            if pictures := os.environ.get("PICTURES"):
                page.screenshot(path=f"{pictures}/{place.name}-{look[0]}-{look[1]}.png", full_page=True)
    assert wrong == {}


def test_only_pages_that_exist_are_passed_over():
    assert set(PAGES) >= NO_PAGE


@pytest.mark.django_db(transaction=True)
def test_every_page_has_an_example_or_is_named_as_no_page(filled):
    shown = {place.name for place in places()}
    read = {name for name, who in PAGES.items() if who != ANYBODY and not name.startswith(SIGNING_IN)}
    assert read - shown == NO_PAGE - {"alive", "hook", "home_of"}, (
        "give these an example in places.py, or name them in NO_PAGE"
    )
