"""Exact arithmetic with amounts."""

from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any

DIVIDING = Context(prec=34, rounding=ROUND_HALF_EVEN)
CHECKING = Context(prec=200)
PLACES = Decimal("1E-10")  # far below any tolerance, where a division does not come out even
NOUGHT = Decimal(0)


def exact(said: Any) -> Decimal | None:
    """The number as it was written; None where there is none. Raises ArithmeticError for what is no number."""
    return None if said is None or str(said).strip() == "" else Decimal(str(said).strip())


def per(whole: Decimal, count: Decimal | int) -> Decimal:
    """`whole` by `count`: exact where it comes out even, else to ten places."""
    quotient = DIVIDING.divide(whole, Decimal(count))
    return quotient if CHECKING.multiply(quotient, Decimal(count)) == whole else quotient.quantize(PLACES)
