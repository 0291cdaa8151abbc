"""Files and API calls that mean harm: kept as bytes, or refused with a reason, and never a failing page."""

import gzip
import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from hypothesis import example, given
from hypothesis import strategies as st

from exceptions.models import Attachment
from exceptions.people.tokens import create_token
from reconciliation.models import System
from tests.connectors.vendors import undone
from tests.exceptions.people import case, someone
from tests.hostile.values import bodies, bounded, objects, texts, values

pytestmark = pytest.mark.django_db
JSON = "application/json"
BEGINS = (
    ("pdf", b"%PDF-"),
    ("png", b"\x89PNG\r\n\x1a\n"),
    ("csv", b""),
    ("eml", b"From: "),
    ("xlsx", b"PK\3\4"),
    ("exe", b""),
)
headers = texts.map(lambda text: "".join(text.splitlines()))  # an end of line would end the header that says it


def bearer(*scopes, by=None):
    until = timezone.now() + timedelta(days=1)
    return {"Authorization": f"Bearer {create_token(name='fuzz', scopes=scopes, expires_at=until, by=by)[1]}"}


def moved(client, person, known, body):
    sent = bearer("act", by=person.user)
    return client.post(f"/api/v1/exceptions/{known.pk}/moves", body, content_type=JSON, headers=sent)


@bounded
@example(name="x\0", kind="text\0", begin=("csv", b""), content=b"=1+1")
@given(name=headers, kind=headers, begin=st.sampled_from(BEGINS), content=bodies)
def test_a_file_of_any_name_kind_and_content_is_kept_as_a_download(
    client, settings, tmp_path, name, kind, begin, content
):
    """A name of any kind that is taken or not, whose content begins as such a file does."""
    ending, mark = begin
    name, content = f"{name}.{ending}", mark + content
    settings.MEDIA_ROOT = tmp_path
    with undone():
        known, tom = case(), someone("tom", "agent", team="finance")
        client.force_login(tom.user)
        given = SimpleUploadedFile("x", content, content_type=kind[:200])
        given._name = name[-2_000:]
        answer = client.post(f"/exceptions/{known.pk}/files", {"file": given})
        assert answer.status_code < 500
        assert (
            Attachment.objects.exists() or ending in ("xlsx", "exe") or not content or (not mark and b"\0" in content)
        )
        for kept in Attachment.objects.all():
            back = client.get(f"/exceptions/{known.pk}/files/{kept.pk}")
            assert back["Content-Disposition"].startswith("attachment")
            assert b"".join(back.streaming_content) == content


@bounded
@given(content=bodies)
def test_a_topology_of_any_bytes_is_refused_on_its_page(client, content):
    with undone():
        client.force_login(someone("sam", "admin", team="admin").user)
        before = System.objects.count()
        answer = client.post("/settings/topology", {"file": SimpleUploadedFile("t.toml", content), "apply": "1"})
        assert answer.status_code in (200, 302)
        assert System.objects.count() == before


@bounded
@given(body=bodies | objects("seen", "move", "note", "resolution", "until", "owner").map(lambda said: json.dumps(said)))
def test_a_move_of_any_body_is_made_or_refused(client, body):
    with undone():
        tom = someone("tom", "agent", team="finance")
        answer = moved(client, tom, case(), body)
        assert answer.status_code in (200, 400, 403, 409, 422)


@bounded
@given(
    move=st.sampled_from(("claim", "wait", "note", "assign", "resolve", "snooze")), more=st.dictionaries(texts, values)
)
def test_a_known_move_with_any_words_is_made_or_refused(client, move, more):
    with undone():
        tom, known = someone("tom", "agent", team="finance"), case()
        asked = {"seen": known.version, "move": move} | dict.fromkeys(("note", "until", "waiting_for"), "x") | more
        answer = moved(client, tom, known, json.dumps(asked))
        assert answer.status_code in (200, 400, 403, 409, 422)


@bounded
@given(body=bodies, packed=st.booleans())
def test_records_of_any_bytes_are_refused_line_by_line(client, body, packed):
    with undone():
        sent = bearer("ingest") | ({"Content-Encoding": "gzip"} if packed else {})
        body = gzip.compress(body) if packed else body
        answer = client.post("/api/v1/records", body, content_type="application/x-ndjson", headers=sent)
        assert answer.status_code in (200, 400, 413)
        assert answer.status_code != 200 or answer.json()["accepted"] == 0


@bounded
@given(
    asked=st.dictionaries(
        st.sampled_from(("ref", "kind", "state", "system", "owner", "cursor", "limit", "opened_after")), texts
    )
)
def test_exceptions_are_asked_for_with_any_filter(client, asked):
    with undone():
        answer = client.get("/api/v1/exceptions", asked, headers=bearer("read"))
        assert answer.status_code in (200, 400, 422)
