"""What is connected: systems, flows, the systems' owners, and pack sizes."""

from connectors.models import Connection
from exceptions.configuration import checklist_forms, columns, topology_forms
from exceptions.configuration.changes import StillUsed
from exceptions.configuration.sections.section import Section
from exceptions.formats import number_text
from exceptions.models import Expectation, SystemOwner
from reconciliation.models import Flow, PackSize, System
from reconciliation.own_words import set_pack_size
from reconciliation.topology import SystemInUse, remove_flow, remove_system


def _remove_system(system: System) -> None:
    if Connection.objects.filter(system=system.key).exists():
        raise StillUsed("It is connected; remove its connection first.")
    try:
        remove_system(system.key)
    except SystemInUse as error:
        raise StillUsed(str(error)) from error


def _remove_flow(flow: Flow) -> None:
    remove_flow(flow.key)


def _remove_pack_size(row: PackSize) -> None:
    set_pack_size(row.system_id, row.sku, None)


TOPOLOGY = (
    Section(
        "systems",
        "Systems",
        "system",
        "The software that is connected, what its word counts for, and which references its records must carry.",
        System,
        topology_forms.SystemForm,
        (
            ("System", str),
            ("Key", columns.of("key")),
            ("Kind", lambda row: f"{row.kind} {row.vendor}".rstrip()),
            ("Its word counts for", lambda row: ", ".join(row.authority) or "–"),
            ("Realm", columns.of("realm")),
        ),
        remove=_remove_system,
        ordering=("position", "key"),
    ),
    Section(
        "flows",
        "Flows",
        "flow",
        "The legs of the integration: what travels from where to where, how often, and what may differ how long.",
        Flow,
        topology_forms.FlowForm,
        (
            ("Flow", columns.of("key")),
            ("Records", columns.of("record")),
            ("From", columns.of("source")),
            ("To", columns.of("target")),
            ("Every", columns.span("cadence")),
            ("Grace", columns.span("grace")),
            ("Within", columns.span("within")),
        ),
        remove=_remove_flow,
        related=("source", "target"),
        ordering=("position", "key"),
    ),
    Section(
        "owners",
        "Owners of systems",
        "owner of the system",
        "Who looks after each outside system, and whom to call about it.",
        SystemOwner,
        checklist_forms.OwnerForm,
        (
            ("System", columns.of("system")),
            ("Team", columns.of("team")),
            ("Person", columns.person("person", "–")),
            ("Whom to call", columns.of("contact")),
        ),
        related=("system", "team", "person"),
        ordering=("system_id", "pk"),
        called_by=1,
    ),
    Section(
        "expectations",
        "Expected arrivals",
        "expected arrival",
        "How often records come from a system that sends them: by push, by file, by script. Where nothing is "
        "agreed, what came before tells. What is late is said above the queue, with the feeds, and by letter.",
        Expectation,
        topology_forms.ExpectationForm,
        (
            ("System", columns.of("system")),
            ("Records", lambda row: row.type.replace("_", " ")),
            ("At least every", columns.span("every")),
            ("Counted in the working hours of", columns.of("hours_of", "round the clock")),
        ),
        related=("system", "hours_of"),
        ordering=("system_id", "type", "pk"),
        named=lambda row: f"{row.system_id} {row.type}",
        called_by=2,
    ),
    Section(
        "packs",
        "Pack sizes",
        "pack size",
        "How many base units one unit of a system's SKU holds, where its lines do not say; beats the catalogue.",
        PackSize,
        topology_forms.PackSizeForm,
        (
            ("SKU", columns.of("sku")),
            ("System", columns.of("system")),
            ("Base units", lambda row: number_text(row.pack_size)),
        ),
        remove=_remove_pack_size,
        related=("system",),
        ordering=("system_id", "sku", "pk"),
        named=lambda row: f"{row.system_id} {row.sku}",
        called_by=2,
    ),
)
