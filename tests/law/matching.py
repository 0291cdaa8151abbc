"""Credits without a reference, matched to sales line by line, as the page of matching words it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from tests.law.candidates import Candidate
from tests.law.documents import documents, issue_order

# from the worst to the best
TIERS = ("customer", "none", "quantity", "price", "partial", "exact")
KIND = {
    "customer": "unsupported_credit",
    "none": "unsupported_credit",
    "quantity": "unsupported_credit_quantity",
    "price": "unsupported_credit_price",
}


@dataclass(frozen=True)
class Sale:
    """One line of a live order of an order authority."""

    customer: str
    sku: str
    realm: str | None
    currency: str | None
    placed_at: datetime
    quantity: Fraction
    price: Fraction | None


def sales(world):
    authorities = world.topology.holding("order")
    for order in world.of("order"):
        if order.system in authorities and order.live and order.customer is not None:
            for line in order.lines:
                sku = line.base_sku.strip().lower()
                money = order.realm, order.currency, order.placed_at
                yield Sale(order.customer, sku, *money, line.base_quantity, line.base_price)


def unreferenced(world):
    """Live documents that carry no order reference, no rma and no confirmed link."""
    linked = {key for pair in world.links for key in pair}
    for document in documents(world):
        bare = not document.names_an_order and not document.rmas
        if document.live and bare and not linked & {copy.key for copy in document.copies}:
            yield document


def returned_lines(credit):
    """Its lines with reason `return`: a line's own, else its credit's."""
    return [line for line in credit.lines if (line.reason or credit.reason or "return") == "return"]


def _alike(one, other):
    return one is None or other is None or one == other


def _qualifying(credit, sku, sold):
    return [
        sale
        for sale in sold
        if (sale.customer, sale.sku) == (credit.customer, sku)
        and _alike(sale.realm, credit.realm)
        and _alike(sale.currency, credit.currency)
        and sale.placed_at < credit.issued
    ]


def _tier(line, qualifying):
    if not qualifying:
        return "none", line.net
    large = [sale for sale in qualifying if sale.quantity >= line.base_quantity]
    if not large:
        largest = max(sale.quantity for sale in qualifying)
        price = line.base_price
        return "quantity", None if price is None else (line.base_quantity - largest) * price
    same = [sale for sale in large if line.base_price is None or sale.price == line.base_price]
    if same:
        return "exact" if any(sale.quantity == line.base_quantity for sale in same) else "partial", None
    near = [abs(sale.price - line.base_price) for sale in large if sale.price is not None]
    return "price", line.base_quantity * min(near) if near else None


def _tiers(credit, sold):
    """Base SKU → (worst tier, the amount of the lines of that tier)."""
    found = defaultdict(list)
    for line in returned_lines(credit):
        sku = line.base_sku
        tier = ("customer", line.net)
        if credit.customer is not None:
            tier = _tier(line, _qualifying(credit, sku.strip().lower(), sold))
        found[sku].append(tier)
    for sku, tiers in found.items():
        worst = min((tier for tier, _ in tiers), key=TIERS.index)
        known = [amount for tier, amount in tiers if tier == worst and amount is not None]
        yield sku, worst, sum(known) if known else None


def _before_history(world, credit):
    first = min((order.placed_at for order in world.of("order")), default=None)
    return first is not None and credit.issued < first


def _no_sale_ever_sent(world):
    return not any(world.has_sent(system, "order") for system in world.topology.holding("order"))


def _unsupported(world, *kinds):
    if _no_sale_ever_sent(world):
        return
    sold = list(sales(world))
    for document in unreferenced(world):
        credit = document.voice
        for sku, tier, amount in _tiers(credit, sold):
            if KIND.get(tier) in kinds and (tier == "customer" or not _before_history(world, credit)):
                yield Candidate(
                    *(KIND[tier], f"{credit.subject}#{sku}", amount, credit.currency, credit.changed_at),
                    group=world.group_of(credit),
                )


def unsupported_credit(world):
    return _unsupported(world, "unsupported_credit")


def unsupported_credit_price(world):
    return _unsupported(world, "unsupported_credit_price")


def unsupported_credit_quantity(world):
    return _unsupported(world, "unsupported_credit_quantity")


def over_credited(world):
    if _no_sale_ever_sent(world):
        return
    sold, given = list(sales(world)), defaultdict(list)
    for document in unreferenced(world):
        credit = document.voice
        for line in returned_lines(credit):
            if credit.customer is not None:
                given[credit.customer, line.base_sku.strip().lower()].append((credit, line))
    for (_, sku), found in given.items():
        by_system = sorted((credit for credit, _ in found), key=lambda credit: credit.system)
        latest = max(by_system, key=issue_order)  # of equals the first by system
        alike = (s for s in sold if (s.customer, s.sku) == (latest.customer, sku) and s.placed_at < latest.issued)
        bought = sum(sale.quantity for sale in alike)
        excess = sum(line.base_quantity for _, line in found) - bought
        if bought and excess > 0:
            lines = [line for credit, line in found if credit is latest]
            price = _mean(lines)
            yield Candidate(
                *("over_credited", f"{latest.subject}#{lines[0].base_sku}", price and excess * price),
                latest.currency,
                latest.changed_at,
                group=world.group_of(latest),
            )


def _mean(lines):
    """The price of some lines, weighted by quantity; None where none has one."""
    priced = [line for line in lines if line.base_price is not None]
    quantity = sum(line.base_quantity for line in priced)
    return sum(line.net for line in priced) / quantity if quantity else None


KINDS = (unsupported_credit, unsupported_credit_price, unsupported_credit_quantity, over_credited)
