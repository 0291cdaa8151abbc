"""The template filter for durations: `{% load durations %}`."""

from datetime import timedelta

from django import template

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
