"""Secrets: unreadable at rest, changed without a gap, resealed under a new key; tokens renewed early and once."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection as database

from connectors.auth import KeptTokens, Token
from connectors.credentials import CredentialMissing, CredentialUnreadable, keep_secret, secret, secrets_now
from connectors.models import Credential
from tests.connectors.vendors import BEGIN, Clock, connected

pytestmark = pytest.mark.django_db


@pytest.fixture
def connection():
    return connected("generic", "toy", secrets={"client_secret": "hush-hush"})


def test_a_secret_comes_back_and_is_unreadable_at_rest(connection):
    assert secret(connection, "client_secret") == "hush-hush"
    with database.cursor() as cursor:
        cursor.execute("select credential::text from credential")
        assert "hush" not in cursor.fetchone()[0]
    assert "hush" not in repr(Credential.objects.get())


def test_a_missing_secret_is_named(connection):
    with pytest.raises(CredentialMissing, match="toy has no password"):
        secret(connection, "password")


def test_the_old_secret_counts_for_a_while(connection):
    keep_secret(connection, "client_secret", "new", at=BEGIN, old_counts_for=timedelta(hours=1))
    assert secret(connection, "client_secret") == "new"
    assert secrets_now(connection, "client_secret", at=BEGIN) == ["new", "hush-hush"]
    assert secrets_now(connection, "client_secret", at=BEGIN + timedelta(hours=1)) == ["new"]


def test_keys_are_changed_without_entering_secrets_again(connection, settings):
    keep_secret(connection, "client_secret", "newer", at=BEGIN)
    old = settings.CREDENTIAL_KEYS[0]
    settings.CREDENTIAL_KEYS = ["another key", old]
    call_command("credentials", "reseal")
    settings.CREDENTIAL_KEYS = ["another key"]
    assert secrets_now(connection, "client_secret", at=BEGIN) == ["newer", "hush-hush"]
    settings.CREDENTIAL_KEYS = [old]
    with pytest.raises(CredentialUnreadable) as told:
        secret(connection, "client_secret")
    assert "newer" not in str(told.value)


@pytest.fixture
def tokens(connection):
    clock = Clock()
    given = iter(range(100))
    return KeptTokens(connection, lambda: Token(f"token-{next(given)}", timedelta(hours=1)), clock), clock


def test_a_token_is_shared_until_shortly_before_its_end(tokens, connection):
    kept, clock = tokens
    assert kept.current() == "token-0"
    clock.pass_by(minutes=54)
    assert KeptTokens(connection, lambda: pytest.fail("asked again"), clock).current() == "token-0"
    clock.pass_by(minutes=2)
    assert kept.current() == "token-1"


def test_a_refused_token_is_renewed_unless_another_process_did(tokens):
    kept, _ = tokens
    first = kept.current()
    assert kept.renewed(first) == "token-1"
    assert kept.renewed(first) == "token-1"


def test_a_refresh_token_that_is_replaced_is_kept(connection):
    clock = Clock()
    keep_secret(connection, "refresh_token", "r0", at=BEGIN)

    def fetch():
        return Token("a1", timedelta(minutes=30), refresh="r1" if secret(connection, "refresh_token") == "r0" else "r2")

    kept = KeptTokens(connection, fetch, clock)
    kept.current()
    assert secret(connection, "refresh_token") == "r1"
    kept.renewed("a1")
    assert secret(connection, "refresh_token") == "r2"
