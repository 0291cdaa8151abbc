"""Every table as a file: whole, as it is filtered, for who may see its page, and noted in the trail."""

import csv
import io
from datetime import timedelta

import openpyxl
import pytest
from django.utils import timezone

from exceptions.downloads.tables import TABLES
from exceptions.ledgers import records as ledgers
from exceptions.models import Invitation, TrailEntry
from exceptions.reconciling import reconcile
from exceptions.rights import RIGHTS
from reconciliation.models import LedgerEntry, Run
from tests.checks.conftest import NOON, brand  # noqa: F401
from tests.exceptions.people import case, someone
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db


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
    about |= {"versions": {"record": of["order"]}, "order-facts": {"record": of["order"]}}
    about |= {"month-breakdown": {"month": "2025-09", "currency": "GBP", "way": "customer"}}
    about |= {"month-line": {"month": "2025-09", "currency": "GBP", "part": "returns", "bucket": "all"}}
    about |= {"return-facts": {"record": of["return"]}}
    about |= {name: {"id": "C-1"} for name in TABLES if name.startswith("customer-")}
    return about | {name: {"sku": "TEE"} for name in TABLES if name.startswith("sku-")}


def lines(answer):
    text = b"".join(answer).decode()
    return list(csv.reader(io.StringIO(text, newline="")))


def test_every_table_is_a_file_in_both_formats_and_each_is_noted(client, stored):
    client.force_login(someone("ida", "admin", "finance_controller", "agent", team="finance").user)
    about = queries()
    for name, table in TABLES.items():
        answer = client.get(f"/tables/{name}.csv", about.get(name, {}))
        assert answer.status_code == 200, name
        rows = lines(answer)
        assert all(len(row) <= len(rows[0]) for row in rows), name
        book = client.get(f"/tables/{name}.xlsx", about.get(name, {}))
        sheet = openpyxl.load_workbook(io.BytesIO(b"".join(book))).active
        assert [cell.value for cell in sheet[1]] == rows[0], name
        taken = TrailEntry.objects.filter(move="export", about=f"table {table.title}").order_by("id")
        assert [entry.details["after"]["format"] for entry in taken] == ["csv", "xlsx"], name
    assert taken.last().sentence.startswith("Took away the table Tokens: format xlsx")


@pytest.mark.parametrize("role", ["viewer", "agent", "lead", "approver", "finance_controller", "admin", None])
def test_each_table_asks_for_the_right_of_its_page(client, stored, role):
    client.force_login(PersonFactory(roles=[role] if role else []))
    for name, table in TABLES.items():
        allowed = role in RIGHTS[table.right] and role in RIGHTS["export"]
        found = client.get(f"/tables/{name}.csv", queries().get(name, {})).status_code
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


def test_groups_are_those_that_the_queue_shows(client):
    case("order:shop:1", amount="5.00", currency="GBP")
    case("order:shop:2", amount="7.00", currency="EUR")
    case("order:shop:3", team="ops")
    client.force_login(someone("ann", "agent", team="finance").user)
    rows = lines(client.get("/tables/groups.csv?group=team&state=open"))
    assert [row[:4] for row in rows[1:]] == [
        ["finance", "2", "7.00", "EUR"],
        ["finance", "2", "5.00", "GBP"],
        ["ops", "1", "", ""],
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
