"""Charts as shapes: every length is worked out here, the templates under templates/charts/ draw them as SVG.

Words and numbers stay text outside the drawing, so that a chart prints, mails, reads aloud and tests as text.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import zip_longest
from typing import Any

WIDTH, HEIGHT = 600, 140
DRAWN = 8


@dataclass(frozen=True)
class Bar:
    """One row: `text` is its number in words, `share` its length in percent, `line` a sparkline beside it."""

    label: str
    text: str
    share: str
    address: str = ""
    note: str = ""
    line: str = ""


@dataclass(frozen=True)
class Bars:
    """Rows of one measure under a `title` that is what they show; `heads` name the columns of the table.

    The first of them are drawn, all stand in the table.
    """

    title: str
    heads: Sequence[str]
    bars: list[Bar]
    empty: str = "Nothing to show."

    @property
    def drawn(self) -> list[Bar]:
        """The rows that are drawn."""
        return self.bars[:DRAWN]


@dataclass(frozen=True)
class Block:
    """One coloured part of a day's column."""

    series: str
    x: str
    y: str
    width: str
    height: str


@dataclass(frozen=True)
class DayRow:
    """A day in the table: its numbers in the order of the heads, and the queue behind each (empty: none)."""

    day: date
    numbers: list[Any]
    addresses: list[str] = field(default_factory=list)

    @property
    def cells(self) -> Iterable[tuple[Any, str]]:
        """Each number with its queue."""
        return zip_longest(self.numbers, self.addresses, fillvalue="")


@dataclass(frozen=True)
class Days:
    """Columns per day and a line over them; `most` is the top of the columns' scale, `line_most` of the line's, which
    is of a `unit`."""

    title: str
    heads: Sequence[str]
    rows: list[DayRow]
    blocks: list[Block]
    line: str
    most: int
    line_most: Any
    legend: list[tuple[str, str]] = field(default_factory=list)
    unit: str = "open"

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not self.most and not self.line_most


def bars(title: str, heads: Sequence[str], said: Iterable[tuple[Any, ...]], empty: str = "Nothing to show.") -> Bars:
    """Rows from (label, number, text, address, note, sparkline); the last three may be left out."""
    rows = list(said)
    most = max((Decimal(row[1]) for row in rows), default=Decimal(0))
    return Bars(title, heads, [Bar(row[0], row[2], _share(row[1], most), *row[3:]) for row in rows], empty)


def sparkline(numbers: Sequence[int]) -> str:
    """The points of a line through the numbers, in a box of 100 × 20."""
    most = max(numbers, default=0)
    if not most:
        return ""
    step = 100 / max(len(numbers) - 1, 1)
    return " ".join(f"{number * step:.1f},{19 - 18 * count / most:.1f}" for number, count in enumerate(numbers))


def flow_of_days(title: str, days: Sequence[Any], addresses: Sequence[list[str]] = ()) -> Days:
    """What became open beside what was closed (healed under worked) on each day, and the backlog as a line."""
    most = max((max(day.opened, day.healed + day.worked) for day in days), default=0)
    tallest = max((day.backlog for day in days), default=0)
    blocks = [block for number, day in enumerate(days) for block in _columns(number, day, len(days), most)]
    points = [(number, day.backlog) for number, day in enumerate(days)]
    return Days(
        title,
        ("Day", "Opened", "Healed", "Worked", "Open at its end"),
        [
            DayRow(day.day, [day.opened, day.healed, day.worked, day.backlog], behind or [])
            for day, behind in zip_longest(days, addresses)
        ],
        blocks,
        _line(points, len(days), tallest),
        most,
        tallest,
        [
            ("opened", "opened"),
            ("healed", "healed by itself"),
            ("worked", "closed by work"),
            ("backlog", "open at the end"),
        ],
    )


def level_of_days(title: str, days: Sequence[Any], addresses: Sequence[list[str]] = ()) -> Days:
    """How much was open at the end of each day, as a line."""
    tallest = max((day.backlog for day in days), default=0)
    points = [(number, day.backlog) for number, day in enumerate(days)]
    rows = [DayRow(day.day, [day.backlog], behind or []) for day, behind in zip_longest(days, addresses)]
    line = _line(points, len(days), tallest)
    return Days(title, ("Day", "Open at its end"), rows, [], line, 0, tallest, [("backlog", "open at the end")])


def money_of_days(title: str, days: Sequence[Any], currency: str, addresses: Sequence[list[str]] = ()) -> Days:
    """How much money was at risk at the end of each day, as a line."""
    tallest = max((day.amount for day in days), default=Decimal(0))
    line = _line([(number, day.amount) for number, day in enumerate(days)], len(days), tallest)
    rows = [DayRow(day.day, [day.amount], behind or []) for day, behind in zip_longest(days, addresses)]
    legend = [("backlog", "at risk at the end")]
    return Days(title, ("Day", "At risk at its end"), rows, [], line, 0, tallest, legend, unit=f"{currency} at risk")


def _columns(number: int, day: Any, days: int, most: int) -> Iterable[Block]:
    if not most:
        return
    width = WIDTH / days
    left, half = number * width + width * 0.1, width * 0.38
    under = HEIGHT * day.healed / most
    for series, count, x, lifted in (
        ("opened", day.opened, left, 0.0),
        ("healed", day.healed, left + half, 0.0),
        ("worked", day.worked, left + half, under),
    ):
        if count:
            height = HEIGHT * count / most
            yield Block(series, f"{x:.1f}", f"{HEIGHT - lifted - height:.1f}", f"{half:.1f}", f"{height:.1f}")


def _line(points: Sequence[tuple[int, Any]], days: int, tallest: Any) -> str:
    if tallest <= 0:
        return ""
    width = WIDTH / days
    top = HEIGHT - 4
    return " ".join(
        f"{(number + 0.5) * width:.1f},{HEIGHT - 2 - top * float(max(count, 0)) / float(tallest):.1f}"
        for number, count in points
    )


def _share(number: Any, most: Decimal) -> str:
    return f"{max(Decimal(number), Decimal(0)) * 100 / most:.1f}" if most > 0 else "0"
