"""Template filters for durations, codes, systems and records in words: `{% load words %}`."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django import template
from django.urls import reverse

from exceptions.evidence import Piece, pieces_of, record_of
from exceptions.formats import number_text
from exceptions.ledgers.order_group import Connected
from exceptions.models import TrailEntry
from exceptions.months.parts import name_words
from exceptions.trail.sentences import sentence as sentence_of
from reconciliation.models import Run

register = template.Library()

UNITS = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))


@register.filter
def duration(length: timedelta | None) -> str:
    """`{{ length|duration }}`: the two largest units, as in 2 d 4 h; below a minute with a decimal; a dash for none."""
    if length is None:
        return "–"
    seconds = max(0.0, length.total_seconds())
    if seconds < 60:
        return f"{seconds:.1f} s"
    told: list[str] = []
    left = int(seconds)
    for unit, size in UNITS:
        count, left = divmod(left, size)
        if count or told:
            told.append(f"{count} {unit}" if count else "")
    return " ".join(filter(None, told[:2]))


@register.filter
def in_words(name: str) -> str:
    """`{{ kind|in_words }}`: the title of a kind, or a reason, in words."""
    return name_words(name)


@register.filter
def pieces(case: Any) -> list[Piece]:
    """`{{ case|pieces }}`: the evidence of an exception, piece by piece."""
    return pieces_of(case)


@register.filter
def sentence(entry: TrailEntry) -> str:
    """`{{ entry|sentence }}`: what an entry of the trail says."""
    return sentence_of(entry)


@register.filter
def left(due: datetime, now: datetime) -> str:
    """`{{ case.due_at|left:now }}`: how much time is left, as in 2 d 4 h left, or how long it has been over."""
    return f"{duration(due - now)} left" if due > now else f"over by {duration(now - due)}"


@register.filter
def age(since: datetime, now: datetime) -> str:
    """`{{ case.first_seen|age:now }}`: how long ago."""
    return duration(now - since)


@register.filter
def reach(run: Run) -> str:
    """`{{ last_run|reach }}`: over how much a run went, as in over 4,118 order groups, or 3 with news."""
    if not run.full and not run.groups:
        return "with nothing new"
    groups = f"over {number_text(Decimal(run.groups))} order group{'' if run.groups == 1 else 's'}"
    return groups if run.full else f"{groups} with news"


@register.filter
def plain(code: str | None) -> str:
    """`{{ said.type|plain }}`: a code of the contract as words, stock movement for stock_movement."""
    return str(code or "").replace("_", " ").replace(".", " ")


@register.filter
def scheme(code: str) -> str:
    """`{{ scheme|scheme }}`: a scheme of references as people say it, Sales order for sales_order, RMA for rma."""
    return "RMA" if code == "rma" else plain(code).capitalize()


@register.filter
def named(system: str, topology: Connected) -> str:
    """`{{ said.system|named:page.topology }}`: what people call a system."""
    return topology.name(system)


@register.filter
def record_address(subject: str | None) -> str:
    """`{{ piece.actual_from|record_address }}`: the page of the record `type:system:id`; nothing for other words."""
    record = record_of(subject)
    return reverse("record", args=[record]) if record else ""


@register.filter
def run_address(source: str) -> str:
    """`{{ entry.source|run_address }}`: the page of the run that an entry came from; nothing for others."""
    number = source.removeprefix("run ")
    return reverse("run", args=[number]) if number != source and number.isascii() and number.isdecimal() else ""
