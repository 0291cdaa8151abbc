"""The sample brand's shop: a simulated Shopify on this machine's loopback, which is pulled, and which delivers."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

import httpx
from django.utils import timezone

from connectors.connecting import connect
from connectors.models import Connection
from connectors.sample_brand.shop import SHOP, Node, order_node
from connectors.sample_brand.story import Line
from connectors.shopify.simulator import Shopify
from connectors.simulating import Bucket, served

SYSTEM = "shopify"
SECONDS = 5.0


class LivingShop(Shopify):
    """Holds the orders of the story's last beats; what it does not hold of the days before is still there."""

    def __init__(self, clock: Callable[[], datetime], shop: str) -> None:
        super().__init__(clock, shop)
        self.points = Bucket(20_000, 1_000, clock)  # as of a shop on the largest plan

    def root_nodes(self, ids: list[str]) -> list[Node | None]:
        """Nodes by id."""
        known = self._known()
        return [known.get(id) or {"id": id} for id in ids]

    def put(self, node: Node) -> None:
        """An order, new or changed."""
        with self.lock:
            self.orders = [one for one in self.orders if one["id"] != node["id"]] + [node]


class Deliverer:
    """Brings the shop's news to the product's own door, `address`; what it does not answer is brought again."""

    def __init__(self, shop: LivingShop, address: str, hook_key: str) -> None:
        self.shop, self.door = shop, f"{address}/hooks/{hook_key}"
        self.waiting: list[Node] = []

    def tell(self, lines: Iterable[Line]) -> list[Line]:
        """Puts the shop's orders among the lines into the shop and delivers them; gives back the others."""
        others = []
        for line in lines:
            if not of_the_shop(line):
                others.append(line)
                continue
            node = order_node(line)
            self.shop.put(node)
            self.waiting.append({"id": int(line["id"]), "updated_at": line["at"]})
        while self.waiting and self._answered(self.waiting[0]):
            del self.waiting[0]
        return others

    def _answered(self, said: Node) -> bool:
        headers, body = self.shop.delivery("orders/updated", said)
        try:
            return httpx.post(self.door, headers=headers, content=body, timeout=SECONDS).status_code < 500
        except httpx.TransportError:
            return False


def of_the_shop(line: Line) -> bool:
    """Whether the shop can tell it: its orders of the living story have numbers as ids."""
    return line["type"] == "order" and line["system"] == SYSTEM and str(line["id"]).isdigit()


@contextmanager
def open_shop(known: Iterable[Line], *, address: str, at: datetime) -> Iterator[Deliverer | None]:
    """The shop with the orders that it has taken so far, connected; None where a shop of somebody's is connected."""
    ours = Connection.objects.filter(system=SYSTEM).first()
    if ours is not None and ours.settings.get("shop") != SHOP:
        yield None
        return
    shop = LivingShop(timezone.now, SHOP)
    for line in known:
        if of_the_shop(line):
            shop.put(order_node(line))
    with served(shop) as base:
        connection = _connected(shop, base, at)
        try:
            yield Deliverer(shop, address, connection.hook_key)
        finally:
            Connection.objects.filter(id=connection.id).update(paused_at=timezone.now())


def _connected(shop: LivingShop, base: str, at: datetime) -> Connection:
    """Connected at the address of this time; while the shop is shut, the connection is paused."""
    given = {"shop": SHOP, "client_id": shop.client_id, "client_secret": shop.client_secret}
    connection = connect(system=SYSTEM, kind="shopify", vendor="", given=given, at=at)
    connection.settings |= {"base": base}
    connection.paused_at = connection.open_until = None
    connection.save(update_fields=["settings", "paused_at", "open_until"])
    return connection
