"""The shape of each record type: its fields, how each is read, and which are required (contract.md, *Records in*)."""

from collections.abc import Callable, Mapping
from typing import Any, cast

import msgspec

from connectors import records
from connectors.fields import (
    Reader,
    Refused,
    anything,
    blank,
    count,
    currency,
    decimal,
    flag,
    identifier,
    instant,
    pack_size,
    quantity,
    references,
    text,
    word,
    word_of,
    wrong,
)

DISPOSITIONS = ("sellable", "damaged", "quarantine", "disposed", "wrong_item", "missing", "unexpected")
RESOLUTIONS = ("refund", "credit", "exchange", "none")
CONDITION = word_of("sellable", "quarantine", "damaged", "reserved", "in_return")
REASON = word_of("return", "goodwill", "price_adjustment", "cancellation")
RECORD_TYPE = word_of("order", "fulfilment", "return", "credit", "stock_level", "stock_movement", "product", "stock")


class Shape:
    """A structure, the readers of its fields, and the names of those that must be there."""

    def __init__(self, of: type[msgspec.Struct], required: str, **readers: Reader) -> None:
        self.of, self.required, self.readers = of, required.split(), readers

    def read(self, value: Any, path: str) -> Any:
        """`value` as the structure; raises Refused with the path of what does not fit."""
        if blank(value):
            return None
        if not isinstance(value, dict):
            raise wrong(path, value, "an object")
        return self.of(**self.fields(value, f"{path}."))

    def fields(self, value: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
        """The fields that are there, read; unknown ones are left alone."""
        read: dict[str, Any] = {}
        for name, reader in self.readers.items():
            said = value.get(name)
            if said is not None and (found := reader(said, prefix + name)) is not None:
                read[name] = found
        for name in self.required:
            if name not in read:
                raise Refused("missing_field", prefix + name, f"{prefix}{name} is missing.")
        return read


def lines_of(shape: Shape) -> Reader:
    """A reader of a record's lines; a line without an id is named by its position, from 1."""

    def read(value: Any, path: str) -> tuple[Any, ...] | None:
        if blank(value):
            return None
        if not isinstance(value, list):
            raise wrong(path, value, "a list of lines")
        lines = tuple(_line(shape, item, position, path) for position, item in enumerate(value, 1))
        seen: set[str] = set()
        for position, line in enumerate(lines, 1):
            if line.id in seen:
                where = f"{path}[{position}].id"
                raise Refused("repeated_line_id", where, f"{where}: the line id {line.id!r} is used twice.")
            seen.add(line.id)
        return lines

    return read


def _line(shape: Shape, item: Any, position: int, path: str) -> Any:
    where = f"{path}[{position}]"
    if not isinstance(item, dict):
        raise wrong(where, item, "an object")
    return shape.of(**({"id": str(position)} | shape.fields(item, f"{where}.")))


LINE: dict[str, Reader] = {
    "id": identifier,
    "sku": identifier,
    "quantity": quantity,
    "uom": word,
    "pack_size": pack_size,
}
ORDER_LINE = Shape(
    records.OrderLine,
    "sku quantity",
    **LINE,
    unit_price=decimal,
    discount=decimal,
    fulfilled_quantity=quantity,
)
FULFILMENT_LINE = Shape(records.FulfilmentLine, "sku quantity", **LINE)
RETURN_LINE = Shape(
    records.ReturnLine,
    "sku quantity",
    **LINE,
    received_quantity=quantity,
    accepted_quantity=quantity,
    reason_code=identifier,
    disposition=word_of(*DISPOSITIONS),
    unit_refund=decimal,
)
CREDIT_LINE = Shape(records.CreditLine, "sku quantity", **LINE, unit_price=decimal, reason=REASON)
CUSTOMER = Shape(records.Customer, "", id=identifier, name=text, email=text)
PAYMENT = Shape(records.Payment, "", method=word, terms=text, status=word, hold=text)
ERROR = Shape(records.Error, "", code=identifier, message=text, field=text)
ABOUT = Shape(records.About, "type id", type=RECORD_TYPE, id=identifier, refs=references)
HEAD: dict[str, Reader] = {"system": identifier, "id": identifier, "at": instant, "realm": identifier}

SHAPES: dict[str, Shape] = {
    "order": Shape(
        records.Order,
        "system id at status placed_at",
        **HEAD,
        number=identifier,
        channel=word,
        refs=references,
        customer=CUSTOMER.read,
        status=identifier,
        payment=PAYMENT.read,
        currency=currency,
        total=decimal,
        tax=decimal,
        shipping=decimal,
        discount=decimal,
        placed_at=instant,
        ship_to=anything,
        lines=lines_of(ORDER_LINE),
    ),
    "fulfilment": Shape(
        records.Fulfilment,
        "system id at status",
        **HEAD,
        refs=references,
        status=identifier,
        shipped_at=instant,
        lines=lines_of(FULFILMENT_LINE),
    ),
    "return": Shape(
        records.Return,
        "system id at status requested_at",
        **HEAD,
        number=identifier,
        refs=references,
        customer=CUSTOMER.read,
        status=identifier,
        rejection_reason=identifier,
        resolution=word_of(*RESOLUTIONS),
        currency=currency,
        requested_at=instant,
        received_at=instant,
        inspected_at=instant,
        refund_amount=decimal,
        fees=decimal,
        lines=lines_of(RETURN_LINE),
    ),
    "credit": Shape(
        records.Credit,
        "system id at kind currency amount status",
        **HEAD,
        number=identifier,
        kind=word_of("credit_note", "refund", "store_credit"),
        refs=references,
        customer=CUSTOMER.read,
        currency=currency,
        amount=decimal,
        tax=decimal,
        shipping=decimal,
        status=identifier,
        issued_at=instant,
        reason=REASON,
        settled=flag,
        lines=lines_of(CREDIT_LINE),
    ),
    "stock_level": Shape(
        records.StockLevel,
        "system id at sku location condition quantity",
        **HEAD,
        sku=identifier,
        location=identifier,
        condition=CONDITION,
        quantity=decimal,
        uom=word,
        pack_size=pack_size,
    ),
    "stock_movement": Shape(
        records.StockMovement,
        "system id at sku condition quantity",
        **HEAD,
        sku=identifier,
        location=identifier,
        condition=CONDITION,
        quantity=decimal,
        uom=word,
        pack_size=pack_size,
        reason=identifier,
        refs=references,
    ),
    "product": Shape(
        records.Product,
        "system id at sku",
        **HEAD,
        sku=identifier,
        active=flag,
        uom=word,
        pack_size=pack_size,
        base_sku=identifier,
        title=text,
        barcode=identifier,
    ),
    "outcome": Shape(
        records.Outcome,
        "system id at flow record result",
        **HEAD,
        flow=identifier,
        record=ABOUT.read,
        result=word_of("success", "failed", "skipped"),
        error=ERROR.read,
        attempt=count,
        target_id=identifier,
    ),
}


def read_record(type: str, value: Mapping[str, Any]) -> records.Record:
    """The record of `type` that `value` states; raises Refused."""
    shape = SHAPES[type]
    if type in ABSENT_ID and (value.get("id") is None or identifier(value["id"], "id") is None):
        value = {**value, "id": ABSENT_ID[type](value)}
    return cast(records.Record, shape.of(**shape.fields(value)))


def stock_level_id(value: Mapping[str, Any]) -> str | None:
    """`sku@location/condition`: the id of a stock level that states none; None where one of the three lacks."""
    readers: dict[str, Reader] = {"sku": identifier, "location": identifier, "condition": CONDITION}
    parts = [reader(value[name], name) for name, reader in readers.items() if value.get(name) is not None]
    return "{}@{}/{}".format(*parts) if len(parts) == 3 and all(parts) else None


ABSENT_ID: dict[str, Callable[[Mapping[str, Any]], str | None]] = {"stock_level": stock_level_id}
