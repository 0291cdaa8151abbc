"""Secrets at rest: sealed with keys that can be changed, opened only where a request is made."""

import base64
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from connectors.models import Connection, Credential

OLD_SECRET_COUNTS = timedelta(days=1)


class CredentialMissing(Exception):
    """The connection has no secret of this name."""


class CredentialUnreadable(Exception):
    """None of the keys in CREDENTIAL_KEYS opens this secret."""


def keep_secret(
    connection: Connection,
    name: str,
    value: str,
    *,
    at: datetime,
    expires_at: datetime | None = None,
    old_counts_for: timedelta = OLD_SECRET_COUNTS,
) -> None:
    """Seals `value` as the connection's secret `name`; the one before counts on for a while, for webhooks."""
    held = Credential.objects.filter(connection=connection, name=name).first()
    before = {"sealed_before": held.sealed, "before_until": at + old_counts_for} if held else {}
    fields = {"sealed": seal(value), "changed_at": at, "expires_at": expires_at, **before}
    Credential.objects.update_or_create(connection=connection, name=name, defaults=fields)


def secret(connection: Connection, name: str) -> str:
    """The secret `name` of the connection; raises CredentialMissing or CredentialUnreadable."""
    held = Credential.objects.filter(connection=connection, name=name).first()
    if held is None:
        raise CredentialMissing(f"{connection.system} has no {name}.")
    return _opened(held.sealed, held)


def secrets_now(connection: Connection, name: str, *, at: datetime) -> list[str]:
    """The secret and, during a change of secrets, the one before; empty where there is none."""
    held = Credential.objects.filter(connection=connection, name=name).first()
    if held is None:
        return []
    before = [held.sealed_before] if old_counts(held, at=at) else []
    return [_opened(sealed, held) for sealed in (held.sealed, *before)]


def old_counts(held: Credential, *, at: datetime) -> bool:
    """Whether the secret before this one still counts."""
    return bool(held.sealed_before) and held.before_until is not None and at < held.before_until


def end_secret_before(connection: Connection, name: str) -> bool:
    """The secret that was replaced counts no longer; false where none counted."""
    held = Credential.objects.filter(connection=connection, name=name).exclude(sealed_before="")
    return bool(held.update(sealed_before="", before_until=None))


def reseal(credentials: Iterable[Credential]) -> int:
    """Seals with the first key what an older one sealed; how many were resealed."""
    box, count = _box(tuple(settings.CREDENTIAL_KEYS)), 0
    for held in credentials:
        held.sealed = box.rotate(held.sealed.encode()).decode()
        if held.sealed_before:
            held.sealed_before = box.rotate(held.sealed_before.encode()).decode()
        held.save(update_fields=["sealed", "sealed_before"])
        count += 1
    return count


def seal(value: str) -> str:
    """Any secret, sealed with the first of CREDENTIAL_KEYS."""
    return _box(tuple(settings.CREDENTIAL_KEYS)).encrypt(value.encode()).decode()


def unseal(sealed: str) -> str:
    """What `seal` sealed with any of CREDENTIAL_KEYS; raises CredentialUnreadable."""
    try:
        return _box(tuple(settings.CREDENTIAL_KEYS)).decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise CredentialUnreadable("None of the keys opens this secret.") from None


def _opened(sealed: str, held: Credential) -> str:
    try:
        return unseal(sealed)
    except CredentialUnreadable:
        raise CredentialUnreadable(f"No key opens {held.name} of {held.connection.system}; enter it again.") from None


@lru_cache(maxsize=8)
def _box(keys: Sequence[str]) -> MultiFernet:
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(key: str) -> bytes:
    hkdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"reconciliation connector credentials")
    return base64.urlsafe_b64encode(hkdf.derive(key.encode()))
