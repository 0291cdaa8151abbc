"""Who may: every address and every call of the API, tried with each role, an outsider, nobody, and tokens."""

import re
import uuid
from datetime import timedelta

import pytest
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from exceptions.access import ANYBODY, CALLS, PAGES, SIGNED_IN
from exceptions.api.calls import api
from exceptions.models import ROLES, SCOPES
from exceptions.people.tokens import create_token
from exceptions.rights import RIGHTS
from tests.cached import forget
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db

SAMPLES = {"int": 1, "uuid": uuid.UUID(int=1)}
ADD_A_LINE = "add a line to exceptions/access.py: the name of the address and the right that its view @needs"


def addresses(patterns, space="", above=()):
    """Every address as (name, its patterns from the root on)."""
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}", (*above, pattern)
        else:
            within = f"{pattern.namespace}:" if pattern.namespace else space
            yield from addresses(pattern.url_patterns, within, (*above, pattern))


def calls():
    """Every call of the API as ((method, path), operation)."""
    for prefix, router in api._routers:
        for path, view in router.path_operations.items():
            for operation in view.operations:
                for method in operation.methods:
                    yield (method, f"{prefix.rstrip('/')}{path}"), operation


CALL_NAMES = {api.urls_namespace + ":" + api.get_operation_url_name(operation, None) for _, operation in calls()}
ADDRESSES = {name: parts for name, parts in addresses(get_resolver().url_patterns) if name not in CALL_NAMES}
OURS = [name for name, who in PAGES.items() if who not in (ANYBODY, SIGNED_IN)]


def somewhere(name):
    arguments = {}
    for part in ADDRESSES[name]:
        arguments |= dict.fromkeys(part.pattern.regex.groupindex, "x")
        arguments |= {key: SAMPLES.get(_kind(known), "x") for key, known in part.pattern.converters.items()}
    return reverse(name, kwargs=arguments)


def _kind(converter):
    return type(converter).__name__.removesuffix("Converter").lower()


def attempt(client, name):
    """The answer of a page to whichever method it takes."""
    answer = client.get(somewhere(name))
    return client.post(somewhere(name)) if answer.status_code == 405 else answer


def test_every_address_has_a_name_and_its_line_in_the_table():
    assert [str(parts[-1].pattern) for name, parts in ADDRESSES.items() if name.endswith("None")] == [], (
        "give these addresses a name"
    )
    assert sorted(set(ADDRESSES) - set(PAGES)) == [], ADD_A_LINE
    assert sorted(set(PAGES) - set(ADDRESSES)) == [], "these addresses are gone: take their lines out of the table"


def test_every_call_has_its_line_in_the_table():
    scopes = {call: operation.auth_callbacks[0].scope for call, operation in calls() if operation.auth_callbacks}
    assert scopes == CALLS, "make CALLS in exceptions/access.py say the scope of each call of the API"
    assert len(scopes) == len(list(calls())), "each call needs auth=Bearer(scope)"


@pytest.mark.parametrize("name", OURS)
def test_the_view_demands_what_the_table_says(name):
    view = ADDRESSES[name][-1].callback
    assert getattr(view, "right", None) == PAGES[name], f"guard the view of {name} with @needs({PAGES[name]!r})"


@pytest.mark.parametrize("role", [*ROLES, None])
def test_each_page_lets_in_the_roles_with_the_right_and_no_other(client, role):
    client.raise_request_exception = False
    client.force_login(PersonFactory(roles=[role] if role else []))
    for name in OURS:
        answer = attempt(client, name)
        allowed = role in RIGHTS[PAGES[name]]
        assert (answer.status_code != 403) == allowed, f"{role} at {name}: {answer.status_code}"
        assert answer.status_code < 500, f"{role} at {name}: {answer.status_code}"


def test_somebody_without_a_role_still_has_an_account(client):
    client.force_login(PersonFactory())
    for name in (name for name, who in PAGES.items() if who == SIGNED_IN):
        assert attempt(client, name).status_code in (200, 302, 404), name


def test_nobody_is_sent_to_sign_in(client):
    for name, who in PAGES.items():
        if who != ANYBODY:
            answer = attempt(client, name)
            assert answer.status_code == 302, name
            assert answer["Location"].startswith(reverse("account_login")), name


def test_a_deactivated_person_is_nobody(client):
    person = PersonFactory(roles=ROLES)
    client.force_login(person)
    type(person).objects.update(is_active=False)
    assert attempt(client, "queue").status_code == 302


@pytest.mark.parametrize("scope", [*SCOPES, None])
def test_each_call_lets_in_tokens_of_its_scope_and_no_other(client, scope):
    headers = {}
    if scope:
        until = timezone.now() + timedelta(days=1)
        headers["Authorization"] = f"Bearer {create_token(name='ipaas', scopes=[scope], expires_at=until)[1]}"
    for (method, path), wanted in CALLS.items():
        forget()
        answer = client.generic(method, "/api/v1" + re.sub(r"\{[^}]*\}", "1", path), headers=headers)
        refused = 401 if scope is None else 403
        assert (answer.status_code != refused) == (scope == wanted), f"{scope} at {method} {path}"


def test_a_session_alone_makes_no_call(client):
    client.force_login(PersonFactory(roles=ROLES))
    for method, path in CALLS:
        assert client.generic(method, "/api/v1" + re.sub(r"\{[^}]*\}", "1", path)).status_code == 401
