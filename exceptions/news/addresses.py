"""Requests to addresses that people type in: to the public internet alone, whatever the name resolves to.

The name is resolved once, every address it has is checked, and the connection goes to the one that was checked, so that
a name cannot answer differently a moment later. Redirects are not followed, proxies of the environment not used.
"""

import re
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

import httpx
from django.conf import settings

Resolve = Callable[..., Any]
SECONDS = 10.0
SHOWN = 500
HOST = re.compile(r"[A-Za-z0-9._:-]+")
# addresses that carry an IPv4 address within: 6to4, Teredo, and both prefixes of NAT64
TUNNELS = tuple(ip_network(net) for net in ("2002::/16", "2001::/32", "64:ff9b::/96", "64:ff9b:1::/48"))


class AddressRefused(ValueError):
    """Nothing is sent to this address; the message says why."""


class NoAnswer(Exception):
    """Nothing came back, or not in time."""


@dataclass(frozen=True)
class Checked:
    """An address that may be asked: its URL with a number for the host, and the name that the number stands for."""

    url: httpx.URL
    host: str
    named: str


@dataclass(frozen=True)
class Said:
    """What came back: the status, and the beginning of the text."""

    status: int
    text: str


def checked(address: str, *, resolve: Resolve = socket.getaddrinfo) -> Checked:
    """The address, if everything its host stands for is on the public internet; raises AddressRefused."""
    url, loopback = _url(address), settings.OUTGOING_TO_LOOPBACK
    try:
        found = resolve(url.host, url.port or (443 if url.scheme == "https" else 80), type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise AddressRefused(f"{url.host} is not known.") from None
    numbers = [ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    for number in numbers:
        if not (is_public(number) or (loopback and number.is_loopback)):
            raise AddressRefused(f"{url.host} leads to {number}, which is not on the public internet.")
    if not numbers:
        raise AddressRefused(f"{url.host} is not known.")
    if url.scheme == "http" and not numbers[0].is_loopback:
        raise AddressRefused("It must begin with https://.")
    return Checked(url.copy_with(host=str(numbers[0])), url.host, url.netloc.decode("ascii"))


def is_public(number: IPv4Address | IPv6Address) -> bool:
    """Whether an IP address is one of the public internet, also where it is an IPv4 address in disguise."""
    if isinstance(number, IPv6Address):
        if number.ipv4_mapped is not None:
            return is_public(number.ipv4_mapped)
        if number.is_site_local or any(number in net for net in TUNNELS):
            return False
    return number.is_global and not (number.is_multicast or number.is_reserved or number.is_unspecified)


def post(
    address: str,
    body: bytes,
    headers: dict[str, str],
    *,
    resolve: Resolve = socket.getaddrinfo,
    clock: Callable[[], float] = time.monotonic,
    seconds: float = SECONDS,
) -> Said:
    """Posts `body`; what came back, with whichever status. Raises AddressRefused and NoAnswer."""
    target, until = checked(address, resolve=resolve), clock() + seconds
    sent = {"User-Agent": "reconciliation/1", "Accept-Encoding": "identity"} | headers | {"Host": target.named}
    try:
        with (
            httpx.Client(timeout=seconds, trust_env=False, follow_redirects=False) as client,
            client.stream(
                "POST", target.url, content=body, headers=sent, extensions={"sni_hostname": target.host}
            ) as response,
        ):
            text = b""
            for piece in response.iter_raw():
                text += piece
                if len(text) >= SHOWN or clock() > until:
                    break
            return Said(response.status_code, text[:SHOWN].decode("utf-8", "replace").replace("\0", ""))
    except (httpx.HTTPError, httpx.InvalidURL) as problem:
        raise NoAnswer(f"{target.host}: {type(problem).__name__} {problem}"[:SHOWN]) from problem


def _url(address: str) -> httpx.URL:
    try:
        url = httpx.URL(address.strip())
    except (httpx.InvalidURL, UnicodeError):
        raise AddressRefused("This is no address.") from None
    if url.scheme not in ("https", "http") or not url.host:
        raise AddressRefused("It must begin with https://.")
    if not HOST.fullmatch(url.raw_host.decode("ascii")) or not 0 < (url.port or 443) <= 65_535:
        raise AddressRefused("This is no address.")
    if url.userinfo:
        raise AddressRefused("It must hold no user name and no password.")
    return url.copy_with(fragment=None)
