"""Reads a saved mapping from TOML (docs/csv_mappings.md), and names everything that is wrong with it."""

import re
import tomllib
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from connectors.csv.mapping import ORDINAL, Condition, CsvMapping, Field, MappingRefused, Rule
from connectors.csv.values import DoesNotFit, Numbers, Times
from connectors.shapes import SHAPES

FILE_KEYS = {"system", "csv", "records"}
CSV_KEYS = {"encoding", "delimiter", "decimal", "thousands", "time_format", "time_zone", "unmatched"}
RECORD_KEYS = {"name", "type", "group", "where", "fields", "lines", "skip"}
CONDITION_KEYS = {"column", "matches", "equals", "above", "below", "at_least", "at_most", "empty"}
FIELD_KEYS = {
    "column",
    "value",
    "as",
    "absolute",
    "negate",
    "case",
    "map",
    "take",
    "choose",
    "otherwise",
    "sum_of_lines",
    "ordinal",
}
AS = ("text", "decimal", "time")
COMPARISONS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "above": Decimal.__gt__,
    "below": Decimal.__lt__,
    "at_least": Decimal.__ge__,
    "at_most": Decimal.__le__,
}


def read_mapping(text: str) -> CsvMapping:
    """The mapping that a TOML text states; raises MappingRefused with every problem found."""
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise MappingRefused([str(error)]) from None
    except RecursionError:
        raise MappingRefused(["the file is nested too deeply"]) from None
    except ValueError:
        raise MappingRefused(["the file holds a number too long to be read"]) from None
    reading = _Reading(said)
    try:
        return reading.mapping()
    except (TypeError, AttributeError, KeyError, ValueError) as error:
        if isinstance(error, MappingRefused):
            raise
        raise MappingRefused([*reading.problems, f"the mapping is malformed: {error}"]) from error


class _Reading:
    """One pass over one mapping, gathering problems instead of stopping at the first."""

    def __init__(self, said: dict[str, Any]) -> None:
        self.said = said
        self.problems: list[str] = []
        self.columns: set[str] = set()
        self.csv: dict[str, Any] = {}

    def mapping(self) -> CsvMapping:
        self._known("", self.said, FILE_KEYS)
        self.csv = self._table("csv", self.said.get("csv", {}))
        self._known("csv", self.csv, CSV_KEYS)
        system = self.said.get("system")
        if not isinstance(system, str) or not system:
            self._problem("system", "is missing")
        unmatched = self.csv.get("unmatched", "refuse")
        if unmatched not in ("refuse", "skip"):
            self._problem("csv.unmatched", "must be refuse or skip")
        self.numbers = Numbers(str(self.csv.get("decimal", ".")), str(self.csv.get("thousands", "")))
        self.times = self._times()
        delimiter = str(self.csv.get("delimiter", ","))
        if len(delimiter) != 1:
            self._problem("csv.delimiter", "must be one character")
        encoding = str(self.csv.get("encoding", "utf-8-sig"))
        try:
            "".encode(encoding)
        except LookupError:
            self._problem("csv.encoding", f"{encoding!r} is no encoding")
        rules = [self._rule(f"records[{n}]", rule) for n, rule in enumerate(self.said.get("records", []))]
        if not rules:
            self._problem("records", "there is none")
        names = [rule.name for rule in rules]
        for name in sorted({name for name in names if names.count(name) > 1}):
            self._problem("records", f"two rules are named {name}; give each a name of its own")
        if self.problems:
            raise MappingRefused(self.problems)
        return CsvMapping(
            system=str(system),
            encoding=encoding,
            delimiter=delimiter,
            refuse_unmatched=unmatched == "refuse",
            rules=tuple(rules),
            columns=frozenset(self.columns),
        )

    def _times(self) -> Times:
        try:
            zone = ZoneInfo(self.csv.get("time_zone", "UTC"))
        except (KeyError, ValueError, TypeError):
            self._problem("csv.time_zone", f"{self.csv.get('time_zone')!r} is no time zone")
            zone = ZoneInfo("UTC")
        return Times(str(self.csv.get("time_format", "%Y-%m-%d %H:%M:%S")), zone)

    def _rule(self, where: str, said: Any) -> Rule:
        said = self._table(where, said)
        self._known(where, said, RECORD_KEYS)
        skip = said.get("skip", False)
        if not isinstance(skip, bool):
            self._problem(f"{where}.skip", "must be true or false")
        if not skip and said.get("type") not in SHAPES:
            self._problem(f"{where}.type", f"must be one of {', '.join(SHAPES)}")
        fields = self._fields(f"{where}.fields", said.get("fields", {}))
        lines = self._fields(f"{where}.lines", said.get("lines", {}))
        if lines and not said.get("group"):
            self._problem(f"{where}.group", "is missing: lines are the rows of one group")
        conditions = [
            self._condition(f"{where}.where[{n}]", condition) for n, condition in enumerate(said.get("where", []))
        ]
        return Rule(
            name=str(said.get("name", said.get("type"))),
            type=str(said.get("type")),
            group=self._column(f"{where}.group", said["group"]) if said.get("group") else None,
            where=tuple(conditions),
            fields=tuple(item for item in fields if isinstance(item, Field)),
            lines=tuple(item for item in lines if isinstance(item, Field)),
            sums=tuple(item for item in fields if not isinstance(item, Field)),
            skip=skip,
            ordinals=tuple(
                field["column"] for field in said.get("fields", {}).values() if "ordinal" in field and "column" in field
            ),
        )

    def _condition(self, where: str, said: Any) -> Condition:
        said = self._table(where, said)
        self._known(where, said, CONDITION_KEYS)
        column = self._column(f"{where}.column", said.get("column"))
        return Condition(column, self._test(where, column, said))

    def _test(self, where: str, column: str, said: dict[str, Any]) -> Callable[[str], bool]:
        tests: list[Callable[[str], bool]] = []
        if "matches" in said:
            try:
                pattern = re.compile(said["matches"])
                tests.append(lambda value: pattern.fullmatch(value.strip()) is not None)
            except (re.error, TypeError) as error:
                self._problem(f"{where}.matches", str(error))
        if "equals" in said:
            tests.append(lambda value: value.strip() == said["equals"])
        if "empty" in said:
            tests.append(lambda value: (not value.strip()) == said["empty"])
        tests += [self._comparison(where, column, name, said[name]) for name in COMPARISONS.keys() & said.keys()]
        if not tests:
            self._problem(where, "states no condition")
        return lambda value: all(test(value) for test in tests)

    def _comparison(self, where: str, column: str, name: str, limit: Any) -> Callable[[str], bool]:
        try:
            bound = Decimal(str(limit))
        except InvalidOperation:
            self._problem(f"{where}.{name}", f"{limit!r} is no number")
            bound = Decimal(0)
        compare, numbers = COMPARISONS[name], self.numbers
        return lambda value: bool(value.strip()) and compare(Decimal(numbers.plain(column, value)), bound)

    def _fields(self, where: str, said: Any) -> list[Any]:
        return [self._field(f"{where}.{path}", path, spec) for path, spec in self._table(where, said).items()]

    def _field(self, where: str, path: str, said: Any) -> Any:
        said = self._table(where, said)
        self._known(where, said, FIELD_KEYS)
        place = tuple(path.split("."))
        if "sum_of_lines" in said:
            return (place, tuple(said["sum_of_lines"]))
        if said.get("take", "only") not in ("only", "first", "last"):
            self._problem(f"{where}.take", "must be only, first or last")
        if "value" in said:
            constant = str(said["value"])
            return Field(place, lambda row: constant)
        if "choose" in said:
            return Field(place, self._choice(where, said), said.get("take", "only"))
        if said.get("ordinal", True) is not True:
            self._problem(f"{where}.ordinal", "must be true, or left out")
        if "ordinal" in said:
            column = self._column(f"{where}.column", said.get("column"))
            return Field(place, lambda row: f"{row[column].strip()}/{row[ORDINAL + column]}")
        return Field(place, self._reader(where, said), said.get("take", "only"))

    def _choice(self, where: str, said: dict[str, Any]) -> Callable[[Mapping[str, str]], str | None]:
        options = []
        for n, option in enumerate(said["choose"]):
            condition = {key: value for key, value in option.items() if key != "value"}
            options.append((self._condition(f"{where}.choose[{n}]", condition), str(option.get("value"))))
        otherwise = said.get("otherwise")

        def choose(row: Mapping[str, str]) -> str | None:
            for condition, value in options:
                if condition.test(row[condition.column]):
                    return value
            return otherwise

        return choose

    def _reader(self, where: str, said: dict[str, Any]) -> Callable[[Mapping[str, str]], str | None]:
        column = self._column(f"{where}.column", said.get("column"))
        if said.get("case", "upper") not in ("upper", "lower"):
            self._problem(f"{where}.case", "must be upper or lower")
        if not isinstance(said.get("map", {}), dict):
            self._problem(f"{where}.map", "must be a table of words")
        kind = said.get("as", "text")
        if kind not in AS:
            self._problem(f"{where}.as", f"must be one of {', '.join(AS)}")
        convert = {"decimal": self._decimal(column, said), "time": self.times.reader(column)}.get(kind, str.strip)
        case = {"upper": str.upper, "lower": str.lower}.get(said.get("case", ""), str)
        words = said.get("map")

        def read(row: Mapping[str, str]) -> str | None:
            text = row[column].strip()
            if not text:
                return None
            value = case(convert(text))
            if words is None:
                return value
            if value not in words:
                raise DoesNotFit(column, f"{value!r} is not in the map: {', '.join(words)}")
            return str(words[value])

        return read

    def _decimal(self, column: str, said: dict[str, Any]) -> Callable[[str], str]:
        numbers, absolute, negate = self.numbers, said.get("absolute", False), said.get("negate", False)

        def convert(text: str) -> str:
            plain = numbers.plain(column, text)
            if absolute:
                return plain.lstrip("+-")
            if negate:
                return plain[1:] if plain.startswith("-") else f"-{plain.lstrip('+')}"
            return plain

        return convert

    def _column(self, where: str, name: Any) -> str:
        if not isinstance(name, str) or not name:
            self._problem(where, "names no column")
            return ""
        self.columns.add(name)
        return name

    def _table(self, where: str, said: Any) -> dict[str, Any]:
        if isinstance(said, dict):
            return said
        self._problem(where, "must be a table")
        return {}

    def _known(self, where: str, said: dict[str, Any], known: set[str]) -> None:
        for key in sorted(said.keys() - known):
            self._problem(f"{where}.{key}".lstrip("."), f"is unknown here; known are {', '.join(sorted(known))}")

    def _problem(self, where: str, reason: str) -> None:
        self.problems.append(f"{where}: {reason}")
