"""What every answer carries, and what reaches the log."""

import json
import subprocess
import sys

import pytest
import structlog

from reconciliation.project.embedded import ROOT
from reconciliation.project.logs import bind_request_id, send_request_id, unbind_request_id


def test_a_sign_of_life_without_a_query(client, django_assert_num_queries, db):
    with django_assert_num_queries(0):
        assert client.get("/alive").content == b"alive\n"


def test_scripts_and_styles_only_from_files(client):
    policy = client.get("/alive")["Content-Security-Policy"]
    assert "script-src 'self';" in f"{policy};"
    assert "unsafe" not in policy


def test_a_request_id_is_given_and_kept(client):
    assert len(client.get("/alive")["X-Request-ID"]) == 32
    assert client.get("/alive", headers={"X-Request-ID": "order-7"})["X-Request-ID"] == "order-7"


def test_a_request_id_that_would_forge_a_line_is_replaced(client):
    assert client.get("/alive", headers={"X-Request-ID": "a b"})["X-Request-ID"] != "a b"


def test_a_task_carries_the_id_of_its_request():
    class Task:
        name = "exceptions.tasks.any"
        request: dict = {}

    with structlog.contextvars.bound_contextvars(request_id="order-7"):
        send_request_id(headers=Task.request)
    bind_request_id(task=Task, task_id="1")
    assert structlog.contextvars.get_contextvars() == {"request_id": "order-7", "task": Task.name}
    unbind_request_id()
    assert structlog.contextvars.get_contextvars() == {}


def test_a_log_line_for_machines(data_dir):
    script = (
        "import django, logging, structlog; django.setup();"
        "structlog.contextvars.bind_contextvars(request_id='order-7');"
        "structlog.get_logger('product').info('run ended', findings=3);"
        "logging.getLogger('library').warning('plain %s', 'words')"
    )
    environment = {
        "DATA_DIR": str(data_dir),
        "DJANGO_SETTINGS_MODULE": "reconciliation.project.settings",
        "LOG_FORMAT": "json",
    }
    result = subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True)
    ours, theirs = (json.loads(line) for line in result.stderr.splitlines())
    assert (ours["event"], ours["findings"], ours["request_id"]) == ("run ended", 3, "order-7")
    assert (theirs["event"], theirs["level"], theirs["request_id"]) == ("plain words", "warning", "order-7")


def test_sign_in_page(client, db):
    assert client.get("/account/login/").status_code == 200


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_browser_finds_nothing_against_our_own_policy(browser, live_server):
    page = browser.new_page()
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))
    answer = page.goto(f"{live_server.url}/account/login/")
    assert answer.status == 200
    assert page.locator("input[name=login]").is_visible()
    page.close()
    assert [words for words in complaints if "Content Security Policy" in words] == []
