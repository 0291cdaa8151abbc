"""One healthy order from its placing to its credit, as every system tells it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

from connectors.sample_brand.goods import Buyer, Item

Line = dict[str, Any]
TAX = Decimal("0.2")
PLACE = 1  # the shop's number of the place
REASONS = (("TOO_MANY", "UNWANTED"), ("BROKEN", "DEFECTIVE"), ("WRONG_ITEM", "WRONG_ITEM"))
COPY_DELAYS = {"shopify": 5, "warehouse": 20, "rebound": 30}


def stamp(moment: datetime) -> str:
    """RFC 3339 in UTC, whole seconds."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def money(amount: Decimal) -> str:
    """Two decimals, half up."""
    return str(amount.quantize(Decimal("0.01"), ROUND_HALF_UP))


def level_id(system: str, sku: str) -> str:
    """What the system calls its level of a SKU in the one place that there is; warehouse and shop, as theirs do."""
    if system == "shopify":
        return f"{PLACE}-{item_number(sku)}/sellable"
    return f"A/{sku}/sellable" if system == "warehouse" else f"{sku}@A"


def item_number(sku: str) -> int:
    """The shop's number of a SKU that it counts."""
    return int("".join(filter(str.isdigit, sku)))


@dataclass
class Story:
    """An order group: for each role (order, shopify, warehouse, rebound, shipment, return, …) its versions, oldest
    first. `value` is the net of all goods; `back` the net of what came back."""

    number: int
    buyer: Buyer
    placed_at: datetime
    on_account: bool
    bought: list[tuple[Item, int]]
    shipped_at: datetime | None = None
    requested_at: datetime | None = None
    stage: str = "none"
    reason: tuple[str, str] = REASONS[0]
    roles: dict[str, list[Line]] = field(default_factory=dict)
    outcomes: list[Line] = field(default_factory=list)

    @property
    def refs(self) -> dict[str, str]:
        """The references of the order's records."""
        n = self.number
        return {"sales_order": f"SO-{n}", "ecommerce_order": f"#HP{n}", "purchase_order": f"PO-{n * 7 % 90000}"}

    @property
    def rma(self) -> str:
        return f"RMA-{self.number}"

    @property
    def value(self) -> Decimal:
        return sum((item.price * quantity for item, quantity in self.bought), Decimal(0))

    @property
    def back(self) -> tuple[Item, int]:
        """What is returned: of the first line, one in three, at least one."""
        item, quantity = self.bought[0]
        return item, max(1, quantity // 3)

    def now(self, role: str) -> Line:
        """The newest version of a role, to be changed."""
        return self.roles[role][-1]

    def each(self, role: str) -> list[Line]:
        return self.roles[role]


def tell(
    number: int,
    buyer: Buyer,
    placed_at: datetime,
    moment: datetime,
    goods: list[Item],
    dice: Random,
    returned: float = 0.08,
) -> Story:
    """A healthy story up to `moment`; the share `returned` of what was shipped comes back."""
    chosen = dice.sample(goods, dice.randint(1, 4))
    bought = [(item, dice.choice((2, 4, 6, 10))) for item in chosen if item.base not in _bases(chosen, item)]
    story = Story(number, buyer, placed_at, dice.random() < 0.7, bought or [(chosen[0], 6)])
    shipped_at = placed_at + timedelta(hours=dice.uniform(20, 44))
    story.shipped_at = shipped_at if shipped_at < moment - timedelta(hours=3) else None
    _orders(story)
    if story.shipped_at is not None and dice.random() < returned:
        story.requested_at = shipped_at + timedelta(days=dice.uniform(3, 12))
        if story.requested_at < moment - timedelta(hours=1):
            _return(story, moment, dice)
    return story


def _bases(chosen: list[Item], item: Item) -> set[str]:
    return {other.base for other in chosen[: chosen.index(item)]}


def _orders(story: Story) -> None:
    for system in ("sparklayer", "shopify", "warehouse", "rebound"):
        delay = timedelta(minutes=COPY_DELAYS.get(system, 0))
        first = _order(story, system, story.placed_at + delay)
        versions = [first]
        if system == "warehouse":
            first["status"] = "ALLOCATED"
        if story.shipped_at is not None:
            word = "DESPATCHED" if system == "warehouse" else "fulfilled"
            versions.append(first | {"status": word, "at": stamp(story.shipped_at + delay)})
        story.roles["order" if system == "sparklayer" else system] = versions
        if system != "sparklayer":
            for version in versions:
                _outcome(story, f"orders-to-{system}", "order", f"SL-{story.number}", first["id"], version["at"])
    if story.shipped_at is not None:
        lines = [_line(item, quantity) for item, quantity in story.bought]
        shipment = _record(story, "fulfilment", "warehouse", f"F-{story.number}", story.shipped_at)
        story.roles["shipment"] = [
            shipment | {"status": "dispatched", "shipped_at": stamp(story.shipped_at), "lines": lines}
        ]


def _record(story: Story, type: str, system: str, id: str, at: datetime) -> Line:
    return {"type": type, "system": system, "id": id, "at": stamp(at), "refs": dict(story.refs)}


def _line(item: Item, quantity: int) -> Line:
    uom = "case" if item.pack > 1 else "each"
    return {"sku": item.sku, "quantity": str(quantity), "uom": uom, "pack_size": item.pack}


def _order(story: Story, system: str, at: datetime) -> Line:
    prefix = {"sparklayer": "SL", "shopify": "SH", "warehouse": "W", "rebound": "RB"}[system]
    tax = (story.value * TAX).quantize(Decimal("0.01"), ROUND_HALF_UP)
    lines = [_line(item, quantity) | {"unit_price": money(item.price)} for item, quantity in story.bought]
    paid = {
        "method": "Trade account" if story.on_account else "card",
        "status": "pending" if story.on_account else "paid",
    }
    return _record(story, "order", system, f"{prefix}-{story.number}", at) | {
        "number": f"{prefix}-{story.number}",
        "status": "open",
        "placed_at": stamp(story.placed_at if system != "warehouse" else at),
        "customer": {"id": story.buyer.id, "name": story.buyer.name},
        "payment": paid if system == "sparklayer" else {"status": paid["status"]},
        "currency": story.buyer.currency,
        "total": money(story.value + tax),
        "tax": money(tax),
        "ship_to": {"name": story.buyer.name, "town": story.buyer.name.split()[0]},
        "lines": lines,
    }


def _return(story: Story, moment: datetime, dice: Random) -> None:
    assert story.requested_at is not None
    item, quantity = story.back
    story.reason = dice.choice(REASONS)
    words = ("requested", "Booked", "On its way", "At the hub", "Checked", "Done")
    days = (0, 0.3, 2, 5, 6, 9)
    gross = item.price * quantity * (1 + TAX)
    base = _record(story, "return", "rebound", f"R-{story.number}", story.requested_at)
    base["refs"] |= {"rma": story.rma}
    line = _line(item, quantity) | {"reason_code": story.reason[0]}
    base |= {"resolution": "credit", "currency": story.buyer.currency, "customer": {"id": story.buyer.id}}
    base |= {"requested_at": stamp(story.requested_at), "refund_amount": money(gross), "lines": [line]}
    versions, copies = [], []
    for word, day in zip(words, days, strict=True):
        at = story.requested_at + timedelta(days=day)
        if at >= moment - timedelta(minutes=90):
            break
        story.stage = word
        version = base | {"status": word, "at": stamp(at)}
        if day >= 5:
            base = base | {"received_at": stamp(story.requested_at + timedelta(days=5))}
            base["lines"] = [line | {"received_quantity": str(quantity)}]
            version |= {"received_at": base["received_at"], "lines": base["lines"]}
        if day >= 6:
            seen = {"received_quantity": str(quantity), "accepted_quantity": str(quantity), "disposition": "sellable"}
            base |= {"inspected_at": stamp(story.requested_at + timedelta(days=6)), "lines": [line | seen]}
            version |= {"inspected_at": base["inspected_at"], "lines": base["lines"]}
        versions.append(version)
        if word in ("Booked", "Done"):
            copies.append(_copy(story, version, "authorised" if word == "Booked" else "closed", at))
    story.roles["return"] = versions
    if copies:
        story.roles["return_copy"] = copies
    for version in versions:
        told_at = version["at"][:-3] + "59Z"
        if copies and version["status"] != "requested":
            _outcome(story, "returns-to-shopify", "return", base["id"], copies[0]["id"], told_at, {"rma": story.rma})
        if version["status"] == "At the hub":
            _outcome(story, "credits-to-erp", "return", base["id"], None, told_at, {"rma": story.rma})
    _after_receipt(story, moment)


def _copy(story: Story, version: Line, status: str, at: datetime) -> Line:
    line = version["lines"][0] | {"reason_code": story.reason[1]}
    return version | {
        "system": "shopify",
        "id": f"SHR-{story.number}",
        "status": status,
        "at": stamp(at + timedelta(minutes=40)),
        "lines": [line],
    }


def _after_receipt(story: Story, moment: datetime) -> None:
    assert story.requested_at is not None
    item, quantity = story.back
    restocked_at, issued_at = story.requested_at + timedelta(days=6.2), story.requested_at + timedelta(days=6.5)
    if story.stage in ("Checked", "Done") and restocked_at < moment - timedelta(minutes=90):
        movement = _record(story, "stock_movement", "warehouse", f"M-{story.number}", restocked_at)
        movement["refs"] |= {"rma": story.rma}
        stocked = {"sku": item.sku, "location": "A", "condition": "sellable", "reason": "return"}
        pieces = {"quantity": str(quantity), "uom": "case" if item.pack > 1 else "each", "pack_size": item.pack}
        story.roles["movement"] = [movement | stocked | pieces]
    if story.stage in ("Checked", "Done") and issued_at < moment - timedelta(minutes=90):
        net = item.price * quantity
        tax = (net * TAX).quantize(Decimal("0.01"), ROUND_HALF_UP)
        credit = _record(story, "credit", "erp", f"CN-{story.number}", issued_at)
        credit["refs"] |= {"rma": story.rma, "credit_number": f"CN-{story.number}"}
        kind = {"kind": "credit_note"} if story.on_account else {"kind": "refund", "settled": True}
        amounts = {"currency": story.buyer.currency, "amount": money(net + tax), "tax": money(tax)}
        line = _line(item, quantity) | {"unit_price": money(item.price)}
        head = {"number": f"CN-{story.number}", "customer": {"id": story.buyer.id}, "status": "issued"}
        story.roles["credit"] = [credit | kind | amounts | head | {"issued_at": stamp(issued_at), "lines": [line]}]
        about = f"R-{story.number}"
        _outcome(story, "credits-to-erp", "return", about, credit["id"], stamp(issued_at), {"rma": story.rma})


def _outcome(
    story: Story, flow: str, type: str, about: str, target: str | None, at: str, refs: dict[str, str] | None = None
) -> None:
    record = {"type": type, "id": about, "refs": dict(story.refs) | (refs or {})}
    said = {"type": "outcome", "system": "ipaas", "id": f"{flow}/{about}", "at": at, "flow": flow}
    happened = {"result": "success", "target_id": target} if target else {"result": "skipped"}
    story.outcomes.append(said | {"record": record} | happened)
