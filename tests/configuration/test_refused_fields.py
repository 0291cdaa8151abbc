"""Whatever is wrong with a form of the settings stands at the field that it is about, where a reader hears of it."""

import pytest
from django.forms import BaseForm
from django.forms.formsets import BaseFormSet
from django.test.html import Element, parse_html
from django.utils import timezone

from connectors.models import Connection
from exceptions.configuration.mappings import TABLES
from exceptions.configuration.sections import SECTIONS
from tests.exceptions.people import someone

pytestmark = pytest.mark.django_db
RUBBISH = "<b>‮=1+1, ٣ {{ x }} 1e999"
FORMS = [
    *(f"/settings/{key}/edit" for key in SECTIONS if key not in ("company",)),
    *(f"/settings/mappings/{key}" for key in TABLES),
    *("/settings/company", "/settings/ignored", "/settings/people/invite", "/settings/tokens", "/settings/channels"),
    *("/settings/connection?system=shop", "/account/preferences", "/close/opening", "/setup/company", "/setup/flows"),
    *("/setup/systems", "/setup/history"),
]


def forms_of(answer):
    """Every form that a page shows, also those of what belongs to a row."""
    found, seen = [], set()

    def collect(value, depth=0):
        if id(value) in seen or depth > 3:
            return
        seen.add(id(value))
        if isinstance(value, BaseForm):
            found.append(value)
        elif isinstance(value, BaseFormSet):
            found.extend(value.forms)
        elif isinstance(value, (list, tuple)):
            [collect(one, depth + 1) for one in value]
        elif isinstance(value, dict):
            [collect(one, depth + 1) for one in value.values()]
        elif type(value).__module__.startswith("exceptions.") and hasattr(value, "__dict__"):
            collect(vars(value), depth + 1)

    [collect(value) for layer in answer.context for value in layer.flatten().values()]
    return found


def texts(root):
    """What stands under each id of a page."""
    found = {}

    def walk(element):
        for child in element.children:
            if isinstance(child, Element):
                if name := dict(child.attributes).get("id"):
                    found[name] = " ".join(str(child).split())
                walk(child)

    walk(root)
    return found


def posted(client, address, value):
    """What comes of a form whose every field says this."""
    said = {}
    for form in forms_of(client.get(address)):
        for field in form:
            said[field.html_name] = value
    for key, section in SECTIONS.items():
        if address.startswith(f"/settings/{key}/"):
            said |= {f"{name}-{count}_FORMS": "1" for name in section.inlines for count in ("TOTAL",)}
            said |= {f"{name}-INITIAL_FORMS": "0" for name in section.inlines}
    return client.post(address, said)


@pytest.mark.parametrize("value", [RUBBISH, ""], ids=["rubbish", "nothing"])
@pytest.mark.parametrize("address", FORMS)
def test_what_is_refused_is_said_at_its_field(client, teams, topology, address, value):
    Connection.objects.create(system="shop", kind="sparklayer", paused_at=timezone.now())
    client.force_login(someone("ida", "admin", "finance_controller", "agent", team="finance").user)
    answer = posted(client, address, value)
    assert answer.status_code in (200, 302, 422)
    if answer.status_code == 302:
        return
    page = texts(parse_html(answer.content.decode()))
    lacking = []
    for form in forms_of(answer):
        for name, errors in form.errors.items() if form.is_bound else ():
            if name == "__all__":
                continue
            field = form[name]
            told = page.get(f"{field.auto_id}_error") or page.get(f"{field.auto_id}_0_error")
            if not told and not field.is_hidden:
                lacking.append((type(form).__name__, name, list(errors)))
    assert lacking == []
