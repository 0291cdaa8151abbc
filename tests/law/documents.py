"""Credit documents: copies that share a credit number, and what a return is expected to be credited."""

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from tests.law.returns import portal_returns

ORDER_REFERENCES = ("ecommerce_order", "sales_order", "order_number")


class Document:
    """Copies of one credit document; `voice` is the copy that speaks for it in everything."""

    def __init__(self, world, copies):
        self.world = world
        self.copies = copies
        authorities = world.topology.holding("credit")
        of_authority = [copy for copy in copies if copy.system in authorities]
        self.voice = min(of_authority or copies, key=issue_order)

    def references(self, scheme):
        """What any copy carries of a scheme."""
        return {value for copy in self.copies if (value := copy.reference(scheme)) is not None}

    @property
    def reason(self):
        return self.voice.reason or "return"

    @property
    def live(self):
        return self.voice.live

    @property
    def rmas(self):
        return self.references("rma")

    @property
    def names_an_order(self):
        return any(self.references(scheme) for scheme in ORDER_REFERENCES)

    @cached_property
    def groups(self):
        """The groups of its copies, the one of its voice first."""
        return list(dict.fromkeys(self.world.group_of(copy) for copy in (self.voice, *self.copies)))

    @property
    def orders(self):
        """The orders of its groups."""
        return [group.order for group in self.groups if group.order]

    @cached_property
    def returns(self):
        """The returns of any system that its rma leads to."""
        rmas = self.rmas
        return [
            one
            for one in self.world.of("return")
            if rmas and one.realm == self.voice.realm and one.reference("rma") in rmas
        ]


def issue_order(credit):
    return credit.issued, credit.id


def documents(world):
    """Every document, in the order of what names it."""
    if not hasattr(world, "credit_documents"):
        copies = defaultdict(list)
        for credit in world.of("credit"):
            number = credit.reference("credit_number")
            copies[credit.key if number is None else (credit.realm, number)].append(credit)
        world.credit_documents = [Document(world, found) for found in copies.values()]
    return world.credit_documents


@dataclass(frozen=True)
class Expected:
    """What a return should be credited: at O's mean prices, and between its lowest and highest; in `currency`."""

    amount: Fraction
    lowest: Fraction
    highest: Fraction
    currency: str | None

    def difference(self, credited):
        """Signed: what is credited beyond the highest, or less than the lowest; 0 between them."""
        return max(credited - self.highest, 0) + min(credited - self.lowest, 0)


def expected_credit(group, one):
    """The expected credit of a return; None where it is unknown."""
    order = group.order
    if order is None or not one.lines:
        return None
    means, lows, highs = [], [], []
    for line in one.lines:
        prices = [o.base_price for o in order.lines if o.base_sku == line.base_sku and o.base_price is not None]
        if not prices:
            return None
        means.append(line.accepted * group.price(line.base_sku))
        lows.append(line.accepted * min(prices))
        highs.append(line.accepted * max(prices))
    fees = one.fees or 0
    return Expected(sum(means) - fees, sum(lows) - fees, sum(highs) - fees, order.currency)


def credited_returns(world):
    """(group, return, its live documents with reason `return`, latest last) of every portal's return."""
    by_rma = defaultdict(list)
    for document in documents(world):
        if document.live and document.reason == "return":
            for rma in document.rmas:
                by_rma[document.voice.realm, rma].append(document)
    for group, one in portal_returns(world):
        rma = one.reference("rma")
        found = by_rma[one.realm, rma] if rma is not None else []
        by_system = sorted(found, key=lambda document: document.voice.system, reverse=True)
        yield group, one, sorted(by_system, key=lambda document: issue_order(document.voice))


def credited(documents, currency):
    """What documents come to in a currency; None where one has another, or says nothing."""
    if currency is None or any(d.voice.currency != currency or d.voice.net_goods is None for d in documents):
        return None
    return sum(document.voice.net_goods for document in documents)


def tolerance_of(group, one):
    """The smallest tolerance of the credit flows out of a return's system."""
    flows = group.flows_out_of(one.system, "credit")
    return min((flow.tolerance["amount"] for flow in flows), default=Fraction("0.01"))
