"""The whole brand: healthy stories, catalogues, stock and the troubles among them, as lines in order of arrival."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from random import Random

from connectors.sample_brand.goods import Buyer, Item, buyers, items
from connectors.sample_brand.story import Line, Story, level_id, money, stamp, tell
from connectors.sample_brand.trouble import spoil

DAYS = 90
CATALOGUES = ("sparklayer", "shopify", "rebound", "warehouse", "erp")


@dataclass(frozen=True)
class SampleBrand:
    """Its topology, its lines of JSON as they arrive, and what must be found in them: (kind, subject)."""

    topology: str
    lines: list[str]
    injected: list[tuple[str, str]]


def sample_brand(moment: datetime, *, seed: int = 7, orders: int = 5_000, times: int = 5) -> SampleBrand:
    """The brand of the 90 days before `moment` (aware); the same arguments give the same lines.

    `times`: how often each kind of disagreement is put in, as far as that many orders suit it.
    """
    dice = Random(seed)
    goods, shops = items(), buyers(dice)
    spare, sold = goods[-12:], goods[:-12]
    stories = []
    for number in range(orders):
        placed_at = moment - timedelta(days=DAYS) * (1 - number / orders) - timedelta(minutes=dice.uniform(5, 35))
        stories.append(tell(10_000 + number, dice.choice(shops), placed_at, moment, sold, dice))
    injected = list(spoil(stories, moment, times))
    injected += _small_differences(stories, moment, sold, dice)
    told = [line for story in stories for line in _lines(story)]
    told += _conflicts(stories, moment, injected, times)
    told += _loose_credits(stories, moment, injected, spare, times)
    told += _catalogues(goods, moment, injected, stories)
    told += _stock(sold, stories, moment, injected)
    told.sort(key=lambda line: (line["at"], line["type"], line["id"]))
    texts = _arriving([json.dumps(line, separators=(",", ":")) for line in told], dice)
    texts += _refused(injected)
    return SampleBrand(sample_topology(), texts, sorted(set(injected)))


def sample_topology() -> str:
    """What is connected to what in the sample brand, as TOML."""
    return (Path(__file__).parent / "topology.toml").read_text("utf-8")


def _lines(story: Story) -> Iterator[Line]:
    for versions in story.roles.values():
        yield from versions
    yield from story.outcomes


def _small_differences(
    stories: list[Story], moment: datetime, goods: list[Item], dice: Random
) -> list[tuple[str, str]]:
    """Three customers whose credits of one month are each four pence low, which together is more than one."""
    begin = (moment - timedelta(days=40)).replace(day=1, hour=6, minute=0, second=0, microsecond=0)
    found = []
    for n in range(3):
        buyer = Buyer(f"C-{2000 + n}", ("Nook & Hearth", "The Long Shore", "Salt House")[n], "GBP")
        low = 0
        for each in range(40):
            placed_at = begin + timedelta(minutes=30 * each + n)
            story = tell(90_000 + 100 * n + each, buyer, placed_at, moment, goods, dice, returned=1)
            stories.append(story)
            if "credit" in story.roles:
                low += 1
                credit = story.now("credit")
                credit["amount"] = money(Decimal(credit["amount"]) - Decimal("0.04"))
        if low > 25:
            found.append(("rounding_drift", f"customer:{buyer.id}:GBP:{begin:%Y-%m}"))
    return found


def _untouched(stories: list[Story], moment: datetime, injected: list[tuple[str, str]]) -> list[Story]:
    spoiled = " ".join(subject for _, subject in injected)
    settled = moment - timedelta(days=5)
    return [
        story
        for story in stories
        if story.requested_at is None
        and story.shipped_at is not None
        and story.shipped_at < settled
        and f"-{story.number}" not in spoiled
        and len(story.roles) == 5
    ]


def _conflicts(stories: list[Story], moment: datetime, injected: list[tuple[str, str]], times: int) -> Iterator[Line]:
    calm = _untouched(stories, moment, injected)
    for one, other in list(zip(calm[::2], calm[1::2], strict=False))[:times]:
        refs = {"sales_order": one.refs["sales_order"], "ecommerce_order": other.refs["ecommerce_order"]}
        refs["purchase_order"] = one.refs["purchase_order"]
        yield _free_credit(f"CG-{one.number}", one, moment, [], "10.00") | {"refs": refs, "reason": "goodwill"}
        injected.append(("reference_conflict", f"credit:erp:CG-{one.number}"))


def _free_credit(id: str, story: Story, moment: datetime, lines: list[Line], amount: str) -> Line:
    at = stamp(moment - timedelta(days=2))
    said: Line = {
        "type": "credit",
        "system": "erp",
        "id": id,
        "number": id,
        "at": at,
        "issued_at": at,
        "amount": amount,
    }
    said |= {"kind": "credit_note", "status": "issued", "currency": story.buyer.currency, "lines": lines}
    return said | {"customer": {"id": story.buyer.id, "name": story.buyer.name}}


def _loose_credits(
    stories: list[Story], moment: datetime, injected: list[tuple[str, str]], spare: list[Item], times: int
) -> Iterator[Line]:
    """Credits that name no order: of goods never sold, at other prices, of too many, twice."""
    sales: dict[tuple[str, str], list[tuple[Story, Item, int]]] = {}
    for story in stories:
        for item, quantity in story.bought:
            sales.setdefault((story.buyer.id, item.base), []).append((story, item, quantity))
    once = [found[0] for found in sales.values() if len(found) == 1 and found[0][1].pack == 1]
    calm = {story.number for story in _untouched(stories, moment, injected)}
    once = [sale for sale in once if sale[0].number in calm]
    for n, (story, item, quantity) in enumerate(once[: 4 * times]):
        kind = ("unsupported_credit", "unsupported_credit_price", "unsupported_credit_quantity", "over_credited")[n % 4]
        credited, count, price = item, quantity, item.price
        if kind == "unsupported_credit":
            credited = spare[0]
        elif kind == "unsupported_credit_price":
            price += 1
        elif kind == "unsupported_credit_quantity":
            count += 3
        for copy in range(2 if kind == "over_credited" else 1):
            id = f"CL-{story.number}-{n}-{copy + 1}"
            line = {"sku": credited.sku, "quantity": str(count), "uom": "each", "pack_size": 1}
            yield _free_credit(id, story, moment, [line | {"unit_price": money(price)}], money(price * count))
        injected.append((kind, f"credit:erp:{id}#{credited.base}"))


def _catalogues(
    goods: list[Item], moment: datetime, injected: list[tuple[str, str]], stories: list[Story]
) -> Iterator[Line]:
    ordered = {item.sku for story in stories for item, _ in story.bought}
    unknown = [item.sku for item in goods if item.pack == 1 and item.sku in ordered][:3]
    odd = [item.sku for item in goods if item.pack == 12 and item.sku in ordered][:3]
    at = stamp(moment - timedelta(days=20))
    for system in CATALOGUES:
        for item in goods:
            if system == "rebound" and item.sku in unknown:
                injected.append(("sku_mismatch", f"product:rebound:{item.sku}"))
                continue
            pack = 10 if system == "rebound" and item.sku in odd else item.pack
            if pack != item.pack:
                injected.append(("uom_conflict", f"product:rebound:{item.sku}"))
            named = {"sku": item.sku, "title": item.title, "active": True, "pack_size": pack, "base_sku": item.base}
            yield {"type": "product", "system": system, "id": item.sku, "at": at} | named
    for flow in ("products-to-rebound", "products-to-warehouse"):
        said: Line = {"type": "outcome", "system": "ipaas", "id": f"{flow}/last", "flow": flow, "result": "success"}
        yield said | {"at": stamp(moment - timedelta(days=30)), "record": {"type": "product", "id": goods[0].sku}}
        injected.append(("silent_flow", f"flow:{flow}"))


def _stock(
    goods: list[Item], stories: list[Story], moment: datetime, injected: list[tuple[str, str]]
) -> Iterator[Line]:
    """Levels of every base SKU in the warehouse and in the shop; some drifted, some stale, some oversold."""
    open_now = [story for story in stories if story.shipped_at is None and "warehouse" in story.roles]
    demanded = list(dict.fromkeys(item.base for story in open_now for item, _ in story.bought))
    oversold = demanded[:3]
    bases = [item.sku for item in goods if item.pack == 1 and item.sku not in demanded]
    for n, sku in enumerate(bases + demanded):
        counted_at, quantity = moment - timedelta(hours=8, minutes=n), 1 if sku in oversold else 5_000 + n
        shown_at, shown = counted_at + timedelta(minutes=9), quantity
        if sku in oversold:
            injected.append(("oversell", f"stock:warehouse:{sku}"))
        elif n < 3:
            shown += 7
            injected.append(("stock_drift", f"stock:shopify:{sku}"))
        elif n < 6:
            shown, shown_at = quantity - 40, counted_at - timedelta(days=1)
            injected.append(("stale_stock", f"stock:shopify:{sku}"))
        for system, at, count in (("warehouse", counted_at, quantity), ("shopify", shown_at, shown)):
            level = {"type": "stock_level", "system": system, "id": level_id(system, sku), "at": stamp(at), "sku": sku}
            yield level | {"location": "A", "condition": "sellable", "quantity": str(count)}


def _arriving(texts: list[str], dice: Random) -> list[str]:
    """In the order of their moments, but some late by hundreds of lines and one in fifty delivered twice."""
    late = [(n + (dice.randint(50, 600) if dice.random() < 0.03 else 0), text) for n, text in enumerate(texts)]
    twice = [(place + 20, text) for place, text in late if dice.random() < 0.02]
    return [text for _, text in sorted(late + twice)]


def _refused(injected: list[tuple[str, str]]) -> list[str]:
    bad = [
        '{"type":"order","system":"shopify","id":"SH-X1","at":"2026-02-30T10:00:00Z","status":"open"}',
        '{"type":"credit","system":"erp","id":"CN-X2","kind":"voucher","currency":"GBP","amount":"5.00"}',
        '{"type":"return","system":"rebound","id":"R-X3","status":"requested",',
    ]
    for line, system in zip(bad, ("shopify", "erp", "-"), strict=True):
        injected.append(("rejected_record", f"rejected:{system}:{sha256(line.encode()).hexdigest()[:12]}"))
    return bad
