"""A shop's state, in the schema's words: each maker gives a node with what Shopify always says of one."""

from datetime import timedelta
from decimal import Decimal

import pytest

from connectors.registry import Words
from connectors.shopify.simulator import Shopify
from tests.connectors.vendors import BEGIN, Clock, connected

WORDS = Words("shopify", {})


def when(**ago):
    return (BEGIN - timedelta(**ago)).isoformat().replace("+00:00", "Z")


def money(amount, currency="GBP"):
    """In the shop's currency; what the buyer was shown is another amount of another."""
    shown = {"amount": str(Decimal(str(amount)) * 2 + 1), "currencyCode": "USD"}
    return {"shopMoney": {"amount": str(amount), "currencyCode": currency}, "presentmentMoney": shown}


def gid(type, number):
    return f"gid://shopify/{type}/{number}"


def line(number, sku="MUG-12", quantity=10, price="10.00", **said):
    base = {
        "id": gid("LineItem", number),
        "sku": sku,
        "name": f"Mug {sku}",
        "quantity": quantity,
        "currentQuantity": quantity,
        "unfulfilledQuantity": quantity,
        "customAttributes": [],
        "originalUnitPriceSet": money(price),
        "discountAllocations": [],
        "taxLines": [],
    }
    return base | said


def order(number=5501, lines=None, **said):
    rows = lines if lines is not None else [line(number * 10)]
    worth = sum(
        (row["currentQuantity"] * Decimal(row["originalUnitPriceSet"]["shopMoney"]["amount"]) for row in rows),
        Decimal(0),
    )
    base = {
        "id": gid("Order", number),
        "legacyResourceId": str(number),
        "name": f"#{number}",
        "poNumber": None,
        "note": None,
        "tags": [],
        "createdAt": when(days=2),
        "updatedAt": when(hours=1),
        "processedAt": when(days=2),
        "cancelledAt": None,
        "closedAt": None,
        "cancelReason": None,
        "test": False,
        "edited": False,
        "sourceName": "web",
        "currencyCode": "GBP",
        "taxesIncluded": False,
        "paymentGatewayNames": [],
        "email": "buyer@example.com",
        "displayFinancialStatus": "PENDING",
        "displayFulfillmentStatus": "UNFULFILLED",
        "returnStatus": "NO_RETURN",
        "customAttributes": [],
        "totalPriceSet": money(worth),
        "currentTotalPriceSet": money(worth),
        "totalTaxSet": money("0.00"),
        "currentTotalTaxSet": money("0.00"),
        "totalShippingPriceSet": money("0.00"),
        "shippingLine": None,
        "customer": None,
        "purchasingEntity": None,
        "shippingAddress": None,
        "paymentTerms": None,
        "fulfillments": [],
        "refunds": [],
        "returns": [],
        "lineItems": rows,
    }
    return base | said


def fulfilment(number, *shipped, **said):
    """Shipped: (line, quantity) pairs."""
    base = {
        "id": gid("Fulfillment", number),
        "legacyResourceId": str(number),
        "name": f"F{number}",
        "status": "SUCCESS",
        "displayStatus": "DELIVERED",
        "createdAt": when(days=1),
        "updatedAt": when(hours=20),
        "deliveredAt": None,
        "location": {"id": gid("Location", 1), "name": "Daventry"},
        "trackingInfo": [{"number": "1Z", "company": "UPS", "url": None}],
        "fulfillmentLineItems": [
            shipped_line(number * 100 + n, row, quantity) for n, (row, quantity) in enumerate(shipped)
        ],
    }
    return base | said


def shipped_line(number, row, quantity):
    return {"id": gid("FulfillmentLineItem", number), "quantity": quantity, "lineItem": row}


def refund(number, *taken, payments=(), of=None, **said):
    """Taken: (line, quantity, restock type, worth, tax); payments: (amount, status, gateway)."""
    lines = [
        {
            "id": gid("RefundLineItem", number * 100 + n),
            "quantity": quantity,
            "restockType": kind,
            "restocked": kind in ("RETURN", "CANCEL"),
            "location": {"id": gid("Location", 1), "name": "Daventry"},
            "subtotalSet": money(worth),
            "totalTaxSet": money(tax),
            "lineItem": row,
        }
        for n, (row, quantity, kind, worth, tax) in enumerate(taken)
    ]
    moved = [
        {
            "id": gid("OrderTransaction", number * 100 + n),
            "kind": "REFUND",
            "status": status,
            "gateway": gateway,
            "amountSet": money(amount),
        }
        for n, (amount, status, gateway) in enumerate(payments)
    ]
    base = {
        "id": gid("Refund", number),
        "legacyResourceId": str(number),
        "createdAt": when(hours=10),
        "processedAt": when(hours=10),
        "updatedAt": when(hours=10),
        "note": None,
        "return": {"id": of["id"], "name": of["name"]} if of else None,
        "totalRefundedSet": money(sum(Decimal(amount) for amount, status, _ in payments if status == "SUCCESS")),
        "refundLineItems": lines,
        "orderAdjustments": [],
        "refundShippingLines": [],
        "transactions": moved,
    }
    return base | said


def sent_back(number, *back, name=None, decided=(), **said):
    """Back: (line, quantity, unprocessed); decided: (line, type, quantity)."""
    lines = [
        {
            "__typename": "ReturnLineItem",
            "id": gid("ReturnLineItem", number * 100 + n),
            "quantity": quantity,
            "processedQuantity": quantity - left,
            "unprocessedQuantity": left,
            "refundedQuantity": 0,
            "customerNote": None,
            "returnReasonNote": "",
            "returnReasonDefinition": {
                "id": gid("ReturnReasonDefinition", 1),
                "handle": "too-small",
                "name": "Too small",
            },
            "fulfillmentLineItem": {"id": gid("FulfillmentLineItem", 1), "quantity": quantity, "lineItem": row},
            "restockingFee": None,
            "withCodeDiscountedTotalPriceSet": money(quantity * 10),
        }
        for n, (row, quantity, left) in enumerate(back)
    ]
    dispositions = [
        {
            "id": gid("ReverseFulfillmentOrderLineItem", number * 100 + n),
            "totalQuantity": quantity,
            "fulfillmentLineItem": {"id": gid("FulfillmentLineItem", 1), "quantity": quantity, "lineItem": row},
            "dispositions": [
                {
                    "id": gid("ReverseFulfillmentOrderDisposition", number * 100 + n),
                    "type": kind,
                    "quantity": quantity,
                    "createdAt": when(hours=5),
                    "location": {"id": gid("Location", 1), "name": "Daventry"},
                }
            ],
        }
        for n, (row, kind, quantity) in enumerate(decided)
    ]
    base = {
        "id": gid("Return", number),
        "name": name or f"#{number}-R1",
        "status": "OPEN",
        "createdAt": when(hours=30),
        "closedAt": None,
        "requestApprovedAt": None,
        "totalQuantity": sum(quantity for _, quantity, _ in back),
        "decline": None,
        "refunds": [],
        "exchangeLineItems": [],
        "returnShippingFees": [],
        "reverseFulfillmentOrders": [
            {"id": gid("ReverseFulfillmentOrder", number), "status": "OPEN", "lineItems": dispositions}
        ],
        "returnLineItems": lines,
    }
    return base | said


def draft(number, **said):
    base = {
        "id": gid("DraftOrder", number),
        "legacyResourceId": str(number),
        "name": f"#D{number}",
        "status": "OPEN",
        "poNumber": None,
        "note2": "PO-9\nplease ring first",
        "tags": ["B2B"],
        "createdAt": when(days=1),
        "updatedAt": when(hours=3),
        "completedAt": None,
        "taxesIncluded": False,
        "currencyCode": "GBP",
        "email": "buyer@example.com",
        "order": None,
        "customAttributes": [{"key": "sparkPaymentType", "value": "paymentOnAccount"}],
        "paymentTerms": None,
        "customer": None,
        "purchasingEntity": None,
        "shippingAddress": None,
        "totalPriceSet": money("120.00"),
        "totalTax": "20.00",
        "totalDiscountsSet": money("0.00"),
        "totalShippingPriceSet": money("0.00"),
        "shippingLine": None,
        "lineItems": [line(number * 10) | {"totalDiscountSet": money("0.00")}],
    }
    return base | said


def variant(number, sku, **said):
    base = {
        "id": gid("ProductVariant", number),
        "legacyResourceId": str(number),
        "sku": sku,
        "barcode": "5060000000017",
        "displayName": f"Mug {sku}",
        "updatedAt": when(days=3),
        "product": {"id": gid("Product", number // 10), "status": "ACTIVE"},
        "metafields": {"sparklayer.pack_size": {"id": gid("Metafield", 1), "value": "6"}},
    }
    return base | said


def level(number, sku, updated=None, **counts):
    quantities = {"available": 0, "on_hand": 0, "committed": 0, "reserved": 0, "damaged": 0, "quality_control": 0}
    return {
        "id": f"gid://shopify/InventoryLevel/1?inventory_item_id={number}",
        "updatedAt": updated or when(hours=2),
        "isActive": True,
        "location": {"id": gid("Location", 1), "name": "Daventry"},
        "item": {"id": gid("InventoryItem", number), "sku": sku, "tracked": True},
        "quantities": [
            {"id": gid("InventoryQuantity", number), "name": name, "quantity": count, "updatedAt": None}
            for name, count in (quantities | {"safety_stock": 0} | counts).items()
        ],
    }


def fill(shop):
    """Something of everything: a large order, one that was shipped and partly came back, a draft, variants, levels."""
    rows = [line(1, "MUG-12", 12), line(2, "TEE", 5)]
    back = sent_back(91, (rows[0], 4, 0), name="#1001-R1", decided=[(rows[0], "RESTOCKED", 3), (rows[0], "MISSING", 1)])
    shop.orders = [
        order(1001, rows, updatedAt=when(minutes=50), displayFulfillmentStatus="FULFILLED", returnStatus="IN_PROGRESS")
        | {
            "fulfillments": [fulfilment(71, (rows[0], 12)), fulfilment(72, (rows[1], 5))],
            "refunds": [refund(81, (rows[0], 3, "RETURN", "30.00", "6.00"), of=back)],
            "returns": [back],
        },
        order(1002, [line(100 + n, f"SKU-{n}", 1) for n in range(45)], updatedAt=when(minutes=40)),
        order(1003, updatedAt=when(minutes=30)),
        order(1004, updatedAt=when(minutes=20)),
        order(1005, updatedAt=when(minutes=20)),
    ]
    shop.drafts = [draft(31), draft(32, status="COMPLETED")]
    shop.variants = [variant(410 + n, f"SKU-{n}") for n in range(3)]
    levels = [level(500 + n, f"SKU-{n}", available=10, committed=2, damaged=1) for n in range(3)]
    shop.locations = [{"id": gid("Location", 1), "name": "Daventry", "inventoryLevels": levels}]
    shop.items = [one["item"] | {"inventoryLevels": [one]} for one in levels]
    return shop


@pytest.fixture
def shops():
    """A function that connects a filled shop: (connection, simulator, clock)."""

    def make(**settings):
        clock = Clock()
        shop = fill(Shopify(clock))
        connection = connected(
            "shopify",
            settings={"shop": shop.shop, "client_id": shop.client_id} | settings,
            secrets={"client_secret": shop.client_secret},
        )
        return connection, shop, clock

    return make
