"""The opening balance: entered by one, signed by another, carried by every month until it is used."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.utils import timezone

from exceptions.models import OpeningItem, TrailEntry
from exceptions.months.journal import accrual
from exceptions.months.opening import OpeningRefused, enter, read_lines, sign, withdraw
from exceptions.months.statement import statement_of
from exceptions.reconciling import reconcile
from tests.checks.conftest import NOON, brand  # noqa: F401
from tests.exceptions.test_close import people  # noqa: F401
from tests.exceptions.test_statement import assert_rolls_on, assert_ties, sold

pytestmark = pytest.mark.django_db(transaction=True)
TODAY = date(2025, 11, 1)
HEAD = "reference,customer,currency,amount,date\n"
TWO = HEAD + "rma-90,C-9,GBP,120.00,2025-08-20\nRMA-1,C-1,GBP,-15.00,2025-08-25\n"


def opened(people, text=TWO):  # noqa: F811
    items, refused = read_lines(text, today=TODAY)
    assert not refused
    enter(items, by=people["tom"], at=timezone.now())
    return sign("GBP", by=people["amira"], at=timezone.now())


def statement(month="2025-09", hours=24 * 80):
    as_of = NOON + timedelta(hours=hours)
    reconcile(as_of=as_of, now=timezone.now())
    made = statement_of(month, "GBP", as_of=as_of)
    assert_ties(made)
    assert_rolls_on(made)
    return made


def rolled(made):
    return {line.bucket: f"{line.amount:.2f}" for line in made.lines("roll_forward")}


def test_what_nobody_else_has_signed_does_not_count(brand, people):  # noqa: F811
    items, _ = read_lines(TWO, today=TODAY)
    enter(items, by=people["tom"], at=timezone.now())
    assert statement().liability == 0
    with pytest.raises(OpeningRefused, match="Only an approver"):
        sign("GBP", by=people["tom"], at=timezone.now())
    assert sign("GBP", by=people["amira"], at=timezone.now()) == 2
    assert statement().liability == Decimal("105.00")
    assert TrailEntry.objects.filter(about="opening balance GBP").count() == 2


def test_nobody_signs_what_they_entered_and_only_finance_enters(people):  # noqa: F811
    items, _ = read_lines(TWO, today=TODAY)
    enter(items, by=people["amira"], at=timezone.now())
    with pytest.raises(OpeningRefused, match="somebody else"):
        sign("GBP", by=people["amira"], at=timezone.now())
    for who in ("cx", "sam"):
        with pytest.raises(OpeningRefused, match="Only finance"):
            enter(items, by=people[who], at=timezone.now())


def test_a_credit_with_its_rma_uses_a_return_of_before(brand, people):  # noqa: F811
    opened(people, HEAD + "RMA-90,C-9,GBP,120.00,2025-08-20\n")
    brand.credit("CN-90", said=200, amount="50.00", refs={"rma": "RMA-90"})
    brand.credit("CN-91", said=800, amount="70.00", refs={"rma": "#rma-90"})
    september, october = statement(), statement("2025-10")
    assert rolled(september) == {"opening": "120.00", "credited": "-50.00"}
    assert [(line.bucket, line.amount) for line in september.lines("credits")] == [("opening", Decimal("50.00"))]
    assert rolled(october) == {"opening": "70.00", "credited": "-70.00"}
    assert (september.liability, october.liability) == (70, 0)


def test_a_return_uses_the_credit_that_was_outstanding_for_it(brand, people):  # noqa: F811
    opened(people, HEAD + "RMA-1,C-1,GBP,-15.00,2025-08-25\n")
    sold(brand)
    brand.returned()
    made = statement()
    assert [(i.bucket, i.amount) for i in made.of("returns") if i.bucket == "opening"] == [("opening", Decimal("-15"))]
    assert rolled(made) == {"opening": "-15.00", "accepted": "20.00", "met": "0.00"}
    assert made.liability == Decimal("5.00")


def test_what_stands_open_is_carried_and_accrued_month_by_month(brand, people):  # noqa: F811
    opened(people)
    for month in ("2025-09", "2025-10"):
        assert rolled(statement(month)) == {"opening": "105.00"}
    entries = accrual(statement("2025-10"))
    assert [(e.day.isoformat(), e.account, e.debit, e.credit) for e in entries] == [
        ("2025-10-31", "Sales returns and allowances", 105, 0),
        ("2025-10-31", "Accrued customer credits", 0, 105),
        ("2025-11-01", "Accrued customer credits", 105, 0),
        ("2025-11-01", "Sales returns and allowances", 0, 105),
    ]


def test_a_signed_item_stays_and_an_unsigned_one_can_be_taken_back(people):  # noqa: F811
    opened(people)
    for change in (lambda: OpeningItem.objects.update(amount=1), lambda: OpeningItem.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    with pytest.raises(OpeningRefused, match="signed"):
        withdraw(OpeningItem.objects.first().pk, by=people["tom"], at=timezone.now())
    items, _ = read_lines(HEAD + "RMA-2,,EUR,1.00,2025-08-01\n", today=TODAY)
    enter(items, by=people["tom"], at=timezone.now())
    withdraw(OpeningItem.objects.get(currency="EUR").pk, by=people["tom"], at=timezone.now())
    assert not OpeningItem.objects.filter(currency="EUR").exists()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (",C-1,GBP,1.00,2025-08-01", "Line 2, reference: the rma of the return is needed"),
        ("RMA-1,C-1,pounds,1.00,2025-08-01", "Line 2, currency: a code of three capitals such as GBP is needed"),
        (
            'RMA-1,C-1,GBP,"1,000.00",2025-08-01',
            "Line 2, amount: an amount such as 120.00 is needed, without thousands",
        ),
        ("RMA-1,C-1,GBP,1.001,2025-08-01", "Line 2, amount: GBP has no such amounts"),
        ("RMA-1,C-1,GBP,0,2025-08-01", "Line 2, amount: nothing stands open"),
        ("RMA-1,C-1,GBP,1.00,31/08/2025", "Line 2, date: a day such as 2026-08-31 is needed"),
        ("RMA-1,C-1,GBP,1.00,2026-08-31", "Line 2, date: lies in the future"),
        ("A,,GBP,1,2025-08-01\n#a,,GBP,2,2025-08-01", "Line 3, reference: stands in line 2 already"),
    ],
)
def test_each_line_of_a_file_is_checked_and_says_what_is_wrong(line, said):
    assert [str(refused) for refused in read_lines(HEAD + line, today=TODAY)[1]] == [said]


def test_a_file_without_the_columns_is_refused():
    ((_, refused),) = [read_lines("a,b\n1,2\n", today=TODAY)]
    assert "does not name it" in str(refused[0])


def test_the_page_enters_and_signs_and_a_bad_file_enters_nothing(client, people):  # noqa: F811
    client.force_login(people["tom"].user)
    bad = SimpleUploadedFile("o.csv", (TWO + "X,,GBP,nothing,2025-08-01\n").encode())
    shown = client.post("/close/opening", {"file": bad})
    assert "Line 4, amount" in shown.content.decode()
    assert not OpeningItem.objects.exists()
    client.post("/close/opening", {"file": SimpleUploadedFile("o.csv", TWO.encode())})
    client.post("/close/opening", {"reference": "RMA-7", "currency": "GBP", "amount": "3.50", "date": "2025-08-31"})
    assert OpeningItem.objects.count() == 3
    shown = client.post("/close/opening", {"reference": "", "currency": "GBP", "amount": "x", "date": ""})
    assert "An amount such as 120.00 is needed" in shown.content.decode()
    client.post("/close/opening/sign/GBP")
    assert not OpeningItem.objects.exclude(signed_at=None).exists()
    client.force_login(people["amira"].user)
    client.post("/close/opening/sign/GBP")
    assert not OpeningItem.objects.filter(signed_at=None).exists()


@pytest.mark.parametrize("who", ["cx", "sam"])
def test_others_enter_and_sign_nothing(client, people, who):  # noqa: F811
    client.force_login(people[who].user)
    client.post("/close/opening", {"file": SimpleUploadedFile("o.csv", TWO.encode())})
    assert not OpeningItem.objects.exists()
    items, _ = read_lines(TWO, today=TODAY)
    enter(items, by=people["tom"], at=timezone.now())
    client.post("/close/opening/sign/GBP")
    assert not OpeningItem.objects.exclude(signed_at=None).exists()
