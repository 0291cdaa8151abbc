"""What is connected to what, and what the words of each system mean (contract.md, *Topology in*)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from reconciliation.models.fields import CodeField, ExactField


class System(models.Model):
    """One connected instance of outside software."""

    key = CodeField(primary_key=True)
    kind = CodeField()
    vendor = CodeField(default="", blank=True)
    name = models.TextField(default="", blank=True)
    realm = CodeField(default="", blank=True)
    stock = CodeField(default="on_hand")
    authority = ArrayField(CodeField(), default=list, blank=True)
    requires = models.JSONField(default=dict, blank=True)
    position = models.IntegerField(default=0)

    class Meta:
        db_table = "system"
        ordering = ["position", "key"]

    def __str__(self) -> str:
        return self.name or self.key


class Flow(models.Model):
    """One leg of the integration. `compare` and `same` are null where the topology leaves the default."""

    key = CodeField(primary_key=True)
    record = CodeField()
    source = models.ForeignKey(System, on_delete=models.PROTECT, related_name="flows_out", db_column="source")
    target = models.ForeignKey(System, on_delete=models.PROTECT, related_name="flows_in", db_column="target")
    cadence = models.DurationField()
    grace = models.DurationField()
    within = models.DurationField(null=True, blank=True)
    compare = ArrayField(CodeField(), null=True, blank=True)
    tolerance_amount = ExactField(null=True, blank=True)
    tolerance_quantity = ExactField(null=True, blank=True)
    same = models.JSONField(null=True, blank=True)
    only = models.JSONField(null=True, blank=True)
    position = models.IntegerField(default=0)

    class Meta:
        db_table = "flow"
        ordering = ["position", "key"]

    def __str__(self) -> str:
        return str(self.key)


class IgnoredReference(models.Model):
    """A value that is no identifier, normalised as references are."""

    value = CodeField(primary_key=True)

    class Meta:
        db_table = "ignored_reference"


class Mapping(models.Model):
    """A word of one system and what it stands for. `raw_key` is the raw word as it is looked up."""

    id = models.BigAutoField(primary_key=True)
    system = models.ForeignKey(System, on_delete=models.CASCADE, db_column="system")
    raw = CodeField()
    raw_key = CodeField()
    canonical = CodeField()

    class Meta:
        abstract = True
        constraints = [models.UniqueConstraint(fields=["system", "raw_key"], name="%(class)s_once")]


class ReasonCode(Mapping):
    """Raw return reason → canonical reason. Looked up trimmed, case kept."""

    class Meta(Mapping.Meta):
        db_table = "reason_code"


class RejectionReason(Mapping):
    """Raw rejection reason → canonical. Looked up trimmed, lower-cased."""

    class Meta(Mapping.Meta):
        db_table = "rejection_reason"


class CustomerAlias(Mapping):
    """A system's customer id → the order authority's. Looked up trimmed, upper-cased; `canonical_key` likewise."""

    canonical_key = CodeField()

    class Meta(Mapping.Meta):
        db_table = "customer_alias"


class SkuAlias(Mapping):
    """A system's sku → the product authority's. Looked up trimmed, case kept."""

    canonical_key = CodeField()

    class Meta(Mapping.Meta):
        db_table = "sku_alias"


class StatusMapping(models.Model):
    """A raw status → canonical. `of` is a record type, `payment.method` or `payment.status`; keys lower-cased."""

    id = models.BigAutoField(primary_key=True)
    system = models.ForeignKey(System, on_delete=models.CASCADE, db_column="system")
    of = CodeField()
    raw = CodeField()
    raw_key = CodeField()
    canonical = CodeField()

    class Meta:
        db_table = "status_mapping"
        constraints = [models.UniqueConstraint(fields=["system", "of", "raw_key"], name="status_mapping_once")]


class PackSize(models.Model):
    """How many base units one unit of a system's sku holds, by a person's word; beats the system's catalogue."""

    id = models.BigAutoField(primary_key=True)
    system = models.ForeignKey(System, on_delete=models.CASCADE, db_column="system")
    sku = CodeField()
    pack_size = ExactField()

    class Meta:
        db_table = "pack_size"
        constraints = [
            models.UniqueConstraint(fields=["system", "sku"], name="pack_size_once"),
            models.CheckConstraint(condition=models.Q(pack_size__gt=0), name="pack_size_above_nought"),
        ]


class Configuration(models.Model):
    """The one row that counts every change after which all groups must be examined again."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    version = models.BigIntegerField(default=0)

    class Meta:
        db_table = "configuration"
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="configuration_one_row")]
