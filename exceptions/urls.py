"""Addresses of the pages."""

from django.urls import path

from exceptions import case_views, hooks, ledger_views, people_views, views

urlpatterns = [
    path("", views.queue, name="queue"),
    path("exceptions/bulk", views.bulk_move, name="bulk_move"),
    path("exceptions/bulk/<int:id>", views.bulk_job, name="bulk_job"),
    path("views", views.save_view, name="save_view"),
    path("views/<int:id>/drop", views.drop_view, name="drop_view"),
    path("exceptions/<int:id>", case_views.exception, name="exception"),
    path("exceptions/<int:id>/moves/<str:name>", case_views.move_exception, name="move"),
    path("exceptions/<int:id>/changes/<int:change>/undo", case_views.undo_change, name="undo_change"),
    path("exceptions/<int:id>/files", case_views.attach_file, name="attach_file"),
    path("exceptions/<int:id>/files/<int:attachment>", case_views.attachment, name="attachment"),
    path("exceptions/<int:id>/drafts/<str:resolution>", case_views.draft, name="draft"),
    path("account/", people_views.account, name="account"),
    path("invitation/<str:secret>", people_views.accept_invitation, name="accept_invitation"),
    path("settings/people", people_views.people, name="people"),
    path("settings/people/invite", people_views.invite_somebody, name="invite_somebody"),
    path("settings/people/invitations/<int:id>/withdraw", people_views.withdraw_invitation, name="withdraw_invitation"),
    path("settings/people/<int:id>", people_views.somebody, name="somebody"),
    path("settings/people/<int:id>/leave", people_views.leave, name="leave"),
    path("settings/people/<int:id>/come-back", people_views.come_back, name="come_back"),
    path("settings/tokens", people_views.tokens, name="tokens"),
    path("settings/tokens/<int:id>/revoke", people_views.revoke_token, name="revoke_token"),
    path("orders/<uuid:record>", ledger_views.order, name="order"),
    path("search", ledger_views.search, name="search"),
    path("returns/<uuid:record>", ledger_views.return_, name="return"),
    path("customer", ledger_views.customer, name="customer"),
    path("sku", ledger_views.sku, name="sku"),
    path("runs", ledger_views.runs, name="runs"),
    path("runs/<int:id>", ledger_views.run, name="run"),
    path("feeds", ledger_views.feeds, name="feeds"),
    path("records", ledger_views.records, name="records"),
    path("records/rejected", ledger_views.rejected, name="rejected"),
    path("records/rejected/<str:sha256>", ledger_views.rejected_line, name="rejected_line"),
    path("records/<uuid:record>", ledger_views.record, name="record"),
    path("records/<uuid:record>/<uuid:version>", ledger_views.version, name="version"),
    path("hooks/<str:key>", hooks.hook, name="hook"),
]
