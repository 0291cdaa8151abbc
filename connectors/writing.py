"""Changes that a connector can make in its outside system: what each needs and sends, and how it is found again.

A change is planned without a request, from the record that it is about; what is planned is shown, kept in the outbox
and sent word for word (connectors/outbox.py, docs/writing.md).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import sha256
from typing import Any

import httpx

from connectors.http import VendorError, exact_json

Answer = dict[str, Any]


class CannotBeWritten(Exception):
    """The change cannot be planned; the message says what lacks, in words for people."""


class PartlyMade(VendorError):
    """Of a change that takes several requests some were made; the text says which, and what stopped the rest."""


@dataclass(frozen=True)
class Wanted:
    """What a change is to come to, in the contract's words: `line` is the record that it is about, as it was read."""

    line: Mapping[str, Any]
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def raw(self) -> Mapping[str, Any]:
        """The part of the vendor's own item that the record was made of."""
        return self.line.get("raw") or {}

    def need(self, name: str, lacking: str) -> Any:
        """A value; raises CannotBeWritten with `lacking` where it is not known."""
        if (found := self.values.get(name)) in (None, "", []):
            raise CannotBeWritten(lacking)
        return found


@dataclass(frozen=True)
class Planned:
    """One change as it will be sent. `words` say what becomes of it; `about` is what is asked to find it again."""

    words: str
    method: str
    path: str
    body: Any = None
    about: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """For the outbox; numbers are text, so that none loses a digit."""
        said = {"words": self.words, "method": self.method, "path": self.path, "body": self.body, "about": self.about}
        plain: dict[str, Any] = json.loads(json.dumps(said, default=_text))
        return plain

    @property
    def shown(self) -> str:
        """The request as people see it before it is sent, and in the trail."""
        body = "" if self.body is None else json.dumps(self.as_json()["body"], indent=2, ensure_ascii=False)
        return f"{self.method} {self.path}\n{body}".strip()

    @property
    def digest(self) -> str:
        """What tells whether two plans would send the same."""
        return sha256(json.dumps(self.as_json(), sort_keys=True).encode()).hexdigest()[:32]


def said(response: httpx.Response) -> Answer:
    """What a vendor answered, as it is kept: its status and its JSON, which may be absent.

    Raises Unreadable where it is something else, such as the page of a proxy: nobody knows then what became of it.
    """
    body = exact_json(response.content) if response.content.strip() else ""
    return {"status": response.status_code, "body": body}


def send_as_planned(client: Any, planned: Planned, key: str) -> Answer:
    """Sends the change word for word, to a vendor that takes no key of ours; raises VendorError."""
    return said(client.http.send(planned.method, planned.path, json=planned.body))


def planned_again(kept: Mapping[str, Any]) -> Planned:
    """A change as `as_json` gave it."""
    return Planned(**kept)


def _text(value: Any) -> str:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(repr(value))
