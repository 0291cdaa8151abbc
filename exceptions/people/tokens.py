"""API tokens: made once, shown once, kept as a hash, checked in constant time."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from exceptions.configuration.changes import record_change
from exceptions.listing import searched
from exceptions.models import SCOPES, ApiToken

USED_NOTED_EVERY = timedelta(minutes=1)


class UnknownScope(ValueError):
    """A scope that no token may have."""


def create_token(*, name: str, scopes: Sequence[str], expires_at: datetime, by: Any = None) -> tuple[ApiToken, str]:
    """A new token and its text, which is kept nowhere; raises UnknownScope."""
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown or not scopes:
        raise UnknownScope(f"scopes are {', '.join(SCOPES)}" + (f", not {', '.join(unknown)}" if unknown else ""))
    prefix, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        name=name,
        prefix=prefix,
        digest=_digest(secret),
        scopes=sorted(set(scopes)),
        expires_at=expires_at,
        created_by=by,
    )
    return token, f"rec_{prefix}_{secret}"


def known_tokens(search: str = "") -> QuerySet[ApiToken]:
    """All tokens, the newest first; of a search those whose name, beginning or maker holds its words."""
    tokens = ApiToken.objects.select_related("created_by").order_by("-id")
    return searched(tokens, search, ("name", "prefix", "created_by__username"))


@transaction.atomic
def issue(
    *, name: str, scopes: Sequence[str], expires_at: datetime, by: Any, at: datetime, source: str
) -> tuple[ApiToken, str]:
    """A new token and its text, with an entry in the trail; raises UnknownScope."""
    token, text = create_token(name=name, scopes=scopes, expires_at=expires_at, by=by)
    said = {"about": f"token {token}", "by": by, "at": at, "source": source}
    record_change(move="issue", before={}, after=_told(token), **said)
    return token, text


@transaction.atomic
def revoke(token: ApiToken, *, by: Any, at: datetime, source: str) -> bool:
    """Ends a token at once; false where it had been revoked already."""
    if not ApiToken.objects.filter(id=token.pk, revoked_at=None).update(revoked_at=at):
        return False
    said = {"about": f"token {token}", "by": by, "at": at, "source": source}
    record_change(move="revoke_token", before=_told(token), after={}, **said)
    return True


def _told(token: ApiToken) -> dict[str, Any]:
    return {"scopes": token.scopes, "expires_at": token.expires_at.isoformat()}


def valid_token(text: str, *, at: datetime) -> ApiToken | None:
    """The token that `text` is, unless it is unknown, revoked or expired; notes that it was used."""
    begin, _, rest = text.partition("_")
    prefix, _, secret = rest.partition("_")
    token = ApiToken.objects.filter(prefix=prefix).first() if begin == "rec" else None
    expected = bytes(token.digest) if token else b""
    # compared even where there is no token, so that the time taken tells nothing
    fits = secrets.compare_digest(_digest(secret), expected.ljust(32, b"\0"))
    if token is None or not fits or token.revoked_at is not None or token.expires_at <= at:
        return None
    if token.last_used_at is None or at - token.last_used_at > USED_NOTED_EVERY:
        ApiToken.objects.filter(id=token.id).update(last_used_at=at)
    return token


def _digest(secret: str) -> bytes:
    return sha256(secret.encode("utf-8", "replace")).digest()
