"""A shop (Shopify): orders come, change, and are given PO numbers."""

from hashlib import sha256

from exceptions.living_shop import LivingShop
from tests.connectors.shopify.shop import gid, line, money, order
from tests.faults.systems.outside import Outside, moment, now

ORDERS, BUYERS = 45, 5
FIRST = 8_000_000


class Shop(Outside):
    system, kind = "shopify", "shopify"

    def __init__(self, story, dice):
        super().__init__(LivingShop(now, "harbour.myshopify.com"), story, dice)
        self.number = 0
        for _ in range(ORDERS):
            self._hold(self.at(self.number))

    def settings(self):
        return {"shop": self.simulator.shop, "client_id": self.simulator.client_id}

    def secrets(self):
        return {"client_secret": self.simulator.client_secret}

    def changes(self):
        return (self._new_order, self._changed_order)

    def holds(self):
        return [("order", one["legacyResourceId"]) for one in self.simulator.orders]

    def _new_order(self):
        return self._told_of(self._hold(moment()), "orders/create")

    def _changed_order(self):
        known = self.dice.choice(self.simulator.orders)
        said = {"updatedAt": moment()}
        if self.dice.random() < 0.3:
            said["poNumber"] = f"PO-{known['legacyResourceId']}"
        else:
            said |= _worth(known["legacyResourceId"], self.dice.randint(1, 9))
        changed = known | said
        self.simulator.put(changed)
        return self._told_of(changed, "orders/updated")

    def _hold(self, at):
        number = self.number = self.number + 1
        id = FIRST + number
        buyer = {"id": gid("Customer", 700 + number % BUYERS), "displayName": f"Buyer {number % BUYERS}"}
        said = {"name": f"#X{number}", "createdAt": self.at(number), "processedAt": self.at(number), "updatedAt": at}
        said |= {"customer": buyer, "currencyCode": "EUR", "totalTaxSet": money("0", "EUR")}
        made = order(id, [], **said | _worth(id, 1 + number % 4))
        for name in ("currentTotalTaxSet", "totalShippingPriceSet"):
            made[name] = money("0", "EUR")
        self.simulator.put(made)
        return made

    def _told_of(self, node, topic):
        said = {"id": int(node["legacyResourceId"]), "updated_at": node["updatedAt"]}
        headers, body = self.simulator.delivery(topic, said)
        return self.delivered(f"{topic} {sha256(body).hexdigest()}", lambda: (headers, body))


def _worth(id, quantity):
    """So many things at ten each."""
    row = line(int(id) * 10, f"X-{int(id) % 20}", quantity, originalUnitPriceSet=money("10.00", "EUR"))
    total = money(f"{quantity * 10}.00", "EUR")
    return {"lineItems": [row], "totalPriceSet": total, "currentTotalPriceSet": total}
