"""Every page that a person can open, with what it is about."""

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote

from django.contrib.auth import get_user_model
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from exceptions.access import ANYBODY, PAGES
from exceptions.models import ChangePreview, ExceptionCase
from reconciliation.models import CreditMatch, LedgerEntry, RejectedLine, Run

# names that answer to forms, files, machines or a certain step of signing in, and have pages of their own tests
NO_PAGE = {
    *("export_month", "tick_step", "handbook_file", "issue_handbook", "answer_item", "sign_round", "ask_round"),
    *("alive", "hook", "read_news", "open_news", "own_channel", "sign_month", "sign_opening", "withdraw_opening"),
    *("queue_export", "table", "skus", "decide", "move", "undo_change", "bulk_move", "bulk_job", "save_view"),
    *("attach_file", "attachment", "draft", "test_connection", "pull_connection", "allow_writes", "trail_export"),
    *("connection_windows", "settings_connection_do", "remove_connection", "setup", "setup_begin_run", "drop_view"),
    *("withdraw_invitation", "leave", "come_back", "lost_second_step", "revoke_token", "home_month"),
    *("settings_unmap", "settings_channel", "settings_channel_do", "settings_topology_file", "settings_move_rule"),
    *("settings_end_suppression", "settings_remove", "home_of"),
}
SIGNING_IN = ("account_", "mfa_", "usersessions_", "socialaccount_", "openid_", "api-v1:", "accept_")


@dataclass(frozen=True)
class Place:
    """A page's name, and its address."""

    name: str
    address: str


def places():
    """Every page of the table of rights, each with an example from what is stored."""
    found, about = [], examples(last_month())
    for name, right in PAGES.items():
        if right == ANYBODY or name in NO_PAGE or name.startswith(SIGNING_IN):
            continue
        if name in about or takes_nothing(name):
            found.append(Place(name, about.get(name) or reverse(name)))
    found += [Place("home_of", f"/home/{key}") for key in ("finance", "cx", "ops", "admin")]
    found += [Place("mfa_index", reverse("mfa_index")), Place("account_email", reverse("account_email"))]
    return found


def takes_nothing(name):
    """Whether an address needs no example."""
    try:
        return bool(reverse(name))
    except NoReverseMatch:
        return False


def last_month():
    return f"{timezone.now().replace(day=1) - timedelta(days=1):%Y-%m}/GBP"


def entry(type):
    """The first record of a type that is in the ledger."""
    return LedgerEntry.objects.filter(type=type, until=None).order_by("id").first()


def examples(month):
    """Addresses of the pages that are about one thing."""
    known = ExceptionCase.objects.exclude(evidence=[]).exclude(customer=None).order_by("id").first()
    about_goods = ExceptionCase.objects.exclude(sku=None).order_by("id").first()
    refused = RejectedLine.objects.first()
    order, return_ = entry("order"), entry("return")
    matched = CreditMatch.objects.order_by("runner_up_at", "sale_at").first()
    return {
        "exception": f"/exceptions/{known.pk}",
        "settings_connection": "/settings/connection?system=rebound",
        "system_page": "/systems/warehouse_file",
        "owner": f"/exceptions/{known.pk}/owner",
        "order": f"/orders/{order.record}",
        "return": f"/returns/{return_.record}",
        "outcomes": "/feeds/outcomes?flow=orders-to-shopify",
        "record": f"/records/{matched.credit_record}",
        "version": f"/records/{order.record}/{order.version}",
        "rejected_line": f"/records/rejected/{bytes(refused.sha256).hex()}",
        "run": f"/runs/{Run.objects.latest('id').pk}",
        "customer": f"/customer?id={quote(known.customer)}",
        "sku": f"/sku?sku={quote(about_goods.sku)}",
        "search": "/search?q=SO",
        "somebody": f"/settings/people/{get_user_model().objects.first().pk}",
        "close_month": f"/close/{month}",
        "close_line": f"/close/{month}/returns/credited",
        "close_breakdown": f"/close/{month}/by/customer",
        "close_beside": f"/close/{month}/beside/records?of=order",
        "settings_mappings": "/settings/mappings/statuses",
        "settings_section": "/settings/rules",
        "settings_edit": "/settings/rules/edit",
        "settings_runbook": "/settings/runbooks/wrong_refund_method",
        "settings_preview": f"/settings/previews/{preview().pk}",
    }


def preview():
    """What a lower limit would have meant, asked by who reads the pages."""
    reader = get_user_model().objects.latest("id")
    decided = [[last_month().split("/")[0], "GBP", "Could be taken alone, would need an approval", 2, "31.50"]]
    result = {"decided": decided, "months": ["2026-10 GBP"]}
    said = {"asked_at": timezone.now(), "finished_at": timezone.now(), "result": result}
    return ChangePreview.objects.get_or_create(by=reader, defaults=said)[0]
