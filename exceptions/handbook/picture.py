"""The data-flow picture: systems as boxes, flows as arrows between them, drawn as SVG that prints and reads as text.

Systems stand in columns: those that only send to the left, and each system right of what sends to it where that is
possible. Flows between the same two systems share a line; below each box stand the flows that come in.
"""

from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from reconciliation.models import Flow, System
from reconciliation.topology_rows import duration_text

WIDTH, HEIGHT = 190, 64  # of a box
ACROSS, LINE = 190, 14  # between columns; of a line of text
MOST = 8  # rows of text below a box


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
    """All flows from one box to another: the path of the arrow and of its tip."""

    path: str
    tip: str


@dataclass(frozen=True)
class Picture:
    """The whole drawing, in pixels, and the same in sentences. `words`: lines of text, each with where it begins."""

    width: int
    height: int
    boxes: list[Box]
    legs: list[Leg]
    words: list[tuple[int, int, str]]
    sentences: list[str]

    @property
    def svg(self) -> SafeString:
        """The drawing."""
        return render_to_string("handbook/picture.svg", {"picture": self, "box": (WIDTH, HEIGHT)})


def picture() -> Picture:
    """The picture of the topology as it is."""
    systems, flows = list(System.objects.all()), list(Flow.objects.all())
    pairs = list(dict.fromkeys((flow.source_id, flow.target_id) for flow in flows))
    incoming = {system.key: [flow for flow in flows if flow.target_id == system.key] for system in systems}
    rows = min(MOST, max((len(found) for found in incoming.values()), default=0))
    boxes = _boxes(systems, pairs, apart=HEIGHT + 48 + rows * LINE)
    legs = [_leg(pair, pairs, boxes) for pair in pairs]
    words = [line for key, found in incoming.items() for line in _lines(boxes[key], found)]
    width = max((box.x for box in boxes.values()), default=0) + WIDTH + 60
    lowest = [box.y + HEIGHT for box in boxes.values()] + [y for _, y, _ in words]
    named = {system.key: str(system) for system in systems}
    sentences = [f"{_words(flow)}, from {named[flow.source_id]} to {named[flow.target_id]}" for flow in flows]
    return Picture(width, max(lowest, default=0) + 24, list(boxes.values()), legs, words, sentences)


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


def _boxes(systems: list[System], pairs: list[tuple[str, str]], *, apart: int) -> dict[str, Box]:
    joined = {key for pair in pairs for key in pair}
    places = columns([system.key for system in systems if system.key in joined], pairs)
    filled: dict[int, int] = {}
    boxes = {}
    for system in systems:
        column = places.get(system.key, 0)
        row = filled.get(column, 0)
        filled[column] = row + 1
        # every second column stands lower, so that a line past it does not run through its boxes
        y = 20 + row * apart + (apart // 2 if column % 2 else 0)
        truth = f"counts for {', '.join(system.authority)}" if system.authority else ""
        note = _short(" ".join(part for part in (system.kind, system.vendor) if part))
        name = _short(str(system), 20)  # set larger than what stands below it
        boxes[system.key] = Box(system.key, 20 + column * (WIDTH + ACROSS), y, name, note, _short(truth))
    return boxes


def _leg(pair: tuple[str, str], pairs: list[tuple[str, str]], boxes: dict[str, Box]) -> Leg:
    start, end = boxes[pair[0]], boxes[pair[1]]
    y1, y2 = (_port(key, pair, pairs, boxes[key].y) for key in pair)
    if start.x == end.x:
        side = start.x + WIDTH
        return Leg(f"M{side} {y1} C{side + 60} {y1} {side + 60} {y2} {side + 7} {y2}", _tip(side + 7, y2, left=True))
    right = end.x > start.x
    x1, x2 = (start.x + WIDTH, end.x - 7) if right else (start.x, end.x + WIDTH + 7)
    bend = (x1 + x2) // 2
    return Leg(f"M{x1} {y1} C{bend} {y1} {bend} {y2} {x2} {y2}", _tip(x2, y2, left=not right))


def _port(key: str, pair: tuple[str, str], pairs: list[tuple[str, str]], top: int) -> int:
    """Where an arrow meets a box: all that meet it have places of their own."""
    met = [one for one in pairs if key in one]
    return top + HEIGHT * (met.index(pair) + 1) // (len(met) + 1)


def _lines(box: Box, flows: list[Flow]) -> list[tuple[int, int, str]]:
    said = [f"→ {_words(flow)}" for flow in flows]
    if len(said) > MOST:
        said = [*said[: MOST - 1], f"and {len(said) - MOST + 1} more"]
    top = box.y + HEIGHT + LINE + 3
    return [(box.x + 2, top + LINE * place, _short(words, 48)) for place, words in enumerate(said)]


def _tip(x: int, y: int, *, left: bool) -> str:
    back = 8 if left else -8
    return f"M{x - back * 7 // 8} {y} L{x + back // 8} {y - 5} L{x + back // 8} {y + 5} Z"


def _words(flow: Flow) -> str:
    grace = f" + {duration_text(flow.grace)}" if flow.grace else ""
    return f"{flow.key}: every {duration_text(flow.cadence)}{grace}"


def _short(text: str, most: int = 32) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
