"""Subscriptions to a vendor's deliveries, where its API lets a client make them: made, listed, checked, ended.

The vendor's own list is asked each time, and what lacks is made; nothing is made twice, however often it is asked for.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol, cast
from urllib.parse import urlsplit

from connectors.access import Access
from connectors.clients import client_of
from connectors.credentials import keep_secret
from connectors.http import LOOPBACK, documented_shape
from connectors.models import Connection
from connectors.registry import Connector
from connectors.webhooks import new_secret

TOLD = "deliveries_to"  # among the connection's settings: the address that subscriptions were last made for


class NotSubscribable(LookupError):
    """The vendor's API makes no subscriptions; they are made in its own pages."""


class NoAddress(ValueError):
    """No subscription can be made for this address: vendors deliver to https alone."""


@dataclass(frozen=True)
class Subscription:
    """One subscription as the vendor lists it; one that does not `work` is switched off there."""

    id: str
    topics: tuple[str, ...]
    address: str
    works: bool = True


@dataclass(frozen=True)
class Standing:
    """How it is with one topic: `subscribed`, `stopped` (the vendor has switched it off) or `missing`."""

    topic: str
    state: str


class Subscriber(Protocol):
    """A client that makes subscriptions; `signs_with_ours` says that the vendor takes the key it signs with from us."""

    signs_with_ours: bool

    def subscriptions(self) -> list[Subscription]:
        """All that the vendor lists for us, whatever their address."""

    def subscribe(self, topics: Sequence[str], address: str, secret: str | None) -> list[str]:
        """Makes subscriptions; what the vendor refuses, in its words. `secret` where it signs with ours."""

    def unsubscribe(self, id: str) -> None:
        """Ends one; that of one that is gone is no error."""


def address_at(connection: Connection, base: str) -> str:
    """Where deliveries of the connection arrive, if the product is reached at `base`; raises NoAddress."""
    parts = urlsplit(base)
    if parts.scheme != "https" and parts.hostname not in LOOPBACK:
        raise NoAddress(f"Vendors deliver to https alone, not to {base}.")
    return f"{base.rstrip('/')}/hooks/{connection.hook_key}"


def standings(connection: Connection, connector: Connector, *, access: Access) -> list[Standing]:
    """Each topic that we need, and whether the vendor delivers it here; raises NotSubscribable or a VendorError."""
    with _client(connector, access) as client:
        return _standings(connector, _ours(client.subscriptions(), connection))


def subscribe(
    connection: Connection, connector: Connector, *, access: Access, base: str
) -> tuple[list[Standing], list[str]]:
    """Has deliveries made to the product at `base`: how each topic then is, and what the vendor refused, in its words.

    Subscriptions of ours for another address, or that are switched off, are ended. Raises NotSubscribable, NoAddress
    or a VendorError.
    """
    with _client(connector, access) as client:
        address = address_at(connection, base)
        secret = _secret(connection, connector, access) if client.signs_with_ours else None
        connection.settings[TOLD] = address
        connection.save(update_fields=["settings"])
        held = [one for one in client.subscriptions() if _key(one.address) == connection.hook_key]
        for one in held:
            if one.address != address or not one.works:
                client.unsubscribe(one.id)
        kept = [one for one in held if one.address == address and one.works]
        lacking = [one.topic for one in _standings(connector, kept) if one.state != "subscribed"]
        refused = client.subscribe(lacking, address, secret) if lacking else []
        return _standings(connector, _ours(client.subscriptions(), connection)), refused


def unsubscribe(connection: Connection, connector: Connector, *, access: Access) -> int:
    """Ends all subscriptions of this connection; how many there were."""
    with _client(connector, access) as client:
        held = [one for one in client.subscriptions() if _key(one.address) == connection.hook_key]
        for one in held:
            client.unsubscribe(one.id)
        connection.settings.pop(TOLD, None)
        connection.save(update_fields=["settings"])
        return len(held)


def lost(connection: Connection, connector: Connector, client: object) -> list[str]:
    """For the connection test: topics that were subscribed to, and are delivered no longer."""
    if not connector.topics or TOLD not in connection.settings:
        return []
    found = _standings(connector, _ours(cast(Subscriber, client).subscriptions(), connection))
    words = {"missing": "is gone", "stopped": "was switched off by the vendor"}
    return [f"The subscription to {one.topic} {words[one.state]}." for one in found if one.state in words]


@contextmanager
def _client(connector: Connector, access: Access) -> Iterator[Subscriber]:
    if not connector.topics:
        raise NotSubscribable(f"{connector.title} has no call that makes subscriptions.")
    client = client_of(connector, access)
    try:
        with documented_shape():
            yield cast(Subscriber, client)
    finally:
        client.close()


def _secret(connection: Connection, connector: Connector, access: Access) -> str:
    """The key that deliveries are signed with; a new one is kept before the first can come."""
    webhook = connector.webhook
    assert webhook is not None
    if not access.has(webhook.secret):
        keep_secret(connection, webhook.secret, new_secret(), at=access.clock())
    return access.secret(webhook.secret)


def _ours(listed: Sequence[Subscription], connection: Connection) -> list[Subscription]:
    return [one for one in listed if one.address == connection.settings.get(TOLD)]


def _standings(connector: Connector, ours: Sequence[Subscription]) -> list[Standing]:
    working = {topic for one in ours if one.works for topic in one.topics}
    stopped = {topic for one in ours for topic in one.topics} - working
    state = dict.fromkeys(working, "subscribed") | dict.fromkeys(stopped, "stopped")
    return [Standing(topic, state.get(topic, "missing")) for topic in connector.topics]


def _key(address: str) -> str:
    return urlsplit(address).path.rstrip("/").rpartition("/")[2]
