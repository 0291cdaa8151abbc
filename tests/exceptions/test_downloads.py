"""Every table as a file: whole, as it is filtered, for who may see its page, and noted in the trail."""

import csv
import io
from datetime import timedelta

import openpyxl
import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from exceptions import limits
from exceptions.downloads.tables import TABLES
from exceptions.ledgers import records as ledgers
from exceptions.models import ChangePreview, ExceptionCase, Invitation, Message, Outgoing, TrailEntry
from exceptions.reconciling import reconcile
from exceptions.rights import RIGHTS
from exceptions.trail.sentences import sentence
from reconciliation.models import LedgerEntry, Run
from tests.cached import forget
from tests.checks.conftest import NOON, brand  # noqa: F401
from tests.exceptions.people import case, someone
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def as_often_as_wanted(monkeypatch):
    """Nobody counts how often a table is taken."""
    monkeypatch.setattr(limits, "over", lambda key, *, most, seconds: False)


@pytest.fixture
def stored(brand):  # noqa: F811
    """One order in every system with a return and a credit, and a run over them."""
    brand.everywhere(1)
    brand.returned(7, refs={"rma": "RMA-7", "sales_order": "SO-1"}, said=1, customer={"id": "C-1"})
    brand.credit("CN-1", said=2, amount="4.00", refs={"sales_order": "SO-1"})
    reconcile(as_of=NOON + timedelta(days=20), now=timezone.now())
    return brand


def queries():
    """What each table that is about one thing is asked about."""
    of = {entry.type: str(entry.record) for entry in LedgerEntry.objects.filter(until=None).order_by("id")}
    about = {"run": {"run": Run.objects.latest("id").pk}, "groups": {"group": "kind"}}
    about |= {
        "outcomes": {"flow": "to-warehouse"},
        "versions": {"record": of["order"]},
        "order-facts": {"record": of["order"]},
        "credit-matches": {"record": of["credit"]},
    }
    about |= {"month-breakdown": {"month": "2025-09", "currency": "GBP", "way": "customer"}}
    about |= {"month-line": {"month": "2025-09", "currency": "GBP", "part": "returns", "bucket": "all"}}
    about |= {"month-beside": {"month": "2025-09", "currency": "GBP", "what": "sold"}}
    about |= {"evidence": {"id": ExceptionCase.objects.earliest("id").pk}, "channel-log": {"id": channel().pk}}
    about |= {name: {"id": preview().pk} for name in TABLES if name.startswith("preview-")}
    about |= {"return-facts": {"record": of["return"]}}
    about |= {name: {"id": "C-1"} for name in TABLES if name.startswith("customer-")}
    return about | {name: {"sku": "TEE"} for name in TABLES if name.startswith("sku-")}


def channel():
    """A team's channel, to which one message was sent."""
    said = {"flavour": "signed", "shown": "hooks.example.com", "sealed_address": "-", "made_at": NOON}
    made, new = Outgoing.objects.get_or_create(name="Ledger bot", defaults=said)
    if new:
        Message.objects.create(outgoing=made, key="m-1", content={}, made_at=NOON, due_at=NOON, answer="=1+1")
    return made


def preview():
    """What a change would do, asked for by whoever signed up last, with a row of each sort."""
    asker = get_user_model().objects.latest("id")
    result = {
        "lines": [["2025-09", "returns", "Credited", "", "1.00", "2.00"]],
        "cases": [["orphan_return", 2, 1]],
        "opened": [],
    }
    result |= {"kept_out": [["2025-09", "GBP", 1, "2.00"]], "decided": [["2025-09", "GBP", "Taken alone", 1, "2.00"]]}
    said = {"asked_at": NOON, "finished_at": NOON, "result": result}
    return ChangePreview.objects.get_or_create(by=asker, defaults=said)[0]


def lines(answer):
    text = b"".join(answer).decode()
    return list(csv.reader(io.StringIO(text, newline="")))


def test_every_table_is_a_file_in_both_formats_and_each_is_noted(client, stored):
    client.force_login(someone("ida", "admin", "finance_controller", "agent", team="finance").user)
    about = queries()
    for name, table in TABLES.items():
        forget()
        answer = client.get(f"/tables/{name}.csv", about.get(name, {}))
        assert answer.status_code == 200, name
        rows = lines(answer)
        assert all(len(row) <= len(rows[0]) for row in rows), name
        book = client.get(f"/tables/{name}.xlsx", about.get(name, {}))
        sheet = openpyxl.load_workbook(io.BytesIO(b"".join(book))).active
        assert [cell.value for cell in sheet[1]] == rows[0], name
        taken = TrailEntry.objects.filter(move="export", about=f"table {table.title}").order_by("id")
        assert [entry.details["after"]["format"] for entry in taken] == ["csv", "xlsx"], name
    tokens = TrailEntry.objects.filter(about="table Tokens")
    assert sentence(tokens.latest("id")).startswith("Took away the table Tokens: format xlsx")


@pytest.mark.parametrize("role", ["viewer", "agent", "lead", "approver", "finance_controller", "admin", None])
def test_each_table_asks_for_the_right_of_its_page(client, stored, role):
    client.force_login(PersonFactory(roles=[role] if role else []))
    about = queries()
    for name, table in TABLES.items():
        forget()
        allowed = role in RIGHTS[table.right] and role in RIGHTS["export"]
        found = client.get(f"/tables/{name}.csv", about.get(name, {})).status_code
        assert (found == 200) == allowed, (role, name, found)
        assert found in (200, 403), (role, name, found)
    assert TrailEntry.objects.filter(move="export").exists() == (role is not None)


def test_records_go_on_beyond_the_first_page_and_keep_to_the_filter(client, stored, monkeypatch):
    monkeypatch.setattr(ledgers, "PAGE", 2)
    client.force_login(someone("vic", "viewer").user)
    rows = lines(client.get("/tables/records.csv"))[1:]
    assert len(rows) == LedgerEntry.objects.filter(until=None).count() > 4
    assert len({row[-1] for row in rows}) == len(rows)
    orders = lines(client.get("/tables/records.csv?type=order"))[1:]
    assert {row[0] for row in orders} == {"order"}
    assert TrailEntry.objects.latest("id").details["after"] == {"format": "csv", "type": "order"}


def test_what_people_wrote_is_no_formula(client):
    now = timezone.now()
    Invitation.objects.create(
        email="x@example.com",
        full_name="=cmd|' /C calc'!A0",
        roles=["agent"],
        digest=b"1",
        invited_at=now,
        expires_at=now,
    )
    client.force_login(someone("sam", "admin").user)
    assert lines(client.get("/tables/invitations.csv"))[1][1].startswith("'=cmd")


def test_what_a_channel_answered_is_no_formula(client):
    client.force_login(someone("sam", "admin").user)
    rows = lines(client.get("/tables/channel-log.csv", {"id": channel().pk}))
    assert rows[1][-1] == "'=1+1"


def test_a_preview_is_taken_by_whoever_asked_for_it_alone(client):
    client.force_login(someone("sam", "admin").user)
    asked = {"id": preview().pk}
    assert lines(client.get("/tables/preview-cases.csv", asked))[1] == ["orphan_return", "2", "1"]
    client.force_login(someone("ida", "admin").user)
    assert client.get("/tables/preview-cases.csv", asked).status_code == 404


def test_groups_are_those_that_the_queue_shows(client):
    case("order:shop:1", amount="5.00", currency="GBP")
    case("order:shop:2", amount="7.00", currency="EUR")
    case("order:shop:3", team="ops")
    client.force_login(someone("ann", "agent", team="finance").user)
    rows = lines(client.get("/tables/groups.csv?group=team&state=open"))
    assert [row[:4] for row in rows[1:]] == [
        ["Finance", "2", "7.00", "EUR"],
        ["Finance", "2", "5.00", "GBP"],
        ["Operations", "1", "", ""],
    ]


@pytest.mark.parametrize(
    "address",
    [
        "nothing.csv",
        "records.pdf",
        "run.csv?run=x",
        "order-facts.csv?record=x",
        "sku-stock.csv?sku=none",
        "groups.csv?group=x",
        "month-line.csv?month=2025-09&currency=GBP&part=x",
        "month-beside.csv?month=2025-09&currency=GBP&what=x",
        "evidence.csv?id=x",
        "evidence.csv?id=9",
        "channel-log.csv?id=9",
        "preview-lines.csv?id=9",
        "month-breakdown.csv?month=x&currency=GBP&way=sku",
    ],
)
def test_what_is_not_there_is_not_found_and_not_noted(client, address):
    client.force_login(someone("ida", "admin", "agent").user)
    assert client.get(f"/tables/{address}").status_code == 404
    assert not TrailEntry.objects.filter(move="export").exists()


def test_taking_a_table_away_is_no_change_of_the_settings(client):
    client.force_login(someone("sam", "admin").user)
    client.get("/tables/settings-teams.csv")
    assert "Took away" not in client.get("/settings/history").content.decode()
    assert "Took away the table Settings: Teams: format csv." in client.get("/trail").content.decode()
