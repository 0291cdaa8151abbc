"""Addresses of the pages."""

from django.urls import path

from exceptions import ledger_views, views

urlpatterns = [
    path("", views.queue, name="queue"),
    path("exceptions/<int:id>", views.exception, name="exception"),
    path("orders/<uuid:record>", ledger_views.order, name="order"),
    path("records", ledger_views.records, name="records"),
    path("records/rejected", ledger_views.rejected, name="rejected"),
    path("records/rejected/<str:sha256>", ledger_views.rejected_line, name="rejected_line"),
    path("records/<uuid:record>", ledger_views.record, name="record"),
    path("records/<uuid:record>/<uuid:version>", ledger_views.version, name="version"),
]
