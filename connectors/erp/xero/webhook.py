"""Deliveries from Xero: signed with the webhook key, without amounts, each a hint that something changed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from connectors.http import Unreadable, exact_json
from connectors.webhooks import Forged, Incoming, Malformed, News, Reread, WrongSender, signed

READ = {"CREDITNOTE": "CreditNotes", "INVOICE": "Invoices"}


def verify(incoming: Incoming, secrets: Sequence[str], settings: Mapping[str, str], at: datetime) -> None:
    """Base64 of the HMAC-SHA256 of the raw body; some of it must be about our organisation, unless it only knocks.

    Xero proves an address by deliveries without events, rightly and wrongly signed: it wants 200 and 401.
    """
    given = incoming.header("x-xero-signature")
    if not signed(incoming.body, given, [secret.encode() for secret in secrets]):
        raise Forged("The signature does not fit.")
    tenants = {str(event.get("tenantId")) for event in _events(incoming)}
    if tenants and str(settings.get("tenant_id")) not in tenants:
        raise WrongSender("The delivery is about another organisation.")


def news(incoming: Incoming) -> Sequence[News]:
    """What is to be read again; each id with its organisation, as one key serves several."""
    found: list[News] = []
    for event in _events(incoming):
        what, id = READ.get(str(event.get("eventCategory"))), event.get("resourceId")
        if what and not id:
            raise Malformed("An event names no resource.")
        if what:
            found.append(Reread(what, f"{event.get('tenantId')}/{id}"))
    return found


def _events(incoming: Incoming) -> list[dict[str, Any]]:
    try:
        said = exact_json(incoming.body)
    except Unreadable as error:
        raise Malformed(str(error)) from None
    events = said.get("events") if isinstance(said, dict) else None
    if not isinstance(events, list) or not all(isinstance(event, dict) for event in events):
        raise Malformed("The body holds no events.")
    return events
