"""Lists that can grow are read page by page by key, without a gap or a repeat."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import User

from exceptions import approval_views, exception_page, listing, proposals
from exceptions.configuration import mappings
from exceptions.configuration.mappings import mapped_words
from exceptions.configuration.sections import SECTIONS
from exceptions.listing import row_number
from exceptions.models import OwnershipRule, SlaPolicy, TrailEntry
from exceptions.people.invitations import Place, invite, withdraw
from exceptions.people.tokens import create_token
from reconciliation.models import SkuAlias, System
from tests.exceptions.people import NOW, bands, case, someone, teams

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


def pages_of(client, address, key, search=""):
    """What each page of a list shows, from the first on by the cursor of the one before."""
    cursor = ""
    while cursor is not None:
        page = client.get(address, {"q": search, "after": cursor}).context["page"]
        yield [key(row) for row in page.rows]
        cursor = page.following


def test_people_follow_each_other_and_are_found_by_name_or_address(client, monkeypatch):
    monkeypatch.setattr(listing.list_page, "__kwdefaults__", {"search": "", "after": "", "size": 2})
    sam = someone("sam", "admin")
    for name, active in (("ann", True), ("ben", False), ("cat", True), ("dan", False)):
        User.objects.create_user(name, first_name=name.title(), email=f"{name}@rye.example", is_active=active)
    client.force_login(sam.user)
    shown = [*pages_of(client, "/settings/people", lambda one: one.username)]
    assert shown == [["ann", "cat"], ["sam", "ben"], ["dan"]]
    assert [*pages_of(client, "/settings/people", lambda one: one.username, "rye DAN")] == [["dan"]]
    assert client.get("/settings/people?q=nobody&after=x%00").context["page"].rows == []


def test_invitations_follow_each_other_and_are_found_by_address_name_or_who_made_them(client, monkeypatch):
    monkeypatch.setattr(listing.list_page, "__kwdefaults__", {"search": "", "after": "", "size": 2})
    sam = someone("sam", "admin")
    asked = {"by": sam.user, "at": NOW, "source": "page"}
    for number in range(5):
        invite(f"new{number}@rye.example", Place(("agent",)), full_name=f"Nora {number}", **asked)
    over, _ = invite("gone@rye.example", Place(("agent",)), **asked)
    withdraw(over, **asked)
    client.force_login(sam.user)
    shown = [*pages_of(client, "/settings/people/invitations", lambda one: one.email[3])]
    assert shown == [["4", "3"], ["2", "1"], ["0"]]
    for words in ("rye NEW2", "nora 2", "sam 2"):
        assert [*pages_of(client, "/settings/people/invitations", lambda one: one.email[3], words)] == [["2"]]
    assert "5 invited, not here yet" in client.get("/settings/people").content.decode()
    assert len(client.get("/tables/invitations.csv?q=new2").getvalue().decode().splitlines()) == 2


def test_tokens_follow_each_other_and_are_found_by_name(client, monkeypatch):
    monkeypatch.setattr(listing.list_page, "__kwdefaults__", {"search": "", "after": "", "size": 2})
    for number in range(5):
        create_token(name=f"till {number}", scopes=["read"], expires_at=NOW)
    create_token(name="Back office", scopes=["read"], expires_at=NOW - timedelta(days=1))
    client.force_login(someone("sam", "admin").user)
    assert [*pages_of(client, "/settings/tokens", lambda one: one.name[-1])] == [["e", "4"], ["3", "2"], ["1", "0"]]
    assert [*pages_of(client, "/settings/tokens", lambda one: one.name, "Back office")] == [["Back office"]]


def test_the_rows_of_a_section_follow_each_other_also_where_columns_are_empty(client, monkeypatch):
    monkeypatch.setattr(listing.list_page, "__kwdefaults__", {"search": "", "after": "", "size": 2})
    for kind, severity in ((None, "high"), ("orphan_return", None), (None, "low"), ("orphan_return", "low")):
        SlaPolicy.objects.create(kind=kind, severity=severity, claim_hours=1, resolve_hours=2)
    client.force_login(someone("sam", "admin").user)
    shown = [*pages_of(client, "/settings/sla", lambda one: (one.kind, one.severity))]
    assert shown == [[("orphan_return", "low"), ("orphan_return", None)], [(None, "high"), (None, "low")]]
    assert [*pages_of(client, "/settings/sla", lambda one: one.severity, "orphan low")] == [["low"]]


def test_a_rule_keeps_its_place_among_all_on_every_page_and_in_a_search(client, monkeypatch):
    monkeypatch.setattr(listing.list_page, "__kwdefaults__", {"search": "", "after": "", "size": 2})
    team = teams()["ops"]
    for number in range(3):
        OwnershipRule.objects.create(position=number, name=f"Rule {number}", team=team)
    client.force_login(someone("sam", "admin").user)
    first = client.get("/settings/rules")
    assert [line["order"] for line in first.context["rows"]] == [1, 2]
    content = first.content.decode()
    assert (content.count("Move Rule 0 up"), content.count("Move Rule 1 down")) == (0, 1)
    last = client.get("/settings/rules", {"q": "rule 2"})
    assert [line["order"] for line in last.context["rows"]] == [3]
    assert "Move Rule 2 down" not in last.content.decode()
    rows = client.get("/tables/settings-rules.csv", {"q": "rule 2"}).getvalue().decode().splitlines()
    assert len(rows) == 2, "the file is of what was searched"


@pytest.mark.parametrize("section", [key for key in SECTIONS if key != "company"])
def test_every_section_is_read_by_a_cursor_whatever_its_order(section, django_assert_max_num_queries):
    rows = SECTIONS[section].rows("any words")
    assert str(rows.query.order_by[-1]).lstrip("-") in ("id", "pk", "key"), "no two rows may share their place"
    with django_assert_max_num_queries(2):
        assert listing.list_page(rows, after="WzEsMl0=").rows == []


def test_mapped_words_follow_each_other(monkeypatch):
    monkeypatch.setattr(mappings, "PAGE", 2)
    for position, key in enumerate(("b", "a")):
        system = System.objects.create(key=key, kind="erp", vendor="file", name=key, position=position)
        for raw in ("X-2", "x-1", "X-3"):
            SkuAlias.objects.create(system=system, raw=raw, raw_key=raw, canonical="Y")
    seen, cursor = [], ""
    while cursor is not None:
        page = mapped_words("skus", after=cursor)
        seen += [(word.system_id, word.raw) for word in page.rows]
        cursor = page.following
        assert page.count == 6
    assert seen == sorted(set(seen))
    assert len(seen) == 6
    for odd in ("x", "%00", "WzEsMl0=", "bnVsbA=="):
        assert len(mapped_words("skus", after=odd).rows) == 2


@pytest.mark.parametrize(("text", "number"), [("17", 17), ("0", 0), ("9" * 18, 10**18 - 1)])
def test_digits_name_a_row(text, number):
    assert row_number(text) == number


@pytest.mark.parametrize("text", ["", "-1", "1.0", " 1", "x", "²", "١٧", "9" * 19])
def test_whatever_else_names_none(text):
    assert row_number(text) is None
