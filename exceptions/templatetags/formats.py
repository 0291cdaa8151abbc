"""Template filters for amounts, instants and days: `{% load formats %}`."""

import re
from datetime import date, datetime
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from exceptions.formats import day_text, decimal_of, instant_text, money_text, number_text

register = template.Library()
MOMENT = re.compile(r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d(:?\d\d)?)")


@register.filter
def money(amount: Any, currency: str | None = None) -> Any:
    """`{{ amount|money:currency }}`: 1,234.50 GBP; a dash where there is no amount, and what is no number as it is."""
    if amount in (None, ""):
        return "–"
    number = decimal_of(amount)
    return amount if number is None else money_text(number, currency)


@register.filter
def exact(value: Any) -> Any:
    """`{{ quantity|exact }}`: a number with all its decimals and thousands; what is no number as it is."""
    number = decimal_of(value)
    return value if number is None else number_text(number)


@register.filter
def instant(at: datetime | None) -> SafeString | str:
    """`{{ at|instant }}`: 30 Sep 2026 14:05 BST, in the time zone in effect; a dash where there is none."""
    if at is None or at == "":
        return "–"
    return format_html('<time datetime="{}">{}</time>', at.isoformat(), instant_text(at))


register.filter("instant_text", instant_text)


@register.filter
def moments(words: Any) -> Any:
    """`{{ piece.expected|moments }}`: words of evidence, with each instant in them written as people read it."""
    return MOMENT.sub(_moment, words) if isinstance(words, str) else words


def _moment(found: re.Match[str]) -> str:
    try:
        return instant_text(datetime.fromisoformat(found[0]))
    except ValueError:
        return found[0]


@register.filter
def day(at: date | None) -> SafeString | str:
    """`{{ date|day }}`: 30 Sep 2026; a dash where there is none."""
    if at is None or at == "":
        return "–"
    return format_html('<time datetime="{}">{}</time>', at.isoformat(), day_text(at))
