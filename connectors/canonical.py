"""Canonical JSON: one text for all lines that differ only in form (contract.md, *Idempotent*).

Numbers are read as the text they were written as, behind a NUL, which no string of an accepted line can hold.
"""

import json
import re
from collections import Counter
from hashlib import sha256
from operator import itemgetter
from typing import Any

NUMBER = "\x00"
_ESCAPED_NUMBER = re.compile(r'"\\u0000([^"]*)"')


class RepeatedKey(ValueError):
    """An object names a key twice."""


class NotANumber(ValueError):
    """NaN or an infinity, which JSON does not know."""


class NulCharacter(ValueError):
    """A string holds U+0000."""


def parsed(text: str) -> Any:
    """The JSON value of `text`, its numbers as text behind a NUL.

    Raises RepeatedKey, NotANumber, NulCharacter, json.JSONDecodeError or RecursionError.
    """
    if "\\u0000" in text:
        _DECODER_OF_STRINGS.decode(text)
    return _DECODER.decode(text)


def legible(raw: bytes) -> dict[str, Any]:
    """What can still be read of a line that is refused: its keys less the repeated; else nothing."""
    try:
        value = _DECODER_OF_THE_LEGIBLE.decode(raw.decode())
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def canonical(value: Any) -> bytes:
    """The canonical JSON of what `parsed` returned; raises UnicodeEncodeError on a lone surrogate."""
    text = _ENCODER.encode(value)
    if "\\u0000" in text:
        text = _ESCAPED_NUMBER.sub(itemgetter(1), text)
    return text.encode()


def version_hash(value: Any) -> bytes:
    """SHA-256 of the canonical JSON: what makes two lines one version, and breaks ties on `at`."""
    return sha256(canonical(value)).digest()


def _number(token: str) -> str:
    return NUMBER + token


def _no_constant(name: str) -> Any:
    raise NotANumber(name)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        seen: set[str] = set()
        raise RepeatedKey(next(key for key, _ in pairs if key in seen or seen.add(key)))  # type: ignore[func-returns-value]
    return value


def _object_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    times = Counter(key for key, _ in pairs)
    return {key: value for key, value in pairs if times[key] == 1}


def _object_without_nul(pairs: list[tuple[str, Any]]) -> None:
    for key, value in pairs:
        _refuse_nul(key)
        _refuse_nul(value)


def _refuse_nul(value: Any) -> None:
    if isinstance(value, str) and NUMBER in value:
        raise NulCharacter
    if isinstance(value, list):
        for item in value:
            _refuse_nul(item)


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=_number, parse_int=_number, parse_constant=_no_constant
)
_DECODER_OF_STRINGS = json.JSONDecoder(
    object_pairs_hook=_object_without_nul, parse_float=len, parse_int=len, parse_constant=_no_constant
)
_DECODER_OF_THE_LEGIBLE = json.JSONDecoder(object_pairs_hook=_object_once, parse_float=_number, parse_int=_number)
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)
