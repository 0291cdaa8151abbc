"""What each type of record may say, and must: the contract's fields, their shapes and its closed lists."""

REQUIRED = {
    "order": ("status", "placed_at"),
    "fulfilment": ("status",),
    "return": ("status", "requested_at"),
    "credit": ("kind", "currency", "amount", "status"),
    "stock_level": ("sku", "location", "condition", "quantity"),
    "stock_movement": ("sku", "condition", "quantity"),
    "product": ("sku",),
    "outcome": ("flow", "record", "result"),
}
SPOKEN_OF = {"order", "fulfilment", "return", "credit", "stock_level", "stock_movement", "product", "stock"}
DISPOSITIONS = {"sellable", "damaged", "quarantine", "disposed", "wrong_item", "missing", "unexpected"}
CONDITIONS = {"sellable", "quarantine", "damaged", "reserved", "in_return"}
REASONS = {"return", "goodwill", "price_adjustment", "cancellation"}
CLOSED = {
    ("credit", "kind"): {"credit_note", "refund", "store_credit"},
    ("credit", "reason"): REASONS,
    ("credit.lines", "reason"): REASONS,
    ("return", "resolution"): {"refund", "credit", "exchange", "none"},
    ("return.lines", "disposition"): DISPOSITIONS,
    ("stock_level", "condition"): CONDITIONS,
    ("stock_movement", "condition"): CONDITIONS,
    ("outcome", "result"): {"success", "failed", "skipped"},
}
# shape of each field: t text or an integer's digits, s text, w a word of a closed list, u currency, n decimal, i whole
# number, m moment, b true or false, r references, c customer, p payment, x anything, o the record an outcome speaks of,
# e an error, l lines
FIELDS = {
    "order": {
        **dict.fromkeys(("number", "status"), "t"),
        "channel": "s",
        "currency": "u",
        **dict.fromkeys(("total", "tax", "shipping", "discount"), "n"),
        "refs": "r",
        "customer": "c",
        "payment": "p",
        "placed_at": "m",
        "ship_to": "x",
        "lines": "l",
    },
    "fulfilment": {"refs": "r", "status": "t", "shipped_at": "m", "lines": "l"},
    "return": {
        **dict.fromkeys(("number", "status", "rejection_reason"), "t"),
        "resolution": "w",
        "currency": "u",
        **dict.fromkeys(("requested_at", "received_at", "inspected_at"), "m"),
        "refs": "r",
        "customer": "c",
        "refund_amount": "n",
        "fees": "n",
        "lines": "l",
    },
    "credit": {
        **dict.fromkeys(("number", "status"), "t"),
        **dict.fromkeys(("kind", "reason"), "w"),
        "currency": "u",
        **dict.fromkeys(("amount", "tax", "shipping"), "n"),
        "refs": "r",
        "customer": "c",
        "issued_at": "m",
        "settled": "b",
        "lines": "l",
    },
    "stock_level": {
        **dict.fromkeys(("sku", "location"), "t"),
        "condition": "w",
        "uom": "s",
        "quantity": "n",
        "pack_size": "k",
    },
    "stock_movement": {
        **dict.fromkeys(("sku", "location", "reason"), "t"),
        "condition": "w",
        "uom": "s",
        "quantity": "n",
        "pack_size": "k",
        "refs": "r",
    },
    "product": {
        **dict.fromkeys(("sku", "base_sku", "barcode"), "t"),
        **dict.fromkeys(("uom", "title"), "s"),
        "active": "b",
        "pack_size": "k",
    },
    "outcome": {"flow": "t", "record": "o", "result": "w", "error": "e", "attempt": "i", "target_id": "t"},
}
for _shapes in FIELDS.values():
    _shapes["realm"] = "t"
LINE = {
    **dict.fromkeys(("id", "sku"), "t"),
    "uom": "s",
    "quantity": "q",
    "pack_size": "k",
}
LINES = {
    "order": LINE | {"unit_price": "n", "discount": "n", "fulfilled_quantity": "q"},
    "fulfilment": LINE,
    "return": LINE
    | {"received_quantity": "q", "accepted_quantity": "q", "unit_refund": "n", "reason_code": "t", "disposition": "w"},
    "credit": LINE | {"unit_price": "n", "reason": "w"},
}
