"""The brand's orders as its storefront holds them: an order of the story → a purchase in SparkLayer's words."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from connectors.sample_brand.story import TAX, Line, money

STATUS = {"open": "incoming", "fulfilled": "shipped"}
METHODS = {"card": "platform_upfront"}


def purchase(line: Line) -> dict[str, Any]:
    """The purchase that a version of a storefront's order is; its goods are in single pieces."""
    refs, total = line["refs"], line["total"]
    return {
        "type": "order",
        "purchase_identifiers": {
            "sparklayer": line["id"],
            "platform": refs["ecommerce_order"],
            "internal": refs["sales_order"],
            "visible": line["number"],
        },
        "customer_identifiers": {"sparklayer": line["customer"]["id"]},
        "billing_address": {"company": line["customer"]["name"]},
        "customer_reference": refs["purchase_order"],
        "calculated_fulfilment_status": STATUS[line["status"]],
        "payment_method": METHODS.get(line["payment"]["method"], line["payment"]["method"]),
        "currency_code": line["currency"],
        "calculated_total": _amount(line, total),
        "total_paid": _amount(line, total if line["payment"]["status"] == "paid" else "0.00"),
        "dates": {"created_at": line["placed_at"], "placed_at": line["placed_at"], "updated_at": line["at"]},
        "packages": [_package(line)],
    }


def _package(line: Line) -> dict[str, Any]:
    taxes = _shared(Decimal(line["tax"]), [_net(row) for row in line["lines"]])
    items = [_item(line, row, tax) for row, tax in zip(line["lines"], taxes, strict=True)]
    return {
        "identifiers": {"sparklayer_package_id": "1"},
        "shipping_address": line["ship_to"],
        "line_items": items,
    }


def _item(line: Line, row: Line, tax: Decimal) -> dict[str, Any]:
    worth = {"total_net": _amount(line, money(_net(row))), "total_tax": _amount(line, money(tax))}
    return {"identifiers": {"sku": row["sku"]}, "quantity": int(Decimal(row["quantity"])), "line_total": worth}


def _net(row: Line) -> Decimal:
    return Decimal(row["unit_price"]) * Decimal(row["quantity"])


def _shared(whole: Decimal, nets: list[Decimal]) -> list[Decimal]:
    """The order's tax by line: each its own, and what rounding leaves on the last."""
    shares = [(net * TAX).quantize(Decimal("0.01"), ROUND_HALF_UP) for net in nets]
    return [*shares[:-1], whole - sum(shares[:-1], Decimal(0))]


def _amount(line: Line, number: str) -> dict[str, Any]:
    return {"number": number, "currency": line["currency"]}
