"""A month as it was signed: the lines that its hash covers, reading it back, and verifying it."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

from exceptions.models import Period, PeriodItem
from exceptions.months.parts import PARTS, Headline, Item, Line, Method, lines
from exceptions.months.statement import Statement, month_bounds

FIELDS = ("part", "bucket", "name", "record", "system", "reference", "customer", "amount", "at", "case_id", "shares")


def totals(statement: Statement) -> dict[str, Any]:
    """The lines of every part, and what stands beside them, as they are stored and hashed."""
    parts = {
        part: [[line.bucket, line.name, str(line.amount), line.count] for line in statement.lines(part)]
        for part in PARTS
    }
    return parts | {
        "tax_credited": str(statement.tax_credited),
        "methods": [[method.label, method.documents, str(method.amount)] for method in statement.methods],
        "sales": [statement.sales[0], str(statement.sales[1])],
        "conservation": [list(row) for row in statement.conservation],
        "rejected": statement.rejected,
        "unpriced": statement.unpriced,
    }


def stored(period: Period, items: Iterable[Item]) -> list[PeriodItem]:
    """The items as rows of a period, not saved yet."""
    return [
        PeriodItem(period=period, **{name: getattr(item, name) for name in FIELDS} | {"shares": _texts(item.shares)})
        for item in items
    ]


def signed_items(period: Period) -> list[Item]:
    """The items of a period as they were signed."""
    rows = period.items.order_by("part", "bucket", "name", "record", "id")
    return [Item(**{name: getattr(row, name) for name in FIELDS} | {"shares": _exact(row.shares)}) for row in rows]


def signed_statement(period: Period) -> Statement:
    """The statement of a period as it was signed; raises AssertionError where nobody has."""
    assert period.as_of is not None
    known = period.totals
    return Statement(
        period.month,
        period.currency,
        *month_bounds(period.month),
        as_of=period.as_of,
        items=signed_items(period),
        tax_credited=Decimal(known["tax_credited"]),
        methods=[Method(label, count, Decimal(amount)) for label, count, amount in known["methods"]],
        sales=(known["sales"][0], Decimal(known["sales"][1])),
        conservation=[tuple(row) for row in known["conservation"]],
        rejected=known["rejected"],
        unpriced=known["unpriced"],
    )


def signed_headline(period: Period) -> Headline:
    """What a period came to in short, as it was signed."""
    parts = {
        part: [(bucket, Decimal(amount)) for bucket, _, amount, _ in period.totals[part]]
        for part in ("returns", "liability", "credits")
    }
    unexplained = sum((amount for bucket, amount in parts["returns"] if bucket == "unexplained"), Decimal(0))
    liability, credited = (sum((amount for _, amount in parts[part]), Decimal(0)) for part in ("liability", "credits"))
    return Headline(-unexplained, liability, credited)


def content_lines(period: Period) -> Iterator[str]:
    """All that was signed, a line each: month, moment, totals, configuration and feeds, then every item."""
    assert period.as_of is not None
    head = [period.month, period.currency, period.as_of.isoformat(), period.totals, period.configuration, period.feeds]
    yield json.dumps(head, sort_keys=True)
    for item in period.items.order_by("part", "bucket", "name", "record", "amount", "id").iterator(chunk_size=2_000):
        yield json.dumps([_plain(getattr(item, name)) for name in FIELDS], sort_keys=True)


def hash_of(said: Iterable[str]) -> str:
    """The SHA-256 of lines, each with its line feed."""
    hashed = sha256()
    for line in said:
        hashed.update(line.encode() + b"\n")
    return hashed.hexdigest()


def content_hash(period: Period) -> str:
    """The SHA-256 of all that was signed."""
    return hash_of(content_lines(period))


def verify(period: Period) -> list[str]:
    """What is wrong with a signed period, in sentences; nothing where it is as it was signed."""
    if period.content_hash is None:
        return []
    found = []
    if content_hash(period) != period.content_hash:
        found.append(f"{period}: the content is not what was signed.")
    signed = period.signatures.filter(act__in=["prepared", "reviewed"]).order_by("-id").first()
    if signed is None or signed.content_hash != period.content_hash:
        found.append(f"{period}: no signature covers the content.")
    wrong = differing(period.totals, signed_items(period))
    return found + [f"{period}: the line {line.label} is not the sum of its records." for line in wrong]


def differing(known: dict[str, Any], items: Iterable[Item]) -> list[Line]:
    """The lines of the items that are not what the signed totals say."""
    items = list(items)
    amounts = {
        (part, bucket, name): Decimal(amount) for part in PARTS for bucket, name, amount, _ in known.get(part, [])
    }
    made = [(part, line) for part in PARTS for line in lines(items, part)]
    return [line for part, line in made if amounts.get((part, line.bucket, line.name)) != line.amount]


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if value is None or isinstance(value, dict):
        return value
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _texts(shares: dict[str, Decimal]) -> dict[str, str]:
    return {sku: f"{amount:f}" for sku, amount in shares.items()}


def _exact(shares: dict[str, str]) -> dict[str, Decimal]:
    return {sku: Decimal(amount) for sku, amount in shares.items()}
