"""Orders that are told differently, too late, twice, or not at all.

A function a kind: each takes a healthy story and spoils it, and gives the subject to be found.
"""

from datetime import datetime, timedelta
from decimal import Decimal

from connectors.sample_brand.story import Story, money, stamp
from connectors.sample_brand.trouble.making import (
    cased,
    cash,
    done,
    on_account,
    quiet,
    says,
    single,
    trouble,
    waiting,
    waiting_on_account,
    without,
)


@trouble(waiting)
def backorder_rejected(story: Story, moment: datetime) -> str:
    without(story, "warehouse", "orders-to-warehouse")
    order = story.now("order")
    error = {"code": "out_of_stock", "message": "nothing left of this item"}
    says(story, "orders-to-warehouse", order, story.placed_at + timedelta(minutes=9), "failed", error=error)
    return f"order:sparklayer:{order['id']}>warehouse"


@trouble(quiet)
def order_missing_downstream(story: Story, moment: datetime) -> str:
    without(story, "rebound", "orders-to-rebound")
    return f"order:sparklayer:{story.now('order')['id']}>rebound"


@trouble(waiting_on_account)
def unfulfilled_on_account(story: Story, moment: datetime) -> str:
    without(story, "warehouse", "orders-to-warehouse")
    says(story, "orders-to-warehouse", story.now("order"), story.placed_at + timedelta(minutes=9), "skipped")
    return f"order:sparklayer:{story.now('order')['id']}>warehouse"


@trouble(quiet)
def order_stuck(story: Story, moment: datetime) -> str:
    del story.roles["shipment"]
    for role in ("order", "shopify", "warehouse", "rebound"):
        del story.roles[role][1:]
    return f"order:warehouse:{story.now('warehouse')['id']}"


@trouble(quiet)
def status_drift(story: Story, moment: datetime) -> str:
    story.now("shopify")["status"] = "cancelled"
    return f"order:shopify:{story.now('shopify')['id']}"


@trouble(quiet)
def partial_shipment_drift(story: Story, moment: datetime) -> str:
    story.now("shopify")["status"] = "part_fulfilled"
    return f"order:shopify:{story.now('shopify')['id']}"


@trouble(single)
def over_dispatched(story: Story, moment: datetime) -> str:
    first = story.now("shipment")
    later = stamp(datetime.fromisoformat(first["shipped_at"]) + timedelta(hours=5))
    story.each("shipment").append(first | {"id": f"F-{story.number}-2", "at": later, "shipped_at": later})
    return f"fulfilment:warehouse:F-{story.number}-2#{story.bought[0][0].base}"


@trouble(cased)
def pack_size_mismatch(story: Story, moment: datetime) -> str:
    for version in story.each("warehouse"):
        version["lines"] = [line | {"uom": "each", "pack_size": 1} for line in version["lines"]]
    return f"order:warehouse:{story.now('warehouse')['id']}#{story.bought[0][0].base}"


@trouble(single)
def quantity_mismatch(story: Story, moment: datetime) -> str:
    for version in story.each("rebound"):
        version["lines"] = [line | {"quantity": str(int(line["quantity"]) + 1)} for line in version["lines"]]
    return f"order:rebound:{story.now('rebound')['id']}#{story.bought[0][0].base}"


@trouble(single)
def price_mismatch(story: Story, moment: datetime) -> str:
    for version in story.each("rebound"):
        dearer = story.bought[0][0].price + Decimal("0.50")
        version["lines"] = [line | {"unit_price": money(dearer)} for line in version["lines"]]
    return f"order:rebound:{story.now('rebound')['id']}#{story.bought[0][0].base}"


@trouble(quiet)
def order_total_mismatch(story: Story, moment: datetime) -> str:
    for version in story.each("shopify"):
        version["total"] = money(Decimal(version["total"]) + 5)
    return f"order:shopify:{story.now('shopify')['id']}"


@trouble(quiet)
def missing_po(story: Story, moment: datetime) -> str:
    for version in story.each("warehouse"):
        version["refs"] = {scheme: value for scheme, value in version["refs"].items() if scheme != "purchase_order"}
    return f"order:warehouse:{story.now('warehouse')['id']}"


@trouble(done)
def missing_reference(story: Story, moment: datetime) -> str:
    for version in story.each("return"):
        version["refs"] = {scheme: value for scheme, value in version["refs"].items() if scheme != "sales_order"}
    return f"return:rebound:{story.now('return')['id']}"


@trouble(quiet)
def incomplete_order(story: Story, moment: datetime) -> str:
    for version in story.each("warehouse"):
        version["ship_to"] = None
    return f"order:warehouse:{story.now('warehouse')['id']}"


@trouble(cash)
def released_before_payment(story: Story, moment: datetime) -> str:
    for version in story.each("order"):
        version["payment"] = {"method": "card", "status": "failed"}
    return f"fulfilment:warehouse:F-{story.number}"


@trouble(on_account)
def released_on_hold(story: Story, moment: datetime) -> str:
    for version in story.each("order"):
        version["payment"] = version["payment"] | {"hold": "over the credit limit"}
    return f"fulfilment:warehouse:F-{story.number}"


@trouble(quiet)
def dispatched_after_cancel(story: Story, moment: datetime) -> str:
    assert story.shipped_at is not None
    for role in ("order", "shopify", "warehouse", "rebound"):
        story.now(role)["status"] = "cancelled"
    story.now("order")["at"] = stamp(story.shipped_at - timedelta(hours=2))
    return f"fulfilment:warehouse:F-{story.number}"


@trouble(quiet)
def duplicate_order(story: Story, moment: datetime) -> str:
    id = f"RB-{story.number}-2"
    placed_at = stamp(story.placed_at + timedelta(minutes=30))
    story.each("rebound").extend([version | {"id": id, "placed_at": placed_at} for version in story.each("rebound")])
    return f"order:rebound:{id}"


@trouble(quiet)
def customer_mismatch(story: Story, moment: datetime) -> str:
    for version in story.each("rebound"):
        version["customer"] = {"id": "C-0001", "name": "Walk-in"}
    return f"order:rebound:{story.now('rebound')['id']}"
