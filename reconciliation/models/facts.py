"""What each order group contributes to checks that look across groups; rewritten whenever its group is examined."""

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
