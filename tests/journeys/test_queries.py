"""No page asks the database often, and none more often because there is more to show."""

import re
from datetime import timedelta
from itertools import cycle, islice

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from connectors.models import Connection, Outbox
from connectors.writing import Planned
from exceptions import proposals
from exceptions.models import (
    Attachment,
    ExceptionCase,
    OwnChange,
    Period,
    PeriodItem,
    Proposal,
    StepTick,
    TrailEntry,
    WriteBack,
)
from exceptions.months.signed import stored, totals
from exceptions.months.statement import statement_of
from exceptions.resolutions import resolutions_of
from exceptions.runbooks.steps import steps_of
from exceptions.runbooks.texts import runbook_of
from exceptions.writeback.targets import WRITTEN
from reconciliation.models import System
from tests.exceptions.people import case, someone
from tests.journeys.places import places

WRITING = re.compile(r"^\s*(insert|update|delete|truncate|merge)\b|\b(insert into|delete from) ", re.IGNORECASE)
MANY = 300
MOST = 15
HELD_OPEN = ("new", "in_progress", "waiting", "fix_applied", "pending_approval")


def asked(client, address):
    """How many queries a page takes once what it keeps in the cache is warm; reading it changes nothing."""
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code in (200, 302), address
    assert [query["sql"] for query in queries if WRITING.search(query["sql"])] == [], address
    return len(queries)


def test_reading_changes_nothing_and_takes_no_more_than_fifteen_queries_however_many_rows(filled, client):
    client.force_login(filled.user)
    found = places()
    before = {place.address: asked(client, place.address) for place in found}
    assert {address: n for address, n in before.items() if n > MOST} == {}
    for number in range(MANY):
        case(f"order:shop:{number}", sku="HP-100", customer="C-1000", owner=filled.user)
    for number in range(20):
        someone(f"person-{number}", "agent", team="finance")
    after = {place.address: asked(client, place.address) for place in found}
    grown = {address: (before[address], now) for address, now in after.items() if now > before[address]}
    assert grown == {}


def test_the_pages_of_a_month_take_no_more_whether_or_not_it_is_signed(filled, client, company):
    client.force_login(filled.user)
    now = timezone.now()
    month, before = (f"{now.replace(day=1) - timedelta(days=ago):%Y-%m}" for ago in (1, 40))
    ExceptionCase.objects.filter(state="new").update(severity="critical")
    sign(before, "closed", company, now)
    pages = ("", "?known=now", "/returns/credited", "/by/customer", "/by/sku", "/beside/records?of=order")
    taken = {}
    for state in ("open", "in_review", "closed"):
        sign(month, state, company, now)
        taken |= {(state, page): asked(client, f"/close/{month}/GBP{page}") for page in pages}
    assert {page: n for page, n in taken.items() if n > MOST} == {}


def sign(month, state, company, now):
    """Puts a month into a state, with the statement of now."""
    made = statement_of(month, "GBP", as_of=now)
    period, _ = Period.objects.get_or_create(month=month, currency="GBP")
    PeriodItem.objects.filter(period=period).delete()
    PeriodItem.objects.bulk_create(stored(period, made.items))
    signed = {
        "prepared_by": company.amira.user,
        "prepared_at": now,
        "reviewed_by": company.fay.user,
        "reviewed_at": now,
    }
    known = {"as_of": now, "totals": totals(made), "content_hash": "0"} | signed
    Period.objects.filter(pk=period.pk).update(state=state, **known)


@pytest.mark.parametrize("at_once", [1, pytest.param(len(HELD_OPEN), marks=pytest.mark.slow)])
def test_the_page_of_an_exception_takes_no_more_whatever_its_kind_and_state(filled, client, company, at_once):
    """Each kind is looked at in some of the states, the next kind in those that follow."""
    now, found, states = timezone.now(), {}, cycle(HELD_OPEN)
    cases = list(ExceptionCase.objects.filter(state="new").order_by("kind", "-amount").distinct("kind"))
    assert len(cases) > 20
    for person in (company.amira, company.fay):
        client.force_login(person.user)
        asked(client, f"/exceptions/{cases[0].pk}")
        for known in cases:
            for state in islice(states, at_once):
                ExceptionCase.objects.filter(id=known.pk).update(
                    state=state, owner=company.amira.user, until=now, team="finance"
                )
                if state == "pending_approval" and not Proposal.objects.filter(case=known, decision=None).exists():
                    resolution = resolutions_of(known.kind)[0].key
                    proposals.make(known, resolution, {}, note="why", by=company.amira.user, at=now)
                with CaptureQueriesContext(connection) as queries:
                    assert client.get(f"/exceptions/{known.pk}").status_code == 200
                found[state, known.kind, person.user.username] = len(queries)
    assert {case: n for case, n in found.items() if n > MOST} == {}


def test_the_page_of_an_exception_takes_no_more_with_all_at_it_that_can_be(filled, client, company):
    connected_to_write()
    client.force_login(company.amira.user)
    found = {}
    for known in ExceptionCase.objects.filter(state="new").order_by("kind", "-amount").distinct("kind"):
        beside(known, company)
        found[known.kind, "in progress"] = asked(client, f"/exceptions/{known.pk}")
        proposals.make(known, resolutions_of(known.kind)[0].key, {}, note="why", by=company.fay.user, at=timezone.now())
        ExceptionCase.objects.filter(id=known.pk).update(state="pending_approval")
        found[known.kind, "proposed"] = asked(client, f"/exceptions/{known.pk}")
    assert len(found) > 40
    assert {case: n for case, n in found.items() if n > MOST} == {}


def connected_to_write():
    """Every system may be written to, with whatever its vendor takes."""
    for system in System.objects.all():
        defaults = {"kind": system.kind, "vendor": system.vendor or ""}
        Connection.objects.get_or_create(system=system.key, defaults=defaults)
    Connection.objects.update(writes_allowed=[action for action, _ in WRITTEN.values()], paused_at=None)


def beside(known, company):
    """What people put to a case: an owner, files, notes, ticks, changes of our own data and outside, and links."""
    now, amira = timezone.now(), company.amira.user
    other = case(f"order:shop:like-{known.pk}", state="resolved", closed_at=now)
    links = dict.fromkeys(("superseded_by", "merged_into", "continues"), other)
    ExceptionCase.objects.filter(id=known.pk).update(
        state="in_progress", owner=amira, until=now, team="finance", previous_owner=company.fay.user, **links
    )
    for number in range(3):
        TrailEntry.objects.create(case=known, at=now, by=amira, move="note", source="page", note="@fay look at this")
        Attachment.objects.create(case=known, name="a.pdf", content_type="", size=1, sha256=f"{number}", by=amira)
        OwnChange.objects.create(case=known, what="map_sku", made_by=amira, made_at=now)
        change = Outbox.objects.create(
            connection=Connection.objects.order_by("id")[number],
            key=f"{known.pk}-{number}",
            action="retry",
            payload=Planned("Retry it.", "POST", "/retry").as_json(),
            by=amira,
            due_at=now,
        )
        WriteBack.objects.create(case=known, version=number, resolution="retry_sync", change=change)
    for step in steps_of(runbook_of(known.kind).text):
        StepTick.objects.create(case=known, step=step.key, text=step.text, by=amira, at=now)
