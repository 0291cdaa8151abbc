"""Which record of which system a resolution would change, and to what, from the case and the ledgers."""

from collections.abc import Callable, Collection, Iterator, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import F, Min, OuterRef, Q, Subquery

from connectors.http import exact_json
from connectors.writing import Wanted
from exceptions.models import ExceptionCase
from reconciliation.keys import record_key
from reconciliation.models import CustomerAlias, LedgerEntry, Member, Outcome, System, Version

STRONG = ("ecommerce_order", "sales_order", "order_number", "rma")  # what may stand for a record in an outcome


class Target(NamedTuple):
    """A system that could be written to, and what the change is to come to there."""

    system: str
    wanted: Wanted


def action_of(resolution: str) -> str | None:
    """The change that a resolution asks for; null where it asks for none."""
    return WRITTEN[resolution][0] if resolution in WRITTEN else None


def targets(case: ExceptionCase, resolution: str, allowed: Collection[str]) -> Iterator[Target]:
    """Where the change that a resolution asks for could be made, the likeliest first; `allowed`: systems that count."""
    return (target for target in WRITTEN[resolution][1](case, allowed) if target.system in allowed)


def _failed_outcome(case: ExceptionCase, allowed: Collection[str]) -> Iterator[Target]:
    """The last outcome of the record on the flow, where it failed: the platform that said so can retry it."""
    about = _subject(case)
    named = {about.id, *(case.refs[scheme] for scheme in STRONG if scheme in case.refs)}
    told = Outcome.objects.filter(about_type=about.type, about_id__in=named, flow=case.flow)
    last = _reigning(type="outcome", flow=case.flow, content__in=told.values("content")).order_by("-at", "-id").first()
    if last and (line := _line(last))["result"] == "failed":
        yield Target(last.system, Wanted(line))


def _purchase_order(case: ExceptionCase, allowed: Collection[str]) -> Iterator[Target]:
    about = _subject(case)
    wanted = [piece.get("expected") for piece in case.evidence if piece.get("field") == "purchase_order"]
    entry = _subject_of(about, "order") if wanted else None
    if entry:
        yield Target(about.system, Wanted(_line(entry), {"purchase_order": wanted[0]}))


def _held_order(case: ExceptionCase, allowed: Collection[str]) -> Iterator[Target]:
    about = _subject(case)
    entry = _subject_of(about, "order")
    if entry and (line := _line(entry)) and (line.get("payment") or {}).get("hold"):
        yield Target(about.system, Wanted(line))


def _movement(case: ExceptionCase, allowed: Collection[str]) -> Iterator[Target]:
    about = _subject(case)
    entry = _subject_of(about, "stock_movement")
    if entry:
        yield Target(about.system, Wanted(_line(entry)))


def _return(case: ExceptionCase, allowed: Collection[str]) -> Iterator[Target]:
    """The return itself, or those of the group with the case's rma, in whichever system keeps one."""
    rma = case.refs.get("rma")
    for entry in _of_case(case, "return"):
        line = _line(entry)
        if rma in (None, (line.get("refs") or {}).get("rma")) and line.get("status") != "closed":
            yield Target(entry.system, Wanted(line))


def _credit(case: ExceptionCase, allowed: Collection[str]) -> Iterator[Target]:
    """The credit note that the case says should have been issued, where credits travel to or have their authority."""
    lines = [line for suggestion in case.suggestions for line in suggestion.get("lines", [])]
    keepers = list(_keepers_of_credits(case, allowed))
    told = [one for one in keepers if one.key in case.systems]
    documents = [(entry.system, _line(entry)) for entry in _of_case(case, "order", "credit")]
    for system in dict.fromkeys([*told, *keepers]):
        values: dict[str, Any] = {
            "lines": [one | {name: Decimal(one[name]) for name in ("quantity", "amount")} for one in lines],
            "currency": case.currency,
            "refs": case.refs,
            "customer": _customer_there(system, documents),
        }
        yield Target(system.key, Wanted({}, values))


def _keepers_of_credits(case: ExceptionCase, allowed: Collection[str]) -> Any:
    """The systems that the case speaks of, or that credits travel to, or that have the authority over them, in this
    order; each with the customer's id there as the customer map has it, as `mapped`."""
    key = (case.customer or "").strip().upper()
    mapped = CustomerAlias.objects.filter(system=OuterRef("pk"), canonical_key=key).order_by("raw").values("raw")
    travels = Min("flows_in__position", filter=Q(flows_in__record="credit"))
    counts = Q(key__in=case.systems) | Q(travels__isnull=False) | Q(authority__contains=["credit"])
    found = System.objects.filter(key__in=allowed).annotate(travels=travels, mapped=Subquery(mapped[:1]))
    return found.filter(counts).order_by(F("travels").asc(nulls_last=True), "position", "key")


def _customer_there(system: Any, documents: Sequence[tuple[str, dict[str, Any]]]) -> str | None:
    """The customer's id in a system: as its records of the group say it, else by the customer map."""
    for where, line in documents:
        if where == system.key and (id := (line.get("customer") or {}).get("id")):
            return str(id)
    return str(system.mapped) if system.mapped else None


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


def _of_case(case: ExceptionCase, *types: str) -> list[Any]:
    """The current records of these types in the case's group, the subject first."""
    about = _subject(case)
    own = record_key(about.type, about.system, about.id)
    group = Member.objects.filter(group_key=case.group_key or own, attached=False).values("record")
    found = _reigning(Q(record=own) | Q(record__in=group), type__in=types)
    return sorted(found, key=lambda entry: (entry.record != own, entry.at, entry.id))


def _subject_of(about: _Subject, type: str) -> Any:
    """The record that the case is about, where it is of a type."""
    return _reigning(record=record_key(*about)).first() if about.type == type else None


def _reigning(*which: Q, **named: Any) -> Any:
    """What reigns to this day, each with the line that it came as."""
    lines = Version.objects.filter(version=OuterRef("version")).values("raw")
    return LedgerEntry.objects.filter(*which, until=None, content__isnull=False, **named).annotate(raw=Subquery(lines))


def _line(entry: Any) -> dict[str, Any]:
    line: dict[str, Any] = exact_json(entry.raw.encode())
    return line


WRITTEN: dict[str, tuple[str, Callable[[ExceptionCase, Collection[str]], Iterator[Target]]]] = {
    "retry_sync": ("retry", _failed_outcome),
    "set_reference": ("purchase_order", _purchase_order),
    "raise_credit": ("draft_credit", _credit),
    "move_to_quarantine": ("quarantine", _movement),
    "close_return": ("close_return", _return),
    "release_hold": ("release_hold", _held_order),
}
