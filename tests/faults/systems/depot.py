"""A warehouse (ShipBob): the shop's orders arrive there, change and are shipped; nothing says when an order changed."""

from connectors.warehouse.shipbob.simulator import ShipBob
from tests.connectors.warehouse.shipbob.merchant import order
from tests.faults.systems.outside import Outside, moment, now
from tests.faults.systems.shop import FIRST, ORDERS

SENT = 30
OURS = 9_000_000


class Depot(Outside):
    system, kind, vendor = "warehouse", "warehouse", "shipbob"

    def __init__(self, story, dice):
        super().__init__(ShipBob(now), story, dice)
        self.told, self.simulator.most = 0, 600
        for number in range(SENT):
            self._hold(self.story.moment, self.at(number))

    def settings(self):
        return {"channel": "7", "currency": "EUR"}

    def secrets(self):
        return {"token": self.simulator.token, "webhook_secret": self.simulator.webhook_secret}

    def changes(self):
        return (self._new_order, self._shipped_order, self._changed_order)

    def holds(self):
        orders = [("order", str(one["id"])) for one in self.simulator.orders]
        return orders + [
            ("fulfilment", str(one["id"])) for order in self.simulator.orders for one in order["shipments"]
        ]

    def _new_order(self):
        with self.simulator.lock:
            self._hold(now(), moment())
        return []

    def _shipped_order(self):
        """A shipment of all of it: the order is fulfilled, and somebody is told."""
        with self.simulator.lock:
            made = self._any()
            shipment = {"id": made["id"] * 10, "order_id": made["id"], "status": "Completed", "location": {"id": 22}}
            at = moment()
            shipment |= {"created_date": at, "last_update_at": at, "actual_fulfillment_date": at, "products": []}
            if not made["shipments"]:
                made |= {"shipments": [shipment], "status": "Fulfilled"}
                self.simulator.updated[made["id"]] = now()
        return self._told_of("order.shipped", {"id": made["id"]})

    def _changed_order(self):
        with self.simulator.lock:
            made = self._any()
            made["products"] = [made["products"][0] | {"quantity": self.dice.randint(1, 9)}]
            self.simulator.updated[made["id"]] = now()
        return self._told_of("order.shipment.exception", {"order_id": made["id"]})

    def _any(self):
        return self.dice.choice(self.simulator.orders)

    def _hold(self, updated, at):
        number = len(self.simulator.orders)
        shop_order = 1 + number % ORDERS
        goods = order(1)["products"][0] | {"id": number, "sku": f"X-{(FIRST + shop_order) % 20}", "quantity": 1}
        named = {"order_number": f"#X{shop_order}", "reference_id": str(FIRST + shop_order)}
        named |= {"created_date": at, "purchase_date": at, "retailer_program_data": None, "financials": None}
        made = order(OURS + number, products=[goods], **named)
        self.simulator.orders.append(made)
        self.simulator.updated[made["id"]] = updated

    def _told_of(self, topic, said):
        self.told += 1
        id = f"msg_{self.told}"
        return self.delivered(id, lambda: self.simulator.delivery(topic, said, id=id))
