"""CSV rows → records in the shape of the contract, by a mapping; a row that does not fit is refused, with its group.

Rows of one group may lie apart: a first pass counts the rows of each group, a second gives a record as soon as its
last row is read. Memory grows with the number of groups and of unfinished records, not with the rows.
"""

import csv
import io
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import sha256
from typing import Any, BinaryIO

from connectors.csv.mapping import EXACT, ORDINAL, CsvMapping, Field, Rule
from connectors.csv.values import DoesNotFit
from connectors.lines import Accepted, Known, Refusal, parse_object

LONGEST_CELL = 1_000_000


class ColumnsMissing(ValueError):
    """The file's header lacks columns that the mapping names."""


@dataclass(frozen=True)
class Row:
    """One row: the number of the line it begins on (the header is 1), its cells by column, or why it has none."""

    number: int
    cells: dict[str, str]
    problem: str | None = None


@dataclass
class Tally:
    """How many rows became records of which rule, and how many none."""

    rows: Counter[str] = field(default_factory=Counter)


def read_csv(stream: BinaryIO, mapping: CsvMapping, known: Known, tally: Tally) -> Iterator[Accepted | Refusal]:
    """The records of a seekable stream, and a refusal for each row that does not fit; raises ColumnsMissing."""
    sizes: Counter[tuple[str, str]] = Counter()
    for rule, key, _ in _sorted_rows(stream, mapping):
        if rule is not None and key is not None:
            sizes[rule.name, key] += 1
    unfinished: dict[tuple[str, str], list[Row]] = {}
    numbered: Counter[tuple[str, str, str]] = Counter()
    for rule, key, row in _sorted_rows(stream, mapping):
        if rule is None:
            if row.problem or mapping.refuse_unmatched:
                tally.rows["refused"] += 1
                yield _refused(mapping, row, "row_not_readable" if row.problem else "row_unmatched", None, row.problem)
            else:
                tally.rows["skipped"] += 1
            continue
        if rule.skip:
            tally.rows[f"{rule.name} (skipped)"] += 1
            continue
        for column in rule.ordinals:
            numbered[rule.name, column, row.cells[column]] += 1
            row.cells[ORDINAL + column] = str(numbered[rule.name, column, row.cells[column]])
        if key is None:
            yield from _record(mapping, rule, [row], known, tally)
            continue
        rows = unfinished.setdefault((rule.name, key), [])
        rows.append(row)
        if len(rows) == sizes[rule.name, key]:
            yield from _record(mapping, rule, unfinished.pop((rule.name, key)), known, tally)


def _sorted_rows(stream: BinaryIO, mapping: CsvMapping) -> Iterator[tuple[Rule | None, str | None, Row]]:
    for row in _rows(stream, mapping):
        rule = None
        if row.problem is None:
            try:
                rule = next((rule for rule in mapping.rules if rule.holds(row.cells)), None)
            except DoesNotFit as error:
                row = Row(row.number, row.cells, f"{error.column}: {error}")
        key = row.cells[rule.group].strip() if rule and rule.group else None
        if rule and key == "":
            yield None, None, Row(row.number, row.cells, f"{rule.group}: the cell is empty, and it names the record")
            continue
        yield rule, key, row


def _rows(stream: BinaryIO, mapping: CsvMapping) -> Iterator[Row]:
    stream.seek(0)
    csv.field_size_limit(LONGEST_CELL)
    text = io.TextIOWrapper(stream, encoding=mapping.encoding, errors="surrogateescape", newline="")
    try:
        held = _Held(text)
        reader = csv.reader(held, delimiter=mapping.delimiter, strict=True)
        header = _header(reader)
        if twice := sorted({name for name in header if header.count(name) > 1} & mapping.columns):
            raise ColumnsMissing(f"The header names {', '.join(twice)} more than once.")
        if missing := mapping.columns - set(header):
            raise ColumnsMissing(f"The header lacks {', '.join(sorted(missing))}; it has {', '.join(header)}.")
        while True:
            number = held.begin()
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                # a quote that never ends takes every line after it along: only its own line is refused
                yield Row(number, {"": held.first_alone()}, f"the row is no CSV: {error}")
                reader = csv.reader(held, delimiter=mapping.delimiter, strict=True)
                continue
            if cells:
                yield _row(number, header, cells)
    finally:
        text.detach()


def _header(reader: Iterator[list[str]]) -> list[str]:
    try:
        return next(reader, [])
    except csv.Error as error:
        raise ColumnsMissing(f"The header is no CSV: {error}.") from None


class _Held:
    """The lines of a file, with those of the row that is being read kept, to begin again after its first."""

    def __init__(self, lines: Iterator[str]) -> None:
        self.source, self.kept, self.again = lines, deque[str](), deque[str]()
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self.again.popleft() if self.again else next(self.source)
        self.kept.append(line)
        self.number += 1
        return line

    def begin(self) -> int:
        """A row begins; the number of its first line, the header's being 1."""
        self.kept.clear()
        return self.number + 1

    def first_alone(self) -> str:
        """The first line of the row; the others will be read again."""
        first = self.kept.popleft()
        self.number -= len(self.kept)
        self.again.extendleft(reversed(self.kept))
        return first.rstrip("\r\n")


def _row(number: int, header: list[str], cells: list[str]) -> Row:
    named = dict(zip(header, cells, strict=False))
    if len(cells) != len(header):
        return Row(number, named, f"the row has {len(cells)} cells, the header {len(header)}")
    bad = next((name for name, cell in named.items() if not cell.isascii() and _unreadable(cell)), None)
    return Row(number, named, f"{bad}: the cell is not in the file's encoding" if bad else None)


def _unreadable(cell: str) -> bool:
    return any("\udc80" <= character <= "\udcff" for character in cell)


def _record(
    mapping: CsvMapping, rule: Rule, rows: list[Row], known: Known, tally: Tally
) -> Iterator[Accepted | Refusal]:
    value: dict[str, Any] = {"type": rule.type, "system": mapping.system}
    faults: dict[int, DoesNotFit] = {}
    for item in rule.fields:
        _put(value, item.path, _of_group(item, rows, faults))
    if rule.lines:
        value["lines"] = [_line(rule.lines, row, faults) for row in rows]
    if faults:
        tally.rows["refused"] += len(rows)
        first = min(faults)
        for row in rows:
            fault = faults.get(row.number)
            reason = str(fault) if fault else f"row {first} of the same {rule.type} does not fit"
            yield _refused(mapping, row, "row_does_not_fit", fault.column if fault else rule.group, reason, rule)
        return
    for path, names in rule.sums:
        _put(value, path, _sum(value.get("lines", ()), names))  # unknown where a line lacks a factor
    record = parse_object(rows[0].number, value, known)
    tally.rows["refused" if isinstance(record, Refusal) else rule.name] += len(rows)
    yield record


def _of_group(item: Field, rows: list[Row], faults: dict[int, DoesNotFit]) -> str | None:
    """The value of a header field: of the first row, of the last, or of all rows alike."""
    taken: str | None = None
    first = True
    for row in {"first": rows[:1], "last": rows[-1:]}.get(item.take, rows):
        try:
            value = item.read(row.cells)
        except DoesNotFit as error:
            faults.setdefault(row.number, error)
            continue
        if first:
            taken, first = value, False
        elif value != taken:
            faults.setdefault(row.number, DoesNotFit(".".join(item.path), f"{value!r}, the first row says {taken!r}"))
    return taken


def _line(fields: tuple[Field, ...], row: Row, faults: dict[int, DoesNotFit]) -> dict[str, Any]:
    line: dict[str, Any] = {}
    for item in fields:
        try:
            _put(line, item.path, item.read(row.cells))
        except DoesNotFit as error:
            faults.setdefault(row.number, error)
    return line


def _put(value: dict[str, Any], path: tuple[str, ...], said: str | None) -> None:
    if said is None:
        return
    for name in path[:-1]:
        value = value.setdefault(name, {})
    value[path[-1]] = said


def _sum(lines: Any, names: tuple[str, ...]) -> str | None:
    if any(line.get(name) is None for line in lines for name in names):
        return None
    whole = Decimal(0)
    for line in lines:
        product = Decimal(1)
        for name in names:
            product = EXACT.multiply(product, Decimal(line[name]))
        whole = EXACT.add(whole, product)
    return f"{whole:f}"


def _refused(
    mapping: CsvMapping, row: Row, code: str, column: str | None, reason: str | None, rule: Rule | None = None
) -> Refusal:
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(
        [cell for name, cell in row.cells.items() if not name.startswith(ORDINAL)]
    )
    raw = out.getvalue().encode("utf-8", "surrogateescape")
    said = reason or "no rule of the mapping takes this row"
    named = rule.type if rule else None
    # two rows may read alike: the number tells them apart
    digest = sha256(f"{row.number}\n".encode() + raw).digest()
    return Refusal(row.number, code, column, f"Row {row.number}: {said}.", digest, raw, named, mapping.system)
