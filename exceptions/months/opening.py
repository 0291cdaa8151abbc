"""The opening balance: returns received and credits outstanding before go-live, entered by one, signed by another."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Context, Decimal
from typing import Any

from django.db import IntegrityError, transaction

from exceptions.formats import decimal_of, minor_units
from exceptions.models import OpeningItem, TrailEntry
from exceptions.rights import Person, may
from reconciliation.projection import norm

COLUMNS = ("reference", "customer", "currency", "amount", "date")
MOST = 20_000  # lines of one file
DIGITS = 20
LONGEST = 200  # characters of a reference or a customer


class OpeningRefused(Exception):
    """The opening balance cannot be changed so; the message says why, in words for the person."""


@dataclass(frozen=True)
class LineRefused:
    """A line of a file that is no item: its number from 1, the field and the reason."""

    line: int
    field: str
    reason: str

    def __str__(self) -> str:
        return f"Line {self.line}, {self.field}: {self.reason}"


@dataclass(frozen=True)
class Entered:
    """One item as it was entered; the reference as references are compared."""

    reference: str
    customer: str | None
    currency: str
    amount: Decimal
    at: date


def read_lines(text: str, *, today: date) -> tuple[list[Entered], list[LineRefused]]:
    """The items of a CSV file whose first line names the columns, and what is wrong with its lines."""
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    try:
        return _read_rows(reader, today)
    except csv.Error as error:
        return [], [LineRefused(reader.reader.line_num, "file", f"it is no CSV: {error}")]


def _read_rows(reader: "csv.DictReader[str]", today: date) -> tuple[list[Entered], list[LineRefused]]:
    found: list[Entered] = []
    refused: list[LineRefused] = []
    if missing := [name for name in COLUMNS if name not in (reader.fieldnames or ())]:
        return [], [LineRefused(1, ", ".join(missing), "the first line does not name it")]
    met: dict[tuple[str, str], int] = {}
    for number, row in enumerate(reader, start=2):
        if number > MOST + 1:
            return [], [LineRefused(number, "file", f"there are more than {MOST:,} lines")]
        item, problems = read_item(row, today=today)
        if item and (first := met.setdefault((item.currency, item.reference), number)) != number:
            problems = {"reference": f"stands in line {first} already"}
        refused += [LineRefused(number, name, reason) for name, reason in problems.items()]
        found += [item] if item and not problems else []
    return found, refused


def read_item(said: dict[str, Any], *, today: date) -> tuple[Entered | None, dict[str, str]]:
    """One item from its texts, or what is wrong with each field."""
    text = {name: str(said.get(name) or "").strip() for name in COLUMNS}
    amount, at = decimal_of(text["amount"]), _day(text["date"])
    problems = {}
    if not norm(text["reference"]):
        problems["reference"] = "the rma of the return is needed"
    if len(text["currency"]) != 3 or not text["currency"].isascii() or not text["currency"].isupper():
        problems["currency"] = "a code of three capitals such as GBP is needed"
    problems |= {name: reason for name in ("reference", "customer") if (reason := _no_name(text[name]))}
    if reason := _wrong_amount(amount, text["currency"]):
        problems["amount"] = reason
    if at is None or at > today:
        problems["date"] = "a day such as 2026-08-31 is needed" if at is None else "lies in the future"
    if problems or amount is None or at is None:
        return None, problems
    return Entered(norm(text["reference"]), text["customer"] or None, text["currency"], amount, at), {}


def _no_name(text: str) -> str | None:
    if "\0" in text:
        return "holds a character that is no text"
    return f"at most {LONGEST} characters" if len(text) > LONGEST else None


def _wrong_amount(amount: Decimal | None, currency: str) -> str | None:
    if amount is None:
        return "an amount such as 120.00 is needed, without thousands"
    if not amount:
        return "nothing stands open"
    if abs(amount.adjusted()) > DIGITS or _decimals(amount) > minor_units(currency):
        return f"{currency or 'the currency'} has no such amounts"
    return None


def _decimals(amount: Decimal) -> int:
    exponent = amount.normalize(Context(prec=len(amount.as_tuple().digits))).as_tuple().exponent
    assert isinstance(exponent, int)
    return -exponent


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@transaction.atomic
def enter(items: Sequence[Entered], *, by: Person, at: datetime) -> int:
    """Keeps the items, to be signed by somebody else; their number. Raises OpeningRefused, and then keeps none."""
    _demand_finance(by)
    known = set(OpeningItem.objects.values_list("currency", "reference"))
    if double := [item.reference for item in items if (item.currency, item.reference) in known]:
        raise OpeningRefused(f"Entered already: {', '.join(double[:5])}.")
    try:
        with transaction.atomic():
            OpeningItem.objects.bulk_create(
                OpeningItem(**vars(item), entered_by=by.user, entered_at=at) for item in items
            )
    except IntegrityError as error:
        raise OpeningRefused("Somebody has entered the same meanwhile.") from error
    _tell("entered", items, by=by, at=at)
    return len(items)


@transaction.atomic
def sign(currency: str, *, by: Person, at: datetime) -> int:
    """Signs everything of a currency that others entered; how many items. Raises OpeningRefused."""
    if not (may(by, "close_periods") or may(by, "approve")):
        raise OpeningRefused("Only an approver or a finance controller signs the opening balance.")
    waiting = list(OpeningItem.objects.select_for_update().filter(currency=currency, signed_at=None).order_by("id"))
    theirs = [item for item in waiting if item.entered_by_id != by.user.pk]
    if not theirs:
        raise OpeningRefused("You entered it: somebody else has to sign it." if waiting else "Nothing waits for you.")
    OpeningItem.objects.filter(id__in=[item.pk for item in theirs]).update(signed_by=by.user, signed_at=at)
    _tell("signed", theirs, by=by, at=at)
    return len(theirs)


@transaction.atomic
def withdraw(id: int, *, by: Person, at: datetime) -> None:
    """Takes back an item that nobody has signed; raises OpeningRefused."""
    _demand_finance(by)
    item = OpeningItem.objects.select_for_update().filter(id=id, signed_at=None).first()
    if item is None:
        raise OpeningRefused("It is signed, or was taken back already.")
    _tell("withdrawn", [item], by=by, at=at)
    item.delete()


def _demand_finance(by: Person) -> None:
    if not (may(by, "close_periods") or (may(by, "work") and "finance" in by.teams)):
        raise OpeningRefused("Only finance enters the opening balance.")


def _tell(move: str, items: Iterable[Entered | OpeningItem], *, by: Person, at: datetime) -> None:
    sums: dict[str, list[Any]] = {}
    for item in items:
        sums.setdefault(item.currency, []).append([item.reference, f"{item.amount:f}"])
    TrailEntry.objects.bulk_create(
        TrailEntry(about=f"opening balance {currency}", at=at, by=by.user, move=move, source="page", details=details)
        for currency, said in sums.items()
        for details in [{"items": said}]
    )
