"""What each order group contributes to checks that look across groups, and to the month's statements.

Rewritten whenever its group is examined; what credits were matched to, whenever their customer and SKU are.
"""

from django.db import models

from reconciliation.models.fields import CodeField, ExactField


class Fact(models.Model):
    id = models.BigAutoField(primary_key=True)
    group_key = models.UUIDField()

    class Meta:
        abstract = True


class ReturnDrift(Fact):
    """By how much the documents of a return differ from its expected credit, within tolerance; signed.

    `credit_record`: the latest of the documents; null in rows kept before it was known.
    """

    return_record = models.UUIDField()
    credit_record = models.UUIDField(null=True)
    customer_id = CodeField()
    customer_key = CodeField()
    currency = CodeField()
    month = models.DateField()
    amount = ExactField()
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "return_drift"
        indexes = [
            models.Index(fields=["group_key"], name="return_drift_group"),
            models.Index(fields=["customer_key", "currency"], name="return_drift_customer"),
        ]


class OpenDemand(Fact):
    """What a group still has to receive of a base SKU, and the order's base price of it, if it has one."""

    sku = CodeField()
    quantity = ExactField()
    price = ExactField(null=True)
    currency = CodeField(null=True)

    class Meta:
        db_table = "open_demand"
        indexes = [
            models.Index(fields=["group_key"], name="open_demand_group"),
            models.Index(fields=["sku"], name="open_demand_sku"),
        ]


class UnmappedWord(Fact):
    """A raw status or return reason of a current record that no mapping knows."""

    of = CodeField()
    system = CodeField()
    raw = CodeField()
    record = models.UUIDField()
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "unmapped_word"
        indexes = [
            models.Index(fields=["group_key"], name="unmapped_word_group"),
            models.Index(fields=["system", "raw"], name="unmapped_word_raw"),
        ]


class ReturnAccount(Fact):
    """What a return that counts comes to: what it should be credited, its fees, since when, until when in time.

    Of one rma in several portals the return authority's counts. `expected` (between `low` and `high` where the order
    has a SKU at several prices) is after `fees`; null where the order lacks a SKU. `received_at`: when it counts as
    received, null before.
    """

    return_record = models.UUIDField()
    system = CodeField()
    reference = CodeField()
    customer = CodeField(null=True)
    currency = CodeField(null=True)
    status = CodeField(null=True)
    resolution = CodeField(null=True)
    received_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    expected = ExactField(null=True)
    low = ExactField(null=True)
    high = ExactField(null=True)
    fees = ExactField()
    tolerance = ExactField()

    class Meta:
        db_table = "return_account"
        indexes = [
            models.Index(fields=["group_key"], name="return_account_group"),
            models.Index(fields=["received_at"], name="return_account_received"),
            models.Index(fields=["return_record"], name="return_account_return"),
        ]


class ReturnAccountLine(Fact):
    """What the accepted quantity of a base SKU of a return comes to at the order's price; null where it has none."""

    return_record = models.UUIDField()
    sku = CodeField()
    quantity = ExactField()
    value = ExactField(null=True)

    class Meta:
        db_table = "return_account_line"
        indexes = [
            models.Index(fields=["group_key"], name="return_account_line_group"),
            models.Index(fields=["return_record"], name="return_account_line_return"),
        ]


class CreditAccount(Fact):
    """A live credit document, by the copy that speaks for it: its net goods, and the return it is of, if any."""

    credit_record = models.UUIDField()
    system = CodeField()
    reference = CodeField()
    customer = CodeField(null=True)
    currency = CodeField(null=True)
    kind = CodeField()
    reason = CodeField()
    settled = models.BooleanField(null=True)
    issued_at = models.DateTimeField()
    amount = ExactField(null=True)
    tax = ExactField(null=True)
    return_record = models.UUIDField(null=True)

    class Meta:
        db_table = "credit_account"
        indexes = [
            models.Index(fields=["group_key"], name="credit_account_group"),
            models.Index(fields=["issued_at"], name="credit_account_issued"),
            models.Index(fields=["return_record"], name="credit_account_return"),
        ]


class CreditAccountLine(Fact):
    """What a credit document says of a base SKU for one reason, its lines' own or else its; its lines' net price."""

    credit_record = models.UUIDField()
    sku = CodeField()
    reason = CodeField(null=True)
    quantity = ExactField()
    amount = ExactField(null=True)

    class Meta:
        db_table = "credit_account_line"
        indexes = [
            models.Index(fields=["group_key"], name="credit_account_line_group"),
            models.Index(fields=["credit_record"], name="credit_account_line_credit"),
        ]


class OrderAccount(Fact):
    """The order that speaks for its group, if it is live: what was sold to whom, net goods."""

    order_record = models.UUIDField()
    system = CodeField()
    reference = CodeField()
    customer = CodeField(null=True)
    currency = CodeField(null=True)
    placed_at = models.DateTimeField()
    amount = ExactField(null=True)

    class Meta:
        db_table = "order_account"
        indexes = [
            models.Index(fields=["group_key"], name="order_account_group"),
            models.Index(fields=["placed_at"], name="order_account_placed"),
        ]


class CreditMatch(models.Model):
    """What a line of a credit without a reference was matched to, by the last run that examined its customer and SKU.

    `sku`, `quantity`, `price`: base ones, as are those of the sale that won and of its runner-up. `reason`: why the
    sale won over others of its tier (`only`, `latest`, `order`, `line`); null where none qualifies. `sales`: how many
    sale lines qualify, of any tier.
    """

    pk = models.CompositePrimaryKey("credit_record", "position")
    credit_record = models.UUIDField()
    position = models.IntegerField()
    customer_key = CodeField(null=True)
    sku_key = CodeField()
    sku = CodeField()
    quantity = ExactField()
    price = ExactField(null=True)
    currency = CodeField(null=True)
    tier = CodeField()
    before_history = models.BooleanField()
    sales = models.BigIntegerField()
    reason = CodeField(null=True)
    sale_record = models.UUIDField(null=True)
    sale_system = CodeField(null=True)
    sale_id = CodeField(null=True)
    sale_position = models.IntegerField(null=True)
    sale_at = models.DateTimeField(null=True)
    sale_quantity = ExactField(null=True)
    sale_price = ExactField(null=True)
    runner_up_record = models.UUIDField(null=True)
    runner_up_system = CodeField(null=True)
    runner_up_id = CodeField(null=True)
    runner_up_position = models.IntegerField(null=True)
    runner_up_at = models.DateTimeField(null=True)
    runner_up_quantity = ExactField(null=True)
    runner_up_price = ExactField(null=True)

    class Meta:
        db_table = "credit_match"
        indexes = [models.Index(fields=["sku_key"], name="credit_match_sku")]
