"""Column types that the ledgers share."""

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import F, Func
from django.db.models.functions import Collate


def folded(field: str) -> Collate:
    """A field as people look for it: without regard to case, spaces and separators (sql/functions/folded.sql)."""
    return Collate(Func(F(field), function="folded", output_field=models.TextField()), "C")


class CodeField(models.TextField[Any, Any]):
    """Text that is an identifier or a code: compared and sorted by code point, whatever the server's collation."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["db_collation"] = "C"
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("db_collation", None)
        return name, path, args, kwargs


class ExactField(models.Field[Any, Any]):
    """A decimal of any scale, kept exactly as it came: PostgreSQL's unconstrained numeric, `Decimal` in Python."""

    def db_type(self, connection: Any) -> str:
        return "numeric"

    def to_python(self, value: Any) -> Decimal | None:
        return value if value is None or isinstance(value, Decimal) else Decimal(str(value))

    def get_prep_value(self, value: Any) -> Decimal | None:
        return self.to_python(super().get_prep_value(value))
