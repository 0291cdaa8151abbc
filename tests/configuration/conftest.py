from datetime import timedelta

import pytest

from exceptions.models import Team
from reconciliation.models import Flow, System
from tests.factories import PersonFactory


@pytest.fixture
def admin(client, db):
    """A browser of an admin who is called Sam Okafor."""
    client.force_login(PersonFactory(username="sam", first_name="Sam", last_name="Okafor", roles=["admin"]))
    return client


@pytest.fixture
def teams(db):
    return {key: Team.objects.get_or_create(key=key, defaults={"name": key})[0] for key in ("finance", "cx", "ops")}


@pytest.fixture
def topology(db):
    """A shop, a warehouse, and the orders between them."""
    shop = System.objects.create(key="shop", kind="sparklayer", name="Shop", authority=["order"])
    warehouse = System.objects.create(key="warehouse", kind="warehouse", position=1)
    Flow.objects.create(
        key="orders",
        record="order",
        source=shop,
        target=warehouse,
        cadence=timedelta(minutes=15),
        grace=timedelta(hours=2),
    )


def values(answer):
    """What a page's form would send if nothing were changed."""
    editing = answer.context["editing"]
    said = {"state": editing.state} if editing.row else {}
    for form in [editing.form, *(f for s in editing.inlines.values() for f in [s.management_form, *s])]:
        for field in form:
            value = field.value()
            if value is True:
                said[field.html_name] = "on"
            elif value is not None and value is not False and value != "":
                said[field.html_name] = value if isinstance(value, list) else str(value)
    return said


def errors(answer):
    """The refusals of a page's form by field."""
    return {name: " ".join(why) for name, why in answer.context["editing"].form.errors.items()}
