"""Drafts that a resolution offers: a credit note with its lines, a corrected one, a message to the customer."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from exceptions.company import current_company
from exceptions.formats import day_text, money_text, number_text
from exceptions.models import ExceptionCase
from exceptions.resolutions import Resolution

NUMBERS = {"sales_order": "Order", "purchase_order": "Your PO", "rma": "Return", "credit_number": "Credit note"}
DRAFTED = ("raise_credit", "request_corrected_credit", "ask_customer", "chase_payment")


@dataclass(frozen=True)
class Draft:
    """A text to copy or download, with the name of its file."""

    name: str
    text: str


def draft_of(case: ExceptionCase, resolution: Resolution, *, at: datetime) -> Draft:
    """What the resolution's draft says, from what the case shows."""
    what = {"raise_credit": _credit_note, "request_corrected_credit": _correction}.get(resolution.key, _message)
    lines = what(case)
    head = [f"{current_company().name or 'Draft'} · {day_text(at)} · {case}", ""]
    return Draft(f"{case}-{resolution.key}.txt", "\n".join(head + lines) + "\n")


def _numbers(case: ExceptionCase) -> list[str]:
    said = [f"{words}: {case.refs[scheme]}" for scheme, words in NUMBERS.items() if scheme in case.refs]
    return said + ([f"Customer: {case.customer}"] if case.customer else [])


def _credit_note(case: ExceptionCase) -> list[str]:
    lines = ["CREDIT NOTE (draft)", *_numbers(case), ""]
    for suggestion in case.suggestions:
        for line in suggestion.get("lines", []):
            amount = money_text(Decimal(line["amount"]), case.currency)
            lines.append(f"{number_text(Decimal(line['quantity']))} × {line['sku']}  {amount}")
    return [*lines, f"Net to credit: {_money(case.amount, case.currency)}"]


def _correction(case: ExceptionCase) -> list[str]:
    lines = ["Please issue a corrected credit note.", *_numbers(case), "", str(case.title) + ".", ""]
    lines += [
        f"{piece['field']}: should be {piece['expected'] or 'none'}, is {piece['actual'] or 'none'}"
        for piece in case.evidence
    ]
    return [*lines, f"Difference: {_money(case.amount, case.currency)}"]


def _message(case: ExceptionCase) -> list[str]:
    return ["Dear customer,", "", *_numbers(case), "", str(case.title) + ".", "", "Please let us know how to go on."]


def _money(amount: Decimal | None, currency: str | None) -> str:
    return "not known" if amount is None else money_text(amount, currency)
