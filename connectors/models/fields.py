"""Column types that the connectors share."""

from typing import Any

from django.db import models


class CodeField(models.TextField[Any, Any]):
    """Text that is an identifier or a code: compared and sorted by code point, whatever the server's collation."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["db_collation"] = "C"
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("db_collation", None)
        return name, path, args, kwargs
