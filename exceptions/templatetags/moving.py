"""For pages that show how far something is, and what can be chosen: `{% load moving %}`."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.forms import BoundField, CheckboxSelectMultiple

from connectors.models import PullRun

register = template.Library()


@register.filter
def moving(runs: Iterable[PullRun]) -> bool:
    """Whether one of the windows is still being read."""
    return any(run.finished_at is None for run in runs)


@register.filter
def reason_for(left: Mapping[int, str] | str, case: int) -> str:
    """Why a move of many left a case; empty where it did not, or nobody asks."""
    return left.get(case, "") if isinstance(left, Mapping) else ""


@register.filter
def in_groups(field: BoundField) -> list[tuple[str | None, list[dict[str, Any]], int | None]]:
    """The boxes of a field of grouped choices, by group."""
    widget = field.field.widget
    assert isinstance(widget, CheckboxSelectMultiple)
    return widget.optgroups(field.html_name, [str(one) for one in field.value() or []], {"id": field.auto_id})
