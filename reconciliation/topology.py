"""The stored topology: compared with a file, changed to what the file says, and written as a file again."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.db.models import F

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
from reconciliation.topology_file import IGNORED, Rows, Topology, read_topology, write_topology

MAPPED: dict[str, type[models.Model]] = {
    "reason_codes": ReasonCode,
    "rejection_reasons": RejectionReason,
    "customers": CustomerAlias,
    "skus": SkuAlias,
}
WITH_KEY = ("customers", "skus")


class SystemInUse(ValueError):
    """A system that records speak for cannot be left out."""


@dataclass(frozen=True)
class Change:
    """One difference between what is stored and what the file says; None where there is nothing."""

    what: str
    before: Any
    after: Any

    def __str__(self) -> str:
        if self.before is None:
            return f"+ {self.what}: {self.after}"
        return f"- {self.what}: {self.before}" if self.after is None else f"~ {self.what}: {self.before} → {self.after}"


@transaction.atomic
def load(text: str, *, dry_run: bool = False) -> list[Change]:
    """Makes the stored topology what `text` says, and returns the differences; a dry run only returns them.

    Raises TopologyRefused where the text is no topology, SystemInUse where it leaves out a system with records.
    """
    wanted, stored = read_topology(text), stored_topology()
    changes = list(_changes(stored, wanted))
    gone = [key for (key,) in stored.systems.keys() - wanted.systems.keys()]
    if used := sorted(set(LedgerEntry.objects.filter(system__in=gone).values_list("system", flat=True).distinct())):
        raise SystemInUse(f"The systems {', '.join(used)} have records and cannot be left out.")
    if changes and not dry_run:
        _write(wanted)
        Configuration.objects.get_or_create()
        Configuration.objects.update(version=F("version") + 1)
    return changes


def dump() -> str:
    """The stored topology as TOML."""
    return write_topology(stored_topology())


def stored_topology() -> Topology:
    """The topology as it is stored; where nothing is stored, an empty one."""
    topology = Topology()
    for system in System.objects.all():
        topology.systems[(system.key,)] = _fields(system, "key")
    for flow in Flow.objects.all():
        row = _fields(flow, "key")
        row["source"], row["target"] = flow.source_id, flow.target_id
        topology.flows[(flow.key,)] = row
    for table, model in MAPPED.items():
        for system, key, raw, said in model._default_manager.values_list("system", "raw_key", "raw", "canonical"):
            topology.mappings[table, system, "", key] = {"raw": raw, "canonical": said}
    for word in StatusMapping.objects.all():
        topology.mappings["statuses", word.system_id, word.of, word.raw_key] = {
            "raw": word.raw,
            "canonical": word.canonical,
        }
    if topology.systems:
        ignored = set(IgnoredReference.objects.values_list("value", flat=True))
        topology.ignored = IGNORED if ignored == set(IGNORED) else tuple(sorted(ignored))
    return topology


def _fields(row: models.Model, *left_out: str) -> dict[str, Any]:
    names = [column.attname for column in row._meta.concrete_fields if column.name not in left_out]
    return {name.removesuffix("_id"): getattr(row, name) for name in names}


def _changes(stored: Topology, wanted: Topology) -> Iterator[Change]:
    yield from _differences("system", stored.systems, wanted.systems)
    yield from _differences("flow", stored.flows, wanted.flows)
    yield from _differences("", stored.mappings, wanted.mappings)
    if not stored.systems or set(stored.ignored) != set(wanted.ignored):
        yield Change("ignore_references", ", ".join(stored.ignored), ", ".join(wanted.ignored))


def _differences(what: str, stored: Rows, wanted: Rows) -> Iterator[Change]:
    for key in sorted(stored.keys() | wanted.keys()):
        name = " ".join(filter(None, (what, *key)))
        before, after = stored.get(key), wanted.get(key)
        if before is None or after is None:
            yield Change(name, before, after)
            continue
        for field in after:
            if before[field] != after[field]:
                yield Change(f"{name} {field}", before[field], after[field])


def _write(topology: Topology) -> None:
    _replace(System, [System(key=key, **row) for (key,), row in topology.systems.items()], keep=True)
    Flow.objects.all().delete()
    for (key,), row in topology.flows.items():
        ends = {"source_id": row["source"], "target_id": row["target"]}
        Flow.objects.create(key=key, **{name: row[name] for name in row if name not in ("source", "target")}, **ends)
    for table, model in MAPPED.items():
        _replace(model, [_mapped(model, table, *at, row) for at, row in _of(topology, table)])
    _replace(
        StatusMapping,
        [
            StatusMapping(system_id=system, of=of, raw_key=key, **row)
            for (system, of, key), row in _of(topology, "statuses")
        ],
    )
    _replace(IgnoredReference, [IgnoredReference(value=value) for value in topology.ignored])
    System.objects.exclude(key__in=[key for (key,) in topology.systems]).delete()


def _of(topology: Topology, table: str) -> Iterator[tuple[tuple[str, str, str], dict[str, Any]]]:
    for (name, system, of, key), row in topology.mappings.items():
        if name == table:
            yield (system, of, key), row


def _mapped(model: type[models.Model], table: str, system: str, of: str, key: str, row: dict[str, Any]) -> models.Model:
    more = {"canonical_key": row["canonical"].upper()} if table in WITH_KEY else {}
    return model(system_id=system, raw_key=key, **row, **more)


def _replace(model: type[models.Model], rows: list[Any], *, keep: bool = False) -> None:
    if keep:
        names = [column.name for column in model._meta.concrete_fields if not column.primary_key]
        model._default_manager.bulk_create(rows, update_conflicts=True, unique_fields=["key"], update_fields=names)
        return
    model._default_manager.all().delete()
    model._default_manager.bulk_create(rows)
