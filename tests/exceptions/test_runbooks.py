"""Runbooks: our own words over the shipped ones, steps that are ticked on a case, and text that means harm."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exceptions.models import RunbookVersion, StepTick, TrailEntry
from exceptions.moves import FieldMissing, MoveNotAllowed
from exceptions.runbooks.steps import missing_steps, steps_of, steps_on
from exceptions.runbooks.texts import (
    TAGS,
    RunbookRefused,
    difference,
    markdown_html,
    runbook_of,
    shipped_text,
    write_runbook,
)
from exceptions.runbooks.ticks import tick
from exceptions.trail.sentences import sentence
from exceptions.workflow import Origin, move
from reconciliation.declarations import checks
from tests.exceptions.people import NOW, bands, case, someone

pytestmark = pytest.mark.django_db
KIND = "credit_value_mismatch"
OURS = """# Credit of the wrong value

## How to confirm

- Compare the credit note with the price list [required]
- Ask the buyer

## How to fix

1. Void the note in Xero
   with a word to the customer.
2. Raise it again.
"""
PAGE = Origin("page")


def written(text=OURS, *, by=None, seen=0):
    return write_runbook(KIND, text, seen=seen, by=(by or someone("sam", "admin")).user, at=NOW)


@pytest.mark.parametrize("kind", sorted(checks()))
def test_every_shipped_runbook_has_steps(kind):
    assert steps_of(shipped_text(kind)), "number the points under “How to fix”"


def test_the_shipped_runbook_counts_until_we_write_ours_and_again_when_it_is_brought_back():
    shipped = runbook_of(KIND)
    assert (shipped.is_own, shipped.text) == (False, shipped_text(KIND))
    sam = someone("sam", "admin")
    written(by=sam)
    assert runbook_of(KIND).text == OURS
    assert ("+", "- Ask the buyer") in difference(shipped_text(KIND), OURS)
    written(None, by=sam, seen=1)
    assert runbook_of(KIND).text == shipped_text(KIND)
    written(OURS, by=sam, seen=2)
    assert runbook_of(KIND).number == RunbookVersion.objects.count() == 3
    told = [entry.move for entry in TrailEntry.objects.filter(about=f"runbook {KIND}").order_by("id")]
    assert told == ["change", "revert", "change"]


def test_a_shipped_text_that_changed_since_is_said():
    written()
    assert not runbook_of(KIND).outdated
    RunbookVersion.objects.update(shipped="another")
    assert runbook_of(KIND).outdated


@pytest.mark.parametrize("text", ["", "no title", "# Title alone\n", f"# Long\n{'x' * 60_000}"])
def test_what_is_no_runbook_is_refused(text):
    with pytest.raises(RunbookRefused):
        written(text)


def test_two_who_write_at_once_do_not_overwrite_each_other():
    sam = someone("sam", "admin")
    written(by=sam)
    with pytest.raises(RunbookRefused, match="meanwhile"):
        written(OURS + "\nMore.\n", by=sam, seen=0)


def test_the_points_of_both_sections_are_steps_and_no_others():
    steps = steps_of(OURS + "\n## When to accept it\n\n- Never\n")
    assert [(step.text, step.required) for step in steps] == [
        ("Compare the credit note with the price list", True),
        ("Ask the buyer", False),
        ("Void the note in Xero with a word to the customer.", False),
        ("Raise it again.", False),
    ]
    assert len(steps_of("# x\n\n## How to fix\n\n1. Outer\n   - inner\n2. Next\n")) == 2


def ticked(found, person, number=0, *, done=True, at=NOW):
    key = steps_of(runbook_of(KIND).text)[number].key
    return tick(found.pk, key, done=done, by=person, at=at, origin=PAGE)


def applied(found, person, at=NOW):
    said = {
        "resolution": "request_corrected_credit",
        "parameters": {"where": "a mail"},
        "seen": type(found).objects.get(pk=found.pk).version,
    }
    return move(found.pk, "apply", by=person, at=at, origin=PAGE, **said)


@pytest.fixture
def tom():
    return someone("tom", "agent", team="finance")


@pytest.fixture
def found(tom):
    return case(state="in_progress", owner=tom.user)


def test_a_ticked_step_is_evidence(found, tom):
    written()
    ticked(found, tom)
    ticked(found, tom)
    entry = TrailEntry.objects.get(case=found, move="tick")
    assert entry.by == tom.user
    assert sentence(entry) == "Done, as the runbook says: Compare the credit note with the price list"
    assert entry.details["runbook"] == 1
    ticked(found, tom, done=False)
    assert [step.tick for step in steps_on(found, runbook_of(KIND))] == [None] * 4
    assert TrailEntry.objects.filter(case=found, move="untick").count() == 1


def test_a_required_step_comes_before_a_fix_is_claimed(found, tom):
    written()
    with pytest.raises(FieldMissing, match="price list"):
        applied(found, tom)
    ticked(found, tom, 1)
    with pytest.raises(FieldMissing):
        applied(found, tom)
    ticked(found, tom, 0)
    assert applied(found, tom).to_state == "fix_applied"


def test_a_fix_that_needs_approval_needs_the_step_before_it_is_proposed(tom):
    bands()
    lacking = case(kind="missing_po", state="in_progress", owner=tom.user, customer="C-1")
    write_runbook("missing_po", OURS, seen=0, by=someone("sam", "admin").user, at=NOW)
    said = {"resolution": "waive_reference", "parameters": {"until": "2026-12-31"}, "note": "as agreed"}
    with pytest.raises(FieldMissing, match="price list"):
        move(lacking.pk, "propose", seen=1, by=tom, at=NOW, origin=PAGE, **said)
    tick(lacking.pk, steps_of(OURS)[0].key, done=True, by=tom, at=NOW, origin=PAGE)
    assert move(lacking.pk, "propose", seen=1, by=tom, at=NOW, origin=PAGE, **said).to_state == "pending_approval"


def test_without_required_steps_nothing_is_asked(found, tom):
    assert missing_steps(found) == []
    assert applied(found, tom).to_state == "fix_applied"


def test_what_was_ticked_before_the_fix_failed_counts_no_more(found, tom):
    written()
    ticked(found, tom)
    later = NOW + timedelta(days=1)
    TrailEntry.objects.create(case=found, move="fix_failed", source="run 2", at=later)
    assert [step.text for step in missing_steps(found)] == ["Compare the credit note with the price list"]
    ticked(found, tom, at=later + timedelta(hours=1))
    assert missing_steps(found) == []
    assert StepTick.objects.count() == 1


def test_only_the_team_ticks_and_only_on_what_is_open(found, tom):
    for person in (someone("cleo", "agent", team="cx"), someone("vic", "viewer", team="finance"), someone("out")):
        with pytest.raises(MoveNotAllowed):
            ticked(found, person)
    closed = case("order:shop:9", state="resolved", closed_at=NOW)
    with pytest.raises(MoveNotAllowed, match="resolved"):
        ticked(closed, tom)
    with pytest.raises(MoveNotAllowed, match="no such step"):
        tick(found.pk, "nothing", done=True, by=tom, at=NOW, origin=PAGE)


def test_the_page_of_a_case_ticks_its_steps(client, found, tom):
    written()
    client.force_login(tom.user)
    shown = client.get(f"/exceptions/{found.pk}").content.decode()
    assert "0 of 4 steps done" in shown
    assert "needed before a fix" in shown
    key = steps_of(OURS)[0].key
    client.post(f"/exceptions/{found.pk}/steps/{key}")
    assert "1 of 4 steps done" in client.get(f"/exceptions/{found.pk}").content.decode()
    client.post(f"/exceptions/{found.pk}/steps/{key}", {"done": "no"})
    assert not StepTick.objects.exists()
    client.force_login(someone("cleo", "agent", team="cx").user)
    assert f"steps/{key}" not in client.get(f"/exceptions/{found.pk}").content.decode()


def test_an_admin_writes_compares_and_brings_back(client):
    client.force_login(someone("sam", "admin").user)
    address = f"/settings/runbooks/{KIND}"
    client.post(address, {"text": OURS, "seen": "0"})
    shown = client.get(address).content.decode()
    assert "<ins>+ - Ask the buyer</ins>" in shown
    refused = client.post(address, {"text": "no title", "seen": "1"})
    assert "no title" in refused.content.decode(), "what was typed stays"
    client.post(address, {"revert": "0", "seen": "1"})
    client.post(address, {"revert": "1", "seen": "2"})
    assert runbook_of(KIND).number == 3
    assert runbook_of(KIND).text == OURS
    assert client.get("/settings/runbooks/no_kind").status_code == 404


def test_the_list_of_runbooks_asks_the_database_once_for_all(client, django_assert_max_num_queries):
    sam = someone("sam", "admin")
    for kind in list(checks())[:20]:
        write_runbook(kind, OURS, seen=0, by=sam.user, at=NOW)
    client.force_login(sam.user)
    client.get("/settings/runbooks")
    with django_assert_max_num_queries(12):
        client.get("/settings/runbooks")


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](  JaVaScRiPt:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox)",
    "<a href='java&#10;script:alert(1)'>x</a>",
    "![x](https://elsewhere.example/pixel.gif)",
    "<svg><style>*{}</style></svg>",
    "`<iframe src=//elsewhere.example>`",
    '[x](https://elsewhere.example "onmouseover=alert(1)")',
    "<h1 style='position:fixed'>x</h1>",
    "| a |\n|---|\n| <object data=x> |",
    "[r]: javascript:alert(1)\n\n[r]",
    "\\<script\\>x\\</script\\>",
    "<!--><script>x</script>-->",
]


def harmless(html):
    tags = [part.split(">")[0] for part in html.split("<")[1:]]
    for tag in tags:
        name, *attributes = tag.strip("/").split(None, 1)
        assert name in TAGS, tag
        assert not attributes or attributes[0].startswith(("href=", "rel=")), tag
    assert 'href="javascript' not in html.lower().replace(" ", "")
    assert 'href="data' not in html.lower()


@pytest.mark.parametrize("text", HOSTILE)
def test_markdown_that_means_harm_does_none(text):
    harmless(markdown_html(text))


@given(st.text(alphabet="<>\"'`[]()!#*-_\\/ \n|:&;=scriptjavonerx1", max_size=120))
@settings(max_examples=200)
def test_no_markdown_makes_a_tag_that_does_more_than_format(text):
    harmless(markdown_html(text))


def test_the_words_of_a_step_are_shown_as_words(client, found, tom):
    written(OURS.replace("Ask the buyer", "Ask <b onclick=x>him</b> & her"))
    client.force_login(tom.user)
    assert "<b onclick" not in client.get(f"/exceptions/{found.pk}").content.decode()
