"""Reads the fields of a parsed line: exact, in the shapes of contract.md, or refused with path and reason."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from unicodedata import normalize

from connectors.canonical import NUMBER

Reader = Callable[[Any, str], Any]
_DECIMAL = re.compile(r"([+-]?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]{1,3}))?")
_SHORT_DECIMAL = re.compile(r"[+-]?[0-9]{1,19}(?:\.[0-9]{1,19})?")  # too short to have too many digits
_INSTANT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]+))?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
DIGITS = 38
LONGEST_WORD = 1_000  # bytes in UTF-8


class Refused(ValueError):
    """A field does not fit: `code` for machines, `field` as a path, `reason` for people."""

    def __init__(self, code: str, field: str | None, reason: str) -> None:
        super().__init__(reason)
        self.code, self.field, self.reason = code, field, reason


def shown(value: Any) -> str:
    """A value as a refusal quotes it: short, and as it was written."""
    text = repr(value.removeprefix(NUMBER)) if isinstance(value, str) else repr(value)
    return text if len(text) <= 60 else text[:57] + "…"


def wrong(path: str, value: Any, wanted: str) -> Refused:
    return Refused("wrong_shape", path, f"{path} is {shown(value)}, and must be {wanted}.")


def text(value: Any, path: str) -> str | None:
    """Text in Unicode's composed form, trimmed; nothing but blanks is absent. A number is refused."""
    if not isinstance(value, str) or value.startswith(NUMBER):
        raise wrong(path, value, "text")
    return normalize("NFC", value).strip() or None


def word(value: Any, path: str) -> str | None:
    """Text that is looked up: of at most 1,000 bytes, as no index takes much longer ones."""
    said = text(value, path)
    if said is not None and len(said) > LONGEST_WORD // 4 and len(said.encode("utf-8", "replace")) > LONGEST_WORD:
        raise Refused("too_long", path, f"{path} is longer than {LONGEST_WORD:,} bytes.")
    return said


def identifier(value: Any, path: str) -> str | None:
    """A word, or an integer taken as its digits."""
    if isinstance(value, str) and value.startswith(NUMBER):
        digits = value[1:]
        if not digits.lstrip("-").isdigit():
            raise wrong(path, value, "text or an integer")
        return word(digits, path)
    return word(value, path)


def decimal(value: Any, path: str) -> Decimal | None:
    """An exact decimal from a string or a number as it was written, of at most 38 digits written out."""
    if not isinstance(value, str):
        raise wrong(path, value, "a decimal")
    digits = value.removeprefix(NUMBER)
    if _SHORT_DECIMAL.fullmatch(digits):
        return Decimal(digits)
    if not digits.strip():
        return None
    match = _DECIMAL.fullmatch(digits)
    if match is None:
        raise Refused("wrong_decimal", path, f"{path} is {shown(value)}, and must be a decimal such as 12.50.")
    return _within_digits(match, value, path)


def _within_digits(match: re.Match[str], value: str, path: str) -> Decimal:
    whole, fraction, exponent = match[2].lstrip("0"), match[3] or "", int(match[4] or 0)
    before = len(whole) + exponent if whole else 0
    after = max(len(fraction) - exponent, 0)
    if len(match[2]) + len(fraction) > DIGITS or max(before, 0) + after > DIGITS:
        raise Refused("too_many_digits", path, f"{path} has more than {DIGITS} digits.")
    return Decimal(value.removeprefix(NUMBER))


def quantity(value: Any, path: str) -> Decimal | None:
    number = decimal(value, path)
    if number is not None and number < 0:
        raise wrong(path, value, "at least 0")
    return number


def pack_size(value: Any, path: str) -> Decimal | None:
    number = decimal(value, path)
    if number is not None and number <= 0:
        raise wrong(path, value, "above 0")
    return number


def count(value: Any, path: str) -> int | None:
    number = decimal(value, path)
    if number is not None and (number != number.to_integral_value() or not 0 <= number < 2**31):
        raise wrong(path, value, "a whole number")
    return None if number is None else int(number)


def instant(value: Any, path: str) -> datetime | None:
    """RFC 3339 in any offset → UTC; fractions beyond microseconds are cut."""
    said = text(value, path)
    if said is None:
        return None
    match = _INSTANT.fullmatch(said)
    try:
        if match is None:
            raise ValueError
        day, clock, fraction, offset = match.groups()
        micro = (fraction or "")[:6].ljust(6, "0")
        zone = "+00:00" if offset in "Zz" else offset
        return datetime.fromisoformat(f"{day}T{clock}.{micro}{zone}").astimezone(UTC)
    except (ValueError, OverflowError):
        raise wrong(path, value, "an instant such as 2026-09-30T15:30:00Z") from None


def blank(value: Any) -> bool:
    """Whether a value is text of nothing but blanks, which is absent whatever should stand there."""
    return isinstance(value, str) and not value.strip()


def flag(value: Any, path: str) -> bool | None:
    if blank(value):
        return None
    if not isinstance(value, bool):
        raise wrong(path, value, "true or false")
    return value


def word_of(*words: str) -> Reader:
    """A reader of one of `words`, without regard to case and outer spaces."""

    def read(value: Any, path: str) -> str | None:
        said = text(value, path)
        if said is not None and said.lower() not in words:
            raise Refused("unknown_word", path, f"{path} is {shown(value)}, and must be one of: {', '.join(words)}.")
        return None if said is None else said.lower()

    return read


def currency(value: Any, path: str) -> str | None:
    said = text(value, path)
    if said is not None and not (len(said) == 3 and said.isascii() and said.isalpha()):
        raise wrong(path, value, "a currency of three letters")
    return None if said is None else said.upper()


def references(value: Any, path: str) -> dict[str, str]:
    """Scheme → value; those that are null or blank are absent."""
    if blank(value):
        return {}
    if not isinstance(value, dict):
        raise wrong(path, value, "an object of references")
    known = {word(scheme, path) or "": said for scheme, said in value.items() if said is not None}
    read = {scheme: identifier(said, f"{path}.{scheme}") for scheme, said in known.items()}
    return {scheme: said for scheme, said in sorted(read.items()) if said is not None}


def anything(value: Any, path: str) -> Any:
    """A value without a shape of its own (an address): kept as text, without the marks of numbers."""
    if isinstance(value, str):
        return value.removeprefix(NUMBER).strip() or None
    if isinstance(value, dict):
        return {key: anything(item, path) for key, item in sorted(value.items())} or None
    return [anything(item, path) for item in value] if isinstance(value, list) else value
