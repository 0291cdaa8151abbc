"""What a password may be, and what nobody may choose."""

import gzip
from pathlib import Path

import pytest
from django.contrib.auth import password_validation
from django.contrib.auth.hashers import get_hasher
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import override_settings
from django.urls import reverse

from exceptions.models import Company
from exceptions.people.passwords import words_of_ours
from reconciliation.models import System
from tests.factories import PASSWORD, PersonFactory

pytestmark = pytest.mark.django_db
COMMON = Path(password_validation.__file__).parent / "common-passwords.txt.gz"


def refusals(password, person=None):
    try:
        validate_password(password, person)
    except ValidationError as refused:
        return {error.code for error in refused.error_list}
    return set()


@pytest.mark.parametrize(
    "password",
    ["seven-blue-kites", "ÆØÅ ваза 椅子 ⚓ über", "a" * 3 + " pale horse at noon", "x9" + "kestrel wing " * 8],
)
def test_any_signs_are_taken_and_length_is_all_that_is_asked(password):
    assert refusals(password) == set()


def test_fourteen_signs_are_too_few():
    assert "password_too_short" in refusals("pale-heron-142")
    assert refusals("pale-heron-1428") == set()


@pytest.mark.parametrize(
    "password", ["password12345678", "qwertyqwertyqwerty", "111111111111111", "dragonsunshine1", "MonkeyPassword1"]
)
def test_common_ones_in_a_row_are_no_password(password):
    assert refusals(password) & {"password_two_common", "password_too_common"}


@pytest.mark.parametrize("step", [8, pytest.param(1, marks=pytest.mark.slow)])
def test_of_the_pairs_of_common_ones_none_is_taken(step):
    with gzip.open(COMMON, "rt", encoding="utf-8") as words:
        common = [word.strip() for word in words][:80]
    pairs = [
        first + second
        for first in common
        for second in common
        if len(first + second) >= 15 and min(len(first), len(second)) >= 4
    ][::step]
    assert len(pairs) > 300
    assert [pair for pair in pairs if not refusals(pair)] == []


@pytest.mark.parametrize(
    "password", ["Reconciliation-2026!", "harbourpine-harbourpine", "warehouse-orders-1", "finance-controller-1"]
)
def test_our_own_words_are_no_password(password):
    Company.objects.update_or_create(id=1, defaults={"name": "Harbourpine Ltd"})
    System.objects.update_or_create(key="warehouse", defaults={"name": "Warehouse", "kind": "warehouse"})
    assert "password_our_words" in refusals(password)
    assert {"harbourpine", "warehouse", "reconciliation"} <= words_of_ours()


def test_ones_own_name_is_no_password():
    person = PersonFactory(username="bartholomew-jones")
    assert "password_too_similar" in refusals("bartholomew-jones1", person)


def test_a_long_one_counts_to_its_last_sign_and_in_its_case(client):
    person = PersonFactory(username="tom")
    long = "Kestrel over the estuary, " * 8
    person.set_password(long)
    person.save()
    for tried, opens in ((long[:-1], False), (long.lower(), False), (long.strip(), False), (long, True)):
        client.post(reverse("account_login"), {"login": "tom", "password": tried})
        assert (client.get(reverse("account")).status_code == 200) is opens


def test_a_new_one_takes_the_old_one_and_keeps_to_the_rules(client):
    person = PersonFactory(username="tom")
    client.force_login(person)
    new = {"password1": "seven-blue-kites", "password2": "seven-blue-kites"}
    for old in ("", "guess"):
        client.post(reverse("account_change_password"), {"oldpassword": old} | new)
        person.refresh_from_db()
        assert person.check_password(PASSWORD)
    weak = {"password1": "password12345678", "password2": "password12345678"}
    page = client.post(reverse("account_change_password"), {"oldpassword": PASSWORD} | weak)
    assert "put together from very common ones" in page.content.decode()


def test_fields_of_passwords_are_masked_and_may_be_filled_in(client):
    client.force_login(PersonFactory())
    for name in ("account_login", "account_change_password", "account_reauthenticate"):
        page = client.get(reverse(name), follow=True).content.decode()
        assert 'name="password" type="text"' not in page
        assert "onpaste" not in page


@override_settings(PASSWORD_HASHERS=None)
def test_what_is_stored_is_slow_to_guess():
    from reconciliation.project import settings as ours

    assert not hasattr(ours, "PASSWORD_HASHERS")
    from django.conf.global_settings import PASSWORD_HASHERS

    with override_settings(PASSWORD_HASHERS=PASSWORD_HASHERS):
        hasher = get_hasher("default")
        assert (hasher.algorithm, hasher.iterations >= 600_000) == ("pbkdf2_sha256", True)
