"""The tables of the pages."""

import django_tables2 as tables


class QueueTable(tables.Table):  # type: ignore[misc]
    """The queue, a row a case: its columns; what stands in them is templates/exceptions/_row.html.

    A row is one template, for a template for each cell costs twice the time of the page.
    """

    tick = tables.Column(verbose_name="")
    severity = tables.Column(verbose_name="Severity")
    title = tables.Column(verbose_name="What")
    amount = tables.Column(verbose_name="At risk", attrs={"th": {"class": "text-end"}})
    due_at = tables.Column(verbose_name="Time left")
    team = tables.Column(verbose_name="Team")
    owner = tables.Column(verbose_name="Owner")
    systems = tables.Column(verbose_name="Systems")
    occurrences = tables.Column(verbose_name="Seen")

    class Meta:
        attrs = {"class": "table table-vcenter card-table queue"}
        orderable = False
