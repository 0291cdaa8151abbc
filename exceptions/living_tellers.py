"""How each of the sample brand's systems tells its part of the story: by what it holds, delivers, or files."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

import httpx
from django.conf import settings
from django.utils import timezone

from connectors.folder import READ, FolderClient
from connectors.ipaas.generic.simulator import SECRET, push_of
from connectors.models import Connection
from connectors.parts import Unread
from connectors.rebound.simulator import Rebound
from connectors.registry import Words, connector
from connectors.sample_brand.files import FILED
from connectors.sample_brand.living import FIRST_TROUBLED
from connectors.sample_brand.portal import returned
from connectors.sample_brand.saying import says
from connectors.sample_brand.shop import gid, level_node, order_node, return_node
from connectors.sample_brand.storefront import purchase
from connectors.sample_brand.story import Line, item_number
from connectors.sparklayer.simulator import SparkLayer
from connectors.warehouse.file.simulator import Sender

if TYPE_CHECKING:
    from exceptions.living_shop import LivingShop

Said = tuple[dict[str, str], bytes]  # the headers and the body of a delivery
SECONDS = 5.0


class Door:
    """One of the product's own doors, where what it does not answer is brought again, in order."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.waiting: list[Callable[[], Said]] = []

    @classmethod
    def of(cls, connection: Connection, address: str) -> Self:
        """Where the connection's system delivers."""
        return cls(f"{address}/hooks/{connection.hook_key}")

    def bring(self, *said: Callable[[], Said]) -> None:
        """Brings deliveries, each signed when it is brought."""
        self.waiting.extend(said)
        while self.waiting and self._answered(*self.waiting[0]()):
            del self.waiting[0]

    def _answered(self, headers: dict[str, str], body: bytes) -> bool:
        try:
            return httpx.post(self.address, headers=headers, content=body, timeout=SECONDS).status_code < 500
        except httpx.TransportError:
            return False


@dataclass
class Shop:
    """Holds its orders, returns and stock, is pulled, and delivers that they changed."""

    prompt: ClassVar[bool] = False
    connection: Connection
    shop: "LivingShop"
    door: Door
    unread: set[str] = field(default_factory=set)

    def tell(self, lines: Sequence[Line]) -> list[Line]:
        """The orders, returns and levels that the shop has words for."""
        mine, others = list[Line](), list[Line]()
        for line in lines:
            (mine if self._held(line) else others).append(line)
        self.door.bring(*(_delivered(self.shop, line) for line in mine))
        return others

    def remember(self, lines: Iterable[Line]) -> None:
        """Holds the orders, returns and levels among the lines, the last version of each."""
        for line in lines:
            self._held(line)

    def _held(self, line: Line) -> bool:
        """Whether the shop has words for it, and so holds it now."""
        hold = {"order": self._hold_order, "return": self._hold_return, "stock_level": self._hold_level}
        mine = line["system"] == "shopify" and not line.get("deleted") and line["type"] in hold
        return mine and hold[line["type"]](line)

    def _hold_order(self, line: Line) -> bool:
        node = order_node(line)
        if fits := _faithful(self.connection, "orders", _read(node), line):
            self.shop.put(node)
        return fits

    def _hold_return(self, line: Line) -> bool:
        """A return hangs on its order; where the shop does not hold that, it has no words for the return."""
        order = self.shop.order(gid("Order", line["refs"].get("ecommerce_order")))
        try:
            node = return_node(line, order) if order is not None else None
        except LookupError:
            return False
        if node is None or order is None or not _faithful(self.connection, "orders", _read(order, node), line):
            return False
        self.shop.put_return(node, order["id"])
        return True

    def _hold_level(self, line: Line) -> bool:
        node = level_node(line)
        if fits := _faithful(self.connection, "stock", node, line):
            self.shop.put_level(node)
        return fits


def _read(order: dict[str, Any], *back: dict[str, Any]) -> dict[str, Any]:
    """The order with these returns, as the client hands it on."""
    lists = ("returnLineItems", "exchangeLineItems")
    returns = [one | {name: {"nodes": one[name]} for name in lists} for one in back]
    return order | {"lineItems": {"nodes": order["lineItems"]}, "returns": returns}


def _delivered(shop: "LivingShop", line: Line) -> Callable[[], Said]:
    if line["type"] == "order":
        return lambda: shop.delivery("orders/updated", {"id": int(line["id"]), "updated_at": line["at"]})
    if line["type"] == "return":
        order = int(line["refs"]["ecommerce_order"])
        back = {"id": int(line["id"]), "order_id": order, "status": line["status"], "updated_at": line["at"]}
        return lambda: shop.delivery("returns/update", back)
    news = {"inventory_item_id": item_number(line["sku"]), "updated_at": line["at"]}
    return lambda: shop.delivery("inventory_levels/update", news)


@dataclass
class Storefront:
    """Holds its orders and is pulled by their date of change; of older ones that went wrong it has told long ago."""

    prompt: ClassVar[bool] = False
    connection: Connection
    site: SparkLayer
    unread: set[str] = field(default_factory=set)

    def tell(self, lines: Sequence[Line]) -> list[Line]:
        """The orders placed while the brand lives."""
        mine, others = _parted(lines, _lately_placed)
        self.remember(mine)
        self.unread |= {"orders"} if mine else set()
        return others

    def remember(self, lines: Iterable[Line]) -> None:
        """Holds the orders among the lines."""
        for line in filter(_lately_placed, lines):
            with self.site.lock:
                self.site.put(purchase(line))


def _lately_placed(line: Line) -> bool:
    return _of(line) == ("sparklayer", "order") and int(line["id"].removeprefix("SL-")) < FIRST_TROUBLED


@dataclass
class _Pushing:
    """Keeps nothing and is asked nothing: what it has to say, it pushes."""

    prompt: ClassVar[bool] = False
    given: ClassVar[dict[str, str]]
    connection: Connection
    door: Door
    unread: set[str] = field(default_factory=set)

    @classmethod
    def connected(cls, connection: Connection, address: str) -> Self:
        """At the door of its connection."""
        return cls(connection, Door.of(connection, address))

    def remember(self, lines: Iterable[Line]) -> None:
        """What was pushed is told."""


class Portal(_Pushing):
    """The returns portal pushes each version of a return."""

    given: ClassVar = {
        "reads": "pushes",
        "order_reference": "sales_order",
        "webhook_secret": Rebound(timezone.now).webhook_secret,
    }

    def tell(self, lines: Sequence[Line]) -> list[Line]:
        """The returns that the pushed form has words for."""
        mine, others = _parted(lines, self._has_words)
        self.door.bring(*(self._push(returned(line)) for line in mine))
        return others

    def _has_words(self, line: Line) -> bool:
        if _of(line) != ("rebound", "return") or line.get("deleted") or "sales_order" not in line["refs"]:
            return False
        return _faithful(self.connection, "pushed", returned(line), line)

    def _push(self, said: dict[str, Any]) -> Callable[[], Said]:
        id = f"msg_{sha256(repr(said).encode()).hexdigest()[:24]}"
        return lambda: Rebound(timezone.now).delivery(said, id=id)


@dataclass
class Layer(_Pushing):
    """The integration layer pushes what became of each record, all of a beat at once.

    The portal gives out no orders: the layer tells by `records`, the API for records, which copies it wrote there.
    """

    given: ClassVar = {"webhook_secret": SECRET}
    records: Door = field(kw_only=True)
    token: str = field(kw_only=True, repr=False)

    def tell(self, lines: Sequence[Line]) -> list[Line]:
        """The outcomes, and the portal's copies of orders."""
        copies, others = _parted(lines, lambda line: _of(line) == ("rebound", "order"))
        if copies:
            written = b"".join(json.dumps(line).encode() + b"\n" for line in copies)
            known = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/x-ndjson"}
            self.records.bring(lambda: (known, written))
        mine, others = _parted(others, lambda line: _of(line) == ("ipaas", "outcome"))
        if mine:
            body = httpx.Request("POST", self.door.address, json=mine).content
            id = f"msg_{sha256(body).hexdigest()[:24]}"
            self.door.bring(lambda: (push_of(body, at=timezone.now(), id=id), body))
        return others


@dataclass
class Filed:
    """Sends files into its folder, one for each kind and moment, each only once."""

    prompt: ClassVar[bool] = True
    connection: Connection
    unread: set[str] = field(default_factory=set)

    def tell(self, lines: Sequence[Line]) -> list[Line]:
        """What its files have words for."""
        mine, others = _parted(lines, self._has_words)
        mine.sort(key=_file_of)
        for (_, at), together in groupby(mine, key=_file_of):
            self._send(list(together), datetime.fromisoformat(at))
        return others

    def remember(self, lines: Iterable[Line]) -> None:
        """Files are there until they are read."""

    def _has_words(self, line: Line) -> bool:
        if _of(line) not in FILED or line["system"] != self.connection.system:
            return False
        feed, rows = FILED[_of(line)]
        if line.get("deleted"):
            return feed in ("credits", "orders")
        numbered = [row | {"row": "1"} for row in rows(line)]
        item = {"id": line["id"], "file": "", "at": line["at"], "rows": numbered}
        return _faithful(self.connection, feed, item, line)

    def _send(self, lines: list[Line], at: datetime) -> None:
        feed, rows = FILED[_of(lines[0])]
        kind = _client(self.connection).kinds[feed]
        folder = Path(settings.FILE_FEEDS_DIR) / self.connection.settings["folder"]
        written = [{name: row.get(name, "") for name in kind.columns} for line in lines for row in rows(line)]
        name = f"{kind.prefix}_FXT-{sha256(repr(written).encode()).hexdigest()[:8]}_{at:%Y%m%d%H%M%S}.csv"
        if not (folder / READ / name).exists():
            Sender(folder, timezone.now).begin(f"{name}.part", kind.columns, written).rename(folder / name)
            self.unread.add(feed)


def _client(connection: Connection) -> type[FolderClient]:
    made: Any = connector(connection.kind, connection.vendor).client
    return made  # type: ignore[no-any-return]


def _file_of(line: Line) -> tuple[str, str]:
    return line["type"], line["at"]


def _of(line: Line) -> tuple[str, str]:
    return line["system"], line["type"]


def _parted(lines: Iterable[Line], mine: Callable[[Line], bool]) -> tuple[list[Line], list[Line]]:
    """Those that are, and those that are not."""
    found: tuple[list[Line], list[Line]] = ([], [])
    for line in lines:
        found[not mine(line)].append(line)
    return found


def _faithful(connection: Connection, feed: str, item: Any, line: Line) -> bool:
    """Whether the connector reads out of the item what the line says."""
    words = Words(connection.system, connection.settings)
    made = connector(connection.kind, connection.vendor).lines(feed, item, words)
    read = (one for one in made if not isinstance(one, Unread))
    return any(says(one, line) for one in read if (one["type"], str(one["id"])) == (line["type"], line["id"]))
