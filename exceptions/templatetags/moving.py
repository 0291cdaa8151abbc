"""For pages that show how far something is: `{% load moving %}`."""

from collections.abc import Iterable

from django import template

from connectors.models import PullRun

register = template.Library()


@register.filter
def moving(runs: Iterable[PullRun]) -> bool:
    """Whether one of the windows is still being read."""
    return any(run.finished_at is None for run in runs)
