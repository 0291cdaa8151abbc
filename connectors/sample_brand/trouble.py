"""Disagreements, one function a kind: each takes a healthy story and spoils it, and gives the subject to be found."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from connectors.sample_brand.story import Line, Story, money, stamp

Spoil = Callable[[Story, datetime], str]
Fits = Callable[[Story, datetime], bool]


@dataclass(frozen=True)
class Trouble:
    """A kind of disagreement, the stories it fits, and how it is made."""

    kind: str
    fits: Fits
    spoil: Spoil


TROUBLES: list[Trouble] = []


def _quiet(story: Story, moment: datetime) -> bool:
    """Shipped days ago, nothing came back, several lines or one of single pieces."""
    return story.requested_at is None and story.shipped_at is not None and story.shipped_at < moment - timedelta(days=3)


def _single(story: Story, moment: datetime) -> bool:
    return _quiet(story, moment) and len(story.bought) == 1 and story.bought[0][0].pack == 1


def _cased(story: Story, moment: datetime) -> bool:
    return _quiet(story, moment) and len(story.bought) == 1 and story.bought[0][0].pack > 1


def _cash(story: Story, moment: datetime) -> bool:
    return _quiet(story, moment) and not story.on_account


def _on_account(story: Story, moment: datetime) -> bool:
    return _quiet(story, moment) and story.on_account


def _waiting(story: Story, moment: datetime) -> bool:
    return story.shipped_at is None and story.placed_at < moment - timedelta(hours=4)


def _waiting_on_account(story: Story, moment: datetime) -> bool:
    return _waiting(story, moment) and story.on_account


def _done(story: Story, moment: datetime) -> bool:
    late = story.requested_at is not None and story.requested_at < moment - timedelta(days=13)
    return late and story.stage == "Done" and story.back[0].pack == 1


def _done_cash(story: Story, moment: datetime) -> bool:
    return _done(story, moment) and not story.on_account


def _done_on_account(story: Story, moment: datetime) -> bool:
    return _done(story, moment) and story.on_account


def trouble(fits: Fits) -> Callable[[Spoil], Spoil]:
    """Registers a function under its name as the kind it makes."""

    def register(spoil: Spoil) -> Spoil:
        TROUBLES.append(Trouble(spoil.__name__, fits, spoil))
        return spoil

    return register


def _without(story: Story, role: str, flow: str) -> None:
    del story.roles[role]
    story.outcomes = [outcome for outcome in story.outcomes if outcome["flow"] != flow]


def _says(story: Story, flow: str, about: Line, at: datetime, result: str, **more: object) -> None:
    record = {"type": about["type"], "id": about["id"], "refs": about["refs"]}
    said = {"type": "outcome", "system": "ipaas", "id": f"{flow}/{about['id']}", "at": stamp(at), "flow": flow}
    story.outcomes = [outcome for outcome in story.outcomes if outcome["id"] != said["id"]]
    story.outcomes.append(said | {"record": record, "result": result} | more)


def _asked_back(story: Story, at: datetime, status: str = "requested", **more: object) -> Line:
    item, quantity = story.bought[0]
    pieces = {"sku": item.sku, "quantity": str(min(quantity, 1)), "pack_size": item.pack, "reason_code": "BROKEN"}
    made: Line = {"type": "return", "system": "rebound", "id": f"R-{story.number}", "at": stamp(at), "status": status}
    made |= {"refs": story.refs | {"rma": story.rma}, "requested_at": stamp(at), "resolution": "credit"}
    made |= {"currency": story.buyer.currency, "customer": {"id": story.buyer.id}}
    made |= {"refund_amount": money(item.price), "lines": [pieces]} | more
    story.roles["return"] = [made]
    return made


def _credit(story: Story, id: str, at: datetime, net: Decimal, **more: object) -> Line:
    refs = story.refs | {"credit_number": id}
    made: Line = {"type": "credit", "system": "erp", "id": id, "at": stamp(at), "issued_at": stamp(at), "refs": refs}
    made |= {"kind": "credit_note", "status": "issued", "currency": story.buyer.currency, "amount": money(net)}
    return made | {"customer": {"id": story.buyer.id}} | more


@trouble(_waiting)
def backorder_rejected(story: Story, moment: datetime) -> str:
    _without(story, "warehouse", "orders-to-warehouse")
    order = story.now("order")
    error = {"code": "out_of_stock", "message": "nothing left of this item"}
    _says(story, "orders-to-warehouse", order, story.placed_at + timedelta(minutes=9), "failed", error=error)
    return f"order:sparklayer:{order['id']}>warehouse"


@trouble(_quiet)
def order_missing_downstream(story: Story, moment: datetime) -> str:
    _without(story, "rebound", "orders-to-rebound")
    return f"order:sparklayer:{story.now('order')['id']}>rebound"


@trouble(_waiting_on_account)
def unfulfilled_on_account(story: Story, moment: datetime) -> str:
    _without(story, "warehouse", "orders-to-warehouse")
    _says(story, "orders-to-warehouse", story.now("order"), story.placed_at + timedelta(minutes=9), "skipped")
    return f"order:sparklayer:{story.now('order')['id']}>warehouse"


@trouble(_quiet)
def order_stuck(story: Story, moment: datetime) -> str:
    del story.roles["shipment"]
    for role in ("order", "shopify", "warehouse", "rebound"):
        del story.roles[role][1:]
    return f"order:warehouse:{story.now('warehouse')['id']}"


@trouble(_quiet)
def status_drift(story: Story, moment: datetime) -> str:
    story.now("shopify")["status"] = "cancelled"
    return f"order:shopify:{story.now('shopify')['id']}"


@trouble(_quiet)
def partial_shipment_drift(story: Story, moment: datetime) -> str:
    story.now("shopify")["status"] = "part_fulfilled"
    return f"order:shopify:{story.now('shopify')['id']}"


@trouble(_single)
def over_dispatched(story: Story, moment: datetime) -> str:
    first = story.now("shipment")
    later = stamp(datetime.fromisoformat(first["shipped_at"]) + timedelta(hours=5))
    story.each("shipment").append(first | {"id": f"F-{story.number}-2", "at": later, "shipped_at": later})
    return f"fulfilment:warehouse:F-{story.number}-2#{story.bought[0][0].base}"


@trouble(_cased)
def pack_size_mismatch(story: Story, moment: datetime) -> str:
    for version in story.each("warehouse"):
        version["lines"] = [line | {"uom": "each", "pack_size": 1} for line in version["lines"]]
    return f"order:warehouse:{story.now('warehouse')['id']}#{story.bought[0][0].base}"


@trouble(_single)
def quantity_mismatch(story: Story, moment: datetime) -> str:
    for version in story.each("rebound"):
        version["lines"] = [line | {"quantity": str(int(line["quantity"]) + 1)} for line in version["lines"]]
    return f"order:rebound:{story.now('rebound')['id']}#{story.bought[0][0].base}"


@trouble(_single)
def price_mismatch(story: Story, moment: datetime) -> str:
    for version in story.each("rebound"):
        dearer = story.bought[0][0].price + Decimal("0.50")
        version["lines"] = [line | {"unit_price": money(dearer)} for line in version["lines"]]
    return f"order:rebound:{story.now('rebound')['id']}#{story.bought[0][0].base}"


@trouble(_quiet)
def order_total_mismatch(story: Story, moment: datetime) -> str:
    for version in story.each("shopify"):
        version["total"] = money(Decimal(version["total"]) + 5)
    return f"order:shopify:{story.now('shopify')['id']}"


@trouble(_quiet)
def missing_po(story: Story, moment: datetime) -> str:
    for version in story.each("warehouse"):
        version["refs"] = {scheme: value for scheme, value in version["refs"].items() if scheme != "purchase_order"}
    return f"order:warehouse:{story.now('warehouse')['id']}"


@trouble(_done)
def missing_reference(story: Story, moment: datetime) -> str:
    for version in story.each("return"):
        version["refs"] = {scheme: value for scheme, value in version["refs"].items() if scheme != "sales_order"}
    return f"return:rebound:{story.now('return')['id']}"


@trouble(_quiet)
def incomplete_order(story: Story, moment: datetime) -> str:
    for version in story.each("warehouse"):
        version["ship_to"] = None
    return f"order:warehouse:{story.now('warehouse')['id']}"


@trouble(_cash)
def released_before_payment(story: Story, moment: datetime) -> str:
    for version in story.each("order"):
        version["payment"] = {"method": "card", "status": "failed"}
    return f"fulfilment:warehouse:F-{story.number}"


@trouble(_on_account)
def released_on_hold(story: Story, moment: datetime) -> str:
    for version in story.each("order"):
        version["payment"] = version["payment"] | {"hold": "over the credit limit"}
    return f"fulfilment:warehouse:F-{story.number}"


@trouble(_quiet)
def dispatched_after_cancel(story: Story, moment: datetime) -> str:
    assert story.shipped_at is not None
    for role in ("order", "shopify", "warehouse", "rebound"):
        story.now(role)["status"] = "cancelled"
    story.now("order")["at"] = stamp(story.shipped_at - timedelta(hours=2))
    return f"fulfilment:warehouse:F-{story.number}"


@trouble(_quiet)
def duplicate_order(story: Story, moment: datetime) -> str:
    id = f"RB-{story.number}-2"
    placed_at = stamp(story.placed_at + timedelta(minutes=30))
    story.each("rebound").extend([version | {"id": id, "placed_at": placed_at} for version in story.each("rebound")])
    return f"order:rebound:{id}"


@trouble(_quiet)
def customer_mismatch(story: Story, moment: datetime) -> str:
    for version in story.each("rebound"):
        version["customer"] = {"id": "C-0001", "name": "Walk-in"}
    return f"order:rebound:{story.now('rebound')['id']}"


@trouble(_quiet)
def orphan_return(story: Story, moment: datetime) -> str:
    made = _asked_back(story, moment - timedelta(days=3), id=f"RO-{story.number}")
    made["refs"] = {"rma": f"RMA-X{story.number}"}
    return f"return:rebound:{made['id']}"


@trouble(_quiet)
def return_before_order_sync(story: Story, moment: datetime) -> str:
    _without(story, "rebound", "orders-to-rebound")
    return f"return:rebound:{_asked_back(story, moment - timedelta(hours=5))['id']}"


@trouble(_on_account)
def blocked_return(story: Story, moment: datetime) -> str:
    more = {"rejection_reason": "Awaiting payment"}
    return f"return:rebound:{_asked_back(story, moment - timedelta(days=1), 'rejected', **more)['id']}"


@trouble(_waiting)
def return_before_fulfilment(story: Story, moment: datetime) -> str:
    return f"return:rebound:{_asked_back(story, moment - timedelta(hours=1))['id']}"


def _returned_lines(story: Story, roles: tuple[str, ...], **change: object) -> str:
    for role in roles:
        for version in story.each(role):
            version["lines"] = [line | change for line in version["lines"]]
    return f"return:rebound:{story.now('return')['id']}#{story.back[0].base}"


@trouble(_done)
def return_quantity_mismatch(story: Story, moment: datetime) -> str:
    return _returned_lines(story, ("return",), received_quantity="0")


@trouble(_done)
def return_value_mismatch(story: Story, moment: datetime) -> str:
    return _returned_lines(story, ("return",), unit_refund=money(story.back[0].price + 1))


@trouble(_done)
def missing_disposition(story: Story, moment: datetime) -> str:
    return _returned_lines(story, ("return", "return_copy"), disposition=None)


@trouble(_single)
def order_edited_after_return(story: Story, moment: datetime) -> str:
    subject = f"return:rebound:{_asked_back(story, moment - timedelta(days=2))['id']}"
    for role in ("order", "shopify", "warehouse", "rebound"):
        old = story.now(role)
        lines = [line | {"unit_price": money(Decimal(line["unit_price"]) + 1)} for line in old["lines"]]
        more = Decimal(lines[0]["quantity"])
        edited = {"at": stamp(moment - timedelta(days=1)), "lines": lines, "total": money(Decimal(old["total"]) + more)}
        story.each(role).append(old | edited)
    return subject


@trouble(_done)
def unmapped_reason_code(story: Story, moment: datetime) -> str:
    _returned_lines(story, ("return",), reason_code=f"SMELLS_ODD_{story.number}")
    return f"reason:rebound:SMELLS_ODD_{story.number}"


@trouble(_done)
def reason_mismatch(story: Story, moment: datetime) -> str:
    other = "DEFECTIVE" if story.reason[1] != "DEFECTIVE" else "UNWANTED"
    _returned_lines(story, ("return_copy",), reason_code=other)
    return f"return:shopify:{story.now('return_copy')['id']}#{story.back[0].base}"


@trouble(_done)
def return_missing_downstream(story: Story, moment: datetime) -> str:
    _without(story, "return_copy", "returns-to-shopify")
    return f"return:rebound:{story.now('return')['id']}>shopify"


@trouble(_done)
def missing_credit(story: Story, moment: datetime) -> str:
    del story.roles["credit"]
    story.outcomes = [o for o in story.outcomes if o["flow"] != "credits-to-erp" or o["result"] == "skipped"]
    return f"return:rebound:{story.now('return')['id']}"


@trouble(_done)
def credit_value_mismatch(story: Story, moment: datetime) -> str:
    credit = story.now("credit")
    credit["amount"] = money(Decimal(credit["amount"]) + 12)
    return f"credit:erp:{credit['id']}"


@trouble(_done)
def duplicate_credit(story: Story, moment: datetime) -> str:
    first = story.now("credit")
    id = f"{first['id']}-2"
    later = stamp(datetime.fromisoformat(first["issued_at"]) + timedelta(hours=2))
    second = {"id": id, "at": later, "issued_at": later, "refs": first["refs"] | {"credit_number": id}}
    story.each("credit").append(first | second)
    return f"credit:erp:{id}"


@trouble(_done)
def credit_copy_mismatch(story: Story, moment: datetime) -> str:
    first = story.now("credit")
    copy = {"system": "shopify", "id": f"SC-{story.number}", "amount": money(Decimal(first["amount"]) + 3)}
    story.each("credit").append(first | copy)
    return f"credit:shopify:SC-{story.number}"


@trouble(_done_on_account)
def wrong_refund_method(story: Story, moment: datetime) -> str:
    story.now("credit").update(kind="refund", settled=True)
    return f"credit:erp:{story.now('credit')['id']}"


@trouble(_done_cash)
def refund_not_settled(story: Story, moment: datetime) -> str:
    story.now("credit")["settled"] = False
    return f"credit:erp:{story.now('credit')['id']}"


@trouble(_single)
def credit_before_receipt(story: Story, moment: datetime) -> str:
    made = _asked_back(story, moment - timedelta(days=1))
    item = story.bought[0][0]
    credit = _credit(story, f"CN-{story.number}", moment - timedelta(hours=9), item.price)
    credit["refs"]["rma"] = made["refs"]["rma"]
    story.roles["credit"] = [credit]
    return f"credit:erp:{credit['id']}"


@trouble(_done)
def credit_outside_workflow(story: Story, moment: datetime) -> str:
    credit = _credit(story, f"CX-{story.number}", moment - timedelta(days=2), Decimal("25.00"))
    story.each("credit").append(credit)
    return f"credit:erp:{credit['id']}"


@trouble(_quiet)
def credit_without_return(story: Story, moment: datetime) -> str:
    credit = _credit(story, f"CW-{story.number}", moment - timedelta(days=2), story.bought[0][0].price)
    story.roles["credit"] = [credit]
    return f"credit:erp:{credit['id']}"


@trouble(_done)
def currency_mismatch(story: Story, moment: datetime) -> str:
    story.now("credit")["currency"] = "EUR" if story.buyer.currency == "GBP" else "GBP"
    return f"credit:erp:{story.now('credit')['id']}"


@trouble(_done)
def premature_restock(story: Story, moment: datetime) -> str:
    inspected_at = datetime.fromisoformat(story.now("return")["inspected_at"])
    story.now("movement")["at"] = stamp(inspected_at - timedelta(hours=7))
    return f"stock_movement:warehouse:M-{story.number}"


@trouble(_done)
def unsellable_restock(story: Story, moment: datetime) -> str:
    _returned_lines(story, ("return", "return_copy"), disposition="damaged")
    return f"stock_movement:warehouse:M-{story.number}"


@trouble(_done)
def over_restock(story: Story, moment: datetime) -> str:
    first = story.now("movement")
    later = stamp(datetime.fromisoformat(first["at"]) + timedelta(minutes=3))
    story.each("movement").append(first | {"id": f"M-{story.number}-2", "at": later})
    return f"stock_movement:warehouse:M-{story.number}-2"


@trouble(_done)
def missing_restock(story: Story, moment: datetime) -> str:
    del story.roles["movement"]
    return f"return:rebound:{story.now('return')['id']}#{story.back[0].base}"


@trouble(_quiet)
def sync_failure(story: Story, moment: datetime) -> str:
    error = {"code": "validation", "message": "the delivery address has no postcode"}
    _says(story, "orders-to-shopify", story.now("order"), moment - timedelta(hours=3), "failed", error=error)
    return f"order:sparklayer:{story.now('order')['id']}>shopify"


@trouble(_quiet)
def false_success(story: Story, moment: datetime) -> str:
    del story.roles["rebound"]
    return f"order:sparklayer:{story.now('order')['id']}>rebound"


@trouble(_quiet)
def unmapped_status(story: Story, moment: datetime) -> str:
    story.now("warehouse")["status"] = f"PACKED {story.number}"
    return f"status:warehouse:order:PACKED {story.number}"


def spoil(stories: list[Story], moment: datetime, times: int) -> Iterator[tuple[str, str]]:
    """Spoils `times` stories of each kind, each story once; the kinds and subjects to be found."""
    free = [story for story in stories if story.stage in ("none", "Done")]
    for made in TROUBLES:
        chosen = [story for story in free if made.fits(story, moment)][:times]
        for story in chosen:
            free.remove(story)
            yield made.kind, made.spoil(story, moment)
