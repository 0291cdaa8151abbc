"""Rights: what each role carries, what bars it, and how a refusal reads."""

import pytest

from exceptions.models import ROLES
from exceptions.rights import RIGHTS, NotAllowed, Person, demand, may, person_of
from tests.factories import PersonFactory

TABLE = {
    "viewer": "see export audit",
    "agent": "see export work",
    "lead": "see export work lead",
    "approver": "see export work approve",
    "finance_controller": "see export work approve close_periods",
    "admin": "see export audit configure manage_people",
}


@pytest.mark.parametrize("role", ROLES)
def test_what_a_role_carries(role):
    person = Person(None, roles=frozenset({role}))
    assert {right for right in RIGHTS if may(person, right)} == set(TABLE[role].split())


def test_somebody_without_a_role_may_nothing():
    assert not any(Person(None).may.values())


def test_an_admin_approves_nothing_with_whatever_other_role():
    assert not may(Person(None, roles=frozenset(ROLES)), "approve")
    assert may(Person(None, roles=frozenset(ROLES) - {"admin"}), "approve")


def test_a_refusal_names_what_it_takes():
    with pytest.raises(NotAllowed, match=r"^To close a month takes the role finance controller\.$"):
        demand(Person(None, roles=frozenset({"agent"})), "close_periods")


@pytest.mark.django_db
def test_a_person_is_loaded_in_one_query(django_assert_num_queries):
    user = PersonFactory(roles=["agent", "lead"], teams=["cx"], leads=["ops"])
    with django_assert_num_queries(1):
        person = person_of(user)
    assert (person.roles, person.teams, person.leads) == ({"agent", "lead"}, {"cx", "ops"}, {"ops"})


@pytest.mark.django_db
def test_a_page_refuses_in_words(client):
    client.force_login(PersonFactory())
    page = client.get("/")
    assert page.status_code == 403
    assert "To see the exceptions takes any role." in page.content.decode()
    assert "You have no role yet." in page.content.decode()


@pytest.mark.django_db
def test_a_part_of_a_page_sends_the_whole_page_to_sign_in(client):
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/?kind=missing_po"}
    answer = client.get("/", headers=headers)
    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/account/login/?next=/%3Fkind%3Dmissing_po")
