"""Rows of the topology: what a file or a page says of a system, a flow or a word → a row, or every reason why not."""

import re
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Any

RECORDS = ("order", "fulfilment", "return", "credit", "stock", "product")
KINDS = [
    "sparklayer",
    "shopify",
    "commercetools",
    "rebound",
    "swap",
    "returngo",
    "warehouse",
    "erp",
    "ipaas",
    "generic",
]
AUTHORITIES = ("order", "price", "product", "stock", "return", "credit")
COMPARED = ("status", "lines", "price", "total", "customer", "reason")
REFERENCES = ("ecommerce_order", "sales_order", "order_number", "purchase_order", "rma", "credit_number", "invoice")
IGNORED = ("N/A", "NA", "NONE", "TBC", "TBA", "-", "0")
STATUS_WORDS = {
    "order": "open released part_fulfilled fulfilled cancelled closed",
    "payment.method": "on_account card bank_transfer other",
    "payment.status": "pending authorised paid part_refunded refunded void failed",
    "fulfilment": "pending dispatched cancelled",
    "return": "requested authorised rejected in_transit received inspected closed cancelled",
    "credit": "draft issued applied failed void",
}
REQUIRING = ("order", "fulfilment", "return", "credit")
STOCKS = ("on_hand", "available")
NARROWED = ("channel", "currency", "status", "customer")
SYSTEM_KEYS = ("key", "kind", "vendor", "name", "realm", "stock", "authority", "requires")
FLOW_KEYS = ["key", "record", "source", "target", "cadence", "grace", "compare", "tolerance", "within", "same", "only"]
MAPPINGS = ("reason_codes", "rejection_reasons", "customers", "skus")
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_DURATION = re.compile(r"([0-9]{1,9})([smhd])")
LONGEST = timedelta(days=3650)
DIGITS = 38
LOOKED_UP: dict[str, Callable[[str], str]] = {
    "reason_codes": str,
    "rejection_reasons": str.lower,
    "customers": str.upper,
    "skus": str,
    "statuses": str.lower,
}

Row = dict[str, Any]
Rows = dict[tuple[str, ...], Row]


@dataclass(frozen=True)
class Problem:
    """Why something is refused: the line (0 where there are no lines), the key there, the reason."""

    line: int
    key: str
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.key}: {self.reason}"


def duration(text: Any) -> timedelta:
    """`90s` `15m` `2h` `5d` as a span of time; raises ValueError."""
    match = _DURATION.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise ValueError(f"{text!r} is no duration such as 90s, 15m, 2h or 5d")
    return timedelta(seconds=int(match[1]) * UNITS[match[2]])


def duration_text(span: timedelta) -> str:
    """A span in the largest unit that holds it whole."""
    seconds = int(span.total_seconds())
    unit = next(unit for unit in "dhms" if seconds % UNITS[unit] == 0)
    return f"{seconds // UNITS[unit]}{unit}"


class RowReading:
    """Reads what is said into rows, gathering `problems` instead of stopping at the first.

    `where` names the place of what is said, as in `systems[2]`; a problem's key begins with it.
    """

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def line(self, path: str) -> int:
        """The line on which `path` stands."""
        return 0

    def problem(self, path: str, reason: str) -> None:
        """Notes why what stands at `path` cannot be taken."""
        self.problems.append(Problem(self.line(path), path.lstrip("."), reason))

    def system(self, where: str, said: Mapping[str, Any]) -> Row:
        """A system, without its key and position."""
        self.unknown(where, said, SYSTEM_KEYS)
        requires = said.get("requires", {})
        if not isinstance(requires, dict):
            self.problem(f"{where}.requires", "must be a table of record types")
            requires = {}
        self.unknown(f"{where}.requires", requires, REQUIRING)
        return {
            "kind": self.word(where, said, "kind", KINDS, required=True),
            "vendor": self.text(where, said, "vendor"),
            "name": self.text(where, said, "name"),
            "realm": self.text(where, said, "realm"),
            "stock": self.word(where, said, "stock", STOCKS) or "on_hand",
            "authority": self.words(where, said, "authority", AUTHORITIES),
            "requires": {of: self.words(f"{where}.requires", requires, of, REFERENCES) for of in sorted(requires)},
        }

    def flow(self, where: str, said: Mapping[str, Any], systems: Container[str]) -> Row:
        """A flow between two of `systems`, without its key and position."""
        self.unknown(where, said, FLOW_KEYS)
        ends = {end: self.text(where, said, end, required=True) for end in ("source", "target")}
        for end, system in ends.items():
            if system and system not in systems:
                self.problem(f"{where}.{end}", f"there is no system {system!r}")
        tolerance = said.get("tolerance", {})
        if not isinstance(tolerance, dict):
            self.problem(f"{where}.tolerance", "must be a table")
            tolerance = {}
        self.unknown(f"{where}.tolerance", tolerance, ("amount", "quantity"))
        return {
            "record": self.word(where, said, "record", RECORDS, required=True),
            **ends,
            "cadence": self.duration(where, said, "cadence", required=True),
            "grace": self.duration(where, said, "grace", required=True),
            "within": self.duration(where, said, "within"),
            "compare": self.words(where, said, "compare", COMPARED) if "compare" in said else None,
            "tolerance_amount": self.decimal(f"{where}.tolerance", tolerance, "amount"),
            "tolerance_quantity": self.decimal(f"{where}.tolerance", tolerance, "quantity"),
            "same": self._same(where, said),
            "only": self._only(where, said),
        }

    def mapped(self, where: str, table: str, of: str, raw: str, canonical: Any) -> tuple[str, Row] | None:
        """A word as it is looked up, and its row; None where it cannot be taken."""
        if table == "statuses" and canonical not in STATUS_WORDS[of].split():
            self.problem(where, f"{canonical!r} is none of: {STATUS_WORDS[of]}")
            return None
        if not isinstance(canonical, str) or not canonical.strip():
            self.problem(where, "must be mapped onto a word")
            return None
        return LOOKED_UP[table](raw.strip()), {"raw": raw.strip(), "canonical": canonical.strip()}

    def _same(self, where: str, said: Mapping[str, Any]) -> list[list[str]] | None:
        if "same" not in said:
            return None
        words = {word for words in STATUS_WORDS.values() for word in words.split()}
        sets = said["same"]
        if not isinstance(sets, list) or not all(
            isinstance(one, list) and all(isinstance(word, str) and word in words for word in one) for one in sets
        ):
            self.problem(f"{where}.same", "must be a list of lists of canonical statuses")
            return None
        return sets

    def _only(self, where: str, said: Mapping[str, Any]) -> dict[str, list[str]] | None:
        only = said.get("only")
        if only is None:
            return None
        fits = isinstance(only, dict) and all(isinstance(values, list) for values in only.values())
        if not fits or not all(isinstance(value, str) for values in only.values() for value in values):
            self.problem(f"{where}.only", 'must be a table of lists of words, as in { channel = ["b2b"] }')
            return None
        self.unknown(f"{where}.only", only, NARROWED)
        return dict(only)

    def unknown(self, where: str, said: Mapping[str, Any], known: Iterable[str]) -> None:
        """Notes every key that is none of those known, with the one that was likely meant."""
        known = list(known)
        for key in said:
            if key not in known:
                near = get_close_matches(key, known, 1)
                hint = f" (did you mean {near[0]}?)" if near else f"; known are {', '.join(known)}"
                self.problem(f"{where}.{key}".lstrip("."), f"is not known{hint}")

    def text(self, where: str, said: Mapping[str, Any], key: str, *, required: bool = False) -> str:
        """A text without outer spaces; empty where it is absent or none."""
        value = said.get(key, "")
        if not isinstance(value, str):
            self.problem(f"{where}.{key}", f"{value!r} is no text")
            return ""
        if required and not value.strip():
            self.problem(f"{where}.{key}", "is missing")
        return value.strip()

    def word(
        self, where: str, said: Mapping[str, Any], key: str, words: Iterable[str], *, required: bool = False
    ) -> str:
        """One of some words; empty where it is absent."""
        value = self.text(where, said, key, required=required)
        if value and value not in words:
            self.problem(f"{where}.{key}", f"{value!r} is none of: {', '.join(words)}")
        return value

    def words(self, where: str, said: Mapping[str, Any], key: str, words: Iterable[str] | None) -> list[str]:
        """A list of words, each one of `words` unless any will do (null)."""
        values = said.get(key, [])
        path = f"{where}.{key}".lstrip(".")
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            self.problem(path, "must be a list of words")
            return []
        for value in values:
            if words is not None and value not in words:
                self.problem(path, f"{value!r} is none of: {', '.join(words)}")
        return values

    def duration(self, where: str, said: Mapping[str, Any], key: str, *, required: bool = False) -> timedelta | None:
        """A span of time of ten years at most; None where it is absent or none."""
        if key not in said:
            if required:
                self.problem(f"{where}.{key}", "is missing")
            return None
        try:
            span = duration(said[key])
        except ValueError as error:
            self.problem(f"{where}.{key}", str(error))
            return None
        if span > LONGEST:
            self.problem(f"{where}.{key}", "is longer than ten years")
        return min(span, LONGEST)

    def decimal(self, where: str, said: Mapping[str, Any], key: str) -> Decimal | None:
        """A decimal of at least nought; None where it is absent or none."""
        if key not in said:
            return None
        try:
            number = Decimal(said[key])
            if number.is_finite() and number >= 0 and abs(number.adjusted()) <= DIGITS:
                return number
        except (InvalidOperation, TypeError, ValueError):
            pass
        self.problem(f"{where}.{key}", f"{said[key]!r} is no decimal of at least 0")
        return None
