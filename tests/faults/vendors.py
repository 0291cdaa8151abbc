"""The outside systems together: a shop, a returns portal, a warehouse, an ERP and an integration platform."""

from contextlib import ExitStack
from random import Random

from connectors.simulating import served
from tests.faults.systems.books import Books
from tests.faults.systems.depot import Depot
from tests.faults.systems.layer import Layer
from tests.faults.systems.outside import Beset
from tests.faults.systems.portal import Portal
from tests.faults.systems.shop import Shop


class Vendors:
    """All systems as the product reaches them, over the loopback; each can be beset for a while."""

    def __init__(self, story, seed):
        self.story, self.dice = story, Random(seed + 2)
        self.books, self.layer = Books(story, self.dice), Layer(story, self.dice)
        self.all = [self.books, self.layer, Shop(story, self.dice), Portal(story, self.dice), Depot(story, self.dice)]
        troubled = Random(seed + 3)
        self.systems = {one.system: Beset(one.simulator, troubled) for one in self.all}

    def __enter__(self):
        self.stack = ExitStack()
        self.addresses = {system: self.stack.enter_context(served(of)) for system, of in self.systems.items()}
        return self

    def __exit__(self, *error):
        self.stack.close()

    def given(self):
        """What a product needs to know of them."""
        refused = [line for line in self.story.lines if '"CN-X2"' in line]
        connections = [one.connection(self.addresses[one.system]) for one in self.all]
        return {"connections": connections, "customers": self.story.customers, "refused": refused}

    def said(self):
        """All that was pushed, as it is delivered now."""
        signed = [(one.system, *one.signed()) for one in self.layer.pushed]
        return [[system, headers, body.decode()] for system, headers, body in signed]

    def change(self):
        """Something changes somewhere; what is delivered about it."""
        return self.dice.choice(self.all).change()

    def holds(self):
        """What stands there in the end: ids by system and type, and what was made there at our request."""
        records = [[type, one.system, id] for one in self.all for type, id in one.holds()]
        return {"records": records, "retries": self.layer.simulator.retries, "drafts": self.books.drafts}
