import pytest

from tests.checks.conftest import Brand
from tests.factories import PersonFactory

HOSTILE = '<script>alert("x")</script>\u202egnp"\'&amp;{{ 7|add:7 }}'


@pytest.fixture
def brand(db):
    return Brand()


@pytest.fixture
def agent(client, brand):
    client.force_login(PersonFactory(roles=["agent"]))
    client.get("/inbox")  # the first page of a minute notes that somebody is at work
    return client


def text(answer):
    assert answer.status_code == 200, answer
    return answer.content.decode()
