"""The records of a CSV file of any size: rows that agree in some columns are one record, wherever in the file they are.

A first reading counts the rows of each record, a second gives a record when its last row is there. Eight bytes are held
for each row, the counts of records of several rows, and the records that are not whole yet; never the file.
"""

import csv
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from hashlib import blake2b
from itertools import groupby
from pathlib import Path
from typing import TextIO

from connectors.paging import Raw

LONGEST_LINE = 1024 * 1024  # characters; a longer one is read as several
AT_ONCE = 4 * 1024 * 1024  # characters in the cells of one piece


class Records:
    """The records of one file, and a row that is no row as a record with its `problem`; each piece in turn.

    `at` is the moment at which the file was written. Closed by `close`.
    """

    def __init__(self, path: Path, key: tuple[str, ...], at: str) -> None:
        self.path, self.key, self.at = path, key, at
        self.next, self.spare = 0, list[Raw]()
        self.stream = _opened(path)
        self.found = self._found(_rows(self.stream))

    def close(self) -> None:
        """Lets go of the file."""
        self.stream.close()

    def piece(self, begin: int, most: int) -> tuple[list[Raw], bool]:
        """The records from number `begin` on, at most so many and not too large, and whether there are more."""
        while self.next < begin and self._taken() is not None:
            pass
        items, size = list[Raw](), 0
        while len(items) < most and size < AT_ONCE and (item := self._taken()) is not None:
            items.append(item)
            size += sum(len(cell) for row in item.get("rows", ()) for cell in row.values())
        if (item := self._taken()) is None:
            return items, False
        self.spare.append(item)
        self.next -= 1
        return items, True

    def __iter__(self) -> Iterator[Raw]:
        while (item := self._taken()) is not None:
            yield item

    def _taken(self) -> Raw | None:
        item = self.spare.pop() if self.spare else next(self.found, None)
        self.next += item is not None
        return item

    def _found(self, rows: Iterable[tuple[int, dict[str, str] | str]]) -> Iterator[Raw]:
        several, unfinished = self._counts(), dict[tuple[str, ...], Raw]()
        name = self.path.name
        for number, row in rows:
            if why := self._problem(row):
                yield {"id": f"{name}:{number}", "file": name, "problem": f"{name}, row {number}: {why}"}
                continue
            assert isinstance(row, dict)
            key = self._key(row)
            record = unfinished.setdefault(key, {"id": "/".join(key), "file": name, "at": self.at, "rows": []})
            record["rows"].append(row | {"row": str(number)})
            if len(record["rows"]) == several.get(_hash("/".join(key)), 1):
                yield unfinished.pop(key)
        yield from unfinished.values()  # two keys of one hash, if ever there are such

    def _counts(self) -> dict[int, int]:
        """How many rows there are of each record that has several, by its hash."""
        hashes = _Hashes()
        with _opened(self.path) as stream:
            for _, row in _rows(stream):
                if not self._problem(row):
                    assert isinstance(row, dict)
                    hashes.add("/".join(self._key(row)))
        return dict(hashes.repeated())

    def _problem(self, row: dict[str, str] | str) -> str:
        """Why a row belongs to no record."""
        if isinstance(row, str):
            return row
        return "" if all(self._key(row)) else f"one of {', '.join(self.key)} is empty"

    def _key(self, row: dict[str, str]) -> tuple[str, ...]:
        return tuple(row.get(column, "").strip() for column in self.key)


class SpokenOf:
    """Which ids the rows of a snapshot speak of, and whether all rows could be read; the ids are held as hashes."""

    def __init__(self, records: Iterable[Raw], ids_of: Callable[[Raw], list[str]]) -> None:
        self.places, self.complete, self.hashes = set[str](), True, _Hashes()
        for item in records:
            self.complete = self.complete and "problem" not in item
            for id in (id for row in item.get("rows", ()) for id in ids_of(row)):
                self.hashes.add(id)
                self.places.add(id.split("/")[0])
        self.hashes.sort()

    def __contains__(self, id: str) -> bool:
        return id in self.hashes


class _Hashes:
    """Texts by eight bytes each, in parts that are small enough to be sorted one by one."""

    PARTS = 256

    def __init__(self) -> None:
        self.parts = [array("Q") for _ in range(self.PARTS)]

    def add(self, text: str) -> None:
        one = _hash(text)
        self.parts[one % self.PARTS].append(one)

    def sort(self) -> None:
        for number, part in enumerate(self.parts):
            self.parts[number] = array("Q", sorted(part))

    def repeated(self) -> Iterator[tuple[int, int]]:
        """(hash, how often) of those that were added more than once."""
        for part in self.parts:
            for one, same in groupby(sorted(part)):
                if (count := sum(1 for _ in same)) > 1:
                    yield one, count

    def __contains__(self, text: str) -> bool:
        """Whether it was added, once they are sorted."""
        one = _hash(text)
        part = self.parts[one % self.PARTS]
        place = bisect_left(part, one)
        return place < len(part) and part[place] == one


def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogateescape"), digest_size=8).digest())


def header_of(path: Path) -> list[str]:
    """The names of the columns; empty where there are none."""
    with _opened(path) as stream:
        try:
            return next(csv.reader(_lines(stream)), [])
        except csv.Error:
            return []


def _opened(path: Path) -> TextIO:
    return path.open(encoding="utf-8-sig", errors="surrogateescape", newline="")


def _lines(stream: TextIO) -> Iterator[str]:
    return iter(lambda: stream.readline(LONGEST_LINE), "")


def _rows(stream: TextIO) -> Iterator[tuple[int, dict[str, str] | str]]:
    """(number of its last line, row or why it is none)."""
    reader = csv.reader(_lines(stream), strict=True)
    header = next(reader)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield reader.line_num, f"it is no CSV: {error}"
            continue
        if not cells:
            continue
        if len(cells) != len(header):
            yield reader.line_num, f"it has {len(cells)} cells, the header {len(header)}"
        elif any("\udc80" <= character <= "\udcff" for cell in cells if not cell.isascii() for character in cell):
            yield reader.line_num, "it is not UTF-8"
        else:
            yield reader.line_num, dict(zip(header, cells, strict=True))
