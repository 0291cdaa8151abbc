"""Deliveries from vendors: verified on the bytes as they came, stored before they are answered, each only once.

A delivery is a hint or a statement, never a command: where it says "this id changed", the record is read again.
"""

import base64
import hmac
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from secrets import token_bytes
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import F, Q

from connectors.credentials import secrets_now
from connectors.models import Connection, Delivery, Refusals
from connectors.origins import origin_now
from connectors.paging import Raw
from connectors.spelling import LONGEST_ID, NO_TEXT

LARGEST = 2 * 1024 * 1024
TOLERANCE = timedelta(minutes=5)
SECONDS = re.compile("[0-9]{1,12}")
KEPT_HEADERS = 60
SECRET_HEADERS = ("authorization", "cookie", "proxy-authorization")


class DeliveryRefused(Exception):
    """A delivery that is not taken; `reason` is what it is counted under, `status` the answer."""

    reason, status = "refused", 400


class Forged(DeliveryRefused):
    """The signature is not that of these bytes under any secret that counts."""

    reason, status = "forged", 401


class Unsigned(DeliveryRefused):
    """There is no signature, or not in its documented form."""

    reason, status = "unsigned", 401


class WrongSender(DeliveryRefused):
    """Rightly signed, but about another shop or tenant."""

    reason, status = "wrong sender", 403


class Stale(DeliveryRefused):
    """Its signed time is too far from now: an old delivery played again."""

    reason, status = "stale", 400


class Malformed(DeliveryRefused):
    """Rightly signed, but not of the documented shape."""

    reason, status = "malformed", 400


class TooLarge(DeliveryRefused):
    """Longer than any delivery of a vendor."""

    reason, status = "too large", 413


class NoSecret(DeliveryRefused):
    """The connection has no secret to verify deliveries with."""

    reason, status = "no secret", 401


@dataclass(frozen=True)
class Incoming:
    """A delivery as it came: header names in lower case, the body untouched."""

    headers: Mapping[str, str]
    body: bytes

    def header(self, name: str) -> str:
        """A header, whatever its case; raises Unsigned where it lacks."""
        if not (value := self.headers.get(name.lower(), "").strip()):
            raise Unsigned(f"The header {name} is missing.")
        return value

    def json_object(self) -> dict[str, Any]:
        """The body as a JSON object; raises Malformed."""
        try:
            said = json.loads(self.body)
        except (ValueError, RecursionError):
            raise Malformed("The body is not JSON.") from None
        if not isinstance(said, dict):
            raise Malformed("The body is no object.")
        return said


class Reread(NamedTuple):
    """News that something changed: the client is to read it again."""

    what: str
    id: str


class Said(NamedTuple):
    """News that carries the item itself, as the feed of this name would give it."""

    feed: str
    item: Raw


News = Reread | Said


def digest(incoming: Incoming) -> str:
    """The name of a delivery of a vendor that gives it none."""
    return sha256(incoming.body).hexdigest()


@dataclass(frozen=True)
class Webhook:
    """A vendor's deliveries.

    `verify(incoming, secrets, settings, at)` raises a DeliveryRefused. `identity` names a delivery. `news` says
    what it tells, and raises Malformed; it is asked before the delivery is taken and again when it is handled.
    `secret` names the secret that deliveries are signed with; `secretless`: they count without one, as the vendor
    signs nothing. `made_here`: whoever delivers takes the key from us.
    """

    verify: Callable[[Incoming, Sequence[str], Mapping[str, str], datetime], None]
    news: Callable[[Incoming], Sequence[News]]
    identity: Callable[[Incoming], str] = digest
    secret: str = "webhook_secret"
    secretless: bool = False
    made_here: bool = False

    def may_be_another(self, news: Sequence[News]) -> bool:
        """Whether the same bytes may tell of another change: nothing names them, and all they ask for is a reading."""
        return self.identity is digest and bool(news) and all(isinstance(one, Reread) for one in news)


def receive(connection: Connection, webhook: Webhook, incoming: Incoming, *, at: datetime) -> Delivery:
    """Verifies and stores a delivery; the stored one where it came before. Refusals are counted, and raised."""
    try:
        if len(incoming.body) > LARGEST:
            raise TooLarge(f"The body is longer than {LARGEST:,} bytes.")
        secrets = secrets_now(connection, webhook.secret, at=at)
        if not secrets and not webhook.secretless:
            raise NoSecret("No secret for deliveries is entered.")
        webhook.verify(incoming, secrets, connection.settings, at)
        identity, kept = _identity(webhook, incoming), Incoming(_kept_headers(incoming), incoming.body)
        news = webhook.news(kept)  # as it will be asked when it is handled
        _check_ids(news)
        delivery = _stored(connection, kept, identity, at)
    except DeliveryRefused as refused:
        count_refusal(connection, refused.reason, at=at)
        raise
    if webhook.may_be_another(news):
        Delivery.objects.filter(~Q(handled_at=None), id=delivery.pk).update(handled_at=None, retry_at=None, attempts=0)
    return delivery


def count_refusal(connection: Connection, reason: str, *, at: datetime) -> None:
    """One more delivery refused today, for this reason."""
    day = at.astimezone(UTC).date()
    with transaction.atomic():
        Refusals.objects.get_or_create(connection=connection, day=day, reason=reason, defaults={"last_at": at})
        row = Refusals.objects.filter(connection=connection, day=day, reason=reason)
        row.update(count=F("count") + 1, last_at=at)


def incoming_of(delivery: Delivery) -> Incoming:
    """A stored delivery as it came."""
    return Incoming(delivery.headers, bytes(delivery.body))


def _identity(webhook: Webhook, incoming: Incoming) -> str:
    identity = webhook.identity(incoming)
    if not 0 < len(identity) <= 200 or NO_TEXT.search(identity):
        raise Malformed("The delivery's name is empty or too long, or no text.")
    return identity


def _check_ids(news: Iterable[News]) -> None:
    """What is to be read again is asked for by its id, which has to fit into an address."""
    if any(len(one.id) > LONGEST_ID or NO_TEXT.search(one.id) for one in news if isinstance(one, Reread)):
        raise Malformed("An id is too long, or no text.")


def _kept_headers(incoming: Incoming) -> dict[str, str]:
    told = sorted((name, value.replace("\0", "")) for name, value in incoming.headers.items())
    shown = [(name, value) for name, value in told if name not in SECRET_HEADERS]
    return dict(shown[:KEPT_HEADERS])


def _stored(connection: Connection, kept: Incoming, identity: str, at: datetime) -> Delivery:
    delivery, new = Delivery.objects.get_or_create(
        connection=connection,
        identity=identity,
        defaults={"headers": kept.headers, "body": kept.body, "received_at": at, "origin": origin_now()},
    )
    if not new:
        Delivery.objects.filter(id=delivery.id).update(repeats=F("repeats") + 1)
    return delivery


def new_secret() -> str:
    """A key for Standard Webhooks, which can also be a bearer token."""
    return f"whsec_{base64.b64encode(token_bytes(32)).decode()}"


def signed(message: bytes, given: str, secrets: Iterable[bytes], *, encoding: str = "base64") -> bool:
    """Whether `given` is the HMAC-SHA256 of `message` under one of `secrets`, each compared in constant time."""
    fits = False
    for secret in secrets:
        digest = hmac.new(secret, message, sha256).digest()
        right = base64.b64encode(digest).decode() if encoding == "base64" else digest.hex()
        fits |= hmac.compare_digest(right.encode(), given.encode("utf-8", "replace"))
    return fits


def verify_standard(incoming: Incoming, secrets: Sequence[str], at: datetime) -> None:
    """Standard Webhooks: `webhook-id`, `webhook-timestamp`, `webhook-signature: v1,<base64>`, keys `whsec_<base64>`."""
    id, sent = incoming.header("webhook-id"), incoming.header("webhook-timestamp")
    message = f"{id}.{sent}.".encode() + incoming.body
    keys = [_standard_key(secret) for secret in secrets]
    given = [one.removeprefix("v1,") for one in incoming.header("webhook-signature").split() if one.startswith("v1,")]
    if not any(signed(message, one, keys) for one in given):
        raise Forged("The signature does not fit.")
    if not SECONDS.fullmatch(sent) or abs(at.timestamp() - int(sent)) > TOLERANCE.total_seconds():
        raise Stale("The delivery's time is too far from now.")


def standard_identity(incoming: Incoming) -> str:
    """The name of a delivery under Standard Webhooks."""
    return incoming.header("webhook-id")


def _standard_key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except ValueError:
        return secret.encode()
