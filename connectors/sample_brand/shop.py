"""The brand's orders, returns and stock as its shop holds them: lines of the story → nodes in Shopify's words."""

from decimal import Decimal
from typing import Any

from connectors.sample_brand.story import PLACE, Line, item_number

Node = dict[str, Any]
SHOP = "harbour-and-pine.myshopify.com"
FULFILMENT = {
    "open": "UNFULFILLED",
    "part_fulfilled": "PARTIALLY_FULFILLED",
    "fulfilled": "FULFILLED",
    "cancelled": "UNFULFILLED",
}
COUNTED = ("available", "on_hand", "committed", "reserved", "damaged", "quality_control", "safety_stock")
NOT_OF_ORDERS = ("note", "cancelledAt", "closedAt", "cancelReason", "email", "customer", "paymentTerms")
NOT_OF_ADDRESSES = ("company", "address1", "address2", "provinceCode", "zip", "countryCodeV2")


def order_node(line: Line) -> Node:
    """The node of a version of a shop's order whose id is a number."""
    return (
        dict.fromkeys(NOT_OF_ORDERS)
        | {
            "id": gid("Order", line["id"]),
            "legacyResourceId": line["id"],
            "name": f"#HP{line['id']}",
            "poNumber": line["refs"]["purchase_order"],
            "tags": ["b2b"],
            "cancelledAt": line["at"] if line["status"] == "cancelled" else None,
            "createdAt": line["placed_at"],
            "updatedAt": line["at"],
            "processedAt": line["placed_at"],
            "test": False,
            "edited": False,
            "sourceName": "sparklayer",
            "currencyCode": line["currency"],
            "taxesIncluded": False,
            "paymentGatewayNames": [],
            "displayFinancialStatus": line["payment"]["status"].upper(),
            "displayFulfillmentStatus": FULFILMENT[line["status"]],
            "returnStatus": "NO_RETURN",
            "customAttributes": [],
            "purchasingEntity": _company(line),
            "shippingAddress": dict.fromkeys(NOT_OF_ADDRESSES)
            | {"name": line["ship_to"]["name"], "city": line["ship_to"]["town"]},
            "fulfillments": [],
            "refunds": [],
            "returns": [],
            "lineItems": [_item(line, place) for place in range(len(line["lines"]))],
        }
        | _amounts(line)
    )


def return_node(line: Line, order: Node) -> Node:
    """The node of a version of a return's copy, of an order's node; raises LookupError where that lacks the goods.

    The goods go back to the warehouse: the shop says what is asked for and whether it is closed, and disposes of
    nothing.
    """
    return {
        "id": gid("Return", line["id"]),
        "name": line["refs"]["rma"],
        "status": "CLOSED" if line["status"] == "closed" else "OPEN",
        "createdAt": line["requested_at"],
        "requestApprovedAt": line["requested_at"] if line["status"] == "closed" else line["at"],
        "closedAt": line["at"] if line["status"] == "closed" else None,
        "totalQuantity": sum(int(Decimal(row["quantity"])) for row in line["lines"]),
        "decline": None,
        "refunds": [],
        "exchangeLineItems": [],
        "returnShippingFees": [],
        "reverseFulfillmentOrders": [],
        "returnLineItems": [_back(line, place, order) for place in range(len(line["lines"]))],
    }


def level_node(line: Line) -> Node:
    """The node of a level: what can be sold, and nothing of what stands aside."""
    number = item_number(line["sku"])
    counts = dict.fromkeys(COUNTED, 0) | {"available": int(Decimal(line["quantity"]))}
    return {
        "id": f"{gid('InventoryLevel', PLACE)}?inventory_item_id={number}",
        "updatedAt": line["at"],
        "isActive": True,
        "location": {"id": gid("Location", PLACE), "name": line["location"]},
        "item": {"id": gid("InventoryItem", number), "sku": line["sku"], "tracked": True},
        "quantities": [
            {"id": gid("InventoryQuantity", number), "name": name, "quantity": count, "updatedAt": None}
            for name, count in counts.items()
        ],
    }


def gid(type: str, id: object) -> str:
    """A global id."""
    return f"gid://shopify/{type}/{id}"


def _amounts(line: Line) -> Node:
    total, tax = _money(line, line["total"]), _money(line, line["tax"])
    shipping = _money(line, "0.00")
    found = {"totalPriceSet": total, "currentTotalPriceSet": total, "totalShippingPriceSet": shipping}
    return found | {"totalTaxSet": tax, "currentTotalTaxSet": tax}


def _money(line: Line, amount: str) -> Node:
    return {"shopMoney": {"amount": amount, "currencyCode": line["currency"]}}


def _company(line: Line) -> Node:
    number = line["customer"]["id"].removeprefix("C-")
    named = {"id": gid("Company", number), "name": line["customer"]["name"], "externalId": line["customer"]["id"]}
    place = {"id": gid("CompanyLocation", number), "name": line["ship_to"]["town"], "externalId": None}
    return {"__typename": "PurchasingCompany", "company": named, "location": place}


def _item(line: Line, place: int) -> Node:
    said = line["lines"][place]
    quantity = int(Decimal(said["quantity"]))
    return {
        "id": gid("LineItem", f"{line['id']}{place:02}"),
        "sku": said["sku"],
        "name": said["sku"],
        "quantity": quantity,
        "currentQuantity": quantity,
        "unfulfilledQuantity": 0 if line["status"] == "fulfilled" else quantity,
        "customAttributes": [],
        "originalUnitPriceSet": _money(line, said["unit_price"]),
        "discountAllocations": [],
        "taxLines": [],
    }


def _back(line: Line, place: int, order: Node) -> Node:
    said = line["lines"][place]
    items = {item["sku"]: item for item in order["lineItems"]}
    item, quantity = items[said["sku"]], int(Decimal(said["quantity"]))
    worth = Decimal(item["originalUnitPriceSet"]["shopMoney"]["amount"]) * quantity
    named = {"id": gid("ReturnReasonDefinition", said["reason_code"]), "name": said["reason_code"]}
    return {
        "__typename": "ReturnLineItem",
        "id": gid("ReturnLineItem", f"{line['id']}{place:02}"),
        "quantity": quantity,
        "processedQuantity": 0,
        "unprocessedQuantity": quantity,
        "refundedQuantity": 0,
        "customerNote": None,
        "returnReasonNote": "",
        "returnReasonDefinition": named | {"handle": said["reason_code"]},
        "fulfillmentLineItem": {"id": gid("FulfillmentLineItem", item["id"].rsplit("/", 1)[-1]), "lineItem": item},
        "restockingFee": None,
        "withCodeDiscountedTotalPriceSet": {
            "shopMoney": {"amount": str(worth), "currencyCode": order["currencyCode"]},
        },
    }
