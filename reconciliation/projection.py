"""A typed record as the rows of the content tables (models/contents.py)."""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from hashlib import blake2b
from typing import Any

import msgspec

from connectors.records import (
    Credit,
    Customer,
    Fulfilment,
    Order,
    Outcome,
    Product,
    Record,
    Return,
    StockLevel,
    StockMovement,
    Withdrawal,
)

Row = tuple[Any, ...]
TableRow = tuple[str, Row]

COLUMNS = {
    "reference": "content scheme record value norm",
    "order_content": "content record number channel status customer_id customer_key customer_name customer_email"
    " payment_method payment_terms payment_status hold currency total tax shipping discount placed_at ship_to"
    " goods worth",
    "order_line": "content position record line_id sku sku_key quantity uom pack_size"
    " unit_price discount fulfilled_quantity",
    "fulfilment_content": "content record status shipped_at goods",
    "fulfilment_line": "content position record line_id sku sku_key quantity uom pack_size",
    "return_content": "content record number customer_id customer_key customer_name customer_email status"
    " rejection_reason resolution currency requested_at received_at inspected_at refund_amount fees",
    "return_line": "content position record line_id sku sku_key quantity uom pack_size"
    " received_quantity accepted_quantity reason_code disposition unit_refund",
    "credit_content": "content record number kind customer_id customer_key customer_name customer_email"
    " currency amount tax shipping status issued_at reason settled",
    "credit_line": "content position record line_id sku sku_key quantity uom pack_size unit_price reason",
    "stock_level": "content record sku location condition quantity uom pack_size",
    "stock_movement": "content record sku location condition quantity uom pack_size reason",
    "product": "content record sku sku_key active uom pack_size base_sku base_sku_key title barcode",
    "outcome": "content record flow about_type about_id result error_code error_message error_field attempt target_id",
}


def norm(value: str) -> str:
    """A reference's value as references are compared: trimmed, upper-cased, without one leading `#`, trimmed again."""
    return value.strip().upper().removeprefix("#").strip()


def key(value: str | None) -> str | None:
    """An id as it is compared where case does not count: trimmed and upper-cased."""
    return None if value is None else value.strip().upper()


def projected(content: str, key_of_record: str, record: Record) -> Iterator[TableRow]:
    """The content rows of `record`, each with its table's name; none for a withdrawal. Keys come as text."""
    if isinstance(record, Withdrawal):
        return
    head = (content, key_of_record)
    yield from _PROJECTIONS[type(record)](head, record)
    yield from _references(head, _refs(record))


def _refs(record: Any) -> dict[str, str]:
    if isinstance(record, Outcome):
        return record.record.refs
    return getattr(record, "refs", None) or {}


def _references(head: Row, refs: dict[str, str]) -> Iterator[TableRow]:
    content, record = head
    for scheme, value in refs.items():
        if normalised := norm(value):
            yield "reference", (content, scheme, record, value, normalised)


def _customer(customer: Customer | None) -> Row:
    if customer is None:
        return (None, None, None, None)
    return (customer.id, key(customer.id), customer.name, customer.email)


def _line(head: Row, position: int, line: Any) -> Row:
    content, record = head
    return (content, position, record, line.id, line.sku, key(line.sku), line.quantity, line.uom, line.pack_size)


def goods(lines: Sequence[Any] | None) -> str | None:
    """A hash of how many of what, in the words of the record: of the same goods the same; null without lines."""
    return _hash([_counted(line) for line in lines]) if lines else None


def _worth(order: Order) -> str | None:
    """A hash of the goods and what each costs, in whichever order they stand; null where no line has a price."""
    if not order.lines or all(line.unit_price is None for line in order.lines):
        return None
    priced = [(*_counted(line), _plain(line.unit_price), _plain(line.discount or None)) for line in order.lines]
    return _hash([*priced, (_plain(order.discount or None),)])


def _counted(line: Any) -> tuple[str, ...]:
    return (line.sku, _plain(line.quantity), _plain(line.pack_size))


def _plain(number: Decimal | None) -> str:
    """The number without the zeros that say nothing."""
    text = "" if number is None else str(number)
    return text.rstrip("0").rstrip(".") if "." in text and "E" not in text else text


def _hash(said: list[tuple[str, ...]]) -> str:
    return blake2b(msgspec.json.encode(sorted(said)), digest_size=16).hexdigest()


def _order(head: Row, order: Order) -> Iterator[TableRow]:
    payment = order.payment
    paid = (None,) * 4 if payment is None else (payment.method, payment.terms, payment.status, payment.hold)
    money = (order.currency, order.total, order.tax, order.shipping, order.discount)
    ship_to = None if order.ship_to is None else msgspec.json.encode(order.ship_to).decode()
    named = (order.number, order.channel, order.status)
    alike = (goods(order.lines), _worth(order))
    yield "order_content", (*head, *named, *_customer(order.customer), *paid, *money, order.placed_at, ship_to, *alike)
    for position, line in enumerate(order.lines or (), 1):
        yield (
            "order_line",
            (*_line(head, position, line), line.unit_price, line.discount, line.fulfilled_quantity),
        )


def _fulfilment(head: Row, fulfilment: Fulfilment) -> Iterator[TableRow]:
    yield "fulfilment_content", (*head, fulfilment.status, fulfilment.shipped_at, goods(fulfilment.lines))
    for position, line in enumerate(fulfilment.lines or (), 1):
        yield "fulfilment_line", _line(head, position, line)


def _return(head: Row, returned: Return) -> Iterator[TableRow]:
    says = (returned.status, returned.rejection_reason, returned.resolution, returned.currency)
    moments = (returned.requested_at, returned.received_at, returned.inspected_at)
    money = (returned.refund_amount, returned.fees)
    yield "return_content", (*head, returned.number, *_customer(returned.customer), *says, *moments, *money)
    for position, line in enumerate(returned.lines or (), 1):
        counted = (line.received_quantity, line.accepted_quantity)
        yield (
            "return_line",
            (*_line(head, position, line), *counted, line.reason_code, line.disposition, line.unit_refund),
        )


def _credit(head: Row, credit: Credit) -> Iterator[TableRow]:
    money = (credit.currency, credit.amount, credit.tax, credit.shipping)
    says = (credit.status, credit.issued_at, credit.reason or "return", credit.settled)
    yield "credit_content", (*head, credit.number, credit.kind, *_customer(credit.customer), *money, *says)
    for position, line in enumerate(credit.lines or (), 1):
        yield "credit_line", (*_line(head, position, line), line.unit_price, line.reason)


def _stock_level(head: Row, level: StockLevel) -> Iterator[TableRow]:
    counted = (level.quantity, level.uom, level.pack_size)
    yield "stock_level", (*head, level.sku, level.location, level.condition, *counted)


def _stock_movement(head: Row, moved: StockMovement) -> Iterator[TableRow]:
    counted = (moved.quantity, moved.uom, moved.pack_size)
    yield "stock_movement", (*head, moved.sku, moved.location, moved.condition, *counted, moved.reason)


def _product(head: Row, product: Product) -> Iterator[TableRow]:
    base = (product.base_sku, key(product.base_sku))
    packed = (product.uom, product.pack_size)
    yield (
        "product",
        (*head, product.sku, key(product.sku), product.active, *packed, *base, product.title, product.barcode),
    )


def _outcome(head: Row, outcome: Outcome) -> Iterator[TableRow]:
    error = outcome.error
    failure = (None,) * 3 if error is None else (error.code, error.message, error.field)
    about = (outcome.record.type, outcome.record.id)
    yield "outcome", (*head, outcome.flow, *about, outcome.result, *failure, outcome.attempt, outcome.target_id)


_PROJECTIONS: dict[type, Callable[[Row, Any], Iterator[TableRow]]] = {
    Order: _order,
    Fulfilment: _fulfilment,
    Return: _return,
    Credit: _credit,
    StockLevel: _stock_level,
    StockMovement: _stock_movement,
    Product: _product,
    Outcome: _outcome,
}
