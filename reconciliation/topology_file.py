"""The topology as a file: TOML text → rows of the topology tables, or every reason why not; and back."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from reconciliation.projection import norm
from reconciliation.topology_rows import (
    IGNORED,
    MAPPINGS,
    STATUS_WORDS,
    Problem,
    Row,
    RowReading,
    Rows,
    duration_text,
)

TOLERANCES = {"tolerance_amount": "amount", "tolerance_quantity": "quantity"}
TOP_KEYS = ("ignore_references", "systems", "flows", "statuses", *MAPPINGS)


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


class _Reading(RowReading):
    """One pass over one file; problems carry their lines."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.lines = text.splitlines()
        try:
            self.data = tomllib.loads(text, parse_float=Decimal)
        except tomllib.TOMLDecodeError as error:
            found = re.search(r"line (\d+)", str(error))
            line = int(found[1]) if found else len(self.lines)
            raise TopologyRefused([Problem(line, "file", f"is not TOML: {error}")]) from None
        except RecursionError:
            raise TopologyRefused([Problem(1, "file", "is nested too deeply")]) from None
        except ValueError:
            raise TopologyRefused([Problem(1, "file", "holds a number too long to be read")]) from None

    def topology(self) -> Topology:
        self.unknown("", self.data, TOP_KEYS)
        if any("\0" in text for text in _texts(self.data)):
            self.problem("file", "holds a NUL character")
        topology = Topology()
        if "ignore_references" in self.data:
            words = self.words("", self.data, "ignore_references", None)
            topology.ignored = tuple(dict.fromkeys(filter(None, map(norm, words))))
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
        row = self.system(f"systems[{number}]", said)
        self._keep(topology.systems, "system", number, said, row)

    def _flow(self, topology: Topology, number: int, said: dict[str, Any]) -> None:
        row = self.flow(f"flows[{number}]", said, [key for (key,) in topology.systems])
        self._keep(topology.flows, "flow", number, said, row)

    def _keep(self, rows: Rows, what: str, number: int, said: dict[str, Any], row: Row) -> None:
        where = f"{what}s[{number}]"
        key = self.text(where, said, "key", required=True)
        if (key,) in rows:
            self.problem(f"{where}.key", f"the {what} {key!r} stands twice")
        rows[(key,)] = row | {"position": number}

    def _mapping(self, topology: Topology, name: str) -> None:
        for system, pairs in self._tables_of(name, topology):
            self._words_of(topology, (name, system, ""), f"{name}.{system}", pairs)

    def _statuses(self, topology: Topology) -> None:
        for system, types in self._tables_of("statuses", topology):
            for of, pairs in types.items():
                where = f"statuses.{system}.{of}"
                if of not in STATUS_WORDS or not isinstance(pairs, dict):
                    self.problem(where, f"must be a table for one of: {', '.join(STATUS_WORDS)}")
                    continue
                self._words_of(topology, ("statuses", system, of), where, pairs)

    def _words_of(self, topology: Topology, at: tuple[str, str, str], where: str, pairs: dict[str, Any]) -> None:
        for raw, canonical in pairs.items():
            if (read := self.mapped(f"{where}.{raw}", at[0], at[2], raw, canonical)) is None:
                continue
            key, row = read
            if (*at, key) in topology.mappings:
                self.problem(f"{where}.{raw}", f"{raw!r} is mapped twice")
            topology.mappings[(*at, key)] = row

    def _tables(self, name: str) -> list[dict[str, Any]]:
        said = self.data.get(name, [])
        if not isinstance(said, list) or not all(isinstance(item, dict) for item in said):
            self.problem(name, f"must be written as [[{name}]]")
            return []
        return said

    def _tables_of(self, name: str, topology: Topology) -> list[tuple[str, dict[str, Any]]]:
        said = self.data.get(name, {})
        if not isinstance(said, dict) or not all(isinstance(item, dict) for item in said.values()):
            self.problem(name, f"must be written as [{name}.SYSTEM]")
            return []
        for system in said:
            if (system,) not in topology.systems:
                self.problem(f"{name}.{system}", f"there is no system {system!r}")
        return list(said.items())

    def line(self, path: str) -> int:
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


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in (*value, *value.values()):
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


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
