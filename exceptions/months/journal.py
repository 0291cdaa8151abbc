"""The accrual of a month's return liability for the journal: booked on its last day, reversed on the next."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from exceptions.months.statement import Statement

ACCOUNTS = ("Sales returns and allowances", "Accrued customer credits")


@dataclass(frozen=True)
class Entry:
    """One line of the journal; of `debit` and `credit` one is nought."""

    day: date
    account: str
    debit: Decimal
    credit: Decimal
    text: str


def accrual(statement: Statement) -> list[Entry]:
    """The lines that book the liability at the end of the month and take it back; none where nothing is owed."""
    amount, last = statement.liability, statement.until.date() - timedelta(days=1)
    if not amount:
        return []
    debited, credited = ACCOUNTS if amount > 0 else reversed(ACCOUNTS)
    booked = f"Returns of {statement.month} and before, not credited yet"
    return [
        *_pair(last, debited, credited, abs(amount), booked),
        *_pair(last + timedelta(days=1), credited, debited, abs(amount), f"Reversal: {booked}"),
    ]


def _pair(day: date, debited: str, credited: str, amount: Decimal, text: str) -> list[Entry]:
    nought = Decimal(0)
    return [Entry(day, debited, amount, nought, text), Entry(day, credited, nought, amount, text)]
