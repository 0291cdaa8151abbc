"""What a brand's flows are likely to be, proposed from the kinds of its systems; a person decides."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

PORTALS = ("rebound", "swap", "returngo")
TOLD_AS = {"stock": "stock_level"}  # what records of a flow are called where a system gives them
PLURALS = {"order": "orders", "fulfilment": "shipments", "return": "returns", "credit": "credits"}
ON_THE_WAY = (("authorised", "in_transit", "received", "inspected"),)


@dataclass(frozen=True)
class Member:
    """One system of a brand: its kind, the types of records that are read from it, and what people call it."""

    key: str
    kind: str
    gives: frozenset[str] = frozenset()
    realm: str = ""
    name: str = ""

    def tells(self, record: str) -> bool:
        """Whether records of a flow's sort are read from it."""
        return TOLD_AS.get(record, record) in self.gives


class Usual(NamedTuple):
    """How a flow of its sort usually runs; spans as the topology's file has them."""

    cadence: str
    grace: str
    within: str = ""
    amount: str = ""
    quantity: str = ""
    compare: tuple[str, ...] = ()
    same: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Proposal:
    """One flow that is likely; `doubt` says what speaks against it, and is empty where nothing does."""

    key: str
    record: str
    source: str
    target: str
    usual: Usual
    doubt: str = ""

    def said(self) -> dict[str, Any]:
        """The flow in the shape of the topology's file."""
        usual = self.usual
        tolerance = {"amount": usual.amount, "quantity": usual.quantity}
        rest = {
            "within": usual.within,
            "compare": list(usual.compare),
            "same": [list(one) for one in usual.same],
            "tolerance": {name: value for name, value in tolerance.items() if value},
        }
        ends = {"record": self.record, "source": self.source, "target": self.target}
        return ends | {"cadence": usual.cadence, "grace": usual.grace} | {k: v for k, v in rest.items() if v}


class Leg(NamedTuple):
    """Records of one sort from some systems to others, and how that usually runs."""

    record: str
    sources: Sequence[Member]
    targets: Sequence[Member]
    usual: Usual


def proposed_flows(systems: Iterable[Member]) -> list[Proposal]:
    """The flows that a brand of these systems is likely to have, each once, whatever the order of the systems."""
    members = sorted(systems, key=lambda member: member.key)
    legs = list(_legs(members))
    found = {}
    for leg in legs:
        for source in leg.sources:
            for target in leg.targets:
                if source != target and _of_one_realm(source, target):
                    key = _key(leg, source, target, legs)
                    doubt = _doubt(leg.record, target)
                    found[key] = Proposal(key, leg.record, source.key, target.key, leg.usual, doubt)
    return list(found.values())


def proposed_authorities(systems: Iterable[Member]) -> dict[str, list[str]]:
    """Whose word is likely to count for what; nobody's, where no system tells of it."""
    members = sorted(systems, key=lambda member: member.key)
    stores = _order_sources(members)
    portals, warehouses, erps = _of(members, *PORTALS), _of(members, "warehouse"), _of(members, "erp")
    shops = _of(members, "shopify", "commercetools")
    found = {
        "order": stores or erps,
        "price": stores or erps,
        "product": _first(lambda one: one.tells("product"), erps, shops, warehouses),
        "stock": warehouses or _first(lambda one: one.tells("stock"), shops, erps),
        "return": portals or _first(lambda one: one.tells("return"), shops, warehouses),
        "credit": _first(lambda one: one.tells("credit"), erps, shops, portals),
    }
    return {authority: [one.key for one in holders] for authority, holders in found.items()}


def proposed_to_carry_po(systems: Iterable[Member]) -> list[str]:
    """The systems whose orders are likely to have to carry the buyer's PO number: storefronts for trade buyers."""
    return sorted(one.key for one in systems if one.kind == "sparklayer")


def _legs(members: Sequence[Member]) -> Iterator[Leg]:
    sources, shops = _order_sources(members), _of(members, "shopify", "commercetools")
    portals, warehouses, erps = _of(members, *PORTALS), _of(members, "warehouse"), _of(members, "erp")
    copies = [shop for shop in shops if shop not in sources]
    returned = portals or shops
    yield Leg("order", sources, copies, Usual("5m", "30m"))
    yield Leg("order", sources, warehouses, Usual("15m", "2h", within="48h", compare=("status", "lines")))
    yield Leg("order", sources, erps, Usual("1h", "4h"))
    yield Leg("order", sources, portals, Usual("15m", "1h", compare=("lines", "price", "customer")))
    yield Leg("fulfilment", warehouses, [*sources, *copies], Usual("30m", "2h"))
    yield Leg("return", portals, shops, Usual("1h", "4h", same=ON_THE_WAY))
    yield Leg("return", returned, warehouses, Usual("1h", "4h", same=ON_THE_WAY))
    yield Leg("credit", returned, erps, Usual("1h", "1d", within="5d", amount="0.05"))
    yield Leg("stock", warehouses, shops, Usual("15m", "1h", quantity="2"))
    tellers = _first(lambda one: one.tells("product"), erps, shops)
    others = [one for one in (*shops, *warehouses) if one.tells("product") and one not in tellers]
    yield Leg("product", tellers, others, Usual("1d", "1d"))


def _order_sources(members: Sequence[Member]) -> list[Member]:
    """Where orders begin: storefronts; a Shopify only where no SparkLayer stands before it."""
    before = _of(members, "sparklayer", "commercetools")
    return before if _of(members, "sparklayer") else [*before, *_of(members, "shopify")]


def _of(members: Sequence[Member], *kinds: str) -> list[Member]:
    return [member for member in members if member.kind in kinds]


def _first(fits: Callable[[Member], bool], *choices: Sequence[Member]) -> list[Member]:
    """The members that fit, of the first choice that has any."""
    return next((found for found in ([one for one in few if fits(one)] for few in choices) if found), [])


def _doubt(record: str, target: Member) -> str:
    """Why the flow may find nothing; empty where the target tells of such records."""
    return "" if target.tells(record) else f"No {record} is read from {target.name or target.key} yet."


def _of_one_realm(source: Member, target: Member) -> bool:
    return not source.realm or not target.realm or source.realm == target.realm


def _key(leg: Leg, source: Member, target: Member, legs: Sequence[Leg]) -> str:
    """`orders-to-erp`; with its source in the middle where others send there too."""
    name = PLURALS.get(leg.record, leg.record if leg.record == "stock" else f"{leg.record}s")
    senders = {
        one.key
        for other in legs
        if other.record == leg.record and target in other.targets
        for one in other.sources
        if one != target
    }
    between = f"-{source.key}" if len(senders) > 1 else ""
    return f"{name}{between}-to-{target.key}"
