"""How the brand's story goes on: beat by beat new orders, parcels, returns and credits, troubles, and what mends them.

A day of the story passes in a few beats. What a beat tells depends on its number, the seed and the moments of the beats
before it alone, so that a story which was interrupted goes on where it was.
"""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from random import Random

from connectors.sample_brand.goods import Item, buyers, items
from connectors.sample_brand.story import Line, Story, level_id, stamp, tell
from connectors.sample_brand.trouble import TROUBLES
from connectors.sample_brand.trouble.making import Trouble

BEAT = timedelta(seconds=5)
BEATS_A_DAY = 4
LIFE = 120  # beats from an order's placing to the last that is heard of it
TROUBLE_EVERY = 2
WARNING = 1  # so many beats before a trouble is mended, somebody may say that it is
FIRST_ORDER, FIRST_TROUBLED = 200_000, 260_000  # numbers whose purchase orders the first ninety days have not used
AGES = (timedelta(days=28), timedelta(hours=10), timedelta(days=9))
STAMPS = ("at", "placed_at", "shipped_at", "requested_at", "received_at", "inspected_at", "issued_at")
# it lies with a list of the topology, or with another record than those of the order
NOT_MENDED = frozenset({"blocked_return", "return_before_fulfilment"})


@dataclass(frozen=True)
class Beat:
    """What is told at one beat, and the subjects of the troubles that begin, are about to be mended, and are mended."""

    lines: list[Line]
    begun: list[tuple[str, str]]
    promised: list[str]
    mended: list[str]


@dataclass(frozen=True)
class _Spoilt:
    """An order that went wrong: as it should be, as it is, and what is to be found."""

    right: Story
    wrong: Story
    kind: str
    subject: str


def beat(number: int, moments: Mapping[int, datetime], *, seed: int = 7) -> Beat:
    """Beat `number`; `moments` (aware) are those of the beats up to it, the last `LIFE` of them suffice."""
    now = moments[number]
    told = Beat([], [], [], [])
    for start in sorted(one for one in moments if number - LIFE <= one <= number):
        told.lines.extend(_progress(start, number, moments, seed))
        if start % TROUBLE_EVERY == 0:
            _go_wrong(told, start, number, moments, seed)
    told.lines.extend(_counts(number, now, seed))
    return told


def _progress(start: int, number: int, moments: Mapping[int, datetime], seed: int) -> Iterator[Line]:
    """What is heard at this beat of the order that was placed at beat `start`."""
    dice = Random(f"{seed} order {start}")
    placed_at = moments[start]
    singles = [item for item in items() if item.pack == 1]
    buyer = dice.choice(buyers(Random(seed)))
    story = tell(FIRST_ORDER + start, buyer, placed_at, placed_at + timedelta(days=60), singles, dice, returned=0.4)
    for line in _all(story):
        when = {name: start + _beats(line[name], placed_at) for name in STAMPS if name in line}
        if when["at"] == number:
            moved = {name: stamp(moments[min(place, number)]) for name, place in when.items()}
            yield _by_the_shop_s_number(line | moved, str(story.number))


def _by_the_shop_s_number(line: Line, number: str) -> Line:
    """The shop's own ids of the order and its return are numbers, and others refer to them by these."""
    changed: Line = {}
    if "refs" in line:
        changed["refs"] = _renamed(line["refs"], number)
    if "record" in line:
        changed["record"] = line["record"] | {"refs": _renamed(line["record"]["refs"], number)}
    for name in ("id", "target_id"):
        if line.get(name) in (f"SH-{number}", f"SHR-{number}"):
            changed[name] = number
    return line | changed


def _renamed(refs: dict[str, str], number: str) -> dict[str, str]:
    return refs | {"ecommerce_order": number} if "ecommerce_order" in refs else refs


def _beats(said: str, placed_at: datetime) -> int:
    passed = datetime.fromisoformat(said) - placed_at
    return max(0, ceil(passed / timedelta(days=1) * BEATS_A_DAY))


def _all(story: Story) -> Iterator[Line]:
    for versions in story.roles.values():
        yield from versions
    yield from story.outcomes


def _go_wrong(told: Beat, start: int, number: int, moments: Mapping[int, datetime], seed: int) -> None:
    """The trouble of beat `start`: older orders whose records came in wrong, most of them mended minutes later."""
    dice = Random(f"{seed} trouble {start}")
    made = _kind(start // TROUBLE_EVERY, seed)
    mended_at = start + dice.randint(14, 40) if dice.random() < 0.85 and made.kind not in NOT_MENDED else None
    if number not in (start, mended_at, mended_at and mended_at - WARNING):
        return
    spoilt = _spoilt(FIRST_TROUBLED + start, made, moments[start], dice)
    if spoilt is None:
        return
    name = str(FIRST_TROUBLED + start)
    subject = spoilt.subject.replace(f":SH-{name}", f":{name}").replace(f":SHR-{name}", f":{name}")
    if number == start:
        told.lines.extend(_by_the_shop_s_number(line, name) for line in _all(spoilt.wrong))
        told.begun.append((spoilt.kind, subject))
    elif number == mended_at:
        lines = mending(spoilt.right, spoilt.wrong, moments[number])
        told.lines.extend(_by_the_shop_s_number(line, name) for line in lines)
        told.mended.append(subject)
    else:
        told.promised.append(subject)


def _kind(turn: int, seed: int) -> Trouble:
    """All kinds in turn, in another order each time round."""
    times, place = divmod(turn, len(TROUBLES))
    return Random(f"{seed} kinds {times}").sample(TROUBLES, len(TROUBLES))[place]


def _spoilt(number: int, made: Trouble, moment: datetime, dice: Random) -> _Spoilt | None:
    goods, shops = items()[:-12], buyers(Random(number))
    for attempt in range(300):
        placed_at = moment - AGES[attempt % len(AGES)] + timedelta(minutes=dice.uniform(0, 60))
        right = tell(number, dice.choice(shops), placed_at, moment, goods, dice, returned=attempt % 2)
        if made.fits(right, moment):
            wrong = deepcopy(right)
            return _Spoilt(right, wrong, made.kind, made.spoil(wrong, moment))
    return None


def mending(right: Story, wrong: Story, at: datetime) -> Iterator[Line]:
    """Lines that make what was told, `wrong`, into `right`: what lacks or differs is said, what is too much goes."""
    is_now, should_be = _newest(wrong), _newest(right)
    for key, line in should_be.items():
        if is_now.get(key) != line:
            yield line | {"at": stamp(at)}
    for type, system, id in is_now.keys() - should_be.keys():
        if type != "outcome":
            yield {"type": type, "system": system, "id": id, "at": stamp(at), "deleted": True}


def _newest(story: Story) -> dict[tuple[str, str, str], Line]:
    return {(line["type"], line["system"], line["id"]): line for line in _all(story)}


def _counts(number: int, now: datetime, seed: int) -> Iterator[Line]:
    """A SKU is counted in the warehouse, and shown in the shop as it was counted."""
    dice = Random(f"{seed} stock {number}")
    item: Item = dice.choice([item for item in items()[:-12] if item.pack == 1])
    level = {"type": "stock_level", "at": stamp(now), "sku": item.sku, "location": "A", "condition": "sellable"}
    for system in ("warehouse", "shopify"):
        yield level | {"system": system, "id": level_id(system, item.sku), "quantity": str(4_000 + number % 900)}
