"""The trail: it only grows, its chain names whatever is done to it all the same, and no late entry is left out."""

import hashlib
import json
import threading
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, connections, transaction

from exceptions.models import SealedEntry, TrailEntry, TrailSeal
from exceptions.trail.chain import BEGINNING, seal, verify
from exceptions.trail.sentences import sentence
from tests.exceptions.people import NOW, case, someone

pytestmark = pytest.mark.django_db
TABLES = ("trail_entry", "trail_seal", "sealed_entry")


def entry(**fields):
    said = {"about": "rule 7", "at": NOW, "move": "rule", "source": "page", "details": {"before": None, "after": "x"}}
    return TrailEntry.objects.create(**said | fields)


def tamper(sql, *values):
    """What somebody does who holds the database itself."""
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        for table in TABLES:
            cursor.execute(f"alter table {table} disable trigger user")
        cursor.execute(sql, values)
        for table in TABLES:
            cursor.execute(f"alter table {table} enable trigger user")


def sealed(count=3):
    made = [entry(note=f"note {number}") for number in range(count)]
    seal(at=NOW)
    return made


@pytest.mark.parametrize("table", TABLES)
def test_nothing_is_changed_deleted_or_emptied(table):
    sealed()
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        key = "entry" if table == "sealed_entry" else "id"
        for statement in (f"update {table} set {key} = {key}", f"delete from {table}", f"truncate {table} cascade"):
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
                cursor.execute(statement)
        if table == "trail_entry":
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
                cursor.execute("truncate exception_case cascade")


def test_a_whole_trail_is_said_to_be_whole_with_its_tail():
    assert seal(at=NOW) == 0
    sealed()
    late = entry()
    verdict = verify()
    assert (verdict.broken, verdict.seals, verdict.entries) == ([], 1, 3)
    assert (verdict.tail, verdict.first, verdict.last) == (1, late.pk, late.pk)
    assert seal(at=NOW) == 1
    assert verify().tail == 0


def test_each_seal_covers_the_one_before():
    sealed()
    sealed()
    first, second = TrailSeal.objects.order_by("id")
    assert (first.previous, second.previous) == (BEGINNING, first.hash)
    digests = SealedEntry.objects.filter(seal=second).order_by("entry").values_list("digest", flat=True)
    assert second.hash == hashlib.sha256((first.hash + "".join(digests)).encode()).hexdigest()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("note", "something else"),
        ("at", NOW + timedelta(microseconds=1)),
        ("source", "api"),
        ("details", '{"after": "y", "before": null}'),
        ("about", "rule 8"),
        ("move", "topology"),
        ("to_state", "accepted"),
        ("request_id", "r"),
    ],
)
def test_a_changed_entry_is_named(column, value):
    made = sealed()
    tamper(f"update trail_entry set {column} = %s where id = %s", value, made[1].pk)
    assert verify().broken == [f"Entry {made[1].pk} was changed."]


def test_who_did_it_cannot_be_changed_unnoticed():
    tom, ann = someone("tom").user, someone("ann").user
    made = entry(by=tom)
    seal(at=NOW)
    tamper("update trail_entry set by_id = %s where id = %s", ann.pk, made.pk)
    assert verify().broken == [f"Entry {made.pk} was changed."]


def test_a_number_in_the_details_cannot_be_changed_in_its_twentieth_digit():
    made = entry()
    tamper("""update trail_entry set details = '{"rate": 0.12345678901234567891}' where id = %s""", made.pk)
    seal(at=NOW)
    assert verify().broken == []
    tamper("""update trail_entry set details = '{"rate": 0.12345678901234567892}' where id = %s""", made.pk)
    assert verify().broken == [f"Entry {made.pk} was changed."]


def test_a_vanished_entry_is_named():
    made = sealed()
    tamper("delete from trail_entry where id = %s", made[2].pk)
    assert verify().broken == [f"Entry {made[2].pk} has vanished."]


def test_an_entry_changed_with_its_digest_breaks_its_seal():
    made = sealed()
    tamper("update sealed_entry set digest = %s where entry = %s", "0" * 64, made[0].pk)
    number = TrailSeal.objects.get().pk
    assert verify().broken == [
        f"Seal {number} no longer fits the digests of its entries.",
        f"Entry {made[0].pk} was changed.",
    ]


def test_a_seal_made_anew_no_longer_leads_to_the_next():
    sealed()
    sealed()
    first, second = TrailSeal.objects.order_by("id")
    tamper("update trail_seal set hash = %s where id = %s", "1" * 64, first.pk)
    assert verify().broken == [
        f"Seal {first.pk} no longer fits the digests of its entries.",
        f"Seal {second.pk} does not follow the seal before it: one between them is gone, or one of the two changed.",
    ]


def test_a_sealed_entry_taken_out_of_its_seal_is_missed():
    made = sealed()
    tamper("delete from sealed_entry where entry = %s", made[1].pk)
    number = TrailSeal.objects.get().pk
    assert verify().broken == [
        f"Seal {number} covered 3 entries; 2 are named still.",
        f"Seal {number} no longer fits the digests of its entries.",
    ]


def test_an_end_cut_off_is_found_by_a_head_noted_before():
    sealed()
    sealed()
    head = verify().head
    assert verify(head=head).broken == []
    last = TrailSeal.objects.order_by("-id").first().pk
    tamper("delete from sealed_entry where seal_id = %s", last)
    tamper("delete from trail_seal where id = %s", last)
    assert verify().broken == []
    assert verify(head=head).broken == [f"No seal has the hash {head}: what it covered was cut off or made anew."]


def test_the_chain_cannot_fork():
    sealed()
    link = TrailSeal.objects.get()
    with pytest.raises(DatabaseError), transaction.atomic():
        TrailSeal.objects.create(previous=link.previous, hash="2" * 64, entries=0)


def test_more_than_a_batch_is_sealed_in_several_links(monkeypatch):
    monkeypatch.setattr("exceptions.trail.chain.BATCH", 4)
    monkeypatch.setattr("exceptions.trail.chain.SEALS_AT_ONCE", 2)
    sealed(11)
    verdict = verify()
    assert (verdict.seals, verdict.entries, verdict.broken) == (3, 11, [])


@pytest.mark.django_db(transaction=True)
def test_an_entry_that_commits_late_is_sealed_later_and_keeps_nobody_waiting():
    written, may_commit = threading.Event(), threading.Event()

    def slow():
        with transaction.atomic():
            entry(note="slow")
            written.set()
            may_commit.wait(20)
        connections.close_all()

    thread = threading.Thread(target=slow)
    thread.start()
    assert written.wait(20)
    later = entry(note="quick")
    assert seal(at=NOW) == 1
    assert list(SealedEntry.objects.values_list("entry", flat=True)) == [later.pk]
    may_commit.set()
    thread.join()
    assert (verify().tail, verify().broken) == (1, [])
    assert seal(at=NOW) == 1
    slow_one = TrailEntry.objects.get(note="slow")
    assert slow_one.pk < later.pk
    assert SealedEntry.objects.get(entry=slow_one.pk).seal.pk > SealedEntry.objects.get(entry=later.pk).seal.pk
    assert verify().broken == []


@pytest.mark.django_db(transaction=True)
def test_two_sealers_at_once_seal_everything_once():
    for _ in range(30):
        entry()
    done = []

    def work():
        done.append(seal(at=NOW))
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(done) == 30
    assert verify().broken == []


def test_the_command_says_whether_it_is_whole_and_fails_where_it_is_not(capsys):
    made = sealed()
    call_command("trail", "verify")
    assert "The trail is whole: 3 entries in 1 seals" in capsys.readouterr().out
    tamper("delete from trail_entry where id = %s", made[0].pk)
    with pytest.raises(SystemExit) as ended:
        call_command("trail", "verify")
    assert ended.value.code == 1
    assert f"Entry {made[0].pk} has vanished.\nThe trail is broken" in capsys.readouterr().out


def test_an_exported_line_is_what_was_sealed(capsys):
    made = entry(note="“ü”, 2\nlines")
    entry(at=NOW + timedelta(days=1))
    call_command("trail", "seal")
    capsys.readouterr()
    call_command("trail", "export", "--format", "ndjson", "--since", "2026-09-30", "--until", "2026-10-01")
    (line,) = capsys.readouterr().out.splitlines()
    assert hashlib.sha256(line.encode()).hexdigest() == SealedEntry.objects.get(entry=made.pk).digest
    assert json.loads(line)["note"] == "“ü”, 2\nlines"


def test_the_export_of_a_period_is_a_table_without_formulas(capsys):
    known = case()
    entry(case=known, about="", move="note", note='=HYPERLINK("http://x")')
    call_command("trail", "export", "--since", "2026-09-30T00:00:00Z")
    heading, row = capsys.readouterr().out.splitlines()
    assert heading.startswith("Entry,At,By,About")
    assert f",system,{known},note,Noted." in row
    assert ""","'=HYPERLINK(""http://x"")",""" in row
    with pytest.raises(CommandError, match="is no day"):
        call_command("trail", "export", "--since", "yesterday")


@pytest.fixture
def auditor(client):
    client.force_login(someone("vera", "viewer").user)
    return client


def test_the_page_tells_in_sentences_and_filters_by_who_what_about_and_when(auditor):
    tom, known = someone("tom", "agent").user, case("order:shop:7")
    entry(case=known, about="", move="claim", by=tom, from_state="new", to_state="in_progress")
    entry(case=known, about="", move="auto-resolve", at=NOW + timedelta(days=2), source="run 3")
    entry(about="person ann", move="grant", details={"before": {"roles": []}, "after": {"roles": ["lead"]}}, by=tom)

    def told(**asked):
        return [sentence(e) for e in auditor.get("/trail", asked).context["page"].entries]

    agree, lead, taken = (
        "The systems agree again; resolved.",
        "Granted a role to person ann: roles from nothing to lead.",
        "Taken.",
    )
    assert told() == [lead, agree, taken]
    assert told(by="tom") == [lead, taken]
    assert told(by="system") == [agree]
    assert told(move="claim") == [taken]
    assert told(about=str(known)) == [agree, taken]
    assert told(about="shop:7") == [agree, taken]
    assert told(about="ann") == [lead]
    assert told(since="2026-10-01") == [agree]
    assert told(until="2026-09-30") == [lead, taken]
    assert told(until="9999-12-31", since="nonsense", before="x") == [lead, agree, taken]
    assert told(by="nobody") == []
    assert lead in auditor.get("/trail").text


def test_pages_follow_by_number_without_a_gap(auditor):
    TrailEntry.objects.bulk_create(
        TrailEntry(about=f"rule {n}", at=NOW, move="rule", source="page") for n in range(230)
    )
    seen, address = [], "/trail?move=rule"
    while address:
        answer = auditor.get(address)
        seen += [e.pk for e in answer.context["page"].entries]
        following = answer.context["following"]
        address = following and f"/trail{following}"
    assert seen == list(TrailEntry.objects.order_by("-id").values_list("id", flat=True))


def test_the_download_heeds_the_filters(auditor):
    entry(note="kept")
    entry(note="left", move="other")
    text = b"".join(auditor.get("/trail/export.csv?move=rule").streaming_content).decode()
    assert ("kept" in text, "left" in text) == (True, False)
    answer = auditor.get("/trail/export.xlsx")
    assert b"".join(answer.streaming_content).startswith(b"PK")
    assert auditor.get("/trail/export.pdf").status_code == 404


def test_who_works_does_not_read_the_whole_trail(client):
    client.force_login(someone("tom", "agent", "lead", "approver").user)
    assert client.get("/trail").status_code == 403
    assert client.get("/trail/export.csv").status_code == 403
