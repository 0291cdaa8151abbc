"""The tables of the pages."""

from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString

from exceptions.formats import money_text
from exceptions.models import ExceptionCase


class QueueTable(tables.Table):  # type: ignore[misc]
    """The queue, a row a case."""

    tick = tables.TemplateColumn(
        template_name="exceptions/_tick.html", verbose_name="", empty_values=(), attrs={"td": {"class": "tick"}}
    )
    severity = tables.TemplateColumn(
        template_name="exceptions/_severity.html", verbose_name="Severity", attrs={"td": {"class": "state"}}
    )
    title = tables.TemplateColumn(
        template_name="exceptions/_title.html", verbose_name="What", attrs={"td": {"class": "title"}}
    )
    amount = tables.Column(
        verbose_name="At risk", default="–", attrs={"td": {"class": "text-end amount"}, "th": {"class": "text-end"}}
    )
    due_at = tables.TemplateColumn(
        template_name="exceptions/_due.html", verbose_name="Time left", attrs={"td": {"class": "due"}}
    )
    team = tables.Column(verbose_name="Team", attrs={"td": {"class": "team"}})
    owner = tables.TemplateColumn(
        template_name="exceptions/_owner.html",
        verbose_name="Owner",
        empty_values=(),
        attrs={"td": {"class": "owner"}},
    )
    systems = tables.Column(verbose_name="Systems", attrs={"td": {"class": "rest"}})
    occurrences = tables.Column(verbose_name="Seen", attrs={"td": {"class": "text-end rest"}})

    class Meta:
        attrs = {"class": "table table-vcenter card-table queue"}
        orderable = False
        template_name = "exceptions/_table.html"

    def render_amount(self, value: Any, record: ExceptionCase) -> SafeString:
        return format_html('<span class="money">{}</span>', money_text(value, record.currency))

    def render_systems(self, value: list[str]) -> str:
        return " ≠ ".join(value)

    def render_occurrences(self, value: int) -> str:
        return f"×{value}"
