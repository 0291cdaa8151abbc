"""Everything that every system says about one number, with its time line."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from reconciliation.projection import norm
from reconciliation.statements import statement

FACTS = ("status", "result", "flow", "kind", "currency", "total", "amount", "refund_amount", "sku", "quantity")


@dataclass(frozen=True)
class Said:
    """One version of one record; `current` where it speaks as of the moment asked for."""

    at: datetime
    type: str
    system: str
    id: str
    raw: str
    withdrawn: bool
    current: bool

    @property
    def facts(self) -> str:
        """The main fields and the references, in the words of the system itself."""
        if self.withdrawn:
            return "withdrawn"
        value: dict[str, Any] = json.loads(self.raw, parse_float=str, parse_int=str)
        said = [f"{name} {value[name]}" for name in FACTS if value.get(name) not in (None, "")]
        return ", ".join(said + [f"{scheme} {number}" for scheme, number in (value.get("refs") or {}).items()])


def trace(number: str, *, as_of: datetime) -> list[Said]:
    """All versions up to `as_of` of the records that carry `number` or share an order group with one, oldest first."""
    asked: dict[str, str | datetime] = {"norm": norm(number), "given": number.strip(), "as_of": as_of}
    with connection.cursor() as cursor:
        cursor.execute(statement("trace"), asked)
        return [Said(*row) for row in cursor.fetchall()]
