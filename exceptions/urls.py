"""Addresses of the pages."""

from django.urls import path, register_converter

from exceptions import ledger_views, views


class Sha256:
    """64 hexadecimal digits in an address."""

    regex = "[0-9a-f]{64}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Sha256, "sha256")

urlpatterns = [
    path("", views.queue, name="queue"),
    path("exceptions/<int:id>", views.exception, name="exception"),
    path("orders/<uuid:record>", ledger_views.order, name="order"),
    path("records", ledger_views.records, name="records"),
    path("records/rejected", ledger_views.rejected, name="rejected"),
    path("records/rejected/<sha256:sha256>", ledger_views.rejected_line, name="rejected_line"),
    path("records/<uuid:record>", ledger_views.record, name="record"),
    path("records/<uuid:record>/<uuid:version>", ledger_views.version, name="version"),
]
