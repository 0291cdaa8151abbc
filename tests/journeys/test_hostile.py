"""Records, settings and people that attack whoever looks at them: pages show their words, and none acts on them."""

import io
import json

import pytest
from django.utils import timezone

from connectors.lines import read_lines
from connectors.sample_brand import sample_brand
from exceptions.models import ExceptionCase, OwnershipRule, SavedView, TrailEntry
from exceptions.reconciling import reconcile
from reconciliation.intake import take_in
from reconciliation.models import System
from reconciliation.topology import load
from tests.exceptions.people import someone
from tests.journeys.places import places

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SCRIPT = "\"><script>hostile=1</script><img src=x onerror='hostile=1'>"
COMPUTED = "${7*7}$ {{7*7}}$ {% now 'Y' %}"
WORDS = f"=cmd|'/c calc'!A0{SCRIPT}{COMPUTED}';drop table version;--\u202egnp.exe javascript:hostile=1"
SPOKEN = {"name", "email", "notes", "title", "error_message", "hold", "terms", "ship_to"}  # nothing is joined by these
JOINED = {"sku", "purchase_order"}


def poisoned(value, name=""):
    """The line with hostile words in every text that people chose; what joins records joins them still."""
    if isinstance(value, dict):
        customer = {"id": f"{value['id']}{SCRIPT}"} if name == "customer" and value.get("id") else {}
        return {key: poisoned(part, key) for key, part in value.items()} | customer
    if isinstance(value, list):
        return [poisoned(part, name) for part in value]
    if isinstance(value, str) and name in JOINED:
        return f"{value}{SCRIPT}"
    return WORDS if isinstance(value, str) and name in SPOKEN else value


def lines_of(texts):
    """The lines that are JSON, poisoned; the others are hostile enough."""
    for text in texts:
        try:
            yield json.dumps(poisoned(json.loads(text)))
        except ValueError:
            yield text


@pytest.fixture
def hostile(company):
    """The sample brand as somebody who means harm would have it, and an admin who looks at everything."""
    made = sample_brand(timezone.now(), orders=150, times=1)
    load(made.topology)
    System.objects.update(name=WORDS)
    body = "\n".join(lines_of(made.lines)).encode()
    take_in(read_lines(io.BytesIO(body)), source=WORDS[:100], clock=timezone.now)
    reconcile(as_of=timezone.now(), now=timezone.now())
    ida = someone("ida", "admin", "finance_controller", "agent", team="finance")
    type(ida.user).objects.filter(pk=ida.user.pk).update(first_name=WORDS[:100], last_name=SCRIPT)
    OwnershipRule.objects.create(name=WORDS, position=1, team_id="finance", kind="missing_po")
    SavedView.objects.create(person=ida.user, name=WORDS, query=f'ref:"{SCRIPT}"')
    said = {"at": timezone.now(), "by": ida.user, "move": "note", "from_state": "new", "to_state": "new"}
    for case in ExceptionCase.objects.all():
        TrailEntry.objects.create(case=case, note=WORDS, source="page", **said)
    return ida


def test_no_page_acts_on_what_records_settings_or_people_say(hostile, desk):
    assert ExceptionCase.objects.filter(customer__contains="<script>").exists()
    page, wrong = desk(hostile), {}
    page.on("dialog", lambda dialog: wrong.setdefault("dialog", dialog.message))
    for place in [*places(), *more()]:
        answer = page.goto(place if isinstance(place, str) else place.address)
        if answer.status != 200:
            wrong[place] = answer.status
        elif page.evaluate("typeof hostile !== 'undefined'"):
            wrong[place] = "acted"
        elif "49$" in page.content():
            wrong[place] = "computed"
    assert wrong == {}


def more():
    """The page of one exception of each kind, the queue by hostile words, and the search for them."""
    cases = ExceptionCase.objects.order_by("kind", "-amount").distinct("kind").values_list("id", flat=True)
    yield from (f"/exceptions/{case}" for case in cases)
    yield from (
        "/queue?q=%22%3E%3Cscript%3E",
        "/search?q=%3Cscript%3Ehostile%3D1%3C/script%3E",
        "/queue?group=customer",
    )
