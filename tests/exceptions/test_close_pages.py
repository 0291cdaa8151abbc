"""The pages of month-end, by those who may and those who may not."""

import re
from decimal import Decimal
from urllib.parse import quote

import pytest
from django.http import QueryDict
from django.utils import timezone

from exceptions.close import months, prepare, review
from exceptions.listing import Stretch, start_of
from exceptions.models import Acceptance, Checklist, ChecklistRound, ExceptionCase, Period
from exceptions.months import beside
from exceptions.months.beside import PLACES
from exceptions.months.parts import PARTS
from exceptions.months.statement import statement_of
from exceptions.reconciling import reconcile
from tests.exceptions.test_close import OCTOBER, brand, closed, month, people, period  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = "/close/2025-09/GBP"


def test_every_figure_opens_into_its_records(client, month, people):  # noqa: F811
    client.force_login(people["tom"].user)
    shown = client.get(ADDRESS)
    assert "Credited in the period" in shown.content.decode()
    opened = client.get(f"{ADDRESS}/returns/credited")
    assert opened.context["total"] == -20
    assert "R-1" in opened.content.decode()


def numbers_with_links(shown):
    """Every address of a figure on the page."""
    return sorted(
        set(re.findall(rf'href="({ADDRESS}/(?:returns|credits|liability|roll_forward|beside)/[^"]+)"', shown))
    )


def test_what_opens_from_a_figure_adds_up_to_it(client, month, people):  # noqa: F811
    month.returned(2, said=200, refs={"sales_order": "SO-1", "rma": "RMA-2"}, quantity=1)
    month.credit("CN-8", said=210, amount="3.25", tax="0.65", kind="refund", refs={"rma": "RMA-X"}, reason="goodwill")
    reconcile(as_of=OCTOBER, now=timezone.now())
    client.force_login(people["tom"].user)
    page = client.get(ADDRESS)
    made = page.context["statement"]
    addresses = numbers_with_links(page.content.decode().replace("&amp;", "&"))
    opened = {address: client.get(address).context for address in addresses}
    for part in PARTS:
        for line in made.lines(part):
            name = f"?name={quote(line.name)}" if line.name else ""
            assert opened[f"{ADDRESS}/{part}/{quote(line.bucket)}{name}"]["total"] == line.amount
    figures = {
        address.split("/beside/")[1]: shown["figure"] for address, shown in opened.items() if "/beside/" in address
    }
    assert (figures["sold"].count, figures["sold"].total) == made.sales
    assert figures["tax"].total == made.tax_credited == Decimal("0.65")
    for method in made.methods:
        found = figures[f"method?of={quote(method.label)}"]
        assert (found.count, found.total) == (method.documents, method.amount)
    assert made.conservation
    for type, *counts in made.conservation:
        for place, count in zip(("", *(f"&place={place}" for place in PLACES)), counts, strict=True):
            found = figures[f"records?of={type}{place}"]
            assert (found.count, len(found.records)) == (count, count)


def test_records_behind_a_figure_are_read_in_parts(client, month, people, monkeypatch):  # noqa: F811
    monkeypatch.setattr(beside.figure, "__kwdefaults__", {"shown": 1, "start": 0})
    month.returned(2, said=200, refs={"sales_order": "SO-1", "rma": "RMA-2"}, quantity=1)
    reconcile(as_of=OCTOBER, now=timezone.now())
    client.force_login(people["tom"].user)
    for address in (f"{ADDRESS}/beside/records?of=return", f"{ADDRESS}/beside/sold?of="):
        parts = [client.get(f"{address}&from={start}").context["figure"] for start in range(3)]
        assert all(part.count == parts[0].count for part in parts[: parts[0].count])
        shown = [one.record for part in parts for one in part.records]
        assert len(shown) == len(set(shown)) == parts[0].count
    line = f"{ADDRESS}/returns/accepted_value"
    both = [client.get(f"{line}?from={start}").context for start in (0, 1)]
    assert len(both[0]["items"]) == len(both[1]["items"]) + 1
    assert both[0]["total"] == both[1]["total"], "of all records, whichever are shown"


def test_a_part_of_a_list_leads_to_those_before_and_after():
    asked = QueryDict("of=order&from=100")
    part = Stretch(start_of(asked), 250, asked)
    assert (part.first, part.last, part.before, part.following) == (101, 200, "of=order&from=0", "of=order&from=200")
    assert (Stretch(0, 3, asked).before, Stretch(0, 3, asked).following) == (None, None)
    for odd in ("", "x", "-1", "9" * 30, "²"):
        assert start_of(QueryDict(f"from={odd}")) == 0


@pytest.mark.parametrize("what", ["nothing", "records?of=credit&place=nowhere"])
def test_a_figure_that_is_not_there_is_not_found(client, month, people, what):  # noqa: F811
    client.force_login(people["tom"].user)
    assert client.get(f"{ADDRESS}/beside/{what}").status_code == 404


def test_two_people_close_it_on_the_page(client, month, people):  # noqa: F811
    client.force_login(people["tom"].user)
    client.post(f"{ADDRESS}/prepare")
    assert Period.objects.get().state == "in_review"
    client.post(f"{ADDRESS}/review")
    assert Period.objects.get().state == "in_review"
    client.force_login(people["amira"].user)
    client.post(f"{ADDRESS}/review")
    assert Period.objects.get().state == "closed"
    assert client.get(ADDRESS).status_code == 200
    client.post(f"{ADDRESS}/reopen", {"reason": ""})
    assert Period.objects.get().state == "closed"
    client.post(f"{ADDRESS}/reopen", {"reason": "a late return"})
    assert Period.objects.get().state == "open"


def test_a_closed_month_stands_as_signed_and_beside_it_as_now_known_with_the_difference(client, month, people):  # noqa: F811
    closed(people)
    month.credit("CN-9", said=400, amount="4.00", refs={"sales_order": "SO-1"}, reason="goodwill")
    reconcile(as_of=OCTOBER, now=timezone.now())
    client.force_login(people["tom"].user)
    page = client.get(ADDRESS)
    assert page.context["statement"].credited == 20
    assert page.context["since"] == []
    assert "?known=now" in page.content.decode()
    parts = {one.part: one for one in client.get(f"{ADDRESS}?known=now").context["since"]}
    assert [(row.label, row.signed, row.now, row.difference) for row in parts["credits"].lines] == [
        ("Against returns of this period: credit note · return", 20, 20, 0),
        ("For other reasons than a return: credit note · goodwill", 0, 4, 4),
    ]
    assert (parts["credits"].sum.signed, parts["credits"].sum.now) == (20, 24)
    assert parts["returns"].sum.difference == 0
    made = client.get(f"{ADDRESS}?known=now").content.decode()
    assert "As now known" in made


def test_who_took_a_variance_and_who_approved_it_stands_in_its_line(client, month, people):  # noqa: F811
    month.returned(2, said=200, refs={"sales_order": "SO-1", "rma": "RMA-2"}, quantity=1)
    month.credit("CN-2", said=210, amount="4.00", refs={"sales_order": "SO-1", "rma": "RMA-2"})
    reconcile(as_of=OCTOBER, now=timezone.now())
    known = ExceptionCase.objects.get(kind="credit_value_mismatch")
    said = {"case": known, "reason": "rounding", "amount": 1, "currency": "GBP", "at": OCTOBER}
    Acceptance.objects.create(by=people["tom"].user, approved_by=people["amira"].user, **said)
    ExceptionCase.objects.filter(pk=known.pk).update(state="accepted", closed_at=OCTOBER)
    client.force_login(people["tom"].user)
    shown = client.get(f"{ADDRESS}/returns/accepted").content.decode()
    assert "taken by tom, approved by amira" in shown
    assert "Rounding" in shown


@pytest.mark.parametrize("who", ["cx", "sam"])
def test_others_sign_nothing(client, month, people, who):  # noqa: F811
    prepare(period(), by=people["tom"], at=OCTOBER)
    client.force_login(people[who].user)
    for act in ("prepare", "review", "send_back", "reopen"):
        client.post(f"{ADDRESS}/{act}", {"reason": "x"})
    assert Period.objects.get().state == "in_review"


@pytest.mark.parametrize(
    "address", ["/close/2025-13/GBP", "/close/soon/GBP", "/close/2025-09/gbp", "/close/2025-09/£££"]
)
def test_what_is_no_month_or_currency_is_not_found(client, people, address):  # noqa: F811
    client.force_login(people["tom"].user)
    assert client.get(address).status_code == 404
    assert not Period.objects.exists()


def test_looking_at_months_stores_none(client, month, people):  # noqa: F811
    client.force_login(people["cx"].user)
    Period.objects.all().delete()
    for address in (
        "/close/2031-01/XYZ",
        "/close/2025-09/GBP",
        "/close/2025-09/GBP/by/sku",
        "/close/1999-12/ABC/by/customer",
    ):
        assert client.get(address).status_code == 200
    for act in ("prepare", "review", "send_back", "reopen"):
        assert client.post(f"/close/2031-01/XYZ/{act}", {"reason": "x"}).status_code == 302
    assert not Period.objects.exists()


@pytest.mark.parametrize("signed", [False, True])
def test_the_statement_by_customer_and_sku_opens_into_the_same_records(client, month, people, signed):  # noqa: F811
    if signed:
        prepare(period(), by=people["tom"], at=OCTOBER)
    client.force_login(people["tom"].user)
    for way, key in (("customer", "C-1"), ("sku", "TEE")):
        table = client.get(f"{ADDRESS}/by/{way}").context["table"]
        assert [row.key for row in table.rows] == [key]
        for column, amount in table.rows[0].cells:
            address = f"{ADDRESS}/{column.part}/{column.bucket or 'all'}?{way}={key}"
            assert client.get(address).context["total"] == amount
        assert client.get(f"{ADDRESS}/returns/credited?{way}=nobody").context["stretch"].count == 0
    assert client.get(f"{ADDRESS}/by/moon").status_code == 404


def test_the_month_says_how_money_went_back_and_what_to_accrue(client, month, people):  # noqa: F811
    client.force_login(people["tom"].user)
    page = client.get(ADDRESS).content.decode()
    for words in ("Credit note to the account", "How the liability came about", "there is nothing to accrue"):
        assert words in page


def test_the_list_of_months_says_what_the_statements_say_open_or_signed(client, month, people):  # noqa: F811
    month.returned(2, said=600, quantity=1, refs={"sales_order": "SO-1", "rma": "RMA-2"})
    month.returned(2, said=600, quantity=1, refs={"sales_order": "SO-1", "rma": "RMA-2"}, system="shop")
    reconcile(as_of=OCTOBER, now=OCTOBER)
    made = statement_of("2025-09", "GBP", as_of=OCTOBER)
    for state in ("open", "in_review", "closed"):
        (row,) = [one for one in months(at=OCTOBER) if one.month == "2025-09"]
        said = (row.state, row.unexplained, row.liability, row.credited)
        assert said == (state, made.unexplained, made.liability, made.credited)
        assert row.liability == 5
        if state == "open":
            prepare(period(), by=people["tom"], at=OCTOBER)
        elif state == "in_review":
            review(period(), by=people["amira"], at=OCTOBER)
    client.force_login(people["tom"].user)
    assert client.get("/close").status_code == 200


def test_the_checklist_of_month_end_stands_beside_the_statement(client, month, people):  # noqa: F811
    made = Checklist.objects.create(key="end", name="The end of the month", team_id="finance", rhythm="monthly")
    turn = ChecklistRound.objects.create(checklist=made, period="2025-09", opens_at=OCTOBER, due_at=OCTOBER)
    ChecklistRound.objects.create(checklist=made, period="2025-08", opens_at=OCTOBER, due_at=OCTOBER)
    item = turn.items.create(position=1, sort="manual", text="The accrual is booked")
    client.force_login(people["tom"].user)
    shown = client.get(ADDRESS).content.decode()
    assert shown.count("The end of the month") == 1
    assert "The accrual is booked" in shown
    answered = client.post(f"/checklists/items/{item.pk}", {"answer": "ok", "back": ADDRESS})
    assert answered.url == f"{ADDRESS}?round={turn.pk}#round-{turn.pk}"
