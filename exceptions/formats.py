"""Amounts, instants and days as people of the company write them; words stay English."""

from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from django.utils import dateformat, timezone
from django.utils.formats import get_format
from django.utils.numberformat import format as format_number

from exceptions.company import current_company

LOCALES = {
    "en-gb": "English (United Kingdom): 1,234.50 · 30 Sep 2026 14:05",
    "en-us": "English (United States): 1,234.50 · Sep 30, 2026 2:05 p.m.",
    "de": "German: 1.234,50 · 30 Sep 2026 14:05",
    "fr": "French: 1 234,50 · 30 Sep 2026 14:05",
    "nl": "Dutch: 1.234,50 · 30 Sep 2026 14:05",
    "sv": "Swedish: 1 234,50 · 30 Sep 2026 14:05",
}
# ISO 4217; the SQL function minor_units says the same
MINOR_UNITS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
DECIMALS = {currency: decimals for decimals, currencies in MINOR_UNITS.items() for currency in currencies.split()}
DAY = {"en-us": "M j, Y"}
MOMENT = {"en-us": "g:i a"}


def minor_units(currency: str | None) -> int:
    """How many decimals amounts of a currency have; 2 where the currency is unknown."""
    return DECIMALS.get(currency or "", 2)


def decimal_of(value: Any) -> Decimal | None:
    """`value` as a decimal, exactly; None where it is no finite number."""
    try:
        number = value if isinstance(value, Decimal) else Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def number_text(number: Decimal, least: int = 0) -> str:
    """A number with all its decimals, at least `least` of them, grouped as the company does."""
    locale, written = current_company().locale, f"{number:f}"
    return str(
        format_number(
            written,
            get_format("DECIMAL_SEPARATOR", locale),
            max(least, len(written.partition(".")[2].rstrip("0"))),
            grouping=3,
            thousand_sep=get_format("THOUSAND_SEPARATOR", locale),
            force_grouping=True,
        )
    )


def money_text(amount: Decimal, currency: str | None) -> str:
    """An amount in its currency's minor units and with its code; exact where it has more decimals than that."""
    return f"{number_text(amount, minor_units(currency))} {currency or ''}".rstrip()


def day_text(day: date) -> str:
    """A day as the company writes it."""
    return _day_text(day.year, day.month, day.day, DAY.get(current_company().locale, "j M Y"))


@lru_cache(maxsize=1_000)  # a page says the same days again and again
def _day_text(year: int, month: int, day: int, written: str) -> str:
    return dateformat.format(date(year, month, day), written)


def instant_text(at: datetime) -> str:
    """An instant in the time zone in effect, which stands behind it."""
    here = timezone.localtime(at)
    moment = _moment_text(here.hour, here.minute, MOMENT.get(current_company().locale, "H:i"))
    return f"{day_text(here)} {moment} {zone_text(here)}"


@lru_cache(maxsize=2_000)
def _moment_text(hour: int, minute: int, written: str) -> str:
    return dateformat.time_format(time(hour, minute), written)


def zone_text(here: datetime) -> str:
    """The name of the time zone of `here`, or its distance from UTC where it has no name."""
    name = here.tzname() or ""
    return f"UTC{name[:3]}:{name[3:] or '00'}" if name[:1] in ("+", "-") else name
