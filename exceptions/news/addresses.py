"""Requests to addresses that people type in: to the public internet alone, whatever the name resolves to.

The name is resolved once, every address it has is checked, and the connection goes to the one that was checked, so that
a name cannot answer differently a moment later. Redirects are not followed, proxies of the environment not used.
"""

import re
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass

import httpx
from django.conf import settings

from connectors.public import Resolve, is_public, numbers_of

SECONDS = 10.0
SHOWN = 500
HOST = re.compile(r"[A-Za-z0-9._:-]+")


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
        numbers = numbers_of(url.host, url.port or (443 if url.scheme == "https" else 80), resolve=resolve)
    except (OSError, UnicodeError):
        raise AddressRefused(f"{url.host} is not known.") from None
    for number in numbers:
        if not (is_public(number) or (loopback and number.is_loopback)):
            raise AddressRefused(f"{url.host} leads to {number}, which is not on the public internet.")
    if not numbers:
        raise AddressRefused(f"{url.host} is not known.")
    if url.scheme == "http" and not numbers[0].is_loopback:
        raise AddressRefused("It must begin with https://.")
    return Checked(url.copy_with(host=str(numbers[0])), url.host, url.netloc.decode("ascii"))


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
