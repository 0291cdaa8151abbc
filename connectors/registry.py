"""What each connector is made of, and which there are.

A connector is a folder; its `__init__.py` declares one `CONNECTOR`, and this file names it (docs/connectors.md).
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib import import_module
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from connectors.access import Access
from connectors.paging import Page, Position, Raw, Window
from connectors.parts import Told
from connectors.webhooks import Webhook
from connectors.writing import Answer, Planned, Wanted

FOLDERS: dict[tuple[str, str], str] = {
    # (kind, vendor) of the topology → folder
    ("returngo", ""): "connectors.returngo",
    ("swap", ""): "connectors.swap",
    ("rebound", ""): "connectors.rebound",
    ("warehouse", "shipbob"): "connectors.warehouse.shipbob",
    ("warehouse", "mintsoft"): "connectors.warehouse.mintsoft",
    ("ipaas", "generic"): "connectors.ipaas.generic",
    ("ipaas", "celigo"): "connectors.ipaas.celigo",
    ("ipaas", "workato"): "connectors.ipaas.workato",
    ("ipaas", "boomi"): "connectors.ipaas.boomi",
    ("ipaas", "patchworks"): "connectors.ipaas.patchworks",
    ("shopify", ""): "connectors.shopify",
    ("commercetools", ""): "connectors.commercetools",
    ("erp", "file"): "connectors.erp.file",
    ("erp", "xero"): "connectors.erp.xero",
    ("warehouse", "file"): "connectors.warehouse.file",
    ("sparklayer", ""): "connectors.sparklayer",
}


COUNT = re.compile("[0-9]{1,5}")  # of days, or a port


class NoSuchConnector(LookupError):
    """There is no connector for this kind and vendor."""


class WrongSettings(ValueError):
    """A connection's settings do not fit its connector; `problems` says what, by the name of the setting."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {reason}" for name, reason in problems.items()))
        self.problems = problems


@dataclass(frozen=True)
class Setting:
    """One thing a person fills in. A secret one is sealed and never shown again; `lines`: it has many.

    `form`: `count`, a whole number, `time_zone`, the name of one, or `flows`, text that names flows of ours by their
    keys; else any text.
    `first`: what else is to be entered hangs on it, so it is asked for before, though most leave it as it is.
    """

    name: str
    label: str
    secret: bool = False
    required: bool = True
    default: str = ""
    help: str = ""
    choices: tuple[str, ...] = ()
    lines: bool = False
    first: bool = False
    form: str = ""

    def wrong(self, value: str) -> str | None:
        """What a value must be that it is not."""
        if self.choices and value not in self.choices:
            return f"one of: {', '.join(self.choices)}"
        if self.form == "count" and COUNT.fullmatch(value) is None:
            return "a whole number such as 30"
        if self.form == "time_zone" and not _is_time_zone(value):
            return "a time zone such as Europe/London"
        return None


@dataclass(frozen=True)
class Feed:
    """One thing that is pulled, and the record types it gives.

    A feed of the usual kind reads what changed in a window, which begins `overlap` before the end of the last, and
    ends `lag` before now (as far back as the vendor's index may limp). A `sweep` reads everything it asks for, whenever
    `every` has passed, where the vendor's "changed since" cannot be trusted. Without `every`, the cadence of the
    flows counts. `begins` is how far back the first window reaches. `only_with` names the setting and the value without
    which it gives nothing.
    """

    name: str
    gives: tuple[str, ...]
    overlap: timedelta = timedelta(minutes=5)
    lag: timedelta = timedelta()
    every: timedelta | None = None
    sweep: bool = False
    by_hand_only: bool = False
    begins: timedelta = timedelta(days=60)
    only_with: tuple[str, str] | None = None


class Client(Protocol):
    """Talks to one vendor. Stateless between calls: whatever a later page needs is in the position."""

    def missing(self) -> list[str]:
        """The connection test: what is missing, in the vendor's words; empty when all is there."""

    def page(self, feed: str, window: Window, position: Position | None) -> Page:
        """The page of `feed` at `position` (None: the first)."""

    def reread(self, what: str, id: str) -> list[tuple[str, Raw]]:
        """The current state of what a delivery says has changed, as (feed, item); a gone one as its withdrawal."""

    def close(self) -> None:
        """Lets go of connections."""


@dataclass(frozen=True)
class Words:
    """What a mapper may know beside the item: our key of the system, and the connection's settings."""

    system: str
    settings: Mapping[str, Any]

    def get(self, name: str, default: str = "") -> str:
        """A setting of the connection."""
        return str(self.settings.get(name) or default)


@dataclass(frozen=True, kw_only=True)
class Write:
    """One kind of change. `needs`: the right that it takes at the vendor. `money`: it makes a document worth money.

    `plan` raises CannotBeWritten. `done` asks whether the change stands already, whoever made it, and returns what it
    found or null. `send` makes it, with our key for it; both may raise a VendorError.
    """

    action: str
    label: str
    needs: str
    plan: Callable[[Wanted, Words], Planned]
    done: Callable[[Any, Planned, str], Answer | None]
    send: Callable[[Any, Planned, str], Answer]
    money: bool = False


@dataclass(frozen=True, kw_only=True)
class Connector:
    """One kind of outside system.

    `lines` is the mapper: an item of a feed → lines of the contract. `undated` names record types whose `at` the vendor
    does not move with every change (connectors/sightings.py). With `topics`, the client is a Subscriber to these
    (connectors/subscribing.py). `writes`: what can be changed there (connectors/writing.py). `is_sent`: what is
    read was sent here, as files are; that nothing is there to read is then no word of the system.
    """

    kind: str
    vendor: str = ""
    title: str
    settings: tuple[Setting, ...]
    feeds: tuple[Feed, ...]
    client: Callable[[Access], Client]
    lines: Callable[[str, Raw, Words], Iterator[Told]]
    webhook: Webhook | None = None
    undated: frozenset[str] = frozenset()
    topics: tuple[str, ...] = ()
    writes: tuple[Write, ...] = ()
    is_sent: bool = False

    def feed(self, name: str) -> Feed:
        """The feed of this name; raises LookupError."""
        for feed in self.feeds:
            if feed.name == name:
                return feed
        raise LookupError(f"{self.title} has no feed {name!r}.")

    def write(self, action: str) -> Write:
        """The change of this name; raises LookupError."""
        for write in self.writes:
            if write.action == action:
                return write
        raise LookupError(f"{self.title} has no change {action!r}.")

    def gives(self, settings: Mapping[str, str]) -> frozenset[str]:
        """The record types that are read from a system with these settings."""
        usual = {setting.name: setting.default for setting in self.settings} | dict(settings)
        feeds = [
            feed for feed in self.feeds if feed.only_with is None or usual.get(feed.only_with[0]) == feed.only_with[1]
        ]
        return frozenset(type for feed in feeds for type in feed.gives)

    def checked(self, given: Mapping[str, str]) -> dict[str, str]:
        """The settings that are no secrets, with defaults; raises WrongSettings."""
        problems, kept = {}, {}
        for setting in self.settings:
            value = str(given.get(setting.name) or setting.default).strip()
            if setting.required and not value and not setting.secret:
                problems[setting.name] = f"{setting.label} is missing."
            elif value and (wanted := setting.wrong(value)):
                problems[setting.name] = f"{setting.label} must be {wanted}."
            elif value and not setting.secret:
                kept[setting.name] = value
        if problems:
            raise WrongSettings(problems)
        return kept


def _is_time_zone(name: str) -> bool:
    try:
        return bool(ZoneInfo(name))
    except (LookupError, ValueError, OSError):
        return False


@cache
def connector(kind: str, vendor: str = "") -> Connector:
    """The connector of a system's kind and vendor; raises NoSuchConnector."""
    folder = FOLDERS.get((kind, vendor))
    if folder is None:
        raise NoSuchConnector(f"There is no connector for {kind}{f' {vendor}' if vendor else ''}.")
    found = import_module(folder).CONNECTOR
    assert isinstance(found, Connector)
    return found


def connectors() -> Iterator[Connector]:
    """All connectors."""
    return (connector(*key) for key in FOLDERS)
