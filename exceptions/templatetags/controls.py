"""Form fields as the pages' style has them."""

from typing import Any, cast

from django import template
from django.forms import BoundField, CheckboxInput, Select
from django.forms.boundfield import BoundWidget
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def control(field: BoundField) -> SafeString:
    """The field's input with the class that its kind has on our pages."""
    widget = field.field.widget
    shape = "form-control"
    if isinstance(widget, CheckboxInput):
        shape = "form-check-input"
    elif isinstance(widget, Select):
        shape = "form-select"
    return field.as_widget(attrs={"class": f"{shape} is-invalid" if field.errors else shape})


@register.filter
def boxes(field: BoundField) -> list[BoundWidget]:
    """The boxes of a field of several, each with its class."""
    for box in field.subwidgets:
        box.data["attrs"]["class"] = "form-check-input"
    return list(field.subwidgets)


@register.filter
def options(field: BoundField) -> list[tuple[str, str, bool]]:
    """The options of a select: value, label, whether it is chosen; its widget would draw each from two templates."""
    chosen, select = str(field.value() or ""), cast(Any, field.field)
    return [(str(value), str(label), str(value) == chosen) for value, label in iter(select.choices)]
