"""The sample brand's shop: a simulated Shopify, which is pulled, and which delivers."""

from collections.abc import Callable
from datetime import datetime

from connectors.sample_brand.shop import Node
from connectors.shopify.simulator import Shopify
from connectors.simulating import Bucket


class LivingShop(Shopify):
    """Holds the orders of the story's last beats; what it does not hold of the days before is still there."""

    def __init__(self, clock: Callable[[], datetime], shop: str) -> None:
        super().__init__(clock, shop)
        self.points = Bucket(20_000, 1_000, clock)  # as of a shop on the largest plan

    def root_nodes(self, ids: list[str]) -> list[Node | None]:
        """Nodes by id."""
        known = self._known()
        return [known.get(id) or {"id": id, "sku": "as before", "tracked": True} for id in ids]

    def put_level(self, level: Node) -> None:
        """A level of a place, new or counted anew."""
        with self.lock:
            levels = [one for one in self._levels() if one["id"] != level["id"]] + [level]
            self.locations = [level["location"] | {"inventoryLevels": levels}]
            self.items = [one["item"] | {"inventoryLevels": [one]} for one in levels]

    def _levels(self) -> list[Node]:
        return [level for place in self.locations for level in place["inventoryLevels"]]

    def put(self, node: Node) -> None:
        """An order, new or changed; its returns stay with it."""
        with self.lock:
            back = (self.order(node["id"]) or node)["returns"]
            self.orders = [one for one in self.orders if one["id"] != node["id"]] + [node | {"returns": back}]

    def put_return(self, node: Node, order: str) -> None:
        """A return of an order, new or changed."""
        with self.lock:
            known = self.order(order)
            assert known is not None
            back = [one for one in known["returns"] if one["id"] != node["id"]] + [node]
            self.orders = [one | {"returns": back} if one is known else one for one in self.orders]

    def order(self, id: str) -> Node | None:
        """The order of an id, where the shop holds it."""
        return next((one for one in self.orders if one["id"] == id), None)
