"""What outsiders and colleagues wrote is shown as it is: as text, in its own direction, and never as part of a page."""

import re

import pytest

from exceptions.models import SavedView, Team, TrailEntry
from tests.exceptions.people import NOW, bands, case, someone

pytestmark = pytest.mark.django_db
SCRIPT = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
TEMPLATE = "{{ settings.SECRET_KEY }}{% load x %}${7*7}"
TURNED = "\u202egnp.exe\u202c\u0000".replace("\x00", "")
LONG = "W" * 5_000
TEXTS = [SCRIPT, TEMPLATE, TURNED, LONG, "javascript:alert(1)", "👩‍👩‍👧‍👦 ﷽ Ĳ", "a\nb\r\nc"]


@pytest.fixture
def ann(client):
    """Somebody of finance, signed in, whose own name is hostile too."""
    bands()
    ann = someone("ann", "agent", "approver", "admin", team="finance")
    ann.user.first_name = SCRIPT[:150]
    ann.user.save()
    client.force_login(ann.user)
    return ann


def hostile(text, ann):
    piece = {"field": text, "expected": text, "expected_from": text, "actual": f"failed {text}", "actual_from": text}
    known = case(
        f"order:shop:{text[:200]}",
        kind="sync_failure",
        title=text,
        customer=text,
        sku=text,
        flow=text,
        systems=[text, text],
        refs={"sales_order": text, text[:40]: text},
        evidence=[piece, piece | {"expected": "success"}],
        suggestions=[{"order": text, "why": text}, {"sku": text, "why": text}],
        owner=ann.user,
        state="waiting",
        waiting_for=text,
        until=NOW,
        amount="5.00",
        currency="GBP",
    )
    TrailEntry.objects.create(case=known, at=NOW, move="note", note=text, by=ann.user, source=text[:50])
    TrailEntry.objects.create(
        about=text, at=NOW, move="change", by=ann.user, source="page", details={"after": {text[:50]: text}}
    )
    SavedView.objects.create(person=ann.user, name=text[:60], query=f"q={text[:100]}")
    return known


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_whatever_text_arrives_no_page_breaks_or_runs_it(client, ann, text):
    known = hostile(text, ann)
    for address in (
        "/queue",
        "/queue?group=error",
        "/queue?group=customer",
        f"/exceptions/{known.pk}",
        f"/exceptions/{known.pk}/owner",
        f"/exceptions/{known.pk}/moves/note",
        "/trail",
        "/settings/history",
        "/home/cx",
        "/home/admin",
        "/insight",
        "/settings/people",
    ):
        answer = client.get(address)
        assert answer.status_code == 200, address
        page = answer.content.decode()
        assert "<script>alert" not in page, address
        assert "<img src=x" not in page, address
        assert not re.search(r'href="\s*javascript:', page), address


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_whatever_is_asked_is_answered(client, ann, text):
    for address in ("/queue", "/search", "/trail", "/records", "/customer", "/sku", "/insight", "/skus", "/runs"):
        for name in ("q", "after", "view", "group", "order", "id", "sku", "customer", "by", "about", "type", "error"):
            assert client.get(address, {name: text}).status_code in (200, 302, 404), (address, name)


def test_a_view_and_a_team_of_any_name_are_shown_and_dropped(client, ann):
    Team.objects.update_or_create(key="finance", defaults={"name": SCRIPT, "calendar_id": "office"})
    client.post("/views", {"name": SCRIPT, "query": 'kind="><script>'})
    page = client.get("/queue").content.decode()
    assert "<script>alert" not in page
    assert SavedView.objects.get().name == SCRIPT[:60]
