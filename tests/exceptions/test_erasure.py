"""What is known of a person is erased on their request; what was done stays provable."""

import io
import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from connectors.lines import read_lines
from exceptions.erasure import ErasureRefused, erase
from exceptions.models import BulkJob, SavedView, Suppression, TrailEntry
from exceptions.trail.chain import seal, verify
from exceptions.trail.sentences import sentence
from reconciliation.intake import take_in
from reconciliation.models import LedgerEntry, OrderContent, RejectedLine, Version
from tests.exceptions.people import someone
from tests.exceptions.test_queue_page import case
from tests.reconciliation.conftest import order, systems  # noqa: F401

pytestmark = pytest.mark.django_db
NOW = timezone.now()
NAME = 'Zoë "Jay" Müller'
JANE = {"id": "C-7", "name": NAME, "email": "zoe@example.com"}
WORDS = [NAME, "zoe@example.com"]


def take(*lines):
    body = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    return take_in(read_lines(io.BytesIO(body.encode())), source="test", clock=timezone.now)


def anywhere(word):
    """The tables in which the word stands."""
    with connection.cursor() as cursor:
        cursor.execute("select tablename from pg_tables where schemaname = 'public'")
        found = []
        for (table,) in cursor.fetchall():
            cursor.execute(f"select count(*) from {table} as a where strpos(lower(a::text), lower(%s)) > 0", [word])
            found += [table] if cursor.fetchone()[0] else []
    return found


@pytest.fixture
def known(systems):  # noqa: F811
    """A customer in a record as JSON escapes it, in a refused line, in a case and in the trail."""
    take(order(customer=JANE, hold=f"asked {NAME}"), '{"type": "order", "customer": "zoe@example.com"')
    of = case("order:front:O-1", title=f"Order of {NAME}", evidence=[{"found": "ZOE@example.com", "who": NAME}])
    tom = someone("tom").user
    typed = {"note": f"Called {NAME}"}
    BulkJob.objects.create(by=tom, move="note", parameters=typed, query="q=zoe@example.com", total=1)
    SavedView.objects.create(person=tom, name="hers", query="q=zoe@example.com")
    Suppression.objects.create(kind="missing_po", sku="A", reason=f"{NAME} asked", ends_at=NOW, made_by=tom)
    noted = TrailEntry.objects.create(
        case=of, at=NOW, by=tom, move="note", note="Called zoe@example.com", source="page"
    )
    TrailEntry.objects.create(case=of, at=NOW, move="detect", source="run 1", details={"amount": "10"})
    seal(at=NOW)
    return noted


def test_a_trial_counts_and_changes_nothing(known):
    done = erase(WORDS, reason="their letter of 3 November", by=None, at=NOW, trial=True)
    assert done.places["version.raw"] == 1
    assert done.places["rejected_line.raw"] == 1
    assert done.entries == [known.id]
    assert "version" in anywhere("zoe@example.com")


def test_nothing_of_the_person_is_left_anywhere(known):
    erase(WORDS, reason="their letter of 3 November", by=None, at=NOW, trial=False)
    for word in ("zoe@example.com", "Müller", "m\\u00fcller"):
        assert anywhere(word) == []
    assert OrderContent.objects.get().customer_name == "[erased]"
    assert json.loads(Version.objects.get().raw)["customer"] == {"id": "C-7", "name": "[erased]", "email": "[erased]"}
    assert b"[erased]" in bytes(RejectedLine.objects.get().raw)


def test_the_same_line_is_still_the_same_version(known):
    erase(WORDS, reason="their letter", by=None, at=NOW, trial=False)
    assert take(order(customer=JANE, hold=f"asked {NAME}")).unchanged == 1
    assert LedgerEntry.objects.count() == Version.objects.count() == 1
    assert anywhere("zoe@example.com") == []


def test_the_trail_is_whole_and_says_what_was_erased(known):
    head = verify().head
    erase(WORDS, reason="their letter of 3 November", by=None, at=NOW, trial=False)
    seal(at=NOW + timedelta(minutes=1))
    verdict = verify(head=head)
    assert (verdict.broken, verdict.erased) == ([], 1)
    told = TrailEntry.objects.get(move="erase")
    assert sentence(told).startswith("Erased what was known of a person: rows")
    known.refresh_from_db()
    assert known.note == "Called [erased]"


def test_an_erased_entry_that_is_changed_once_more_breaks_the_trail(known):
    erase(WORDS, reason="their letter", by=None, at=NOW, trial=False)
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("alter table trail_entry disable trigger keep_trail")
        cursor.execute("update trail_entry set note = 'Called nobody' where id = %s", [known.id])
        cursor.execute("alter table trail_entry enable trigger keep_trail")
    assert verify().broken == [f"Entry {known.id} was changed."]


def test_erasing_does_not_open_the_trail_to_anything_else(known):
    for _ in range(2):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            TrailEntry.objects.filter(id=known.id).update(note="")
        erase(WORDS, reason="their letter", by=None, at=NOW, trial=False)


@pytest.mark.parametrize(
    ("words", "reason"), [(["Bo"], "their letter"), ([], "their letter"), (["zoe@example.com"], " ")]
)
def test_what_would_hit_others_or_has_no_reason_is_refused(words, reason):
    with pytest.raises(ErasureRefused):
        erase(words, reason=reason, by=None, at=NOW, trial=False)


def test_the_command_counts_first(known, capsys):
    call_command("erase", "zoe@example.com", reason="their letter")
    assert "Nothing was changed" in capsys.readouterr().out
    call_command("erase", "zoe@example.com", reason="their letter", yes=True)
    assert "Erased in" in capsys.readouterr().out
    with pytest.raises(CommandError, match="too short"):
        call_command("erase", "Bo", reason="their letter", yes=True)


def test_signs_of_patterns_are_only_letters(known):
    assert erase(["z.e@example.com", "(zoe|tom)@"], reason="their letter", by=None, at=NOW, trial=True).places == {}
