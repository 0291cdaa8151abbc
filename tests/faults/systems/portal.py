"""A returns portal (Swap): returns of the shop's orders are announced and changed, some without a date of change."""

from connectors.swap.simulator import Swap
from tests.connectors.swap.store import returned
from tests.faults.systems.outside import Outside, moment, now
from tests.faults.systems.shop import FIRST, ORDERS

RETURNS = 25
NOTHING_YET = {"total_refund_value_customer_currency": 0, "rma_processed": None, "processed_by": None, "total": 0}


class Portal(Outside):
    system, kind, path = "rebound", "swap", "/returns-api"

    def __init__(self, story, dice):
        super().__init__(Swap(now), story, dice)
        self.told = 0
        for _ in range(RETURNS):
            self._hold(self.at(len(self.simulator.returns)))

    def settings(self):
        return {"store_id": self.simulator.store}

    def secrets(self):
        return {"api_key": self.simulator.api_key, "webhook_secret": self.simulator.webhook_secret}

    def changes(self):
        return (self._new_return, self._changed_return)

    def holds(self):
        return [("return", row["return_id"]) for row in self.simulator.returns]

    def _new_return(self):
        with self.simulator.lock:
            row = self._hold(moment())
        return self._told_of(row, "RETURN_CREATED")

    def _changed_return(self):
        """The parcel moves without a date of change, and is told of; or the goods change, with one."""
        with self.simulator.lock:
            place = self.dice.randrange(len(self.simulator.returns))
            row, parcel = self.simulator.returns[place], self.dice.random() < 0.4
            if parcel:
                said = {"delivery_status": self.dice.choice(("Pre-Transit", "In-Transit"))}
            else:
                products = [row["products"][0] | {"item_count": self.dice.randint(1, 4)}]
                said = {"products": products, "date_updated": moment()}
            row = self.simulator.returns[place] = row | said
        return self._told_of(row, "RETURN_UPDATED", always=parcel)

    def _hold(self, at):
        number = len(self.simulator.returns) + 1
        order, begun = 1 + number % ORDERS, self.at(number)
        names = {"rma_number": f"RMA-Y{number}", "return_id": f"ret_Y{number}", "shopify_return_id": None}
        names |= {"order_id": str(FIRST + order), "shopify_order_name": f"#X{order}", "customer_currency": "EUR"}
        goods = {"product_id": "p1", "sku": f"X-{(FIRST + order) % 20}", "item_count": 1, "cost": 0, "currency": "EUR"}
        dates = {"date_created": begun, "submission_date": begun, "shopify_order_date": begun, "date_updated": at}
        products = [returned(number)["products"][0] | goods | {"original_order_name": f"#X{order}"}]
        row = returned(number, **names, **dates, **NOTHING_YET, products=products)
        self.simulator.returns.append(row)
        return row

    def _told_of(self, row, event, *, always=False):
        self.told += 1
        nonce = f"nonce-{self.told}"
        return self.delivered(nonce, lambda: self.simulator.delivery(event, row, nonce=nonce), always=always)
