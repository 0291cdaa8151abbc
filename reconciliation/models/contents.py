"""The typed projection of records, one row per distinct content, never updated.

`content` is derived from the record's key and the normalised contract fields: two versions that say the same
share it. Which content speaks when stands in the ledger. `record` repeats the record's key so that a look-up by
value (a reference, a sku, a customer) reaches the ledger without another join.
"""

from django.db import models

from reconciliation.models.fields import CodeField, ExactField, folded


class Content(models.Model):
    content = models.UUIDField(primary_key=True)
    record = models.UUIDField()

    class Meta:
        abstract = True


class Line(models.Model):
    """One line of a record; quantities in `uom`, `position` from 1."""

    pk = models.CompositePrimaryKey("content", "position")
    content = models.UUIDField()
    position = models.IntegerField()
    record = models.UUIDField()
    line_id = CodeField()
    sku = CodeField()
    sku_key = CodeField()
    quantity = ExactField()
    uom = CodeField(null=True)
    pack_size = ExactField(null=True)

    class Meta:
        abstract = True


class Reference(models.Model):
    """An identifier that a record carries: scheme → value; `norm` as references are compared."""

    pk = models.CompositePrimaryKey("content", "scheme")
    content = models.UUIDField()
    scheme = CodeField()
    record = models.UUIDField()
    value = CodeField()
    norm = CodeField()

    class Meta:
        db_table = "reference"
        indexes = [
            models.Index(fields=["norm", "scheme"], name="reference_norm"),
            models.Index(fields=["record"], name="reference_record"),
            models.Index(folded("norm"), name="reference_folded"),
        ]


class OrderContent(Content):
    """`goods` and `worth`: what tells lines apart that differ in quantity, and in price (projection.py)."""

    number = CodeField(null=True)
    channel = CodeField(null=True)
    status = CodeField()
    customer_id = CodeField(null=True)
    customer_key = CodeField(null=True)
    customer_name = models.TextField(null=True)
    customer_email = models.TextField(null=True)
    payment_method = CodeField(null=True)
    payment_terms = CodeField(null=True)
    payment_status = CodeField(null=True)
    hold = models.TextField(null=True)
    currency = CodeField(null=True)
    total = ExactField(null=True)
    tax = ExactField(null=True)
    shipping = ExactField(null=True)
    discount = ExactField(null=True)
    placed_at = models.DateTimeField()
    ship_to = models.JSONField(null=True)
    goods = CodeField(null=True)
    worth = CodeField(null=True)

    class Meta:
        db_table = "order_content"
        indexes = [
            models.Index(fields=["customer_key"], name="order_content_customer"),
            models.Index(folded("customer_name"), name="order_content_customer_name"),
            models.Index(folded("number"), name="order_content_number"),
            models.Index(fields=["placed_at"], name="order_content_placed"),
        ]


class OrderLine(Line):
    unit_price = ExactField(null=True)
    discount = ExactField(null=True)
    fulfilled_quantity = ExactField(null=True)

    class Meta:
        db_table = "order_line"
        indexes = [models.Index(fields=["sku"], name="order_line_sku")]


class FulfilmentContent(Content):
    status = CodeField()
    shipped_at = models.DateTimeField(null=True)
    goods = CodeField(null=True)

    class Meta:
        db_table = "fulfilment_content"


class FulfilmentLine(Line):
    class Meta:
        db_table = "fulfilment_line"
        indexes = [models.Index(fields=["sku"], name="fulfilment_line_sku")]


class ReturnContent(Content):
    number = CodeField(null=True)
    customer_id = CodeField(null=True)
    customer_key = CodeField(null=True)
    customer_name = models.TextField(null=True)
    customer_email = models.TextField(null=True)
    status = CodeField()
    rejection_reason = CodeField(null=True)
    resolution = CodeField(null=True)
    currency = CodeField(null=True)
    requested_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True)
    inspected_at = models.DateTimeField(null=True)
    refund_amount = ExactField(null=True)
    fees = ExactField(null=True)

    class Meta:
        db_table = "return_content"
        indexes = [
            models.Index(fields=["customer_key"], name="return_content_customer"),
            models.Index(folded("number"), name="return_content_number"),
        ]


class ReturnLine(Line):
    received_quantity = ExactField(null=True)
    accepted_quantity = ExactField(null=True)
    reason_code = CodeField(null=True)
    disposition = CodeField(null=True)
    unit_refund = ExactField(null=True)

    class Meta:
        db_table = "return_line"
        indexes = [models.Index(fields=["sku"], name="return_line_sku")]


class CreditContent(Content):
    number = CodeField(null=True)
    kind = CodeField()
    customer_id = CodeField(null=True)
    customer_key = CodeField(null=True)
    customer_name = models.TextField(null=True)
    customer_email = models.TextField(null=True)
    currency = CodeField()
    amount = ExactField()
    tax = ExactField(null=True)
    shipping = ExactField(null=True)
    status = CodeField()
    issued_at = models.DateTimeField(null=True)
    reason = CodeField()
    settled = models.BooleanField(null=True)

    class Meta:
        db_table = "credit_content"
        indexes = [
            models.Index(fields=["customer_key"], name="credit_content_customer"),
            models.Index(folded("number"), name="credit_content_number"),
        ]


class CreditLine(Line):
    unit_price = ExactField(null=True)
    reason = CodeField(null=True)

    class Meta:
        db_table = "credit_line"
        indexes = [models.Index(fields=["sku"], name="credit_line_sku")]


class StockLevel(Content):
    sku = CodeField()
    location = CodeField()
    condition = CodeField()
    quantity = ExactField()
    uom = CodeField(null=True)
    pack_size = ExactField(null=True)

    class Meta:
        db_table = "stock_level"
        indexes = [models.Index(fields=["sku"], name="stock_level_sku")]


class StockMovement(Content):
    sku = CodeField()
    location = CodeField(null=True)
    condition = CodeField()
    quantity = ExactField()
    uom = CodeField(null=True)
    pack_size = ExactField(null=True)
    reason = CodeField(null=True)

    class Meta:
        db_table = "stock_movement"
        indexes = [models.Index(fields=["sku"], name="stock_movement_sku")]


class Product(Content):
    sku = CodeField()
    sku_key = CodeField()
    active = models.BooleanField(null=True)
    uom = CodeField(null=True)
    pack_size = ExactField(null=True)
    base_sku = CodeField(null=True)
    base_sku_key = CodeField(null=True)
    title = models.TextField(null=True)
    barcode = CodeField(null=True)

    class Meta:
        db_table = "product"
        indexes = [
            models.Index(fields=["sku"], name="product_sku"),
            models.Index(fields=["base_sku"], name="product_base_sku"),
            models.Index(folded("sku"), name="product_folded"),
        ]


class Outcome(Content):
    """What the integration says happened to the record (`about_type`, the flow's source, `about_id`)."""

    flow = CodeField()
    about_type = CodeField()
    about_id = CodeField()
    result = CodeField()
    error_code = CodeField(null=True)
    error_message = models.TextField(null=True)
    error_field = CodeField(null=True)
    attempt = models.IntegerField(null=True)
    target_id = CodeField(null=True)

    class Meta:
        db_table = "outcome"
        indexes = [models.Index(fields=["about_id", "flow"], name="outcome_about")]
