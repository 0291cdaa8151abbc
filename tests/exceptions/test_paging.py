"""Lists that can grow are read page by page by key, without a gap or a repeat."""

from datetime import timedelta
from decimal import Decimal

import pytest

from exceptions import approval_views, exception_page, proposals
from exceptions.configuration import mappings
from exceptions.configuration.mappings import mapped_words
from exceptions.models import TrailEntry
from reconciliation.models import SkuAlias, System
from tests.exceptions.people import NOW, bands, case, someone

pytestmark = pytest.mark.django_db


def test_what_happened_to_a_case_is_read_from_its_end(client, monkeypatch):
    monkeypatch.setattr(exception_page, "HAPPENED", 3)
    known = case()
    for number in range(8):
        TrailEntry.objects.create(
            case=known, at=NOW + timedelta(hours=number), move="note", note=f"word {number}", source="page"
        )
    client.force_login(someone("ann", "agent", team="finance").user)
    pages, address = [], ""
    while address is not None:
        page = client.get(f"/exceptions/{known.pk}{address}").context["page"]
        pages.append([entry.note[-1] for entry in page.trail])
        address = f"?before={page.earlier}" if page.earlier else None
    assert pages == [["5", "6", "7"], ["2", "3", "4"], ["0", "1"]]
    for odd in ("x", "0", "9" * 30):
        assert client.get(f"/exceptions/{known.pk}?before={odd}").status_code == 200


def test_proposals_follow_each_other_and_those_of_others_stand_apart(client, monkeypatch):
    monkeypatch.setattr(approval_views, "SHOWN", 2)
    bands()
    ann, zoe = someone("ann", "agent", team="finance"), someone("zoe", "approver")
    for number in range(5):
        known = case(f"order:shop:{number}", state="pending_approval", amount=Decimal(5), currency="GBP")
        proposals.make(known, "accept_variance", {"reason": "goodwill"}, note="x", by=ann.user, at=NOW)
    client.force_login(zoe.user)
    seen, address = [], "/approvals"
    while address:
        context = client.get(address).context
        seen += [proposal.case.subject for proposal, _ in context["mine"]]
        address = context["more_mine"] and f"/approvals?after={context['more_mine']}"
    assert seen == [f"order:shop:{number}" for number in range(5)]
    client.force_login(ann.user)
    context = client.get("/approvals").context
    assert (len(context["mine"]), len(context["others"]), context["more_others"] is None) == (0, 2, False)


def test_mapped_words_follow_each_other(monkeypatch):
    monkeypatch.setattr(mappings, "PAGE", 2)
    for key in ("b", "a"):
        system = System.objects.create(key=key, kind="erp", vendor="file", name=key)
        for raw in ("X-2", "x-1", "X-3"):
            SkuAlias.objects.create(system=system, raw=raw, raw_key=raw, canonical="Y")
    seen, cursor = [], ""
    while cursor is not None:
        page = mapped_words("skus", after=cursor)
        seen += [(word.system_id, word.raw) for word in page.words]
        cursor = page.following
        assert page.count == 6
    assert seen == sorted(set(seen))
    assert len(seen) == 6
    for odd in ("x", "%00", "WzEsMl0=", "bnVsbA=="):
        assert len(mapped_words("skus", after=odd).words) == 2
