"""The guide's pages: each step, who may, what it proposes, and how it goes on where somebody left."""

from datetime import timedelta

import pytest
from django.utils import timezone

from connectors.models import Connection, Cursor, PullRun
from exceptions.configuration.changes import history
from exceptions.models import Company, ExceptionCase, TrailEntry
from exceptions.setup.progress import STEPS, done_steps, held_back, next_step
from exceptions.tasks import reconcile_changes
from exceptions.trail.sentences import sentence
from reconciliation.models import Flow, Run, System
from tests.exceptions.people import case
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db
KINDS = ["shopify", "warehouse/shipbob"]
COMPANY = {"name": "Harbour & Pine", "time_zone": "Europe/London", "currency": "gbp", "locale": "en-gb"}
COMPANY |= {"first_weekday": "1", "close_day": "5", "idle_minutes": "30", "session_hours": "12"}


@pytest.fixture
def systems(admin):
    admin.post("/setup/systems", {"kinds": KINDS})
    return admin


def proposed(page):
    """What the page's form would send if nothing were changed."""
    form, said = page.context["form"], {}
    for part in (form.word, *form.proposals):
        for field in part:
            value = field.value()
            if value not in (None, "", False):
                said[field.html_name] = "on" if value is True else value
    return said


def test_a_fresh_product_leads_its_first_admin_to_the_guide(admin):
    assert admin.get("/", follow=True).redirect_chain[-1][0] == "/setup/company"


def test_others_are_told_that_nothing_is_connected(client, db):
    client.force_login(PersonFactory(roles=["agent"]))
    answer = client.get("/")
    assert answer.status_code == 200
    assert "Nothing is connected yet" in answer.content.decode()


def test_the_empty_queue_leads_an_admin_there_too(admin):
    assert 'href="/setup/"' in admin.get("/queue").content.decode()


def test_a_brand_with_systems_begins_at_its_home(systems):
    assert systems.get("/").status_code == 200


@pytest.mark.parametrize("role", ["agent", "viewer", "finance_controller"])
@pytest.mark.parametrize("step", ["", *STEPS])
def test_only_an_admin_sets_up(client, db, role, step):
    client.force_login(PersonFactory(roles=[role]))
    assert client.get(f"/setup/{step}").status_code == 403
    assert client.post("/setup/systems", {"kinds": KINDS}).status_code == 403
    assert not System.objects.exists()


def test_the_company_needs_a_name_and_says_its_currency(admin):
    refused = admin.post("/setup/company", COMPANY | {"name": "", "currency": "pounds"})
    assert set(refused.context["editing"].form.errors) == {"name", "currency"}
    assert admin.post("/setup/company", COMPANY).headers["Location"] == "/setup/systems"
    stored = Company.objects.get()
    assert (stored.name, stored.currency, stored.time_zone) == ("Harbour & Pine", "GBP", "Europe/London")
    assert "company" in TrailEntry.objects.get().about


def test_every_kind_can_be_chosen(admin):
    page = admin.get("/setup/systems").content.decode()
    for title in ("SparkLayer B2B", "Shopify", "commercetools", "ReBound", "Swap", "ReturnGO", "ShipBob", "Mintsoft"):
        assert title in page
    for title in ("Warehouse, by files", "ERP, by files", "Xero", "Celigo", "Workato", "Boomi", "Patchworks"):
        assert title in page
    assert "Another system, by our API or files of records" in page


def test_systems_get_keys_of_their_own(admin):
    admin.post("/setup/systems", {"kinds": ["shopify", "warehouse/file", "erp/file", "ipaas/generic", "generic"]})
    admin.post("/setup/systems", {"kinds": ["shopify"]})
    found = dict(System.objects.values_list("key", "name"))
    assert set(found) == {"shopify", "shopify-2", "warehouse", "erp", "ipaas", "generic"}
    assert found["shopify-2"] == "Shopify 2"
    assert "Added system shopify" in "".join(sentence(entry) for entry in history().entries)


@pytest.mark.parametrize("said", [{}, {"kinds": ["moods"]}])
def test_what_is_no_kind_is_refused(admin, said):
    assert 'role="alert"' in admin.post("/setup/systems", said).content.decode()
    assert not System.objects.exists()


def test_each_system_leads_to_its_credentials_and_back(systems):
    page = systems.get("/setup/credentials").content.decode()
    assert page.count("Nothing entered yet.") == 2
    assert "system=shopify&amp;from=setup" in page
    assert 'href="/setup/credentials"' in systems.get("/settings/connection?system=shopify&from=setup").content.decode()


def test_a_connection_that_lacks_nothing_leads_on(systems):
    Connection.objects.create(system="shopify", kind="shopify", paused_at=timezone.now())
    address = "/settings/connection?system=shopify"
    assert "Go on with setting up" not in systems.get(f"{address}&from=setup").content.decode()
    Connection.objects.update(tested_at=timezone.now())
    assert "Go on with setting up" in systems.get(f"{address}&from=setup").content.decode()
    assert "Go on with setting up" not in systems.get(address).content.decode()
    Connection.objects.update(missing=["A scope"])
    assert "Go on with setting up" not in systems.get(f"{address}&from=setup").content.decode()


@pytest.mark.parametrize(("kind", "name"), [("rebound", "reads"), ("erp/xero", "grant")])
def test_what_decides_what_else_is_entered_is_asked_for_at_once(admin, kind, name):
    admin.post("/setup/systems", {"kinds": [kind]})
    form = admin.get(f"/settings/connection?system={System.objects.get().key}&from=setup").context["form"]
    assert name in [field.name for field in form.first]


@pytest.mark.parametrize(
    ("kind", "name"), [("ipaas/celigo", "flows"), ("ipaas/boomi", "flows"), ("sparklayer", "sync_flows")]
)
def test_who_names_our_flows_is_told_what_they_are_called_also_before_there_are_any(systems, kind, name):
    systems.post("/setup/systems", {"kinds": [kind]})
    address = f"/settings/connection?system={System.objects.latest('position').key}&from=setup"
    asked = systems.get(address).context["form"][name]
    assert "Ours: " in asked.help_text
    assert "orders-to-shipbob" in asked.help_text
    systems.post("/setup/flows", proposed(systems.get("/setup/flows")))
    Flow.objects.exclude(key="stock-to-shopify").delete()
    assert "Ours: stock-to-shopify." in systems.get(address).context["form"][name].help_text
    assert "stock-to-shopify</span>" in systems.get("/setup/flows").content.decode()


def test_a_choice_that_has_to_be_made_is_marked(admin):
    admin.post("/setup/systems", {"kinds": ["commercetools"]})
    form = admin.get("/settings/connection?system=commercetools&from=setup").context["form"]
    assert form.fields["region"].required
    assert not form.fields["channel"].required
    answer = admin.post("/settings/connection?system=commercetools&from=setup", {"project_key": "p", "client_id": "c"})
    assert set(answer.context["form"].errors) == {"region", "client_secret"}


def test_systems_go_by_their_names(systems):
    System.objects.filter(key="shopify").update(name="Our shop")
    Connection.objects.create(system="shopify", kind="shopify", paused_at=timezone.now())
    assert "Begins with: Our shop." in " ".join(systems.get("/setup/history").content.decode().split())
    systems.post("/setup/systems", {"kinds": ["erp/xero"]})
    assert "is read from Xero yet" in systems.get("/setup/flows").content.decode()


def test_likely_flows_are_ticked_and_stored_as_the_person_changes_them(systems):
    said = proposed(systems.get("/setup/flows"))
    assert said["orders-to-shipbob-cadence"] == "15m"
    said |= {"orders-to-shipbob-grace": "3h", "word-stock": ["shipbob"]}
    del said["returns-to-shipbob-taken"]
    assert systems.post("/setup/flows", said).headers["Location"] == "/setup/history"
    keys = set(Flow.objects.values_list("key", flat=True))
    assert keys == {"orders-to-shipbob", "shipments-to-shopify", "stock-to-shopify", "products-to-shipbob"}
    assert Flow.objects.get(key="orders-to-shipbob").grace == timedelta(hours=3)
    assert System.objects.get(key="shopify").authority == ["order", "price", "product", "return", "credit"]
    assert System.objects.get(key="shipbob").authority == ["stock"]
    assert "Added flow orders-to-shipbob" in "".join(sentence(entry) for entry in history().entries)


def test_orders_of_a_trade_storefront_must_carry_a_po_number_unless_the_person_says_not(admin):
    admin.post("/setup/systems", {"kinds": ["sparklayer", "shopify"]})
    System.objects.filter(key="shopify").update(requires={"order": ["sales_order"], "credit": ["rma"]})
    said = proposed(admin.get("/setup/flows"))
    admin.post("/setup/flows", said | {"word-purchase_order": ["sparklayer", "shopify"]})
    requires = dict(System.objects.values_list("key", "requires"))
    assert requires["sparklayer"] == {"order": ["purchase_order"]}
    assert requires["shopify"] == {"credit": ["rma"], "order": ["sales_order", "purchase_order"]}
    said = proposed(admin.get("/setup/flows"))
    assert said.pop("word-purchase_order") == ["sparklayer", "shopify"]
    admin.post("/setup/flows", said)
    requires = dict(System.objects.values_list("key", "requires"))
    assert requires == {"sparklayer": {}, "shopify": {"credit": ["rma"], "order": ["sales_order"]}}


def test_what_the_rules_refuse_is_said_at_its_field_and_nothing_is_stored(systems):
    said = proposed(systems.get("/setup/flows"))
    page = systems.post("/setup/flows", said | {"orders-to-shipbob-grace": "soon", "stock-to-shopify-quantity": "-1"})
    wrong = {form.prefix: dict(form.errors) for form in page.context["form"].proposals if form.errors}
    assert "is no duration" in wrong["orders-to-shipbob"]["grace"][0]
    assert "no decimal" in wrong["stock-to-shopify"]["quantity"][0]
    assert not Flow.objects.exists()
    assert System.objects.get(key="shopify").authority == []


def test_what_is_wrong_with_a_flow_that_is_left_does_not_matter(systems):
    said = proposed(systems.get("/setup/flows")) | {"orders-to-shipbob-grace": "soon"}
    del said["orders-to-shipbob-taken"]
    assert systems.post("/setup/flows", said).status_code == 302
    assert not Flow.objects.filter(key="orders-to-shipbob").exists()


def test_a_stored_flow_is_not_proposed_again_and_word_stays(systems):
    systems.post("/setup/flows", proposed(systems.get("/setup/flows")))
    page = systems.get("/setup/flows")
    assert page.context["form"].proposals == []
    before = TrailEntry.objects.count()
    systems.post("/setup/flows", proposed(page))
    assert TrailEntry.objects.count() == before


def test_reading_begins_everywhere_as_far_back_as_is_said(systems):
    for system in System.objects.all():
        Connection.objects.create(
            system=system.key, kind=system.kind, vendor=system.vendor, paused_at=timezone.now(), settings={}
        )
    assert "Begins with: Shopify, ShipBob." in systems.get("/setup/history").content.decode()
    assert systems.post("/setup/history", {"depth": "365d"}).headers["Location"] == "/setup/reading"
    assert not Connection.objects.exclude(paused_at=None).exists()
    assert PullRun.objects.get(connection__system="shopify", feed="orders").since < timezone.now() - timedelta(days=364)
    page = systems.get("/setup/reading").content.decode()
    assert "waits for its turn" in page
    assert 'hx-get="/setup/reading"' in page


def test_progress_shows_records_room_and_what_stands_in_the_way(systems):
    made = Connection.objects.create(system="shopify", kind="shopify", room={"left": 1200, "limit": 2000})
    now = timezone.now()
    Cursor.objects.create(connection=made, feed="orders", records=1234, failures=2, error="502 from the shop")
    PullRun.objects.create(connection=made, feed="orders", since=None, until=now, pages=5, resume_at=now)
    part = systems.get("/setup/reading", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    for said in ("1,234", "502 from the shop", "1,200 of 2,000", "tried again"):
        assert said in part


def test_runs_wait_for_the_first_reading_and_no_longer(systems):
    made = Connection.objects.create(system="shopify", kind="shopify")
    now = timezone.now()
    run = PullRun.objects.create(connection=made, feed="orders", until=now, started_at=now)
    assert held_back(at=now)
    assert reconcile_changes() == {}
    assert not Run.objects.exists()
    assert not held_back(at=now + timedelta(days=2))
    PullRun.objects.filter(id=run.id).update(finished_at=now)
    assert not held_back(at=now)
    PullRun.objects.create(connection=made, feed="orders", until=now, started_at=now)
    assert not held_back(at=now)


def test_once_there_are_exceptions_a_new_system_holds_up_nothing(systems):
    made = Connection.objects.create(system="shopify", kind="shopify")
    now = timezone.now()
    PullRun.objects.create(connection=made, feed="orders", until=now, started_at=now)
    case()
    assert not held_back(at=now)
    ExceptionCase.objects.all().delete()


def test_the_steps_know_by_themselves_how_far_one_was(systems):
    assert next_step(done_steps()) == "company"
    systems.post("/setup/company", COMPANY)
    assert next_step(done_steps()) == "credentials"
    for key in ("shopify", "shipbob"):
        system = System.objects.get(key=key)
        Connection.objects.create(
            system=key, kind=system.kind, vendor=system.vendor, paused_at=timezone.now(), tested_at=timezone.now()
        )
    assert next_step(done_steps()) == "flows"
    systems.post("/setup/flows", proposed(systems.get("/setup/flows")))
    assert systems.get("/setup/").headers["Location"] == "/setup/history"
    systems.post("/setup/history", {"depth": "30d"})
    assert next_step(done_steps()) == "reading"
    now = timezone.now()
    PullRun.objects.update(finished_at=now)
    for made in Connection.objects.all():
        for feed in ("orders", "drafts", "products", "stock", "open_returns", "open_drafts", "deleted", "returns"):
            Cursor.objects.create(connection=made, feed=feed, succeeded_at=now, watermark=now)
    assert next_step(done_steps()) == "run"
    Run.objects.create(as_of=now, full=True, advanced=True, configuration=1, finished_at=now, groups=9)
    case()
    assert done_steps()["run"]
    page = systems.get("/setup/run").content.decode()
    assert "First exceptions: 1 of 1 kind" in page


def test_a_run_whose_findings_are_not_filed_yet_is_not_over(systems):
    found = [{"kind": "order_missing_downstream", "found": 3}]
    now = timezone.now()
    Run.objects.create(as_of=now, full=True, advanced=True, configuration=1, finished_at=now, groups=9, checks=found)
    page = systems.get("/setup/run?asked").content.decode()
    assert "Everything is being examined." in page
    case()
    assert "First exceptions: 1 of 1 kind" in systems.get("/setup/run?asked").content.decode()


def test_where_nothing_disagrees_the_guide_says_so(systems):
    now = timezone.now()
    Run.objects.create(as_of=now, full=True, advanced=True, configuration=1, finished_at=now, groups=9)
    page = systems.get("/setup/run").content.decode()
    assert "Nothing disagrees" in page
    assert "over 9 order groups" in page


def test_the_pages_ask_few_questions_of_the_database(systems, django_assert_max_num_queries):
    for system in System.objects.all():
        Connection.objects.create(system=system.key, kind=system.kind, vendor=system.vendor)
    for step in STEPS:
        with django_assert_max_num_queries(25):
            systems.get(f"/setup/{step}")
