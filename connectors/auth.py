"""How a request shows who we are: fixed headers, or tokens that expire, renewed early by one process at a time."""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

import httpx

from connectors.credentials import keep_secret, secret
from connectors.locks import held
from connectors.models import Connection, Credential

EARLY = timedelta(minutes=5)
NAME, REFRESH = "access_token", "refresh_token"


@dataclass(frozen=True)
class Token:
    """A token and how long it lives; None where it does not expire.

    `refresh` replaces the refresh token kept; the one before counts on for `grace`, where the vendor still takes it.
    """

    value: str = field(repr=False)
    lives: timedelta | None = None
    refresh: str | None = field(default=None, repr=False)
    grace: timedelta = timedelta()


class Tokens(Protocol):
    """Where a client gets its token from."""

    def current(self) -> str:
        """A token that still counts for a while."""

    def renewed(self, instead_of: str) -> str:
        """Another token, once the vendor has refused `instead_of`."""


class Headers(httpx.Auth):
    """Fixed headers."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self.headers = headers

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers.update(self.headers)
        yield request


class Renewed(httpx.Auth):
    """A token in a header; refused with 401, it is renewed once."""

    def __init__(self, tokens: Tokens, header: str = "Authorization", form: str = "Bearer {}") -> None:
        self.tokens, self.header, self.form = tokens, header, form

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        token = self.tokens.current()
        request.headers[self.header] = self.form.format(token)
        response = yield request
        if response.status_code == 401:
            request.headers[self.header] = self.form.format(self.tokens.renewed(token))
            yield request


@dataclass
class KeptTokens:
    """Tokens kept with the connection and shared by all processes; `fetch` asks the vendor for a new one."""

    connection: Connection
    fetch: Callable[[], Token]
    clock: Callable[[], datetime]
    seen: Callable[[str], str] = str

    def current(self) -> str:
        """The kept token; a new one where none is kept or it ends soon."""
        return self.seen(self._kept() or self._fetched(instead_of=None))

    def renewed(self, instead_of: str) -> str:
        """A new token, unless another process has renewed it meanwhile."""
        return self.seen(self._fetched(instead_of=instead_of))

    def _kept(self) -> str | None:
        row = Credential.objects.filter(connection=self.connection, name=NAME).first()
        if row is None or (row.expires_at is not None and row.expires_at - _early(row) <= self.clock()):
            return None
        return secret(self.connection, NAME)

    def _fetched(self, instead_of: str | None) -> str:
        with held(f"token of connection {self.connection.id}", wait=True):
            kept = self._kept()
            if kept is not None and kept != instead_of:
                return kept
            token, at = self.fetch(), self.clock()
            if token.refresh is not None:  # first, as the vendor forgets the one before
                keep_secret(self.connection, REFRESH, token.refresh, at=at, old_counts_for=token.grace)
            expires_at = None if token.lives is None else at + token.lives
            keep_secret(self.connection, NAME, token.value, at=at, expires_at=expires_at, old_counts_for=timedelta())
            return token.value


def _early(row: Credential) -> timedelta:
    """How long before its end a token is renewed: a short-lived one when a fifth of its life is left."""
    life = (row.expires_at - row.changed_at) if row.expires_at else EARLY
    return min(EARLY, life / 5)
