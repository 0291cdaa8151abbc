"""All that a client needs of its surroundings: settings, secrets, tokens, clock, network."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, quote_plus

import httpx

from connectors.auth import KeptTokens, Token
from connectors.credentials import CredentialMissing, secret, secrets_now
from connectors.http import Circuit, Http
from connectors.models import Connection
from connectors.spelling import NO_TEXT

Known = Callable[[str, str, int], list[str]]


def knows_nothing(type: str, after: str, most: int) -> list[str]:
    """For whoever asks without the ledgers at hand."""
    return []


@dataclass
class Access:
    """What a client is built from.

    `known(type, after, most)` gives ids of this system's undeleted records in the ledgers, in order, behind `after`.
    """

    connection: Connection
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    sleep: Callable[[float], None] = time.sleep
    transport: httpx.BaseTransport | None = None
    known: Known = knows_nothing
    given: set[str] = field(default_factory=set, repr=False)
    circuit: Circuit = field(default_factory=Circuit)

    def setting(self, name: str, default: str = "") -> str:
        """A setting of the connection that is no secret."""
        return str(self.connection.settings.get(name) or default)

    def secret(self, name: str) -> str:
        """A secret; raises CredentialMissing or CredentialUnreadable."""
        return self._noted(secret(self.connection, name))

    def secrets(self, name: str) -> list[str]:
        """The secret and the one before, while it counts; empty where there is none. Raises CredentialUnreadable."""
        return [self._noted(value) for value in secrets_now(self.connection, name, at=self.clock())]

    def has(self, name: str) -> bool:
        """Whether there is such a secret."""
        try:
            return bool(self.secret(name))
        except CredentialMissing:
            return False

    def tokens(self, fetch: Callable[[], Token]) -> KeptTokens:
        """Tokens kept with the connection, that `fetch` asks for."""
        return KeptTokens(self.connection, fetch, self.clock, self._noted)

    def http(self, base: str, **asked: Any) -> Http:
        """The vendor's API at `base`, with our clock and network; `asked` as the fields of Http."""
        ours = {"transport": self.transport, "scrub": self.scrub, "circuit": self.circuit}
        return Http(base, self.clock, self.sleep, **ours | asked)

    def scrub(self, text: str) -> str:
        """`text` without any secret that was given out, and without what no database keeps."""
        spelt = {spelling for value in self.given for spelling in _spellings(value)}
        for value in sorted(spelt, key=len, reverse=True):
            text = text.replace(value, "•••")
        return NO_TEXT.sub("\N{REPLACEMENT CHARACTER}", text)

    def _noted(self, value: str) -> str:
        if len(value) >= 4:
            self.given.add(value)
        return value


def _spellings(value: str) -> set[str]:
    """A secret as it is, and as errors and answers may quote it: with its signs escaped, or in an address."""
    python = {repr(value)[1:-1], repr(value.encode(errors="replace"))[2:-1]}
    inside = {json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]}
    return {value, *python, *inside, quote(value, safe=""), quote_plus(value)}
