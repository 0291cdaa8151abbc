"""Resolutions that change our own data: what they take, what they would close, how they are made and undone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, QuerySet, Sum
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from connectors.lines import Accepted
from exceptions.models import OPEN, ExceptionCase, OwnChange
from exceptions.retelling import LineRefused, becomes, read_line, tell
from exceptions.suppressions import lift, suppress
from reconciliation.declarations import checks
from reconciliation.keys import record_key
from reconciliation.models import LedgerEntry, System
from reconciliation.own_words import Word, link, map_word, set_pack_size, unlink
from reconciliation.topology_rows import STATUS_WORDS


class ChangeRefused(ValueError):
    """A parameter is missing or makes no sense; `field` names it."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field


class CannotBeUndone(Exception):
    """The change is undone already, or is of a sort that stays."""


@dataclass(frozen=True)
class Effect:
    """What a change would close: how many open exceptions, what money of each currency, and which are counted.

    `becomes`: what it would make of what is told with it, if anything is. `way_back`: how it is put right again.
    """

    cases: int
    amounts: dict[str, Decimal]
    counted: str
    way_back: str
    becomes: str = ""


@dataclass(frozen=True)
class _Handler:
    make: Callable[[ExceptionCase, Mapping[str, Any], User, datetime], tuple[dict[str, Any], Any]]
    undo: Callable[[OwnChange, datetime], None] | None
    affected: Callable[[ExceptionCase, Mapping[str, Any]], QuerySet[ExceptionCase]]
    counted: str
    way_back: str = "It can be undone."
    becomes: Callable[[Mapping[str, Any]], str] = lambda parameters: ""


@transaction.atomic
def make(resolution: str, case: ExceptionCase, parameters: Mapping[str, Any], *, by: User, at: datetime) -> OwnChange:
    """Changes our own data; raises ChangeRefused."""
    said, before = HANDLERS[resolution].make(case, parameters, by, at)
    return OwnChange.objects.create(case=case, what=resolution, parameters=said, before=before, made_by=by, made_at=at)


@transaction.atomic
def undo(change_id: int, *, by: User, at: datetime) -> OwnChange:
    """Puts back what was before; raises CannotBeUndone."""
    change = OwnChange.objects.select_for_update().get(id=change_id)
    handler = HANDLERS[change.what]
    if change.undone_at is not None or handler.undo is None:
        raise CannotBeUndone("It has been undone already." if change.undone_at else "This cannot be undone.")
    handler.undo(change, at)
    change.undone_by, change.undone_at = by, at
    change.save(update_fields=["undone_by", "undone_at"])
    return change


def effect(resolution: str, case: ExceptionCase, parameters: Mapping[str, Any]) -> Effect:
    """What the change would at least close, counted beforehand."""
    found = HANDLERS[resolution].affected(case, parameters).filter(state__in=OPEN)
    sums = found.exclude(amount=None).values("currency").annotate(total=Sum("amount")).order_by("currency")
    handler, amounts = HANDLERS[resolution], {str(row["currency"]): row["total"] for row in sums}
    cases, told = found.aggregate(n=Count("id"))["n"], handler.becomes(parameters)
    return Effect(cases, amounts, handler.counted, handler.way_back, told)


def undoable(change: OwnChange) -> bool:
    """Whether it can be put back still."""
    return change.undone_at is None and HANDLERS[change.what].undo is not None


def _text(parameters: Mapping[str, Any], name: str, why: str = "This is needed.") -> str:
    value = str(parameters.get(name) or "").strip()
    if not value:
        raise ChangeRefused(name, why)
    return value


def _link(case: ExceptionCase, parameters: Mapping[str, Any], by: User, at: datetime) -> tuple[dict[str, Any], Any]:
    order = str(parameters.get("order") or "").strip() or _text(parameters, "other", "Choose an order.")
    key = _order_key(order)
    if case.record is None:
        raise ChangeRefused("order", "The exception names no record that could be linked.")
    if key is None or not LedgerEntry.objects.filter(record=key, type="order", until=None).exists():
        raise ChangeRefused("order", f"No system knows the order {order}.")
    made = link(case.record, key, by=by.get_username())
    return {"order": order, "link": made.pk}, None


def _order_key(order: str) -> UUID | None:
    system, _, id = order.removeprefix("order:").partition(":")
    return record_key("order", system, id) if id else None


def _unlink(change: OwnChange, at: datetime) -> None:
    unlink(change.parameters["link"], at=at)


def _same_group(case: ExceptionCase, parameters: Mapping[str, Any]) -> QuerySet[ExceptionCase]:
    if case.record is None:
        return ExceptionCase.objects.filter(id=case.pk)
    return ExceptionCase.objects.filter(record=case.record, kind=case.kind)


def _map_sku(case: ExceptionCase, parameters: Mapping[str, Any], by: User, at: datetime) -> tuple[dict[str, Any], Any]:
    system, sku = _known_system(parameters), _text(parameters, "sku")
    if parameters.get("pack_size") not in (None, ""):
        size = _size(parameters["pack_size"])
        before = set_pack_size(system, sku, size)
        return {"system": system, "sku": sku, "pack_size": str(size)}, None if before is None else str(before)
    canonical = _text(parameters, "canonical", "Say which SKU it stands for, or the pack size.")
    if canonical == sku:
        raise ChangeRefused("canonical", "It stands for itself already.")
    return {"system": system, "sku": sku, "canonical": canonical}, map_word(Word("skus", system, sku), canonical)


def _size(value: Any) -> Decimal:
    try:
        size = Decimal(str(value).strip())
    except InvalidOperation:
        raise ChangeRefused("pack_size", "This is no number.") from None
    if not size.is_finite() or size <= 0:
        raise ChangeRefused("pack_size", "A pack holds more than nothing.")
    return size


def _unmap_sku(change: OwnChange, at: datetime) -> None:
    said = change.parameters
    if "pack_size" in said:
        set_pack_size(said["system"], said["sku"], None if change.before is None else Decimal(change.before))
    else:
        map_word(Word("skus", said["system"], said["sku"]), change.before)


def _same_sku(case: ExceptionCase, parameters: Mapping[str, Any]) -> QuerySet[ExceptionCase]:
    kinds = [kind for kind, check in checks().items() if "map_sku" in check.resolutions]
    sku = parameters.get("sku") or case.sku
    found = ExceptionCase.objects.filter(kind__in=kinds, sku=sku)
    return found.filter(systems__contains=[parameters["system"]]) if parameters.get("system") else found


def _map_code(case: ExceptionCase, parameters: Mapping[str, Any], by: User, at: datetime) -> tuple[dict[str, Any], Any]:
    canonical = _text(parameters, "canonical", "Choose what it stands for.")
    word = word_of(case)
    if word.table == "statuses" and canonical not in STATUS_WORDS[word.of].split():
        raise ChangeRefused("canonical", f"One of: {STATUS_WORDS[word.of]}.")
    return {"canonical": canonical}, map_word(word, canonical)


def word_of(case: ExceptionCase) -> Word:
    """The word that an exception about an unmapped status or reason is about, from its subject."""
    what, system, rest = str(case.subject).split(":", 2)
    if what == "status":
        of, _, raw = rest.partition(":")
        return Word("statuses", system, raw, of)
    return Word("reason_codes", system, rest)


def _unmap_code(change: OwnChange, at: datetime) -> None:
    assert change.case is not None
    map_word(word_of(change.case), change.before)


def _itself(case: ExceptionCase, parameters: Mapping[str, Any]) -> QuerySet[ExceptionCase]:
    return ExceptionCase.objects.filter(id=case.pk)


def _waive(case: ExceptionCase, parameters: Mapping[str, Any], by: User, at: datetime) -> tuple[dict[str, Any], Any]:
    until = _moment(_text(parameters, "until", "Say until when."))
    if until is None or until <= at:
        raise ChangeRefused("until", "Choose a date to come.")
    if case.customer is None:
        raise ChangeRefused("until", "The exception names no customer.")
    waiver = suppress(case.kind, customer=case.customer, until=until, reason=f"Waived with {case}", by=by)
    return {"until": until.isoformat(), "suppression": waiver.pk}, None


def _moment(text: str) -> datetime | None:
    """The instant that a text names; a date alone is the beginning of that day in the company's time zone."""
    day = parse_date(text)
    moment = parse_datetime(text) if day is None else datetime.combine(day, time())
    return moment if moment is None or moment.tzinfo else timezone.make_aware(moment)


def _unwaive(change: OwnChange, at: datetime) -> None:
    lift(change.parameters["suppression"], at=at)


def _same_customer(case: ExceptionCase, parameters: Mapping[str, Any]) -> QuerySet[ExceptionCase]:
    return ExceptionCase.objects.filter(kind=case.kind, customer=case.customer)


def _resubmit(case: ExceptionCase, parameters: Mapping[str, Any], by: User, at: datetime) -> tuple[dict[str, Any], Any]:
    line = line_of(parameters)
    try:
        tell(line, source=f"{case}, {by.get_username()}", at=at)
    except LineRefused as error:
        raise ChangeRefused("line", str(error)) from error
    return {"line": line.raw}, None


def line_of(parameters: Mapping[str, Any]) -> Accepted:
    """The line that is to be taken in; raises ChangeRefused."""
    try:
        return read_line(_text(parameters, "line"))
    except LineRefused as error:
        raise ChangeRefused("line", str(error)) from error


def _becomes(parameters: Mapping[str, Any]) -> str:
    """What would become of the line; nothing where it is not given yet, or cannot be taken in."""
    try:
        return becomes(line_of(parameters))
    except ChangeRefused:
        return ""


def _known_system(parameters: Mapping[str, Any]) -> str:
    system = _text(parameters, "system", "Choose the system.")
    if not System.objects.filter(key=system).exists():
        raise ChangeRefused("system", f"There is no system {system}.")
    return system


HANDLERS = {
    "link_order": _Handler(_link, _unlink, _same_group, "those of this kind about this record"),
    "map_sku": _Handler(_map_sku, _unmap_sku, _same_sku, "those about this SKU that a mapping or a pack size answers"),
    "map_code": _Handler(
        _map_code, _unmap_code, _itself, "the one about this word; others that it explains may follow"
    ),
    "waive_reference": _Handler(_waive, _unwaive, _same_customer, "those of this kind of this customer"),
    "correct_and_resubmit": _Handler(
        _resubmit,
        None,
        _itself,
        "the one about this line",
        "It cannot be undone, but it can be corrected again: a line of a later moment takes its place.",
        _becomes,
    ),
}
