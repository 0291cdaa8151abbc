"""The topology as a file: TOML text → rows of the topology tables, or every reason why not; and back."""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
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
SYSTEM_KEYS = ("key", "kind", "vendor", "name", "realm", "stock", "authority", "requires")
FLOW_KEYS = ["key", "record", "source", "target", "cadence", "grace", "compare", "tolerance", "within", "same", "only"]
MAPPINGS = ("reason_codes", "rejection_reasons", "customers", "skus")
TOP_KEYS = ("ignore_references", "systems", "flows", "statuses", *MAPPINGS)
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_DURATION = re.compile(r"([0-9]{1,9})([smhd])")

Rows = dict[tuple[str, ...], dict[str, Any]]


@dataclass(frozen=True)
class Problem:
    """Why the file is refused: the line, the key there, the reason."""

    line: int
    key: str
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.key}: {self.reason}"


class TopologyRefused(ValueError):
    """The file does not state a topology; `problems` are all reasons, in the order of their lines."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(problems, key=lambda problem: problem.line)
        super().__init__("\n".join(map(str, self.problems)))


@dataclass
class Topology:
    """Rows by key: systems and flows by their key, mappings by (table, system, of, raw)."""

    systems: Rows = field(default_factory=dict)
    flows: Rows = field(default_factory=dict)
    mappings: Rows = field(default_factory=dict)
    ignored: tuple[str, ...] = IGNORED


def read_topology(text: str) -> Topology:
    """The topology that `text` states; raises TopologyRefused with every problem found."""
    return _Reading(text).topology()


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


def normalised_reference(value: str) -> str:
    return value.strip().upper().removeprefix("#").strip()


class _Reading:
    """One pass over one file, gathering problems instead of stopping at the first."""

    def __init__(self, text: str) -> None:
        self.lines = text.splitlines()
        self.problems: list[Problem] = []
        try:
            self.data = tomllib.loads(text, parse_float=Decimal)
        except tomllib.TOMLDecodeError as error:
            found = re.search(r"line (\d+)", str(error))
            line = int(found[1]) if found else len(self.lines)
            raise TopologyRefused([Problem(line, "file", f"is not TOML: {error}")]) from None
        except RecursionError:
            raise TopologyRefused([Problem(1, "file", "is nested too deeply")]) from None

    def topology(self) -> Topology:
        self._unknown("", self.data, TOP_KEYS)
        topology = Topology()
        if "ignore_references" in self.data:
            words = self._words("", self.data, "ignore_references", None)
            topology.ignored = tuple(dict.fromkeys(filter(None, map(normalised_reference, words))))
        for number, said in enumerate(self._tables("systems")):
            self._system(topology, number, said)
        for number, said in enumerate(self._tables("flows")):
            self._flow(topology, number, said)
        for name in MAPPINGS:
            self._mapping(topology, name)
        self._statuses(topology)
        if self.problems:
            raise TopologyRefused(self.problems)
        return topology

    def _system(self, topology: Topology, number: int, said: dict[str, Any]) -> None:
        where = f"systems[{number}]"
        self._unknown(where, said, SYSTEM_KEYS)
        key = self._text(where, said, "key", required=True)
        if (key,) in topology.systems:
            self._problem(f"{where}.key", f"the system {key!r} stands twice")
        requires = said.get("requires", {})
        if not isinstance(requires, dict):
            self._problem(f"{where}.requires", "must be a table of record types")
            requires = {}
        self._unknown(f"{where}.requires", requires, ("order", "fulfilment", "return", "credit"))
        topology.systems[(key,)] = {
            "kind": self._word(where, said, "kind", KINDS, required=True),
            "vendor": self._text(where, said, "vendor"),
            "name": self._text(where, said, "name"),
            "realm": self._text(where, said, "realm"),
            "stock": self._word(where, said, "stock", ("on_hand", "available")) or "on_hand",
            "authority": self._words(where, said, "authority", AUTHORITIES),
            "requires": {of: self._words(f"{where}.requires", requires, of, REFERENCES) for of in sorted(requires)},
            "position": number,
        }

    def _flow(self, topology: Topology, number: int, said: dict[str, Any]) -> None:
        where = f"flows[{number}]"
        self._unknown(where, said, FLOW_KEYS)
        key = self._text(where, said, "key", required=True)
        if (key,) in topology.flows:
            self._problem(f"{where}.key", f"the flow {key!r} stands twice")
        ends = {end: self._text(where, said, end, required=True) for end in ("source", "target")}
        for end, system in ends.items():
            if system and (system,) not in topology.systems:
                self._problem(f"{where}.{end}", f"there is no system {system!r}")
        tolerance = said.get("tolerance", {})
        if not isinstance(tolerance, dict):
            self._problem(f"{where}.tolerance", "must be a table")
            tolerance = {}
        self._unknown(f"{where}.tolerance", tolerance, ("amount", "quantity"))
        topology.flows[(key,)] = {
            "record": self._word(where, said, "record", RECORDS, required=True),
            **ends,
            "cadence": self._duration(where, said, "cadence", required=True),
            "grace": self._duration(where, said, "grace", required=True),
            "within": self._duration(where, said, "within"),
            "compare": self._words(where, said, "compare", COMPARED) if "compare" in said else None,
            "tolerance_amount": self._decimal(f"{where}.tolerance", tolerance, "amount"),
            "tolerance_quantity": self._decimal(f"{where}.tolerance", tolerance, "quantity"),
            "same": self._same(where, said),
            "only": self._only(where, said),
            "position": number,
        }

    def _same(self, where: str, said: dict[str, Any]) -> list[list[str]] | None:
        if "same" not in said:
            return None
        words = {word for words in STATUS_WORDS.values() for word in words.split()}
        sets = said["same"]
        if not isinstance(sets, list) or not all(
            isinstance(one, list) and all(isinstance(word, str) and word in words for word in one) for one in sets
        ):
            self._problem(f"{where}.same", "must be a list of lists of canonical statuses")
            return None
        return sets

    def _only(self, where: str, said: dict[str, Any]) -> dict[str, list[str]] | None:
        only = said.get("only")
        if only is None:
            return None
        fits = isinstance(only, dict) and all(isinstance(values, list) for values in only.values())
        if not fits or not all(isinstance(value, str) for values in only.values() for value in values):
            self._problem(f"{where}.only", 'must be a table of lists of words, as in { channel = ["b2b"] }')
            return None
        self._unknown(f"{where}.only", only, ("channel", "currency", "status", "customer"))
        return dict(only)

    def _mapping(self, topology: Topology, name: str) -> None:
        for system, pairs in self._tables_of(name, topology):
            for raw, canonical in pairs.items():
                if not isinstance(canonical, str) or not canonical.strip():
                    self._problem(f"{name}.{system}.{raw}", "must be mapped onto a word")
                    continue
                self._map(topology, (name, system, ""), raw, canonical.strip(), f"{name}.{system}.{raw}")

    def _statuses(self, topology: Topology) -> None:
        for system, types in self._tables_of("statuses", topology):
            for of, pairs in types.items():
                where = f"statuses.{system}.{of}"
                if of not in STATUS_WORDS or not isinstance(pairs, dict):
                    self._problem(where, f"must be a table for one of: {', '.join(STATUS_WORDS)}")
                    continue
                for raw, canonical in pairs.items():
                    if canonical not in STATUS_WORDS[of].split():
                        self._problem(f"{where}.{raw}", f"{canonical!r} is none of: {STATUS_WORDS[of]}")
                        continue
                    self._map(topology, ("statuses", system, of), raw, canonical, f"{where}.{raw}")

    def _map(self, topology: Topology, at: tuple[str, str, str], raw: str, canonical: str, where: str) -> None:
        looked_up = LOOKED_UP[at[0]](raw.strip())
        if (*at, looked_up) in topology.mappings:
            self._problem(where, f"{raw!r} is mapped twice")
        topology.mappings[(*at, looked_up)] = {"raw": raw.strip(), "canonical": canonical}

    def _tables(self, name: str) -> list[dict[str, Any]]:
        said = self.data.get(name, [])
        if not isinstance(said, list) or not all(isinstance(item, dict) for item in said):
            self._problem(name, f"must be written as [[{name}]]")
            return []
        return said

    def _tables_of(self, name: str, topology: Topology) -> list[tuple[str, dict[str, Any]]]:
        said = self.data.get(name, {})
        if not isinstance(said, dict) or not all(isinstance(item, dict) for item in said.values()):
            self._problem(name, f"must be written as [{name}.SYSTEM]")
            return []
        for system in said:
            if (system,) not in topology.systems:
                self._problem(f"{name}.{system}", f"there is no system {system!r}")
        return list(said.items())

    def _unknown(self, where: str, said: Mapping[str, Any], known: Iterable[str]) -> None:
        known = list(known)
        for key in said:
            if key not in known:
                near = get_close_matches(key, known, 1)
                hint = f" (did you mean {near[0]}?)" if near else f"; known are {', '.join(known)}"
                self._problem(f"{where}.{key}".lstrip("."), f"is not known{hint}")

    def _text(self, where: str, said: Mapping[str, Any], key: str, *, required: bool = False) -> str:
        value = said.get(key, "")
        if not isinstance(value, str):
            self._problem(f"{where}.{key}", f"{value!r} is no text")
            return ""
        if required and not value.strip():
            self._problem(f"{where}.{key}", "is missing")
        return value.strip()

    def _word(
        self, where: str, said: Mapping[str, Any], key: str, words: Iterable[str], *, required: bool = False
    ) -> str:
        value = self._text(where, said, key, required=required)
        if value and value not in words:
            self._problem(f"{where}.{key}", f"{value!r} is none of: {', '.join(words)}")
        return value

    def _words(self, where: str, said: Mapping[str, Any], key: str, words: Iterable[str] | None) -> list[str]:
        values = said.get(key, [])
        path = f"{where}.{key}".lstrip(".")
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            self._problem(path, "must be a list of words")
            return []
        for value in values:
            if words is not None and value not in words:
                self._problem(path, f"{value!r} is none of: {', '.join(words)}")
        return values

    def _duration(self, where: str, said: Mapping[str, Any], key: str, *, required: bool = False) -> timedelta | None:
        if key not in said:
            if required:
                self._problem(f"{where}.{key}", "is missing")
            return None
        try:
            return duration(said[key])
        except ValueError as error:
            self._problem(f"{where}.{key}", str(error))
            return None

    def _decimal(self, where: str, said: Mapping[str, Any], key: str) -> Decimal | None:
        if key not in said:
            return None
        try:
            number = Decimal(said[key])
            if number.is_finite() and number >= 0:
                return number
        except (InvalidOperation, TypeError, ValueError):
            pass
        self._problem(f"{where}.{key}", f"{said[key]!r} is no decimal of at least 0")
        return None

    def _problem(self, path: str, reason: str) -> None:
        self.problems.append(Problem(self._line(path), path, reason))

    def _line(self, path: str) -> int:
        """Where `path` stands: its table's header, or the key below it. tomllib does not tell."""
        table = re.match(r"(systems|flows)\[(\d+)\]", path)
        start = 0
        if table:
            headers = [number for number, line in enumerate(self.lines) if line.strip() == f"[[{table[1]}]]"]
            start = headers[int(table[2])] if int(table[2]) < len(headers) else 0
        last = path.split(".")[-1] if not table or "." in path else ""
        parts = [part for part in path.split(".")[1:] if part] if table else path.split(".")
        for wanted in filter(None, (last, *reversed(parts))):
            for number in range(start, len(self.lines)):
                line = self.lines[number]
                if table and number > start and line.startswith("[["):
                    break
                if re.match(rf"\s*[\[\"']*([\w.\"'-]+\.)?[\"']?{re.escape(wanted)}[\"']?\s*[\]=]", line):
                    return number + 1
        return start + 1


LOOKED_UP: dict[str, Callable[[str], str]] = {
    "reason_codes": str,
    "rejection_reasons": str.lower,
    "customers": str.upper,
    "skus": str,
    "statuses": str.lower,
}


def write_topology(topology: Topology) -> str:
    """The topology as TOML; reading it again gives the same."""
    blocks = []
    if topology.ignored != IGNORED:
        blocks.append(f"ignore_references = {_toml(list(topology.ignored))}")
    blocks += [_block("[[systems]]", key, row) for (key,), row in _in_order(topology.systems)]
    blocks += [_block("[[flows]]", key, row) for (key,), row in _in_order(topology.flows)]
    tables: dict[str, list[str]] = {}
    for (table, system, of, _), row in sorted(topology.mappings.items()):
        header = f"[{table}.{_toml(system)}" + (f".{_toml(of)}]" if of else "]")
        tables.setdefault(header, [header]).append(f"{_toml(row['raw'])} = {_toml(row['canonical'])}")
    blocks += ["\n".join(lines) for lines in tables.values()]
    return "\n\n".join(blocks) + "\n"


def _in_order(rows: Rows) -> list[tuple[tuple[str, ...], dict[str, Any]]]:
    return sorted(rows.items(), key=lambda item: (item[1]["position"], item[0]))


def _block(header: str, key: str, row: dict[str, Any]) -> str:
    said = {"key": key} | {name: value for name, value in row.items() if name not in ("position", *TOLERANCES)}
    if tolerance := {short: row[name] for name, short in TOLERANCES.items() if row.get(name) is not None}:
        said["tolerance"] = tolerance
    if said.get("stock") == "on_hand":
        del said["stock"]
    kept = {name: value for name, value in said.items() if value is not None and value not in ("", {}, [])}
    kept |= {name: [] for name in ("compare", "same") if said.get(name) == []}
    return "\n".join([header, *(f"{name} = {_toml(value)}" for name, value in kept.items())])


TOLERANCES = {"tolerance_amount": "amount", "tolerance_quantity": "quantity"}


def _toml(value: Any) -> str:
    if isinstance(value, timedelta):
        return f'"{duration_text(value)}"'
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_toml(key)} = {_toml(item)}" for key, item in value.items()) + " }"
    if isinstance(value, Decimal):
        return f'"{value}"'
    return '"' + "".join(_escaped(character) for character in value) + '"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    return f"\\u{ord(character):04x}" if ord(character) < 32 or ord(character) == 127 else character
