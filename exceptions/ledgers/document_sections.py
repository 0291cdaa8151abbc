"""Returns and credits side by side: a section for each RMA and each credit number."""

from collections.abc import Callable, Sequence
from typing import Any

from exceptions.ledgers import tellings
from exceptions.ledgers.comparison import Judge, Leg, Section, Told, differs, fact, legs
from exceptions.ledgers.order_group import Connected, OrderGroup
from reconciliation.projection import norm


def return_sections(
    group: OrderGroup, topology: Connected, returns: Sequence[Any], systems: list[str]
) -> list[Section]:
    """A section for each RMA, with what each system says of it; the return authority is the reference."""
    found = []
    for name, by_system in _documents(group, returns, "rma").items():
        trusted = topology.first(by_system, "return")
        leg = legs(topology.flows, "return", trusted, by_system)
        facts = [
            fact("Status", _each(by_system, lambda r: tellings.status([r])), systems, _judge("status", leg), trusted),
            fact("Resolution", _each(by_system, lambda r: tellings.words([r.resolution])), systems, differs, trusted),
            fact("Refund", _each(by_system, lambda r: tellings.amount([r], "gross")), systems, differs, trusted),
            fact("Fees kept", _each(by_system, lambda r: tellings.amount([r], "fees")), systems, differs, trusted),
        ]
        lines = {system: {line.sku: line for line in group.lines.get(r.record, [])} for system, r in by_system.items()}
        for sku in sorted({sku for by_sku in lines.values() for sku in by_sku}):
            said = {s: tellings.returned(by_sku[sku]) for s, by_sku in lines.items() if sku in by_sku}
            facts.append(fact(sku, said, systems, differs, trusted, sku))
            reasons = {s: told for s, by_sku in lines.items() if (told := tellings.reason(by_sku.get(sku)))}
            facts.append(fact(f"{sku} reason", reasons, systems, _judge("reason", leg), trusted))
        found.append(Section(f"Return {name}", [one for one in facts if any(one.cells)]))
    return found


def credit_sections(
    group: OrderGroup, topology: Connected, documents: Sequence[Any], systems: list[str]
) -> list[Section]:
    """A section for each document, with what each system says of it; the credit authority is the reference."""
    found = []
    for name, by_system in _documents(group, documents, "credit_number").items():
        trusted = topology.first(by_system, "credit")
        facts = [
            fact("Status", _each(by_system, lambda c: tellings.status([c])), systems, differs, trusted),
            fact("Kind", _each(by_system, lambda c: tellings.words([_plain(c.kind)])), systems, differs, trusted),
            fact("Goods, net", _each(by_system, lambda c: tellings.net_goods([c])), systems, differs, trusted),
            fact("Amount", _each(by_system, lambda c: tellings.amount([c], "gross")), systems, differs, trusted),
            fact("Reason", _each(by_system, lambda c: tellings.words([_plain(c.reason)])), systems, differs, trusted),
        ]
        found.append(Section(f"Credit {name}", [one for one in facts if any(one.cells)]))
    return found


def _plain(word: str) -> str:
    return word.replace("_", " ")


def _judge(what: str, leg: dict[str, Leg]) -> Judge:
    return lambda system, mine, other: leg[system].judge(what, mine, other)


def _documents(group: OrderGroup, records: Sequence[Any], scheme: str) -> dict[str, dict[str, Any]]:
    """Records by the number they share, then by system; one without a number goes by its id."""
    names: dict[str, str] = {}
    found: dict[str, dict[str, Any]] = {}
    for said in records:
        number = group.references.get(said.record, {}).get(scheme)
        name = names.setdefault(norm(number), number) if number else str(said.id)
        by_system = found.setdefault(name, {})
        if said.system in by_system:  # a second one of the same number in a system stands for itself
            by_system = found.setdefault(f"{name} ({said.id})", {})
        by_system[said.system] = said
    return found


def _each(by_system: dict[str, Any], tell: Callable[[Any], Told | None]) -> dict[str, Told]:
    return {system: told for system, said in by_system.items() if (told := tell(said))}
