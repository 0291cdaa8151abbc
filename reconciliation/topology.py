"""The stored topology: one function per change, which the pages and the file share; and the file, in and out.

Each function returns what it changed, and makes the next run examine everything where it changed something.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import Any

from django.db import models, transaction
from django.db.models import F, Max, Value
from django.db.models.functions import Coalesce

from reconciliation.models import (
    Configuration,
    CustomerAlias,
    Flow,
    IgnoredReference,
    LedgerEntry,
    ReasonCode,
    RejectionReason,
    SkuAlias,
    StatusMapping,
    System,
)
from reconciliation.topology_file import Topology, read_topology, write_topology
from reconciliation.topology_rows import IGNORED, Row, duration_text

MAPPED: dict[str, type[models.Model]] = {
    "reason_codes": ReasonCode,
    "rejection_reasons": RejectionReason,
    "customers": CustomerAlias,
    "skus": SkuAlias,
}
WORDS: dict[str, type[models.Model]] = MAPPED | {"statuses": StatusMapping}
WITH_KEY = ("customers", "skus")
Words = dict[tuple[str, str, str], Row]  # (system, of, word as it is looked up) → raw, canonical


class SystemInUse(ValueError):
    """A system that records or flows speak of cannot be left out."""


@dataclass(frozen=True)
class Change:
    """One difference between before and after of a `thing` (`flow orders-to-erp`); None where there is nothing.

    `field` is empty where the whole thing comes or goes.
    """

    thing: str
    field: str
    before: Any
    after: Any

    def __str__(self) -> str:
        what = f"{self.thing} {self.field}".rstrip()
        if self.before is None:
            return f"+ {what}: {_shown(self.after)}"
        if self.after is None:
            return f"- {what}: {_shown(self.before)}"
        return f"~ {what}: {_shown(self.before)} → {_shown(self.after)}"


def _shown(value: Any) -> str:
    if isinstance(value, timedelta):
        return duration_text(value)
    if isinstance(value, list):
        return ", ".join(map(_shown, value))
    if isinstance(value, dict):
        return "; ".join(f"{name} {_shown(said)}" for name, said in value.items() if said not in (None, "", [], {}))
    return str(value)


@transaction.atomic
def load(text: str, *, dry_run: bool = False) -> list[Change]:
    """Makes the stored topology what `text` says, and returns the differences; a dry run only returns them.

    Raises TopologyRefused where the text is no topology, SystemInUse where it leaves out a system with records.
    """
    wanted, kept = read_topology(text), transaction.savepoint()
    changes = list(_made(wanted))
    if dry_run:
        transaction.savepoint_rollback(kept)
    return changes


def _made(wanted: Topology) -> Iterator[Change]:
    first = not System.objects.exists()
    for (key,), row in wanted.systems.items():
        yield from save_system(key, row)
    for flow in Flow.objects.exclude(key__in=[key for (key,) in wanted.flows]):
        yield from remove_flow(flow.key)
    for (key,), row in wanted.flows.items():
        yield from save_flow(key, row)
    for table in WORDS:
        words = {(system, of, key): row for (name, system, of, key), row in wanted.mappings.items() if name == table}
        stored = stored_words(table)
        if gone := stored.keys() - words.keys():
            yield from remove_words(table, gone)
        if words != stored:
            yield from save_words(table, words)
    for system in System.objects.exclude(key__in=[key for (key,) in wanted.systems]):
        yield from remove_system(system.key)
    if first or set(ignored_references()) != set(wanted.ignored):
        yield from ignore_references(wanted.ignored)


@transaction.atomic
def save_system(key: str, row: Row) -> list[Change]:
    """Stores a system as a row of RowReading says; one without a position stays where it is, a new one is the last."""
    return _save(System, f"system {key}", key, row)


@transaction.atomic
def remove_system(key: str) -> list[Change]:
    """Forgets a system and its words; raises SystemInUse where records or flows speak of it."""
    if LedgerEntry.objects.filter(system=key).exists():
        raise SystemInUse(f"The system {key} has records and cannot be left out.")
    system = System.objects.get(key=key)
    if flows := sorted(flow.key for flow in (*system.flows_in.all(), *system.flows_out.all())):
        raise SystemInUse(f"The system {key} cannot be left out while these flows name it: {', '.join(flows)}.")
    words = [change for table in WORDS for change in remove_words(table, stored_words(table, [key]))]
    return [*words, _remove(system, f"system {key}")]


@transaction.atomic
def save_flow(key: str, row: Row) -> list[Change]:
    """Stores a flow as a row of RowReading says; one without a position stays where it is, a new one is the last."""
    return _save(Flow, f"flow {key}", key, row)


@transaction.atomic
def remove_flow(key: str) -> list[Change]:
    """Forgets a flow."""
    return [_remove(Flow.objects.get(key=key), f"flow {key}")]


@transaction.atomic
def save_words(table: str, words: Words) -> list[Change]:
    """Maps words of a table of the file; those that are mapped to the same already stay as they are."""
    stored = stored_words(table, {system for system, _, _ in words})
    changed = {at: row for at, row in sorted(words.items()) if stored.get(at) != row}
    of, more = ["of"] if table == "statuses" else [], ["canonical_key"] if table in WITH_KEY else []
    WORDS[table]._default_manager.bulk_create(
        [_mapped(table, *at, row) for at, row in changed.items()],
        update_conflicts=True,
        unique_fields=["system", *of, "raw_key"],
        update_fields=["raw", "canonical", *more],
    )
    return _counted([Change(_word(table, at), "", stored.get(at), row) for at, row in changed.items()])


@transaction.atomic
def remove_words(table: str, words: Iterable[tuple[str, str, str]]) -> list[Change]:
    """Words of a table of the file are no longer mapped; those that are not are passed over."""
    unwanted = set(words)
    stored = stored_words(table, {system for system, _, _ in unwanted})
    gone = sorted(stored.keys() & unwanted)
    for (system, of), found in groupby(gone, key=lambda at: at[:2]):
        rows = WORDS[table]._default_manager.filter(system=system, raw_key__in=[key for _, _, key in found])
        (rows.filter(of=of) if of else rows).delete()
    return _counted([Change(_word(table, at), "", stored[at], None) for at in gone])


@transaction.atomic
def ignore_references(values: Iterable[str]) -> list[Change]:
    """Values, normalised as references are, that count as absent from now on; all others count."""
    before, after = ignored_references(), list(dict.fromkeys(values))
    IgnoredReference.objects.all().delete()
    IgnoredReference.objects.bulk_create([IgnoredReference(value=value) for value in after])
    same = set(before) == set(after)
    return [] if same else _counted([Change("ignore_references", "", ", ".join(before), ", ".join(after))])


def configuration_changed() -> None:
    """Makes the next run examine everything."""
    Configuration.objects.get_or_create(id=1)
    Configuration.objects.update(version=F("version") + 1)


def dump() -> str:
    """The stored topology as TOML."""
    return write_topology(stored_topology())


def stored_topology() -> Topology:
    """The topology as it is stored; where nothing is stored, an empty one."""
    topology = Topology()
    topology.systems = {(system.key,): stored_row(system) for system in System.objects.all()}
    topology.flows = {(flow.key,): stored_row(flow) for flow in Flow.objects.all()}
    for table in WORDS:
        topology.mappings |= {(table, *at): row for at, row in stored_words(table).items()}
    if topology.systems:
        ignored = ignored_references()
        topology.ignored = IGNORED if set(ignored) == set(IGNORED) else tuple(ignored)
    return topology


def stored_row(stored: System | Flow) -> Row:
    """A system or a flow as a row of the file, with its position."""
    names = [column.attname for column in stored._meta.concrete_fields if column.name != "key"]
    return {name.removesuffix("_id"): getattr(stored, name) for name in names}


def stored_words(table: str, systems: Collection[str] | None = None) -> Words:
    """The mapped words of a table of the file, of all systems or of some."""
    of = F("of") if table == "statuses" else Value("")
    rows = WORDS[table]._default_manager.annotate(about=of)
    rows = rows if systems is None else rows.filter(system__in=systems)
    found = rows.values_list("system", "about", "raw_key", "raw", "canonical")
    return {(system, about, key): {"raw": raw, "canonical": said} for system, about, key, raw, said in found}


def ignored_references() -> list[str]:
    """The values that count as absent."""
    return sorted(IgnoredReference.objects.values_list("value", flat=True))


def _save(model: type[System | Flow], thing: str, key: str, row: Row) -> list[Change]:
    stored = model._default_manager.filter(key=key).first()
    if stored is None:
        row = {"position": _last(model) + 1} | row
        changes = [Change(thing, "", None, row)]
    else:
        before = stored_row(stored)
        changes = [Change(thing, name, before[name], row[name]) for name in row if before[name] != row[name]]
    if changes:
        attributes = {model._meta.get_field(name).attname: value for name, value in row.items()}  # type: ignore[union-attr]
        model._default_manager.update_or_create(key=key, defaults=attributes)
    return _counted(changes)


def _last(model: type[System | Flow]) -> int:
    return int(model._default_manager.aggregate(last=Coalesce(Max("position"), -1))["last"])


def _remove(stored: System | Flow, thing: str) -> Change:
    row = stored_row(stored)
    stored.delete()
    _close_ranks(type(stored))
    configuration_changed()
    return Change(thing, "", row, None)


def _close_ranks(model: type[System | Flow]) -> None:
    """Counts the places again, so that the file, which counts them by its order, says what is stored."""
    for position, left in enumerate(model._default_manager.order_by("position", "key")):
        model._default_manager.filter(pk=left.pk).exclude(position=position).update(position=position)


def _counted(changes: list[Change]) -> list[Change]:
    if changes:
        configuration_changed()
    return changes


def _word(table: str, at: tuple[str, str, str]) -> str:
    return " ".join(filter(None, (table, *at)))


def _mapped(table: str, system: str, of: str, key: str, row: Row) -> models.Model:
    more = {"of": of} if of else {}
    more |= {"canonical_key": row["canonical"].upper()} if table in WITH_KEY else {}
    return WORDS[table](system_id=system, raw_key=key, **row, **more)
