"""Requests that cannot be read: people get a page that says so, programs a problem."""

import pytest

from tests.exceptions.people import someone

pytestmark = pytest.mark.django_db
BROKEN = {"content_type": "multipart/form-data; boundary="}


@pytest.fixture
def sam(client):
    client.force_login(someone("sam", "admin").user)
    client.raise_request_exception = False
    return client


def test_more_than_a_form_holds_is_too_much_at_once(sam, settings):
    said = {f"field-{number}": "x" for number in range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1)}
    answer = sam.post("/settings/company", said)
    assert (answer.status_code, "This is too much at once" in answer.content.decode()) == (413, True)
    large = sam.post("/settings/company", "x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1), "text/plain")
    assert large.status_code in (200, 413)


def test_a_body_that_is_no_form_could_not_be_read(sam):
    answer = sam.post("/settings/company", b"--", **BROKEN)
    assert (answer.status_code, "This could not be read" in answer.content.decode()) == (400, True)


def test_another_host_is_refused_without_a_word_of_the_request(sam):
    answer = sam.get("/queue", headers={"host": "evil.example"})
    assert (answer.status_code, "evil" in answer.content.decode()) == (400, False)


def test_a_program_is_told_as_a_problem(client):
    client.raise_request_exception = False
    answer = client.post("/api/v1/records", b"{}", content_type="application/json", headers={"host": "evil.example"})
    assert (answer.status_code, answer.json()["title"]) == (400, "This could not be read")
