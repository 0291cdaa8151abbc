"""Whatever leaves as a file leaves an entry in the trail; which pages give files is found in their views."""

import inspect
import io
import json

import pytest
from django.urls import reverse
from django.utils import timezone

from connectors.lines import read_lines
from exceptions.drafts import DRAFTED
from exceptions.models import Attachment, TrailEntry
from exceptions.resolutions import resolutions_of
from exceptions.trail.sentences import sentence
from reconciliation.intake import take_in
from reconciliation.models import LedgerEntry, RejectedLine
from tests.exceptions.people import bands, case, someone
from tests.exceptions.test_access import ADDRESSES
from tests.reconciliation.conftest import order, systems  # noqa: F401

pytestmark = pytest.mark.django_db
SIGNS = ("attachment", "take(", "_file(request")


def gives_files():
    """The names of the pages whose views make an answer that a browser keeps as a file."""
    found = set()
    for name, parts in ADDRESSES.items():
        view = inspect.unwrap(parts[-1].callback)
        if getattr(view, "__module__", "").startswith("exceptions.") and any(
            s in inspect.getsource(view) for s in SIGNS
        ):
            found.add(name)
    return found - {"attach_file", "opening_balance"}  # which take files in


@pytest.fixture
def files(systems, settings, tmp_path):  # noqa: F811
    """An address of each page that gives files."""

    settings.MEDIA_ROOT = tmp_path
    bands()
    lines = "\n".join([json.dumps(order()), "{no"]).encode()
    take_in(read_lines(io.BytesIO(lines)), source="feed", clock=timezone.now)
    known, entry = case(kind="credit_value_mismatch", evidence=[]), LedgerEntry.objects.get()
    digest = "ab" * 32
    (tmp_path / "attachments" / "ab").mkdir(parents=True, exist_ok=True)
    someone_else = someone("fay", "agent", team="finance")
    kept = Attachment.objects.create(
        case=known, name="proof.txt", content_type="", size=1, sha256=digest, by=someone_else.user
    )
    drafted = next(one.key for one in resolutions_of(known.kind) if one.key in DRAFTED)
    return {
        "queue_export": reverse("queue_export", args=["csv"]),
        "table": reverse("table", args=["people", "xlsx"]),
        "trail_export": reverse("trail_export", args=["csv"]),
        "export_month": reverse("export_month", args=["2025-09", "GBP", "csv"]),
        "handbook_file": reverse("handbook_file"),
        "settings_topology_file": reverse("settings_topology_file"),
        "attachment": reverse("attachment", args=[known.pk, kept.pk]),
        "draft": reverse("draft", args=[known.pk, drafted]),
        "version": reverse("version", args=[entry.record, entry.version]) + "?as=received",
        "rejected_line": reverse("rejected_line", args=[bytes(RejectedLine.objects.get().sha256).hex()])
        + "?as=received",
    }


def test_each_file_that_is_taken_is_in_the_trail(client, files, monkeypatch):
    monkeypatch.setattr("exceptions.case_views.stored_file", lambda kept: io.BytesIO(b"x"))
    assert gives_files() == set(files)
    client.force_login(someone("ida", "admin", "finance_controller", "agent", "viewer", team="finance").user)
    for name, address in files.items():
        before = TrailEntry.objects.count()
        answer = client.get(address, headers={"X-Request-ID": f"took-{name}"})
        assert (answer.status_code, answer["Content-Disposition"][:10]) == (200, "attachment"), name
        b"".join(answer.streaming_content if answer.streaming else ())
        entry = TrailEntry.objects.latest("id")
        assert TrailEntry.objects.count() == before + 1, name
        assert (entry.move, entry.by.username, entry.request_id) == ("export", "ida", f"took-{name}"), name
        assert sentence(entry).startswith("Took away the"), name
