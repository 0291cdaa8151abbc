"""The sample brand comes to the same whichever way, in whichever order and however often its lines come in."""

import gzip
import io
import subprocess
import sys
from datetime import timedelta
from random import Random

import pytest
from django.core.management import call_command
from django.utils import timezone

from connectors.lines import read_lines
from exceptions.people.tokens import create_token
from exceptions.reconciling import reconcile
from reconciliation.intake import take_in
from reconciliation.topology import load
from tests.checks.test_sample_exam import EXAM, expected, found
from tests.law.told import told
from tests.law.trials import exam, toml

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not EXAM.exists(), reason="the sample brand is not beside this checkout"),
    pytest.mark.slow,
]


@pytest.fixture
def feed():
    """The lines as they came, the moment of the run; the topology is loaded."""
    topology, lines, moment = exam()
    load(toml(topology), dry_run=False)
    return [line.encode() for line in lines], moment


def taken_in(lines, moment):
    take_in(read_lines(io.BytesIO(b"\n".join(lines))), source="feed", clock=timezone.now)
    reconcile(as_of=moment, now=timezone.now(), full=True)
    return found()


def test_by_the_commands_and_files_as_they_are_documented(tmp_path):
    call_command("topology", "load", str(EXAM / "topology.toml"), stdout=io.StringIO())
    with pytest.raises(SystemExit) as refused:
        call_command("ingest", str(EXAM / "feed.ndjson.gz"), stdout=io.StringIO(), stderr=io.StringIO())
    assert refused.value.code == 1
    moment = (EXAM / "as_of.txt").read_text().strip()
    call_command("reconcile", "--full", "--as-of", moment, stdout=io.StringIO())
    actual = tmp_path / "actual.ndjson"
    with actual.open("w", encoding="utf-8") as out:
        call_command("exceptions", "--format", "ndjson", stdout=out)
    judge = [sys.executable, str(EXAM / "compare.py"), str(EXAM / "expected.ndjson"), str(actual)]
    verdict = subprocess.run(judge, capture_output=True, text=True, check=False)
    assert verdict.returncode == 0, verdict.stdout


def test_over_the_interface_in_batches_of_odd_sizes_packed_and_not(client, feed):
    lines, moment = feed
    _, secret = create_token(name="ipaas", scopes=("ingest",), expires_at=timezone.now() + timedelta(days=1))
    dice, start = Random(7), 0
    while start < len(lines):
        size, packed = dice.choice((1, 7, 333, 1501)), dice.random() < 0.5
        body = dice.choice((b"\n", b"\r\n")).join(lines[start : start + size])
        headers = {"Authorization": f"Bearer {secret}"} | ({"Content-Encoding": "gzip"} if packed else {})
        body = gzip.compress(body) if packed else body
        answer = client.post("/api/v1/records", body, content_type="application/x-ndjson", headers=headers)
        assert answer.status_code == 200, answer.content
        start += size
    reconcile(as_of=moment, now=timezone.now(), full=True)
    assert found() == expected()


def test_backwards_all_but_refusals_without_a_moment_is_the_same(feed):
    lines, moment = feed
    backwards = taken_in(lines[::-1], moment)
    assert backwards == told(toml(exam()[0]), lines[::-1], moment)
    assert {kind for (kind, _), _ in backwards.items() ^ expected().items()} <= {"rejected_record"}


def test_every_line_twice_and_all_of_it_once_more_changes_nothing(feed):
    lines, moment = feed
    assert taken_in([line for line in lines for _ in (1, 2)], moment) == expected()
    assert taken_in(lines, moment) == expected()
