"""Everything that every system says about one number, with its time line."""

import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import connection

from connectors.shapes import SHAPES
from reconciliation.projection import norm
from reconciliation.statements import statement

TYPES = list(SHAPES)  # in the order in which they are told
NUMBERS = ("total", "amount", "refund_amount", "quantity")
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
    def told(self) -> list[tuple[str, str]]:
        """Every main fact by its name: id, statuses, money, references, and the lines as quantity × sku @ price."""
        value: dict[str, Any] = json.loads(self.raw, parse_float=str, parse_int=str)
        known = [("id", self.id)]
        words = ((name, value[name]) for name in FACTS if value.get(name) not in (None, ""))
        known += [(name, _plain(said) if name in NUMBERS else str(said)) for name, said in words]
        known += [(scheme, str(number)) for scheme, number in (value.get("refs") or {}).items()]
        if isinstance(customer := value.get("customer"), dict) and customer.get("id"):
            known.append(("customer", str(customer["id"])))
        if lines := value.get("lines"):
            known.append(("lines", "\n".join(_line(line) for line in lines)))
        return known

    @property
    def facts(self) -> str:
        """The main fields and the references, in the words of the system itself."""
        if self.withdrawn:
            return "withdrawn"
        value: dict[str, Any] = json.loads(self.raw, parse_float=str, parse_int=str)
        said = [f"{name} {value[name]}" for name in FACTS if value.get(name) not in (None, "")]
        return ", ".join(said + [f"{scheme} {number}" for scheme, number in (value.get("refs") or {}).items()])


@dataclass(frozen=True)
class Row:
    """One fact of one type of record, as each system tells it; several records of a system one below the other."""

    type: str
    fact: str
    by_system: dict[str, str]

    @property
    def agrees(self) -> bool:
        """Whether all that speak of it say the same."""
        return len({norm(words) for words in self.by_system.values()}) == 1


def side_by_side(said: list[Said]) -> list[Row]:
    """What stands now, a row a fact, to be shown in columns by system."""
    told: dict[tuple[str, str], dict[str, list[str]]] = {}
    for one in said:
        if one.current and not one.withdrawn:
            for fact, words in one.told:
                told.setdefault((one.type, fact), {}).setdefault(one.system, []).append(words)
    return [
        Row(type, fact, {system: "\n".join(words) for system, words in by_system.items()})
        for (type, fact), by_system in sorted(told.items(), key=lambda item: TYPES.index(item[0][0]))
    ]


def trace(number: str, *, as_of: datetime) -> list[Said]:
    """All versions up to `as_of` of the records that carry `number` or share an order group with one, oldest first."""
    asked: dict[str, str | datetime] = {"norm": norm(number), "given": number.strip(), "as_of": as_of}
    with connection.cursor() as cursor:
        cursor.execute(statement("trace"), asked)
        return [Said(*row) for row in cursor.fetchall()]


def _line(line: dict[str, Any]) -> str:
    quantity, pack, price = (_plain(line.get(name)) for name in ("quantity", "pack_size", "unit_price"))
    packed = f" of {pack}" if pack not in ("", "1") else ""
    return f"{quantity} × {line.get('sku')}{packed}" + (f" @ {price}" if price else "")


def _plain(number: Any) -> str:
    """A decimal without idle zeros, so that 7 and 7.0 read alike."""
    try:
        return "" if number is None else f"{Decimal(str(number)).normalize():f}"
    except InvalidOperation:
        return str(number)
