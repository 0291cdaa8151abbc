"""The files of an ERP: `erp_file.v1`."""

from typing import ClassVar

from connectors.folder import FolderClient, Kind


def _columns(text: str) -> tuple[str, ...]:
    return tuple(text.split())


class ErpFiles(FolderClient):
    """Orders `ord_`, credits `crn_`, products `prd_`."""

    kinds: ClassVar[dict[str, Kind]] = {
        "orders": Kind(
            "ord",
            _columns(
                "order_id order_number sales_order ecommerce_order purchase_order channel customer_id customer_name "
                "customer_email status payment_method payment_terms payment_status hold currency total tax shipping "
                "discount placed_at deleted line_ref sku quantity uom units_per_uom unit_price line_discount "
                "fulfilled_quantity"
            ),
            ("order_id",),
        ),
        "credits": Kind(
            "crn",
            _columns(
                "credit_id credit_number kind status order_number sales_order ecommerce_order purchase_order rma "
                "invoice customer_id customer_name currency amount tax shipping issued_at reason settled deleted "
                "line_ref sku quantity uom units_per_uom unit_price line_reason"
            ),
            ("credit_id",),
        ),
        "products": Kind("prd", _columns("sku active uom units_per_uom base_sku title barcode deleted"), ("sku",)),
    }
