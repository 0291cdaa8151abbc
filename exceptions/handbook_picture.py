"""The data-flow picture: systems as boxes, flows as arrows between them, drawn as SVG that prints and reads as text.

Systems stand in columns: those that only send to the left, and each system right of what sends to it where that is
possible. Flows between the same two systems share a line, and say one below the other.
"""

from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from reconciliation.models import Flow, System
from reconciliation.topology_rows import duration_text

WIDTH, HEIGHT = 190, 64  # of a box
ACROSS, LETTER, LINE = 250, 5.6, 14  # between columns; of a letter; of a line of text
MOST = 6  # rows of text on one arrow


@dataclass(frozen=True)
class Box:
    """A system: its upper left corner, name, what it is, and what its word counts for."""

    key: str
    x: int
    y: int
    name: str
    note: str
    truth: str

    @property
    def middle(self) -> int:
        """Where a line of text is centred."""
        return self.x + WIDTH // 2


@dataclass(frozen=True)
class Leg:
    """All flows from one box to another: the path of the arrow, and its lines of text with their places."""

    path: str
    tip: str
    lines: list[tuple[int, int, str]]


@dataclass(frozen=True)
class Picture:
    """The whole drawing, in pixels, and the same in sentences."""

    width: int
    height: int
    boxes: list[Box]
    legs: list[Leg]
    sentences: list[str]

    @property
    def svg(self) -> SafeString:
        """The drawing."""
        return render_to_string("handbook/picture.svg", {"picture": self, "box": (WIDTH, HEIGHT)})


def picture() -> Picture:
    """The picture of the topology as it is."""
    systems, flows = list(System.objects.all()), list(Flow.objects.all())
    pairs: dict[tuple[str, str], list[Flow]] = {}
    for flow in flows:
        pairs.setdefault((flow.source_id, flow.target_id), []).append(flow)
    rows = max(1, max((min(len(found), MOST) for found in pairs.values()), default=1))
    boxes = _boxes(systems, pairs, apart=HEIGHT + 40 + rows * LINE)
    legs = [
        _leg(boxes[source], boxes[target], found, (target, source) in pairs)
        for (source, target), found in pairs.items()
    ]
    width = max((box.x for box in boxes.values()), default=0) + WIDTH + 20
    lowest = [box.y + HEIGHT for box in boxes.values()] + [y for leg in legs for _, y, _ in leg.lines]
    named = {system.key: str(system) for system in systems}
    sentences = [f"{_words(flow)}, from {named[flow.source_id]} to {named[flow.target_id]}" for flow in flows]
    return Picture(width, max(lowest, default=0) + 24, list(boxes.values()), legs, sentences)


def columns(systems: list[str], pairs: list[tuple[str, str]]) -> dict[str, int]:
    """The column of each system: right of all that send to it, as far as flows do not lead round in circles."""
    found = dict.fromkeys(systems, 0)
    placed: set[str] = set()
    left, column = list(systems), 0
    while left:
        fed = {target for source, target in pairs if source != target and source in left and target in left}
        # of what leads round in a circle the system that stands first goes first
        free = [key for key in left if key not in fed] or left[:1]
        found |= dict.fromkeys(free, column)
        placed |= set(free)
        left, column = [key for key in left if key not in placed], column + 1
    return found


def _boxes(systems: list[System], pairs: dict[tuple[str, str], list[Flow]], *, apart: int) -> dict[str, Box]:
    places = columns([system.key for system in systems], list(pairs))
    filled: dict[int, int] = {}
    boxes = {}
    for system in systems:
        column = places[system.key]
        row = filled.get(column, 0)
        filled[column] = row + 1
        # every second column stands lower, so that a line past it does not run through its boxes
        y = 20 + row * apart + (apart // 2 if column % 2 else 0)
        truth = f"counts for {', '.join(system.authority)}" if system.authority else ""
        note = _short(" ".join(part for part in (system.kind, system.vendor) if part))
        boxes[system.key] = Box(system.key, 20 + column * (WIDTH + ACROSS), y, _short(str(system)), note, _short(truth))
    return boxes


def _leg(start: Box, end: Box, flows: list[Flow], both_ways: bool) -> Leg:
    lower = 16 if both_ways and (start.x, start.y) > (end.x, end.y) else 0
    y1, y2 = start.y + HEIGHT // 2 + lower, end.y + HEIGHT // 2 + lower
    if start.x == end.x:
        side = start.x + WIDTH
        path = f"M{side} {y1} C{side + 60} {y1} {side + 60} {y2} {side + 7} {y2}"
        return Leg(path, _tip(side + 7, y2, left=True), _lines(side + 50, (y1 + y2) // 2, flows, start=True))
    right = end.x > start.x
    x1, x2 = (start.x + WIDTH, end.x - 7) if right else (start.x, end.x + WIDTH + 7)
    bend = (x1 + x2) // 2
    path = f"M{x1} {y1} C{bend} {y1} {bend} {y2} {x2} {y2}"
    # the words stand before the target, where arrows no longer cross
    near = end.x - ACROSS // 2 if right else end.x + WIDTH + ACROSS // 2
    below = lower > 0
    top = y2 + LINE if below else y2 - 6 - LINE * (min(len(flows), MOST) - 1)
    return Leg(path, _tip(x2, y2, left=not right), _lines(near, top, flows, start=False))


def _lines(x: int, top: int, flows: list[Flow], *, start: bool) -> list[tuple[int, int, str]]:
    said = [_words(flow) for flow in flows]
    if len(said) > MOST:
        said = [*said[: MOST - 1], f"and {len(said) - MOST + 1} more"]
    return [(x, top + LINE * place, _short(words, 44)) for place, words in enumerate(said)]


def _tip(x: int, y: int, *, left: bool) -> str:
    back = 8 if left else -8
    return f"M{x - back * 7 // 8} {y} L{x + back // 8} {y - 5} L{x + back // 8} {y + 5} Z"


def _words(flow: Flow) -> str:
    grace = f" + {duration_text(flow.grace)}" if flow.grace else ""
    return f"{flow.key}: every {duration_text(flow.cadence)}{grace}"


def _short(text: str, most: int = 32) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
