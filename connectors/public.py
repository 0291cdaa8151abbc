"""Only the public internet is asked: a vendor's address cannot lead to this machine or to its neighbours.

A name is resolved once, every address it has is checked, and the connection goes to one that was checked. Where the
environment names a proxy, that resolves names, and decides.
"""

import socket
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any
from urllib.request import getproxies

import httpx
from django.conf import settings

Resolve = Callable[..., Any]
# addresses that carry an IPv4 address within: 6to4, Teredo, and both prefixes of NAT64
TUNNELS = tuple(ip_network(net) for net in ("2002::/16", "2001::/32", "64:ff9b::/96", "64:ff9b:1::/48"))


def is_public(number: IPv4Address | IPv6Address) -> bool:
    """Whether an IP address is one of the public internet, also where it is an IPv4 address in disguise."""
    if isinstance(number, IPv6Address):
        if number.ipv4_mapped is not None:
            return is_public(number.ipv4_mapped)
        if number.is_site_local or any(number in net for net in TUNNELS):
            return False
    return number.is_global and not (number.is_multicast or number.is_reserved or number.is_unspecified)


def numbers_of(host: str, port: int, *, resolve: Resolve) -> list[IPv4Address | IPv6Address]:
    """The addresses that a name stands for, in the order to try them; raises OSError, UnicodeError."""
    found = resolve(host, port, type=socket.SOCK_STREAM)
    return [ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]


class PublicOnly(httpx.BaseTransport):
    """Asks whatever `within` reaches, by the number that was checked; httpx.ConnectError where a name leads inside."""

    def __init__(self, within: httpx.BaseTransport, resolve: Resolve = socket.getaddrinfo) -> None:
        self.within, self.resolve = within, resolve

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The answer of the first number that takes a connection."""
        host, problem = request.url.host, httpx.ConnectError(f"{request.url.host} is not known.")
        for number in self._checked(host, request.url.port or 443):
            asked = httpx.Request(
                request.method,
                request.url.copy_with(host=str(number)),
                headers=request.headers,  # among them Host, which names the name
                stream=request.stream,
                extensions=request.extensions | {"sni_hostname": host},
            )
            try:
                return self.within.handle_request(asked)
            except httpx.ConnectError as error:
                problem = error
        raise problem

    def close(self) -> None:
        """Closes the connections."""
        self.within.close()

    def _checked(self, host: str, port: int) -> list[IPv4Address | IPv6Address]:
        try:
            numbers = numbers_of(host, port, resolve=self.resolve)
        except (OSError, UnicodeError) as error:
            raise httpx.ConnectError(f"{host} is not known.") from error
        for number in numbers:
            if not is_public(number):
                raise httpx.ConnectError(f"{host} leads to {number}, which is not on the public internet.")
        return numbers


def transport() -> httpx.BaseTransport | None:
    """What requests to vendors go through; null: as httpx has it, which minds the environment's proxies."""
    if settings.VENDORS_ON_THIS_MACHINE or getproxies():
        return None
    return PublicOnly(httpx.HTTPTransport())
