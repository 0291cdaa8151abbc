"""Words that no closed list of the contract has, in a field that a record can do without.

Intake refuses such a line whole. What a connector reads is told without the word, so that nothing else of the record
is lost, and once more as it came, so that the word is refused and shown to a person. Whatever tells the record anew, be
it a meaning that was entered for the word or a change at the vendor, comes later than the refused line and replaces it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from connectors.fields import Reader, Refused, instant
from connectors.shapes import CREDIT_LINE, RESOLUTIONS, RETURN_LINE, SHAPES
from connectors.sightings import Line
from connectors.spelling import folded, pairs

LATER = timedelta(microseconds=1)
# record type → the fields with closed lists that it can do without, and those of its lines
OF_RECORD = {"return": ("resolution",), "credit": ("reason",)}
OF_LINE = {"return": (RETURN_LINE, ("disposition",)), "credit": (CREDIT_LINE, ("reason",))}


def told_apart(lines: Iterable[Line]) -> Iterator[Line]:
    """The lines; one with a word of no closed list twice, without it and, a moment later, as it came.

    The raw item stays with the former alone: where nothing else in it changes, the refusal is the same and asks once.
    """
    for line in lines:
        spared, at = _spared(line), _instant(line)
        if spared is None or at is None:
            yield line
        else:
            yield spared
            yield {name: value for name, value in line.items() if name != "raw"} | {"at": (at + LATER).isoformat()}


def meaning(said: Any, known: Mapping[str, str | None], entered: str = "") -> str | None:
    """What a vendor's word stands for: as was entered (`theirs=ours, …`), else as is known, else the word as it came.

    `known` by folded words. None where nothing is said, or where the word is known to say nothing.
    """
    word = str(said or "").strip()
    by_people = {folded(theirs): ours.lower() for theirs, ours in pairs(entered).items()}
    if folded(word) in by_people:
        return by_people[folded(word)] or None
    return known.get(folded(word), word) or None


def in_common(resolutions: Iterable[str | None]) -> str | None:
    """The one resolution of all goods; none where they differ. A word of no list goes first, so that it is shown."""
    found = set(resolutions)
    new = sorted(one for one in found if one is not None and one not in RESOLUTIONS)
    return new[0] if new else (found.pop() if len(found) == 1 else None)


def _spared(line: Line) -> Line | None:
    """The line without the words that its closed lists do not have; None where there are none."""
    type = str(line.get("type"))
    if type not in OF_RECORD:
        return None
    shape, names = OF_LINE[type]
    whole = _without(line, SHAPES[type].readers, OF_RECORD[type])
    rows = line["lines"] if isinstance(line.get("lines"), list) else []
    spared = [_without(row, shape.readers, names) for row in rows]
    if whole is None and not any(spared):
        return None
    return (whole or line) | {"lines": [mended or row for mended, row in zip(spared, rows, strict=True)]}


def _without(said: Any, readers: Mapping[str, Reader], names: Sequence[str]) -> Line | None:
    """`said` without those of the named fields that intake would refuse; None where there are none."""
    if not isinstance(said, dict):
        return None
    unknown = [name for name in names if said.get(name) is not None and _is_unknown(readers[name], said[name])]
    return {name: value for name, value in said.items() if name not in unknown} if unknown else None


def _is_unknown(reader: Reader, value: Any) -> bool:
    try:
        reader(value, "")
    except Refused:
        return True
    return False


def _instant(line: Line) -> datetime | None:
    try:
        found: datetime | None = instant(line.get("at"), "at")
    except Refused:
        return None  # the whole line is refused for it, and shown
    return found
