"""Orders, their lines and shipments side by side; what each flow compares decides which differences count."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from exceptions.formats import money_text, number_text
from exceptions.ledgers import tellings
from exceptions.ledgers.comparison import Fact, Leg, Section, Told, differs, each, fact, legs
from exceptions.ledgers.order_group import Connected, OrderGroup


def order_sections(group: OrderGroup, topology: Connected, systems: list[str]) -> list[Section]:
    """What each system says of the order, of its lines, and of what was dispatched."""
    copies = {system: _copies([o for o in group.of("order") if o.system == system]) for system in systems}
    copies = {system: orders for system, orders in copies.items() if orders}
    leg = legs(topology.flows, "order", systems, copies)

    def row(name: str, what: str, tell: Callable[[list[Any]], Told | None]) -> Fact:
        told = {system: said for system, orders in copies.items() if (said := tell(orders))}
        return fact(name, told, systems, lambda system, mine, other: leg[system].judge(what, mine, other))

    facts = [
        row("Status", "status", lambda orders: tellings.status(orders)),
        row("Payment", "payment", tellings.payment),
        row("On hold", "hold", lambda orders: tellings.words(o.hold for o in orders)),
        row("Customer", "customer", tellings.customer),
        row("Purchase order", "purchase_order", lambda orders: tellings.number(group, orders, "purchase_order")),
        row("Goods, net", "total", tellings.net_goods),
        row("Tax", "tax", lambda orders: tellings.amount(orders, "tax")),
        row("Shipping", "shipping", lambda orders: tellings.amount(orders, "shipping")),
        row("Total", "gross", lambda orders: tellings.amount(orders, "gross")),
    ]
    return [
        Section("Order", [one for one in facts if any(one.cells)]),
        Section("Lines, in base units", _line_facts(group, copies, systems, leg)),
        _shipments(group, systems),
    ]


def _copies(orders: list[Any]) -> list[Any]:
    """The live copies, which count together; all of them where none is live."""
    return [order for order in orders if order.status != "cancelled"] or orders


def _line_facts(group: OrderGroup, copies: dict[str, list[Any]], systems: list[str], leg: dict[str, Leg]) -> list[Fact]:
    """Two rows a SKU: quantity and price. A system with lines but without the SKU has none of it."""
    items = {system: _items(group, orders) for system, orders in copies.items()}
    found = []
    for sku in sorted({sku for by_sku in items.values() for sku in by_sku}):
        quantity, price = {}, {}
        for system, by_sku in items.items():
            if not by_sku:
                continue
            amount, net, said_as = by_sku.get(sku, (Decimal(0), None, ""))
            quantity[system] = Told(
                amount, number_text(amount) if amount else "none", f"as {said_as}" if said_as else ""
            )
            if net is not None and amount:
                currency = copies[system][0].currency
                price[system] = Told(net / amount, f"{money_text(each(net, amount), currency)} each")
        found.append(fact(sku, quantity, systems, lambda s, mine, other: leg[s].judge("lines", mine, other), sku=sku))
        found.append(fact(f"{sku} price", price, systems, lambda s, mine, other: leg[s].judge("price", mine, other)))
    return [one for one in found if any(one.cells)]


def _items(group: OrderGroup, records: Sequence[Any]) -> dict[str, tuple[Decimal, Decimal | None, str]]:
    """Quantity, net value and other names by base SKU, over several records; discounts shared as in the checks."""
    found: dict[str, tuple[Decimal, Decimal | None, str]] = {}
    for said in records:
        lines = group.lines.get(said.record, [])
        whole = sum((line.net for line in lines if line.net is not None), Decimal(0))
        for line in lines:
            net = line.net
            if net is not None and said.discount and whole:
                net -= said.discount * net / whole
            quantity, before, said_as = found.get(line.sku, (Decimal(0), Decimal(0), ""))
            total = None if net is None or before is None else before + net
            found[line.sku] = (quantity + line.quantity, total, said_as or line.said_as or "")
    return found


def _shipments(group: OrderGroup, systems: list[str]) -> Section:
    sent = {system: [f for f in group.of("fulfilment") if f.system == system] for system in systems}
    sent = {system: records for system, records in sent.items() if records}
    facts = [
        fact("Status", {s: said for s, records in sent.items() if (said := tellings.status(records))}, systems, differs)
    ]
    live = {system: [f for f in records if f.status == "dispatched"] for system, records in sent.items()}
    items = {system: _items(group, records) for system, records in live.items()}
    for sku in sorted({sku for by_sku in items.values() for sku in by_sku}):
        told = {s: Told(q, number_text(q)) for s, by_sku in items.items() for q in (by_sku.get(sku, (Decimal(0),))[0],)}
        facts.append(fact(f"{sku} dispatched", told, systems, differs, sku=sku))
    return Section("Shipments", facts if sent else [])
