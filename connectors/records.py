"""What a system says about one thing: typed, immutable, in the words of contract.md.

Instants are aware and in UTC; quantities and amounts are exact decimals; an absent field is None.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

import msgspec

Refs = dict[str, str]


class _Frozen(msgspec.Struct, frozen=True, kw_only=True):
    """Immutable, with named fields only."""


class Customer(_Frozen, frozen=True, kw_only=True):
    id: str | None = None
    name: str | None = None
    email: str | None = None


class Payment(_Frozen, frozen=True, kw_only=True):
    method: str | None = None
    terms: str | None = None
    status: str | None = None
    hold: str | None = None


class FulfilmentLine(_Frozen, frozen=True, kw_only=True):
    id: str
    sku: str
    quantity: Decimal
    uom: str | None = None
    pack_size: Decimal | None = None


class OrderLine(FulfilmentLine, frozen=True, kw_only=True):
    unit_price: Decimal | None = None
    discount: Decimal | None = None
    fulfilled_quantity: Decimal | None = None


class ReturnLine(FulfilmentLine, frozen=True, kw_only=True):
    received_quantity: Decimal | None = None
    accepted_quantity: Decimal | None = None
    reason_code: str | None = None
    disposition: str | None = None
    unit_refund: Decimal | None = None


class CreditLine(FulfilmentLine, frozen=True, kw_only=True):
    unit_price: Decimal | None = None
    reason: str | None = None


class Error(_Frozen, frozen=True, kw_only=True):
    code: str | None = None
    message: str | None = None
    field: str | None = None


class About(_Frozen, frozen=True, kw_only=True):
    """The record that an outcome speaks of; it belongs to the flow's source."""

    type: str
    id: str
    refs: Refs = {}


class _Record(_Frozen, frozen=True, kw_only=True):
    system: str
    id: str
    at: datetime
    realm: str | None = None


class Withdrawal(_Record, frozen=True, kw_only=True):
    """`"deleted": true`: from `at` on the record does not exist."""

    type: str


class Order(_Record, frozen=True, kw_only=True):
    type: ClassVar[str] = "order"
    status: str
    placed_at: datetime
    number: str | None = None
    channel: str | None = None
    refs: Refs = {}
    customer: Customer | None = None
    payment: Payment | None = None
    currency: str | None = None
    total: Decimal | None = None
    tax: Decimal | None = None
    shipping: Decimal | None = None
    discount: Decimal | None = None
    ship_to: Any = None
    lines: tuple[OrderLine, ...] = ()


class Fulfilment(_Record, frozen=True, kw_only=True):
    type: ClassVar[str] = "fulfilment"
    status: str
    refs: Refs = {}
    shipped_at: datetime | None = None
    lines: tuple[FulfilmentLine, ...] = ()


class Return(_Record, frozen=True, kw_only=True):
    type: ClassVar[str] = "return"
    status: str
    requested_at: datetime
    number: str | None = None
    refs: Refs = {}
    customer: Customer | None = None
    rejection_reason: str | None = None
    resolution: str | None = None
    currency: str | None = None
    received_at: datetime | None = None
    inspected_at: datetime | None = None
    refund_amount: Decimal | None = None
    fees: Decimal | None = None
    lines: tuple[ReturnLine, ...] = ()


class Credit(_Record, frozen=True, kw_only=True):
    type: ClassVar[str] = "credit"
    kind: str
    currency: str
    amount: Decimal
    status: str
    number: str | None = None
    refs: Refs = {}
    customer: Customer | None = None
    tax: Decimal | None = None
    shipping: Decimal | None = None
    issued_at: datetime | None = None
    reason: str | None = None
    settled: bool | None = None
    lines: tuple[CreditLine, ...] = ()


class StockLevel(_Record, frozen=True, kw_only=True):
    type: ClassVar[str] = "stock_level"
    sku: str
    location: str
    condition: str
    quantity: Decimal
    uom: str | None = None
    pack_size: Decimal | None = None


class StockMovement(_Record, frozen=True, kw_only=True):
    type: ClassVar[str] = "stock_movement"
    sku: str
    condition: str
    quantity: Decimal
    location: str | None = None
    uom: str | None = None
    pack_size: Decimal | None = None
    reason: str | None = None
    refs: Refs = {}


class Product(_Record, frozen=True, kw_only=True):
    type: ClassVar[str] = "product"
    sku: str
    active: bool | None = None
    uom: str | None = None
    pack_size: Decimal | None = None
    base_sku: str | None = None
    title: str | None = None
    barcode: str | None = None


class Outcome(_Record, frozen=True, kw_only=True):
    """What the integration says happened to one record on one flow."""

    type: ClassVar[str] = "outcome"
    flow: str
    record: About
    result: str
    error: Error | None = None
    attempt: int | None = None
    target_id: str | None = None


Record = Order | Fulfilment | Return | Credit | StockLevel | StockMovement | Product | Outcome | Withdrawal
