"""A signed month beside what is known of it now, line by line."""

from dataclasses import dataclass
from decimal import Decimal

from exceptions.months.parts import PARTS, Line, lines, total
from exceptions.months.statement import Statement

ZERO = Decimal(0)


@dataclass(frozen=True)
class Since:
    """A line or a sum as it was signed and as it is known now."""

    label: str
    signed: Decimal
    now: Decimal

    @property
    def difference(self) -> Decimal:
        """What the line has changed by since."""
        return self.now - self.signed


@dataclass(frozen=True)
class PartSince:
    """A part of the statement: its lines, and their sum."""

    part: str
    lines: list[Since]
    sum: Since


def since_signed(signed: Statement, now: Statement) -> list[PartSince]:
    """Every part of a statement as signed and as known now, with all lines that either has."""
    found = []
    for part in PARTS:
        then, today = _amounts(signed, part), _amounts(now, part)
        rows = [
            Since(_label(line), then.get(_key(line), ZERO), today.get(_key(line), ZERO))
            for line in lines([*signed.items, *now.items], part)
        ]
        found.append(PartSince(part, rows, Since("All", total(signed.of(part)), total(now.of(part)))))
    return found


def _amounts(statement: Statement, part: str) -> dict[tuple[str, str | None], Decimal]:
    return {_key(line): line.amount for line in statement.lines(part)}


def _key(line: Line) -> tuple[str, str | None]:
    return line.bucket, line.name


def _label(line: Line) -> str:
    return f"{line.label}: {line.words}" if line.name else line.label
