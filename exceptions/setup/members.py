"""The systems of the brand as the proposals see them, and new ones of the kinds that can be connected."""

from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from connectors.models import Connection
from connectors.registry import FOLDERS, NoSuchConnector, connector
from exceptions.configuration.changes import record_topology
from reconciliation.models import Flow, System
from reconciliation.proposing import Member, proposed_flows
from reconciliation.topology import Change, save_system
from reconciliation.topology_rows import RowReading

OTHER = ("generic", "")
PO = "purchase_order"
GROUPS = {
    "Where buyers order": ("sparklayer", "shopify", "commercetools"),
    "Where returns are asked for": ("rebound", "swap", "returngo"),
    "Where goods lie": ("warehouse",),
    "Where the books are": ("erp",),
    "What carries records between them": ("ipaas",),
    "Anything else": ("generic",),
}


def choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every kind of system by what it is for, as (`kind/vendor`, its title)."""
    known = sorted([*FOLDERS, OTHER], key=lambda one: title_of(*one).lower())
    return [(of, [(_choice(*one), title_of(*one)) for one in known if one[0] in kinds]) for of, kinds in GROUPS.items()]


def title_of(kind: str, vendor: str) -> str:
    """What a kind of system is called."""
    if (kind, vendor) == OTHER:
        return "Another system, by our API or files of records"
    return connector(kind, vendor).title


@transaction.atomic
def add_systems(chosen: Sequence[str], *, by: User, at: datetime) -> list[System]:
    """Adds a system for each `kind/vendor`, with a key and a name that are free, by the rules of the topology."""
    keys = []
    for choice in chosen:
        kind, _, vendor = choice.partition("/")
        key, number = _free_key(kind, vendor)
        title = "Another system" if (kind, vendor) == OTHER else title_of(kind, vendor)
        said = {"kind": kind, "vendor": vendor, "name": f"{title} {number}" if number > 1 else title}
        record_topology(save_system(key, RowReading().system("", said)), by=by, at=at, source="page")
        keys.append(key)
    return [System.objects.get(key=key) for key in keys]


@transaction.atomic
def give_authority(wanted: dict[str, list[str]], carrying_po: Sequence[str], *, by: User, at: datetime) -> list[Change]:
    """Has the word of the systems named in `wanted` (authority → keys) count, and nobody else's.

    The orders of the systems in `carrying_po` must carry the buyer's PO number, no others.
    """
    changes = []
    for system in System.objects.all():
        given = [authority for authority, keys in wanted.items() if system.key in keys]
        requires = _requiring(system, po=system.key in carrying_po)
        changes += save_system(system.key, {"authority": given, "requires": requires})
    record_topology(changes, by=by, at=at, source="page")
    return changes


def carries_po(system: System) -> bool:
    """Whether the system's orders must carry the buyer's PO number."""
    return PO in system.requires.get("order", [])


def members(systems: Sequence[System]) -> list[Member]:
    """Systems with what is read from each, as they are connected now."""
    settings = dict(Connection.objects.values_list("system", "settings"))

    def member(system: System) -> Member:
        gives = gives_of(system.kind, system.vendor, settings.get(system.key))
        return Member(system.key, system.kind, gives, system.realm, str(system))

    return [member(system) for system in systems]


def flow_keys() -> list[str]:
    """What the flows are called: those that there are; while there are none, those that are likely."""
    there = list(Flow.objects.values_list("key", flat=True))
    return there or [one.key for one in proposed_flows(members(list(System.objects.all()))) if not one.doubt]


def gives_of(kind: str, vendor: str, settings: dict[str, str] | None = None) -> frozenset[str]:
    """The record types that are read from a system of this kind; none where nothing is."""
    try:
        return connector(kind, vendor).gives(settings or {})
    except NoSuchConnector:
        return frozenset()


def _requiring(system: System, *, po: bool) -> dict[str, list[str]]:
    others = [one for one in system.requires.get("order", []) if one != PO]
    of_orders = [*others, PO] if po else others
    if po == carries_po(system):
        return dict(system.requires)
    rest = {of: references for of, references in system.requires.items() if of != "order"}
    return rest | ({"order": of_orders} if of_orders else {})


def _choice(kind: str, vendor: str) -> str:
    return f"{kind}/{vendor}" if vendor else kind


def _free_key(kind: str, vendor: str) -> tuple[str, int]:
    stem = kind if vendor in ("", "file") or (kind, vendor) == ("ipaas", "generic") else vendor
    taken, number = set(System.objects.values_list("key", flat=True)), 1
    while (key := stem if number == 1 else f"{stem}-{number}") in taken:
        number += 1
    return key, number
