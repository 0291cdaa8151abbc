"""Connecting systems on pages: what is entered, tested, paused and removed; secrets go in and never come out."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from connectors.credentials import secret, secrets_now
from connectors.models import Connection, Credential, Cursor, PullRun
from connectors.pull import store
from connectors.shopify.simulator import Shopify
from connectors.simulating import answer, served
from exceptions.configuration.changes import history
from exceptions.models import TrailEntry
from exceptions.pulling import due_pulls, take_in_lines
from exceptions.tasks import end_one
from exceptions.trail.sentences import sentence
from reconciliation.models import LedgerEntry, System
from reconciliation.project.celery import app
from tests.connectors.reading import made, payload
from tests.connectors.shopify.shop import fill
from tests.connectors.signing import standard_headers
from tests.connectors.vendors import ledger
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db
SHOP, PUSH = "/settings/connection?system=shop", "/settings/connection?system=layer"
ENTERED = {"shop": "a.example", "client_id": "me", "client_secret": "hush-hush-hush", "version": "2026-07"}
ENTERED |= {"po_in_note": "sparklayer", "drafts": "on_account", "stock": "on_hand", "pack_sizes": "units"}


@pytest.fixture
def systems(db):
    System.objects.create(key="shop", kind="shopify", name="The shop")
    System.objects.create(key="layer", kind="ipaas", vendor="generic", name="The layer", position=1)


@pytest.fixture
def shop(systems):
    """A simulated shop on the loopback, and a function that leads the connection there."""
    made = fill(Shopify(timezone.now))
    with served(made) as address:

        def lead():
            found = Connection.objects.get(system="shop")
            Connection.objects.filter(id=found.id).update(settings=found.settings | {"base": address})

        made.lead = lead
        yield made


def stored(admin, **said):
    return admin.post(SHOP, ENTERED | said, follow=True)


def test_a_system_is_connected_on_a_page(admin, systems):
    page = admin.get(SHOP).content.decode()
    for label in ("Shop", "Client ID", "Client secret", "API version"):
        assert label in page
    assert "of an app with the client credentials grant" in page.lower()
    assert "Stored: how The shop is reached." in stored(admin).content.decode()
    made = Connection.objects.get()
    assert made.settings["shop"] == "a.example"
    assert secret(made, "client_secret") == "hush-hush-hush"


def test_a_secret_goes_in_and_never_comes_out(admin, systems):
    stored(admin)
    page = admin.get(SHOP).content.decode()
    assert "hush-hush-hush" not in page
    assert "Stored on" in page
    assert "hush-hush-hush" not in Credential.objects.get().sealed
    assert "hush-hush-hush" not in json.dumps([entry.details for entry in TrailEntry.objects.all()])
    assert "hush-hush-hush" not in admin.get("/settings/history").content.decode()
    assert "hush-hush-hush" not in admin.get("/connections").content.decode()


def test_an_empty_secret_leaves_the_stored_one_and_a_new_one_replaces_it(admin, systems):
    stored(admin)
    stored(admin, client_secret="", version="2026-10")
    made = Connection.objects.get()
    assert (secret(made, "client_secret"), made.settings["version"]) == ("hush-hush-hush", "2026-10")
    stored(admin, client_secret="another")
    assert secrets_now(made, "client_secret", at=timezone.now()) == ["another", "hush-hush-hush"]


@pytest.mark.parametrize(
    ("said", "field", "told"),
    [
        ({"shop": ""}, "shop", "required"),
        ({"client_secret": ""}, "client_secret", "required"),
        ({"drafts": "sometimes"}, "drafts", "sometimes is not one of the available choices"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(admin, systems, said, field, told):
    page = admin.post(SHOP, ENTERED | said)
    assert told in " ".join(page.context["form"].errors[field])
    assert list(page.context["form"].errors) == [field]
    assert f'id="id_{field}_error"' in page.content.decode()
    assert not Connection.objects.exists()


def test_a_refused_form_does_not_send_the_secret_back(admin, systems):
    assert "hush-hush-hush" not in admin.post(SHOP, ENTERED | {"shop": ""}).content.decode()


def test_each_change_is_in_the_trail_with_who(admin, systems):
    stored(admin)
    stored(admin, shop="b.example", client_secret="another")
    first, second = TrailEntry.objects.order_by("id")
    assert (first.about, first.move, first.by.username) == ("connection shop", "create", "sam")
    assert second.details["before"]["shop"] == "a.example"
    assert second.details["after"]["shop"] == "b.example"
    assert second.details["after"]["client_secret"].startswith("entered 20")
    assert "Changed connection shop: shop from a.example to b.example" in sentence(history().entries[0])


def test_a_secret_that_is_refused_is_in_no_page_and_no_log(admin, shop, capfd, caplog):
    caplog.set_level("DEBUG")
    stored(admin, shop=shop.shop, client_id=shop.client_id, client_secret="a-secret-of-another-app")
    shop.lead()
    shop.fail_next(lambda asked: answer({"error_description": f"we got {asked.read().decode()}"}, status=400))
    test = f"/connections/{Connection.objects.get().id}/test?from=settings"
    page = admin.post(test, follow=True).content.decode()
    assert "we got" in page
    assert "a-secret-of-another-app" not in page + caplog.text + "".join(capfd.readouterr())
    assert "a-secret-of-another-app" not in str(Connection.objects.values())


def test_the_test_says_what_is_missing_in_the_vendors_words(admin, shop):
    stored(admin, shop=shop.shop, client_id=shop.client_id, client_secret="wrong")
    shop.lead()
    test = f"/connections/{Connection.objects.get().id}/test?from=settings"
    page = admin.post(test, follow=True).content.decode()
    assert "client credentials do not match" in page
    assert "Something is missing" in page
    stored(admin, shop=shop.shop, client_id=shop.client_id, client_secret=shop.client_secret)
    page = admin.post(test, follow=True).content.decode()
    assert "nothing is missing" in page
    assert "Ready to be read" in page
    shop.scopes = [scope for scope in shop.scopes if scope != "read_returns"]
    Credential.objects.filter(name="access_token").delete()
    assert "read_returns" in admin.post(test, follow=True).content.decode()


def test_a_new_connection_rests_until_its_reading_begins_as_far_back_as_is_said(admin, systems):
    stored(admin)
    made = Connection.objects.get()
    assert due_pulls(at=timezone.now()) == []
    admin.post(f"/settings/connection/{made.id}/begin", {"depth": "30d"})
    runs = {run.feed: run.until - run.since for run in PullRun.objects.all()}
    assert runs["orders"] == timedelta(days=30)
    assert runs["products"] == timedelta(days=3650)
    assert "open_returns" not in runs
    assert {feed for _, feed in due_pulls(at=timezone.now())} >= {"orders", "products", "open_returns"}
    assert TrailEntry.objects.last().move == "begin"


def test_a_paused_connection_is_left_alone_and_goes_on_when_it_is_resumed(admin, systems):
    stored(admin)
    made = Connection.objects.get()
    admin.post(f"/settings/connection/{made.id}/begin", {"depth": "30d"})
    admin.post(f"/settings/connection/{made.id}/pause")
    assert due_pulls(at=timezone.now()) == []
    assert "Paused since" in admin.get(SHOP).content.decode()
    admin.post(f"/settings/connection/{made.id}/resume")
    assert due_pulls(at=timezone.now())
    assert [entry.move for entry in TrailEntry.objects.order_by("id")] == ["create", "begin", "pause", "resume"]


def test_a_removed_connection_leaves_its_records_and_its_system(admin, systems):
    stored(admin)
    made = Connection.objects.get()
    Cursor.objects.create(connection=made, feed="orders")
    before = LedgerEntry.objects.count()
    assert "Remove the connection of shop?" in admin.get(f"/settings/connection/{made.id}/remove").content.decode()
    page = admin.post(f"/settings/connection/{made.id}/remove", follow=True).content.decode()
    assert "no longer connected" in page
    assert "Connect The shop" in page
    assert not Credential.objects.exists()
    assert (System.objects.count(), LedgerEntry.objects.count()) == (2, before)
    assert sentence(history().entries[0]).startswith("Removed connection shop")


def test_a_connected_system_is_not_removed(admin, systems):
    stored(admin)
    page = admin.post("/settings/systems/remove?row=shop", follow=True).content.decode()
    assert "remove its connection first" in page
    assert System.objects.filter(key="shop").exists()


def test_a_secret_of_pushes_is_made_for_the_person_and_shown_once(admin, systems, client):
    admin.post(PUSH, {"webhook_secret": ""})
    made = Connection.objects.get()
    page = admin.post(f"/settings/connection/{made.id}/secret")
    first = page.context["new_secret"]
    assert first in page.content.decode()
    assert f"/hooks/{made.hook_key}" in page.content.decode()
    assert first not in admin.get(PUSH).content.decode()
    admin.post(f"/settings/connection/{made.id}/secret")
    assert "The one before counts until" in admin.get(PUSH).content.decode()
    assert pushed(client, made, first) == 200
    admin.post(f"/settings/connection/{made.id}/end-old")
    assert pushed(client, made, first) == 401
    assert pushed(client, made, secret(made, "webhook_secret")) == 200
    assert "end_secret" in TrailEntry.objects.values_list("move", flat=True)


def pushed(client, connection, key):
    body = json.dumps({"id": key, "record": {"type": "order", "id": "1"}}).encode()
    headers = standard_headers(body, key, timezone.now(), id=key)
    return client.post(
        f"/hooks/{connection.hook_key}", body, content_type="application/json", headers=headers
    ).status_code


def test_a_secret_that_the_vendor_makes_is_not_made_here(admin, systems):
    stored(admin)
    page = admin.post(f"/settings/connection/{Connection.objects.get().id}/secret", follow=True).content.decode()
    assert "The vendor makes this secret" in page
    assert Credential.objects.count() == 1


def test_an_address_that_no_vendor_delivers_to_is_told(admin, systems, settings):
    Connection.objects.create(system="shop", kind="shopify", paused_at=timezone.now())
    assert "https alone" in admin.get("/settings/connection?system=shop").content.decode()
    settings.PUBLIC_ADDRESS = "https://books.example.com"
    assert "https alone" not in admin.get("/settings/connection?system=shop").content.decode()


def test_the_vendor_is_asked_to_deliver(admin, shop, settings):
    settings.PUBLIC_ADDRESS = "https://books.example.com"
    stored(admin, shop=shop.shop, client_id=shop.client_id, client_secret=shop.client_secret)
    shop.lead()
    subscribe = f"/settings/connection/{Connection.objects.get().id}/subscribe"
    assert "Subscribed: changes are seen within seconds." in admin.post(subscribe, follow=True).content.decode()
    assert TrailEntry.objects.last().move == "subscribe"
    stored(admin, shop=shop.shop, client_id=shop.client_id, client_secret="wrong")
    assert "client credentials do not match" in admin.post(subscribe, follow=True).content.decode()
    admin.post(PUSH, {"webhook_secret": ""})
    layer = Connection.objects.get(system="layer")
    page = admin.post(f"/settings/connection/{layer.id}/subscribe", follow=True).content.decode()
    assert "no call that makes subscriptions" in page


@pytest.mark.parametrize("role", ["agent", "viewer", "finance_controller"])
def test_only_an_admin_connects(client, systems, role):
    client.force_login(PersonFactory(roles=[role]))
    assert client.get(SHOP).status_code == 403
    assert client.post(SHOP, ENTERED).status_code == 403
    assert not Connection.objects.exists()


def test_settings_beside_the_declared_ones_survive_the_page(admin, systems):
    stored(admin)
    Connection.objects.update(settings=ENTERED | {"base": "http://127.0.0.1:1"})
    stored(admin)
    assert Connection.objects.get().settings["base"] == "http://127.0.0.1:1"


def test_a_key_of_many_lines_is_kept_as_it_was_given_out(admin, db):
    System.objects.create(key="house", kind="warehouse", vendor="file")
    address, key = "/settings/connection?system=house", "-----BEGIN KEY-----\nabc\n-----END KEY-----"
    assert '<textarea name="private_key"' in admin.get(address).content.decode()
    said = {"folder": "house", "private_key": key.replace("\n", "\r\n"), "stock": "on_hand", "snapshots": "complete"}
    said |= {"restocks": "returns", "whole_when": "settled", "when_read": "move"}
    admin.post(address, said)
    assert secret(Connection.objects.get(), "private_key") == key
    assert "BEGIN KEY" not in admin.get(address).content.decode()


def test_a_system_without_a_connector_has_no_such_page(admin, db):
    System.objects.create(key="other", kind="generic")
    assert admin.get("/settings/connection?system=other").status_code == 404
    assert admin.get("/settings/connection?system=nobody").status_code == 404


def test_a_removed_connection_says_on_its_page_why_the_vendor_has_not_ended_its_deliveries(admin, shop, settings):
    settings.PUBLIC_ADDRESS = "https://recon.example"
    stored(admin, shop=shop.shop, client_id=shop.client_id, client_secret=shop.client_secret)
    shop.lead()
    id = Connection.objects.get().id
    admin.post(f"/settings/connection/{id}/subscribe")
    assert "is asked first" in admin.get(f"/settings/connection/{id}/remove").content.decode()
    shop.fail_next(*[lambda request: answer({"errors": "The app is not installed"}, status=401)] * 3)
    admin.post(f"/settings/connection/{id}/remove")
    assert end_one(id) == "later"
    page = admin.get(SHOP).content.decode()
    assert "Being removed" in page
    assert "The app is not installed" in page
    admin.post(f"/settings/connection/{id}/stay")
    assert "Being removed" not in admin.get(SHOP).content.decode()
    admin.post(f"/settings/connection/{id}/remove")
    admin.post(f"/settings/connection/{id}/remove", {"anyway": "yes"})
    assert not Connection.objects.exists()


@pytest.fixture
def eager():
    """Tasks run where they are called for."""
    app.conf.task_always_eager = True
    yield
    app.conf.task_always_eager = False


def test_a_meaning_that_is_entered_is_told_at_once(admin, eager, django_capture_on_commit_callbacks):
    System.objects.create(key="portal", kind="rebound", name="The portal")
    address, entered = "/settings/connection?system=portal", {"reads": "pushes", "timezone": "Europe/London"}
    entered |= {"order_reference": "order_number", "read_back": "30"}
    assert "Stored" in admin.post(address, entered, follow=True).content.decode()
    push = payload("rebound", "pushed")
    push["lines"][0]["disposition"] = "To the outlet"
    portal = Connection.objects.get(system="portal")
    store(portal, made("rebound"), [("pushed", push)], read_at=timezone.now(), take_in=take_in_lines, source="webhook")
    with django_capture_on_commit_callbacks(execute=True):
        admin.post(address, entered | {"dispositions": "To the outlet=damaged"})
    assert ledger("return")["return", push["return_id"]]["lines"][0]["disposition"] == "damaged"
