"""Xero's own OpenAPI: each request of the client, each answer of our simulator and payload of the tests fits it."""

import json
from datetime import timedelta

import pytest
import yaml

from connectors.credentials import keep_secret
from connectors.erp.xero import CONNECTOR
from connectors.erp.xero.client import PATH, XeroClient
from connectors.erp.xero.mapper import OF_AN_ORDER, STATUS, lines
from connectors.paging import Window
from connectors.registry import Words
from tests.connectors.contract.openapi import alone, between, strict
from tests.connectors.contract.others import against_others, beside, told
from tests.connectors.contract.watched import members, watched
from tests.connectors.erp.xero.organisation import cn, inv, organisations
from tests.connectors.reading import payload
from tests.connectors.vendors import BEGIN, access, ledger, pull_all

__all__ = ["organisations"]

pytestmark = [*against_others, pytest.mark.django_db]


IN_EXAMPLES_ALONE = ("Status", "DateString")


@pytest.fixture(scope="module")
def network():
    with between(published(), PATH) as found:
        yield found


def published():
    return beside("vendor_specs", "xero_accounting.yaml")


def said(path):
    with open(path, encoding="utf-8") as text:
        return yaml.load(text, yaml.CSafeLoader)


def test_everything_is_asked_for_and_answered_as_documented(network, organisations, tmp_path):
    connection, organisation, clock = organisations(invoices="orders")
    pull_all(connection, network.before(organisation), clock)
    assert {type for type, _ in ledger()} == {type for feed in CONNECTOR.feeds for type in feed.gives}
    specification = str(strict(published(), tmp_path))
    for resource in ("CreditNotes", "Invoices"):  # Prism lets every answer pass where a schema contains itself
        answers = [said for path, said in network.answers if path.startswith(f"/{resource}")]
        assert answers
        wrong = told("fits.mjs", specification=specification, schema=resource, values=answers)
        assert [one for one in wrong if one.get("additionalProperty") not in IN_EXAMPLES_ALONE] == []


def test_what_only_the_examples_name():
    found = said(published())["paths"]["/CreditNotes"]["get"]["responses"]["200"]["content"]["application/json"]
    assert set(IN_EXAMPLES_ALONE) <= {*found["example"], *found["example"]["CreditNotes"][0]}


def test_the_examples_of_the_specification_itself_are_read(organisations):
    """One page of each feed, as an example is the same whatever page is asked for."""
    connection, _, clock = organisations(invoices="orders")
    keep_secret(connection, "access_token", "t", at=BEGIN, expires_at=BEGIN + timedelta(hours=1))
    window = Window(since=BEGIN - timedelta(days=1), until=BEGIN)
    with alone(published(), PATH) as network:
        client = XeroClient(access(connection, network, clock))
        assert client.missing() == []
        for feed in CONNECTOR.feeds:
            for item in client.page(feed.name, window, None).items:
                list(lines(feed.name, item, Words("xero", {})))


def test_the_mapper_reads_no_member_that_xero_does_not_name():
    read = set()
    item = watched(payload("xero", "credit_note"), read)
    list(lines("credit_notes", item, Words("xero", {"reason_category": "Reason"})))
    assert read - members(said(published())) == {"AllocatedTo"}  # what our client adds


def test_deliveries_are_as_documented(organisations, tmp_path):
    _, organisation, _ = organisations()
    specification = str(strict(beside("vendor_specs", "xero-webhooks.yaml"), tmp_path))
    note = {"resourceId": cn(1), "eventCategory": "CREDITNOTE", "eventType": "UPDATE"}
    invoice = {"resourceId": inv(1), "eventCategory": "INVOICE", "eventType": "CREATE"}
    for schema, event in (("CreditNoteWebhookEvent", note), ("WebhookEvent", invoice)):
        bodies = [json.loads(organisation.delivery(*events)[1]) for events in ([event], [event, event], [])]
        assert told("fits.mjs", specification=specification, schema=schema, values=bodies) == []


def test_every_word_has_a_meaning():
    schemas = said(published())["components"]["schemas"]
    assert set(STATUS) == set(schemas["CreditNote"]["properties"]["Status"]["enum"])
    assert set(OF_AN_ORDER) == set(schemas["Invoice"]["properties"]["Status"]["enum"])
