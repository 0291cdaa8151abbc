"""Records in and exceptions out over HTTP, by token."""

import gzip
import io
import json
from datetime import timedelta

import pytest
import schemathesis
from django.core.management import call_command
from django.utils import timezone
from hypothesis import HealthCheck, settings

from exceptions.api.calls import api
from exceptions.models import ApiToken
from exceptions.people.tokens import UnknownScope, create_token, valid_token
from reconciliation.models import LedgerEntry, RejectedLine
from reconciliation.project.wsgi import application
from tests.cached import forget
from tests.exceptions.people import NOW, someone
from tests.exceptions.test_queue_page import case
from tests.reconciliation.conftest import order, systems  # noqa: F401

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_limits_left_over")]


def token(*scopes, **lasting):
    until = timezone.now() + timedelta(**lasting or {"days": 1})
    return {"Authorization": f"Bearer {create_token(name='ipaas', scopes=scopes, expires_at=until)[1]}"}


def send(client, body, headers, type="application/x-ndjson"):
    return client.post("/api/v1/records", data=body, content_type=type, headers=headers)


def lines(*values):
    return b"\n".join(v if isinstance(v, bytes) else json.dumps(v).encode() for v in values)


def test_lines_are_taken_in_and_refused_one_by_one(client, systems):  # noqa: F811
    body = lines(order(), order(), b"{no", order(id="O-2", system="nowhere"))
    answer = send(client, body, token("ingest"))
    assert answer.status_code == 200
    said = answer.json()
    assert [said[name] for name in ("accepted", "unchanged", "superseded", "rejected")] == [1, 1, 0, 2]
    assert [(r["line"], r["code"], r["field"]) for r in said["refusals"]] == [
        (3, "not_json", None),
        (4, "unknown_system", "system"),
    ]
    assert RejectedLine.objects.filter(source="api:ipaas").count() == 2


def test_gzip_and_a_gzip_that_breaks_off(client, systems):  # noqa: F811
    packed = gzip.compress(lines(*(order(id=f"O-{n}") for n in range(300))))
    headers = token("ingest") | {"Content-Encoding": "gzip"}
    broken = send(client, packed[:-20], headers)
    assert broken.status_code == 400
    assert broken.json()["stored"]["accepted"] == LedgerEntry.objects.count()
    assert send(client, packed, headers).json()["accepted"] == 300 - broken.json()["stored"]["accepted"]
    assert send(client, b"not gzip", headers).status_code == 400


def test_a_plain_body_that_breaks_off_stores_no_cut_line(systems):  # noqa: F811
    body = lines(*(order(id=f"O-{n}") for n in range(3)))
    request = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/api/v1/records",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "CONTENT_TYPE": "application/x-ndjson",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_AUTHORIZATION": token("ingest")["Authorization"],
        "wsgi.url_scheme": "http",
        "wsgi.errors": io.StringIO(),
        "wsgi.input": io.BytesIO(body[:-9]),
    }
    told = []
    answer = b"".join(application(request, lambda status, headers: told.append(status)))
    assert told == ["400 Bad Request"]
    assert "9 bytes are missing" in json.loads(answer)["detail"]
    assert RejectedLine.objects.count() == 0


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (dict, 401),
        (lambda: {"Authorization": "Bearer rec_00000000_guess"}, 401),
        (lambda: {"Authorization": "Bearer \ud83d".encode("utf-8", "surrogatepass").decode("latin-1")}, 401),
        (lambda: token("ingest", days=-1), 401),
        (lambda: token("read"), 403),
        (lambda: token("ingest") | {"Content-Encoding": "br"}, 415),
    ],
)
def test_who_may_not_is_told_why_and_nothing_is_stored(client, systems, headers, status):  # noqa: F811
    answer = send(client, lines(order()), headers())
    assert answer.status_code == status
    assert answer.json()["status"] == status
    assert LedgerEntry.objects.count() == 0


def test_a_session_is_no_token(admin_client, systems):  # noqa: F811
    assert send(admin_client, lines(order()), {}).status_code == 401


def test_only_a_hash_is_kept_and_a_revoked_token_is_dead():
    _, text = create_token(name="a", scopes=["read"], expires_at=timezone.now() + timedelta(1))
    kept = ApiToken.objects.values().get()
    assert text.split("_", 2)[2] not in str(kept)
    assert valid_token(text, at=timezone.now()).last_used_at is None
    call_command("token", "revoke", kept["prefix"])
    assert valid_token(text, at=timezone.now()) is None
    with pytest.raises(UnknownScope):
        create_token(name="a", scopes=["everything"], expires_at=timezone.now())


def test_the_command_shows_a_token_once(capsys):
    call_command("token", "create", "--name", "feed", "--scope", "ingest", "--scope", "read", "--expires", "12h")
    text = capsys.readouterr().out.strip()
    assert valid_token(text, at=timezone.now()).scopes == ["ingest", "read"]
    call_command("token", "list")
    assert text not in capsys.readouterr().out


def test_exceptions_page_by_page_with_every_filter(client):
    for number in range(7):
        case(f"order:shop:{number}", systems=["shop"], refs={"rma": f"RMA-{number}"}, flow="orders")
    case("order:shop:x", state="resolved", closed_at=NOW)
    headers = token("read")
    seen, cursor = [], ""
    while cursor is not None:
        page = client.get(f"/api/v1/exceptions?limit=3&cursor={cursor}&order=newest", headers=headers).json()
        seen += [e["subject"] for e in page["exceptions"]]
        cursor = page["next"]
    assert seen == [f"order:shop:{n}" for n in reversed(range(7))]
    for asked, count in [
        ("ref=%23rma-3", 1),
        ("state=closed", 1),
        ("kind=missing_po&system=shop&team=finance&severity=high&flow=orders", 7),
        ("owner=nobody", 0),
        ("opened_after=2026-09-30T12:00:00Z", 0),
    ]:
        assert len(client.get(f"/api/v1/exceptions?{asked}", headers=headers).json()["exceptions"]) == count, asked
    assert client.get("/api/v1/exceptions?severity=huge", headers=headers).status_code == 422


@schemathesis.serializer("application/x-ndjson")
def ndjson(context, value):
    return value if isinstance(value, bytes) else json.dumps(value).encode("utf-8", "replace")


# read beside the pages: tests are collected before there is a database, and every page asks it whether it is closed
schema = schemathesis.openapi.from_dict(json.loads(json.dumps(api.get_openapi_schema(), default=str)))
schema.app = application


@pytest.mark.filterwarnings("ignore")
@schema.parametrize()
@settings(max_examples=25, suppress_health_check=list(HealthCheck))
def test_every_answer_is_as_the_openapi_document_says(case):
    forget()  # wrong tokens are counted, and this sends many
    # any text is a body, and parameters that nobody knows are passed over
    lenient = [schemathesis.checks.unsupported_method, schemathesis.checks.negative_data_rejection]
    case.call_and_validate(headers=token("ingest", "read"), excluded_checks=lenient)


def acting(client, person, known, **asked):
    _, text = create_token(
        name="script", scopes=["act"], expires_at=timezone.now() + timedelta(days=1), by=person and person.user
    )
    return client.post(
        f"/api/v1/exceptions/{known.pk}/moves",
        {"seen": known.version} | asked,
        content_type="application/json",
        headers={"Authorization": f"Bearer {text}", "X-Request-ID": "script-7"},
    )


def test_a_script_moves_with_the_rights_of_who_made_its_token(client):
    known = case("order:shop:1", kind="missing_po", team="finance")
    tom, out = someone("tom", "agent", team="finance"), someone("out", "agent", team="cx")
    assert acting(client, out, known, move="claim").status_code == 403
    assert acting(client, None, known, move="claim").status_code == 403
    answer = acting(client, tom, known, move="claim")
    assert answer.status_code == 200
    assert (answer.json()["exception"]["owner"], answer.json()["exception"]["version"]) == ("tom", 2)
    assert (known.trail.get().source, known.trail.get().request_id) == ("api", "script-7")
    assert acting(client, tom, known, move="note", note="late").status_code == 409
    known.refresh_from_db()
    assert acting(client, tom, known, move="wait", note="n").status_code == 422
    assert acting(client, tom, known, move="explode").status_code == 422
    assert acting(client, tom, case("order:shop:9"), move="note", note="n", seen=0).status_code == 422
