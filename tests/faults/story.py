"""What is told to the product: a sample brand's lines, as far as finance can close its last month over them."""

import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from connectors.sample_brand import sample_brand
from reconciliation.declarations import checks

CURRENCY = "GBP"
QUIET = ("products-to-rebound", "products-to-warehouse", "returns-to-shopify", "credits-to-erp")
UNCREDITED, UNNUMBERED = 6, 8


@dataclass(frozen=True)
class Story:
    """The lines, those that the month to be closed stands on first; customers; (id, sales order) of orders that have
    arrived everywhere."""

    moment: datetime
    month: str
    early: list[str]
    late: list[str]
    customers: list[str]
    orders: list[tuple[str, str]]

    @property
    def lines(self):
        return self.early + self.late


def story_of(moment, *, orders):
    """Without the last words of flows that would be silent, without critical troubles of the month, without the credit
    notes of some of its returns, which the ERP is to be told to draft, and without the PO numbers of some orders of
    another currency in the shop, which are to be waived."""
    brand, month = sample_brand(moment, orders=orders, times=1), f"{moment.replace(day=1) - timedelta(days=1):%Y-%m}"
    told = [(line, _read(line)) for line in brand.lines]
    critical = {_number(subject) for kind, subject in brand.injected if checks()[_kind(kind)].severity == "critical"}
    of_month = {_number(line) for line, said in told if said.get("at", "").startswith(month)}
    spoiled = {_number(subject) for _, subject in brand.injected} - {None}
    uncredited = [said["id"] for _, said in told if _is_credit_of(said, month, spoiled)][:UNCREDITED]
    out = (critical & of_month) - {None}
    unnumbered = {said["id"]: None for _, said in told if _is_copy(said, spoiled)}
    unnumbered = [*unnumbered][:UNNUMBERED]
    lines = [
        _without_po(said) if said.get("type") == "order" and said.get("id") in unnumbered else line
        for line, said in told
        if said.get("flow") not in QUIET and said.get("id") not in uncredited and _number(line) not in out
    ]
    first = [said for _, said in told if said.get("type") == "order" and said.get("system") == "sparklayer"]
    known = {said["id"]: said["refs"]["sales_order"] for said in first if _number(said["id"]) not in spoiled}
    customers = sorted({said["customer"]["id"] for said in first})
    early = [line for line in lines if _number(line) in of_month | {None}]
    late = [line for line in lines if _number(line) not in of_month | {None}]
    return Story(moment, month, early, late, customers, sorted(known.items()))


def _read(line):
    try:
        return json.loads(line)
    except ValueError:
        return {}


def _kind(injected):
    return injected if injected in checks() else "unsupported_credit"


def _number(text):
    """The number of the order that a subject or a line is of; null where it has none."""
    found = re.search(r"\b(?:SO-|[A-Z]+-)(\d{5})\b", text)
    return found and found[1]


def _is_copy(said, spoiled):
    theirs = said.get("type") == "order" and said.get("system") == "shopify" and said.get("currency") == "EUR"
    return theirs and "purchase_order" in said.get("refs", {}) and _number(said["id"]) not in spoiled


def _without_po(said):
    refs = {scheme: number for scheme, number in said["refs"].items() if scheme != "purchase_order"}
    return json.dumps(said | {"refs": refs})


def _is_credit_of(said, month, spoiled):
    ours = said.get("type") == "credit" and said.get("system") == "erp" and said.get("currency") == CURRENCY
    calm = ours and "rma" in said.get("refs", {}) and _number(said["id"]) not in spoiled
    return calm and said.get("issued_at", "").startswith(month)
