"""The outside systems: an ERP and an integration platform that run beside the product, change and deliver.

Each can be beset for a while: its connections break off, it fails, or it throttles, before or after it has done what
it was asked for.
"""

import json
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from random import Random

from connectors.erp.xero.simulator import Xero
from connectors.ipaas.celigo.simulator import Celigo
from connectors.ipaas.generic.simulator import SECRET, push_of
from connectors.simulating import Bucket, answer, breaking_off, failing, served

NOTES, ERRORS = 130, 6
STEP, FLOW, PUSHED = "f1/s1", "orders-to-shopify", "orders-to-rebound"
TROUBLES = {"cut off": breaking_off, "failing": failing(500), "throttling": failing(429, Retry_After="1")}


class Beset:
    """A simulator that is sometimes in trouble; half of what it then fails to answer it has done."""

    def __init__(self, simulator, dice):
        self.simulator, self.dice = simulator, dice
        self.trouble, self.until = "", 0.0

    def for_a_while(self, seconds, trouble):
        self.trouble, self.until = trouble, time.monotonic() + seconds

    def handle(self, request):
        if time.monotonic() >= self.until:
            return self.simulator.handle(request)
        if self.trouble != "throttling" and self.dice.random() < 0.5:
            self.simulator.handle(request)
        return TROUBLES[self.trouble](request) or answer(status=500)


@dataclass
class Delivery:
    """What a system delivers, under its own name for it; `signed(at)` gives the headers."""

    system: str
    name: str
    body: bytes
    headers: dict = field(default_factory=dict)

    def signed(self, at):
        return self.headers or push_of(self.body, at=at, id=self.name)


class Vendors:
    """Both systems as the product reaches them, over the loopback."""

    def __init__(self, story, seed):
        self.story, self.dice, self.number = story, Random(seed + 2), NOTES
        self.xero, self.celigo = Xero(_now), Celigo(_now)
        self.xero.minute = Bucket(600, 10, _now)
        self.xero.contacts = {customer: customer for customer in story.customers}
        for number in range(NOTES):
            self.xero.put("CreditNotes", _note(number), story.moment + timedelta(seconds=number))
        self.orders = list(story.orders)
        self.dice.shuffle(self.orders)
        self.celigo.errors = [(STEP, self._error(number, story.moment)) for number in range(ERRORS)]
        troubled = Random(seed + 3)
        self.systems = {"erp": Beset(self.xero, troubled), "ipaas": Beset(self.celigo, troubled)}
        self.pushed = []

    def __enter__(self):
        self.stack = ExitStack()
        self.addresses = {system: self.stack.enter_context(served(of)) for system, of in self.systems.items()}
        return self

    def __exit__(self, *error):
        self.stack.close()

    def given(self):
        """What a product needs to know of them."""
        refused = [line for line in self.story.lines if '"CN-X2"' in line]
        return {"connections": self._connections(), "customers": self.story.customers, "refused": refused}

    def said(self):
        """All that was pushed, as it is delivered now."""
        return [[one.system, one.signed(_now()), one.body.decode()] for one in self.pushed]

    def _connections(self):
        form = {"reference_form": "{rma} / {sales_order}", "invoice_reference": "never", "credit_account": "200"}
        whose = {"tenant_id": self.xero.tenant, "client_id": self.xero.client_id, "grant": "client_credentials"}
        of_xero = {"client_secret": self.xero.client_secret, "webhook_secret": self.xero.key}
        of_celigo = {"token": self.celigo.token, "webhook_secret": SECRET}
        flows = {"flows": f"{STEP} = {FLOW} : order : sales_order"}
        return [
            self._connection("erp", "erp", "xero", form | whose, of_xero, "draft_credit"),
            self._connection("ipaas", "ipaas", "celigo", flows, of_celigo, "retry"),
        ]

    def change(self):
        """Something changes there; what is delivered about it."""
        return self.dice.choice((self._new_note, self._changed_note, self._new_error, self._push))()

    def holds(self):
        """What stands there in the end: ids by system and type, and what was made there at our request."""
        errors = [one["errorId"] for _, one in self.celigo.errors + self.celigo.resolved]
        made = [row for row in self.xero.rows["CreditNotes"].values() if row["CreditNoteID"].startswith("made-")]
        return {
            "records": [["credit", "erp", id] for id in self.xero.rows["CreditNotes"]]
            + [["outcome", "ipaas", id] for id in errors],
            "retries": self.celigo.retries,
            "drafts": [row["Reference"] for row in made],
        }

    def _connection(self, system, kind, vendor, settings, secrets, writes):
        named = {"system": system, "kind": kind, "vendor": vendor, "writes_allowed": [writes]}
        return named | {"settings": settings | {"base": self.addresses[system]}, "secrets": secrets}

    def _new_note(self):
        self.number += 1
        with self.xero.lock:
            row = self.xero.put("CreditNotes", _note(self.number))
        return self._told_of(row["CreditNoteID"])

    def _changed_note(self):
        """A status that moves the date of the note, or an allocation that does not, and of which only news tell."""
        with self.xero.lock:
            row = self.xero.rows["CreditNotes"][_note(self.dice.randrange(NOTES))["CreditNoteID"]]
            if self.dice.random() < 0.7:
                self.xero.put("CreditNotes", row | {"Status": self.dice.choice(("AUTHORISED", "PAID", "VOIDED"))})
                return self._told_of(row["CreditNoteID"])
            row["Total"] += 1
        return self._told_of(row["CreditNoteID"], always=True)

    def _told_of(self, id, *, always=False):
        if not always and self.dice.random() < 0.4:
            return []
        headers, body = self.xero.delivery({"eventCategory": "CREDITNOTE", "resourceId": id, "eventType": "UPDATE"})
        return [Delivery("erp", sha256(body).hexdigest(), body, headers)]

    def _new_error(self):
        """A record that failed there, of which nobody tells."""
        with self.celigo.lock:
            number = len(self.celigo.errors) + len(self.celigo.resolved)
            self.celigo.errors.append((STEP, self._error(number, _now())))
        return []

    def _push(self):
        """An order that failed to arrive and then did: two words of one outcome, which are delivered in any order."""
        number = len(self.pushed)
        id, sales_order = self.orders[-1 - number]
        said = {"id": f"push-{number}", "flow": PUSHED, "result": "failed", "error": {"code": "timeout"}}
        said |= {"record": {"type": "order", "id": id, "refs": {"sales_order": sales_order}}}
        at = self.story.moment + timedelta(seconds=number)
        told = [said | {"at": at.isoformat()}]
        told.append(said | {"at": (at + timedelta(minutes=1)).isoformat(), "result": "success", "error": None})
        made = [Delivery("ipaas", f"{said['id']}-{word['result']}", json.dumps(word).encode()) for word in told]
        self.pushed += made
        return made

    def _error(self, number, at):
        said = {"occurredAt": f"{at:%Y-%m-%dT%H:%M:%S}Z", "source": "application", "code": "response_failure"}
        said |= {"traceKey": self.orders[number][1], "message": "The address has no postcode"}
        return said | {"errorId": f"e{number}", "retryDataKey": f"rdk-{number}", "classification": "value"}


def _now():
    return datetime.now(UTC)


def _note(number):
    """A credit note in a currency whose months nobody closes."""
    line = {"LineItemID": f"line-{number}", "ItemCode": f"X-{number}", "Description": "A thing", "Quantity": 1}
    line |= {"UnitAmount": 10.0 + number, "LineAmount": 10.0 + number, "TaxAmount": 0, "Tracking": []}
    return {
        "CreditNoteID": f"c0000000-0000-4000-8000-{number:012}",
        "CreditNoteNumber": f"XN-{number:04}",
        "Type": "ACCRECCREDIT",
        "Status": "AUTHORISED",
        "Reference": f"RMA-X{number} / SO-X{number}",
        "Contact": {"ContactID": "C-1001", "Name": "Whitby Home"},
        "DateString": "2026-11-01T00:00:00",
        "LineAmountTypes": "Exclusive",
        "LineItems": [line],
        "SubTotal": 10.0 + number,
        "TotalTax": 0,
        "Total": 10.0 + number,
        "RemainingCredit": 10.0 + number,
        "CurrencyCode": "EUR",
        "Allocations": [],
        "Payments": [],
    }
