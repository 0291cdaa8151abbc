import pytest
from django.contrib.auth import get_user_model

from tests.checks.conftest import Brand

HOSTILE = '<script>alert("x")</script>\u202egnp"\'&amp;{{ 7|add:7 }}'


@pytest.fixture
def brand(transactional_db):
    return Brand()


@pytest.fixture
def agent(client, brand):
    client.force_login(get_user_model().objects.create_user("tom"))
    return client


def text(answer):
    assert answer.status_code == 200, answer
    return answer.content.decode()
