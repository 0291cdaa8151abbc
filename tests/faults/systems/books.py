"""An ERP (Xero): credit notes come, change, and are drafted at our request."""

from datetime import timedelta
from hashlib import sha256

from connectors.erp.xero.simulator import Xero
from connectors.simulating import Bucket
from tests.faults.systems.outside import Outside, now

NOTES = 130


class Books(Outside):
    system, kind, vendor, writes = "erp", "erp", "xero", ("draft_credit",)

    def __init__(self, story, dice):
        super().__init__(Xero(now), story, dice)
        self.number = NOTES
        self.simulator.minute = Bucket(600, 10, now)
        self.simulator.contacts = {customer: customer for customer in story.customers}
        for number in range(NOTES):
            self.simulator.put("CreditNotes", _note(number), story.moment + timedelta(seconds=number))

    def settings(self):
        form = {"reference_form": "{rma} / {sales_order}", "invoice_reference": "never", "credit_account": "200"}
        xero = self.simulator
        return form | {"tenant_id": xero.tenant, "client_id": xero.client_id, "grant": "client_credentials"}

    def secrets(self):
        return {"client_secret": self.simulator.client_secret, "webhook_secret": self.simulator.key}

    def changes(self):
        return (self._new_note, self._changed_note)

    def holds(self):
        return [("credit", id) for id in self.simulator.rows["CreditNotes"]]

    @property
    def drafts(self):
        """The references of what was drafted at our request."""
        made = self.simulator.rows["CreditNotes"].values()
        return [row["Reference"] for row in made if row["CreditNoteID"].startswith("made-")]

    def _new_note(self):
        self.number += 1
        with self.simulator.lock:
            row = self.simulator.put("CreditNotes", _note(self.number))
        return self._told_of(row["CreditNoteID"])

    def _changed_note(self):
        """A status that moves the date of the note, or an allocation that does not, and of which only news tell."""
        with self.simulator.lock:
            row = self.simulator.rows["CreditNotes"][_note(self.dice.randrange(NOTES))["CreditNoteID"]]
            if self.dice.random() < 0.7:
                status = self.dice.choice(("AUTHORISED", "PAID", "VOIDED"))
                self.simulator.put("CreditNotes", row | {"Status": status})
                return self._told_of(row["CreditNoteID"])
            row["Total"] += 1
        return self._told_of(row["CreditNoteID"], always=True)

    def _told_of(self, id, *, always=False):
        said = {"eventCategory": "CREDITNOTE", "resourceId": id, "eventType": "UPDATE"}
        headers, body = self.simulator.delivery(said)
        return self.delivered(sha256(body).hexdigest(), lambda: (headers, body), always=always)


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
