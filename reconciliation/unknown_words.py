"""The words that systems send and that nobody has given a meaning yet, each with the meaning that it is likely to have.

They are read from the ledgers as they are now, so that they are known before the first run.
"""

import re
from dataclasses import dataclass

from reconciliation.statements import rows

MOST = 300
REJECTIONS = ("payment_pending", "order_not_found", "unknown_sku", "unknown_customer", "outside_terms")
TABLE_OF = {"reason": "reason_codes", "rejection": "rejection_reasons"}  # of all others: statuses

# canonical word → words that speak for it; the first that has one in the raw word wins, so exceptions come first
LIKELY: dict[str, dict[str, str]] = {
    "order": {
        "cancelled": "cancelled canceled cancellation void voided deleted declined rejected",
        "part_fulfilled": "part partial partially partly",
        "open": "unfulfilled unshipped new placed open pending received confirmed accepted awaiting draft backorder",
        "released": "released processing progress picking picked packing packed allocated printed ready started",
        "fulfilled": "fulfilled shipped dispatched despatched delivered sent complete completed",
        "closed": "closed archived finished done invoiced",
    },
    "payment.method": {
        "card": "card visa mastercard amex stripe maestro debit",
        "bank_transfer": "bank bacs transfer wire sepa ach chaps iban",
        "on_account": "account terms net net7 net14 net30 net60 net90 invoice trade credit",
        "other": "paypal cash klarna manual gift voucher cheque other",
    },
    "payment.status": {
        "part_refunded": "part partial partially partly",
        "pending": "unpaid pending awaiting due overdue open outstanding",
        "refunded": "refunded",
        "void": "void voided cancelled canceled expired",
        "failed": "failed failure declined error refused",
        "authorised": "authorised authorized authorisation authorization",
        "paid": "paid captured settled complete completed success",
    },
    "fulfilment": {
        "cancelled": "cancelled canceled failure failed error void",
        "pending": "pending open awaiting processing picking packed ready new submitted unfulfilled scheduled hold",
        "dispatched": "dispatched despatched shipped delivered transit fulfilled success complete completed sent",
    },
    "return": {
        "cancelled": "cancelled canceled expired deleted void",
        "rejected": "rejected declined denied refused",
        "closed": "closed complete completed refunded credited resolved finished done processed",
        "inspected": "inspected checked graded inspection qc",
        "received": "received arrived hub delivered booked",
        "in_transit": "transit shipped sent dispatched despatched way collected",
        "authorised": "approved authorised authorized accepted label",
        "requested": "requested request created new open submitted pending awaiting draft",
    },
    "credit": {
        "void": "void voided deleted cancelled canceled",
        "failed": "failed failure error declined",
        "draft": "draft pending submitted awaiting",
        "applied": "applied paid allocated settled refunded closed",
        "issued": "issued authorised authorized approved posted open sent success",
    },
    "reason": {
        "damaged": "damaged broken damage transit",
        "faulty": "faulty defective defect fault quality",
        "size": "size small big large fit tight loose short long",
        "wrong_item": "wrong incorrect mistake",
        "not_as_described": "described description different colour color expected",
        "late": "late delay delayed",
        "unwanted": "unwanted changed mind longer want unsold overstock duplicate",
        "other": "other unknown",
    },
    "rejection": {
        "payment_pending": "payment unpaid paid",
        "unknown_sku": "sku product item article",
        "unknown_customer": "customer account buyer",
        "order_not_found": "order",
        "outside_terms": "window late expired terms period policy days",
    },
}
WORDS_IN = re.compile(r"[a-z]+[0-9]*|[0-9]+")
CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True)
class UnknownWord:
    """A word of a system without a meaning; `of`: a status' name in the contract, `reason` or `rejection`."""

    system: str
    of: str
    raw: str
    records: int

    @property
    def table(self) -> str:
        """The table of the topology in which it would be mapped."""
        return TABLE_OF.get(self.of, "statuses")

    @property
    def likely(self) -> str:
        """The meaning that it is likely to have; empty where none is."""
        return likely_meaning(self.of, self.raw)


def unknown_words(*, most: int = MOST) -> list[UnknownWord]:
    """The words that no mapping knows now, the most frequent first."""
    found = rows("words/unknown", {"rejections": list(REJECTIONS), "most": most})
    return [UnknownWord(*row) for row in found]


def likely_meaning(of: str, raw: str) -> str:
    """What a word is likely to stand for, by the words in it; empty where nothing speaks for anything."""
    said = set(WORDS_IN.findall(CAMEL.sub(" ", raw).lower()))
    return next((meaning for meaning, words in LIKELY[of].items() if said & set(words.split())), "")
