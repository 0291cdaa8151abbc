"""Which record of which system a resolution would change, and to what, from the case and the ledgers."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from connectors.http import exact_json
from connectors.writing import Wanted
from exceptions.models import ExceptionCase
from reconciliation.keys import record_key
from reconciliation.models import CustomerAlias, Flow, LedgerEntry, Member, Outcome, System, Version


class Target(NamedTuple):
    """A system that could be written to, and what the change is to come to there."""

    system: str
    wanted: Wanted


def targets(case: ExceptionCase, resolution: str) -> tuple[str, Iterator[Target]] | None:
    """The change that a resolution asks for, and where it could be made, likeliest first; null where it asks none."""
    known = WRITTEN.get(resolution)
    return (known[0], known[1](case)) if known else None


def _failed_outcome(case: ExceptionCase) -> Iterator[Target]:
    """The last outcome of the record on the flow, where it failed: the platform that said so can retry it."""
    about = _subject(case)
    named = {about.id, *case.refs.values()}
    contents = Outcome.objects.filter(about_type=about.type, about_id__in=named, flow=case.flow)
    said = {one.content: one for one in contents}
    reigning = LedgerEntry.objects.filter(type="outcome", flow=case.flow, until=None, content__in=said)
    last = reigning.order_by("-at", "-id").first()
    if last is not None and last.content is not None and said[last.content].result == "failed":
        yield Target(last.system, Wanted(_line(last)))


def _purchase_order(case: ExceptionCase) -> Iterator[Target]:
    about = _subject(case)
    wanted = [piece.get("expected") for piece in case.evidence if piece.get("field") == "purchase_order"]
    entry = _reigning(about.type, about.system, about.id)
    if about.type == "order" and wanted and entry:
        yield Target(about.system, Wanted(_line(entry), {"purchase_order": wanted[0]}))


def _held_order(case: ExceptionCase) -> Iterator[Target]:
    about = _subject(case)
    entry = _reigning(about.type, about.system, about.id) if about.type == "order" else None
    if entry and (line := _line(entry)) and (line.get("payment") or {}).get("hold"):
        yield Target(about.system, Wanted(line))


def _movement(case: ExceptionCase) -> Iterator[Target]:
    about = _subject(case)
    entry = _reigning(about.type, about.system, about.id) if about.type == "stock_movement" else None
    if entry:
        yield Target(about.system, Wanted(_line(entry)))


def _return(case: ExceptionCase) -> Iterator[Target]:
    """The return itself, or those of the group with the case's rma, in whichever system keeps one."""
    for entry in _of_case(case, "return"):
        line = _line(entry)
        rma = case.refs.get("rma")
        if rma in (None, (line.get("refs") or {}).get("rma")) and line.get("status") != "closed":
            yield Target(entry.system, Wanted(line))


def _credit(case: ExceptionCase) -> Iterator[Target]:
    """The credit note that the case says should have been issued, in each system that credits travel to or begin in."""
    lines = [line for suggestion in case.suggestions for line in suggestion.get("lines", [])]
    flows = Flow.objects.filter(record="credit").values_list("target_id", flat=True)
    authorities = System.objects.filter(authority__contains=["credit"]).values_list("key", flat=True)
    returns = _of_case(case, "return")
    for system in dict.fromkeys([*filter(None, case.systems), *flows, *authorities]):
        values: dict[str, Any] = {
            "lines": [one | {name: Decimal(one[name]) for name in ("quantity", "amount")} for one in lines],
            "amount": case.amount,
            "currency": case.currency,
            "refs": case.refs,
            "customer": _customer_there(case, system),
        }
        yield Target(system, Wanted(_line(returns[0]) if returns else {}, values))


def _customer_there(case: ExceptionCase, system: str) -> str | None:
    """The customer's id in a system: as its records of the group say it, else by the customer map."""
    for type in ("order", "credit"):
        for entry in _of_case(case, type):
            if entry.system == system and (id := (_line(entry).get("customer") or {}).get("id")):
                return str(id)
    key = (case.customer or "").strip().upper()
    mapped = CustomerAlias.objects.filter(system_id=system, canonical_key=key) if key else CustomerAlias.objects.none()
    return mapped.values_list("raw", flat=True).order_by("raw").first()


class _Subject(NamedTuple):
    type: str
    system: str
    id: str


def _subject(case: ExceptionCase) -> _Subject:
    """What the case is about, without the SKU and the leg."""
    parts = case.subject.rpartition(">")[0] or case.subject
    type, _, rest = parts.partition(":")
    system, _, id = rest.partition(":")
    return _Subject(type, system, id.rpartition("#")[0] or id if type in ("return", "order") and case.sku else id)


def _of_case(case: ExceptionCase, type: str) -> list[LedgerEntry]:
    """The current records of a type in the case's group, the subject first."""
    about = _subject(case)
    own = record_key(about.type, about.system, about.id)
    group = Member.objects.filter(group_key=case.group_key, attached=False) if case.group_key else Member.objects.none()
    records = [own, *group.values_list("record", flat=True)]
    found = LedgerEntry.objects.filter(record__in=records, type=type, until=None, content__isnull=False)
    return sorted(found, key=lambda entry: (entry.record != own, entry.at, entry.id))


def _reigning(type: str, system: str, id: str) -> LedgerEntry | None:
    return LedgerEntry.objects.filter(record=record_key(type, system, id), until=None, content__isnull=False).first()


def _line(entry: LedgerEntry) -> dict[str, Any]:
    line: dict[str, Any] = exact_json(Version.objects.values_list("raw", flat=True).get(version=entry.version).encode())
    return line


WRITTEN: dict[str, tuple[str, Callable[[ExceptionCase], Iterator[Target]]]] = {
    "retry_sync": ("retry", _failed_outcome),
    "set_reference": ("purchase_order", _purchase_order),
    "raise_credit": ("draft_credit", _credit),
    "move_to_quarantine": ("quarantine", _movement),
    "close_return": ("close_return", _return),
    "release_hold": ("release_hold", _held_order),
}
