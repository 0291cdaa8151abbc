"""The page of one exception: what it offers to whom, what each form does, and what stays when two people collide."""

import re
from datetime import timedelta
from decimal import Decimal
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from exceptions import exception_page, proposals
from exceptions.models import Acceptance, Attachment, ExceptionCase, OwnChange, TrailEntry
from exceptions.move_forms import FORMS
from exceptions.moves import MOVES
from reconciliation.models import Configuration, SkuAlias, System
from reconciliation.own_words import Word, map_word
from tests.checks.conftest import brand  # noqa: F401
from tests.exceptions.people import NOW, bands, case, someone, teams

pytestmark = pytest.mark.django_db
HOSTILE = '<script>alert("x")</script>'


@pytest.fixture
def people():
    bands()
    teams()
    return {
        "tom": someone("tom", "agent", team="finance"),
        "lea": someone("lea", "agent", "lead", team="finance", lead=True),
        "pat": someone("pat", "approver"),
        "vera": someone("vera", "viewer"),
    }


def page(client, person, known):
    client.force_login(person.user)
    return client.get(f"/exceptions/{known.pk}")


def send(client, person, known, move, **said):
    client.force_login(person.user)
    known.refresh_from_db()
    resolution = said.pop("resolution", None)
    address = f"/exceptions/{known.pk}/moves/{move}" + (f"?resolution={resolution}" if resolution else "")
    answer = client.post(address, {"seen": known.version} | said)
    known.refresh_from_db()
    return answer


def test_a_viewer_sees_all_and_is_offered_nothing(client, people):
    known = case(amount=Decimal(5), currency="GBP", evidence=[{"field": "amount", "expected": "1", "actual": HOSTILE}])
    shown = page(client, people["vera"], known)
    assert shown.status_code == 200
    assert HOSTILE not in shown.content.decode()
    assert 'name="seen"' not in shown.content.decode()
    assert "Nothing here is yours to do: it is the team Finance's." in unescape(shown.content.decode())
    assert "Nothing here is yours" not in page(client, people["tom"], known).content.decode()
    assert send(client, people["vera"], known, "claim").status_code == 422
    assert known.state == "new"


def test_what_nobody_was_asked_for_is_no_difference(client, people):
    told = {"field": "payment.method", "expected": "on_account needs no payment", "actual": None, "actual_from": None}
    known = case(evidence=[told, {"field": "order", "expected": "a copy", "actual": "none", "actual_from": "erp"}])
    assert page(client, people["tom"], known).content.decode().count("differs: ") == 1


def test_the_suggested_resolution_comes_first_once_it_is_taken(client, people):
    known = case(amount=Decimal(5), currency="GBP")
    assert page(client, people["tom"], known).context["page"].suggested is None
    assert send(client, people["tom"], known, "claim").status_code == 302
    shown = page(client, people["tom"], known).context["page"]
    assert shown.suggested.resolution == "request_corrected_credit"
    assert {action.move for action in shown.resolutions} == {"apply", "accept"}
    offered = re.findall(
        r'href="[^"]*/moves/(\w+)"|action="[^"]*/moves/(\w+)"', page(client, people["tom"], known).content.decode()
    )
    moves = [link or form for link, form in offered]
    assert moves[:1] + moves[-1:] == ["wait", "dismiss"], "after the resolutions, what it most likely waits for"
    assert set(moves) >= {"snooze", "note", "release"}


def test_beyond_the_limit_accepting_turns_into_asking(client, people):
    known = case(amount=Decimal(500), currency="GBP")
    send(client, people["tom"], known, "claim")
    moves = {a.resolution: a.move for a in page(client, people["tom"], known).context["page"].resolutions}
    assert moves["accept_variance"] == "propose"
    said = {"reason": "goodwill", "note": "an old customer"}
    answer = send(client, people["tom"], known, "resolve", resolution="accept_variance", **said)
    assert (answer.status_code, known.state) == (302, "pending_approval")
    shown = page(client, people["pat"], known)
    assert "an old customer" in shown.content.decode()
    assert send(client, people["pat"], known, "approve").status_code == 302
    assert (known.state, Acceptance.objects.get().approved_by.username) == ("accepted", "pat")


def test_what_is_missing_is_said_at_the_field_and_what_was_typed_stays(client, people):
    known = case()
    send(client, people["tom"], known, "claim")
    answer = send(client, people["tom"], known, "wait", waiting_for="the buyer", note="", until="2020-01-01")
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "the buyer" in text
    assert 'id="id_note_error"' in text
    assert known.state == "in_progress"


def test_of_two_people_the_second_sees_who_was_first_and_keeps_the_note(client, people):
    known = case()
    send(client, people["tom"], known, "claim")
    stale = known.version - 1
    client.force_login(people["lea"].user)
    answer = client.post(f"/exceptions/{known.pk}/moves/note", {"seen": stale, "note": "my long thought"})
    text = answer.content.decode()
    assert "Tom was first" in text
    assert "my long thought" in text
    again = client.post(f"/exceptions/{known.pk}/moves/note", {"seen": known.version, "note": "my long thought"})
    assert again.status_code == 302


def test_mapping_a_sku_shows_what_it_closes_and_can_be_undone(client, people):
    System.objects.create(key="portal", kind="rebound")
    fields = {"kind": "sku_mismatch", "team": "finance", "systems": ["portal"], "currency": "GBP"}
    known = case("sku:portal:OLD", sku="OLD", amount=Decimal(40), **fields)
    case("sku:portal:OLD2", sku="OLD", amount=Decimal(2), **fields)
    send(client, people["tom"], known, "claim")
    said = {"p_system": "portal", "p_sku": "OLD", "p_canonical": "NEW"}
    shown = send(client, people["tom"], known, "resolve", resolution="map_sku", preview="1", **said)
    assert (shown.context["effect"].cases, shown.context["effect"].amounts) == (2, {"GBP": Decimal(42)})
    assert not SkuAlias.objects.exists()
    before = Configuration.objects.get_or_create(id=1)[0].version
    send(client, people["tom"], known, "resolve", resolution="map_sku", **said)
    assert (known.state, SkuAlias.objects.get().canonical) == ("fix_applied", "NEW")
    assert Configuration.objects.get().version > before
    change = OwnChange.objects.get()
    assert client.post(f"/exceptions/{known.pk}/changes/{change.pk}/undo").status_code == 302
    assert not SkuAlias.objects.exists()
    assert TrailEntry.objects.filter(case=known, move="undo").exists()


def test_undoing_puts_back_what_was_there_before(client, people):
    System.objects.create(key="portal", kind="rebound")
    map_word(Word("skus", "portal", "OLD"), "FIRST")
    known = case(kind="sku_mismatch", sku="OLD", systems=["portal"])
    send(client, people["tom"], known, "claim")
    said = {"p_system": "portal", "p_sku": "OLD", "p_canonical": "SECOND"}
    send(client, people["tom"], known, "resolve", resolution="map_sku", **said)
    client.post(f"/exceptions/{known.pk}/changes/{OwnChange.objects.get().pk}/undo")
    assert SkuAlias.objects.get().canonical == "FIRST"


def test_a_change_of_our_own_data_tells_what_was_there_before(client, people):
    System.objects.create(key="portal", kind="rebound")
    map_word(Word("skus", "portal", "OLD"), "FIRST")
    known = case(kind="sku_mismatch", sku="OLD", systems=["portal"])
    send(client, people["tom"], known, "claim")
    said = {"p_system": "portal", "p_sku": "OLD", "p_canonical": "SECOND"}
    send(client, people["tom"], known, "resolve", resolution="map_sku", **said)
    told = TrailEntry.objects.get(case=known, move="apply").details
    assert (told["before"], told["parameters"]["canonical"]) == ("FIRST", "SECOND")


@pytest.mark.parametrize("who", ["lea", "ida"])
def test_only_who_made_a_change_a_lead_or_an_admin_undoes_it(client, people, who):
    System.objects.create(key="portal", kind="rebound")
    known = case(kind="sku_mismatch", sku="OLD", systems=["portal"])
    send(client, people["tom"], known, "claim")
    said = {"p_system": "portal", "p_sku": "OLD", "p_canonical": "NEW"}
    send(client, people["tom"], known, "resolve", resolution="map_sku", **said)
    client.force_login(someone("ann", "agent", team="finance").user)
    client.post(f"/exceptions/{known.pk}/changes/{OwnChange.objects.get().pk}/undo")
    assert SkuAlias.objects.exists()
    client.force_login(someone("eve", "viewer").user)
    client.post(f"/exceptions/{known.pk}/changes/{OwnChange.objects.get().pk}/undo")
    assert SkuAlias.objects.exists()
    client.force_login(people["lea"].user if who == "lea" else someone("ida", "admin").user)
    client.post(f"/exceptions/{known.pk}/changes/{OwnChange.objects.get().pk}/undo")
    assert not SkuAlias.objects.exists()


def test_a_draft_is_ready_to_copy_and_download(client, people):
    known = case(amount=Decimal("18.00"), currency="GBP", refs={"credit_number": "CN-7"})
    send(client, people["tom"], known, "claim")
    address = f"/exceptions/{known.pk}/moves/resolve?resolution=request_corrected_credit"
    assert "CN-7" in client.get(address).content.decode()
    download = client.get(f"/exceptions/{known.pk}/drafts/request_corrected_credit")
    assert "Difference: 18.00 GBP" in download.content.decode()
    assert "attachment" in download["Content-Disposition"]


def test_asking_the_customer_comes_with_a_message_that_names_their_numbers(client, people):
    known = case(kind="orphan_return", refs={"rma": "RMA-7"}, customer="C-1")
    send(client, people["tom"], known, "claim")
    page = client.get(f"/exceptions/{known.pk}/moves/resolve?resolution=ask_customer").content.decode()
    assert "Return: RMA-7" in page
    assert 'name="waiting_for"' in page


@pytest.mark.parametrize("name", sorted(MOVES))
def test_every_move_has_a_form_that_opens(client, people, name):
    known = case(
        kind="orphan_return", state=MOVES[name].sources[0], suggestions=[{"order": "order:front:1"}], **dates(name)
    )
    client.force_login(people["lea"].user)
    if name in ("apply", "accept", "propose"):
        assert client.get(f"/exceptions/{known.pk}/moves/resolve?resolution=link_order").status_code == 200
    else:
        assert client.get(f"/exceptions/{known.pk}/moves/{name}").status_code == 200
    assert set(FORMS) <= set(MOVES)


def dates(name):
    source = MOVES[name].sources[0]
    fields = {"until": timezone.now() + timedelta(1)} if source in ("waiting", "snoozed") else {}
    if source in ("resolved", "accepted", "dismissed", "merged"):
        fields["closed_at"] = timezone.now()
    if source == "merged":
        fields["merged_into"] = case("order:shop:target")
    return fields


def test_what_is_no_move_or_no_resolution_is_not_found(client, people):
    known = case()
    client.force_login(people["tom"].user)
    for address in ("moves/explode", "moves/resolve", "moves/resolve?resolution=restock", "moves/resolve?resolution=x"):
        assert client.get(f"/exceptions/{known.pk}/{address}").status_code == 404


def test_files_are_kept_under_a_harmless_name_and_only_downloaded(client, people, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    known = case()
    client.force_login(people["tom"].user)
    given = SimpleUploadedFile("../../évil.txt", HOSTILE.encode(), content_type="text/html")
    client.post(f"/exceptions/{known.pk}/files", {"file": given})
    kept = Attachment.objects.get()
    assert kept.name == "évil.txt"
    answer = client.get(f"/exceptions/{known.pk}/files/{kept.pk}")
    assert b"".join(answer.streaming_content) == HOSTILE.encode()
    assert answer["Content-Type"] == "application/octet-stream"
    assert "attachment" in answer["Content-Disposition"]
    assert client.get(f"/exceptions/{case('order:shop:2').pk}/files/{kept.pk}").status_code == 404


def test_a_program_or_a_page_is_not_kept_whatever_it_is_called(client, people, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    known = case()
    client.force_login(people["tom"].user)
    for name, content, reason in (("run.exe", b"MZ", "Not a .exe file"), ("a.pdf", b"MZ", "no .pdf file")):
        given = {"file": SimpleUploadedFile(name, content, content_type="application/pdf")}
        assert reason in client.post(f"/exceptions/{known.pk}/files", given, follow=True).content.decode()
    assert not Attachment.objects.exists()
    assert list(tmp_path.iterdir()) == []


def test_an_empty_or_too_large_file_is_refused(client, people, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    known = case()
    client.force_login(people["tom"].user)
    for content in (b"", b"x" * (10 * 1024 * 1024 + 1)):
        client.post(f"/exceptions/{known.pk}/files", {"file": SimpleUploadedFile("a.pdf", content)})
    client.force_login(someone("out", "agent", team="cx").user)
    client.post(f"/exceptions/{known.pk}/files", {"file": SimpleUploadedFile("a.pdf", b"x")})
    assert not Attachment.objects.exists()


@pytest.mark.parametrize(("who", "offered"), [("tom", True), ("out", False), ("pat", False), ("vera", False)])
def test_a_file_is_asked_for_where_it_would_be_kept(client, people, who, offered):
    people["out"] = someone("out", "agent", team="cx")
    shown = page(client, people[who], case()).content.decode()
    assert ('type="file"' in shown) is offered


def test_who_else_is_looking_is_told(client, people):
    known = case()
    page(client, people["lea"], known)
    assert page(client, people["tom"], known).context["page"].looking == ["Lea"]


def test_previous_and_next_are_those_of_the_queue_one_came_from(client, people):
    first, second, third = (case(f"order:shop:{n}", due_at=timezone.now() + timedelta(hours=n)) for n in (1, 2, 3))
    client.force_login(people["tom"].user)
    shown = client.get(f"/exceptions/{second.pk}?queue=order%3Ddue").context["page"]
    assert (shown.previous, shown.following) == (first, third)
    shown = client.get(f"/exceptions/{third.pk}?queue=order%3Dnewest").context["page"]
    assert (shown.previous, shown.following) == (None, second)


def test_others_of_the_same_sku_and_customer_are_counted(client, people):
    known = case(sku="TEE", customer="C-1")
    case("order:shop:2", sku="TEE")
    case("order:shop:3", customer="C-1", state="resolved", closed_at=timezone.now())
    found = page(client, people["tom"], known).context["page"].siblings
    assert [(s.sentence, s.query) for s in found] == [("1 other open with the SKU TEE", "sku=TEE")]


def test_earlier_times_that_it_was_open_are_told_with_how_they_ended(client, people, monkeypatch):
    known, then = case(first_seen=NOW - timedelta(days=9), regressed=True), NOW - timedelta(days=9)
    turns = (("detect", None, "new"), ("auto-resolve", "new", "resolved"), ("regress", "resolved", "new"))
    for days, (move, source, target) in enumerate((*turns, *turns[1:], turns[1])):
        at = then + timedelta(days=days)
        TrailEntry.objects.create(case=known, at=at, move=move, from_state=source, to_state=target, source="run 1")
    for most in (100, 2):
        monkeypatch.setattr(exception_page, "HAPPENED", most)
        shown = page(client, people["tom"], known)
        found = [(one.since - then, one.until - then) for one in shown.context["page"].occurrences]
        assert found == [(timedelta(2), timedelta(3)), (timedelta(0), timedelta(1))], "this time is not over before"
        assert shown.content.decode().count("Open before:") == 2
        assert '<a href="/runs/1">run 1</a>' in shown.content.decode()


def test_what_it_is_about_leads_to_its_pages(client, people):
    known = case(sku="T & E", customer="C/1", refs={"sales_order": "SO-1"}, resolution="retry_sync")
    shown = page(client, people["tom"], known).content.decode()
    for address in ("/sku?sku=T%20%26%20E", "/customer?id=C%2F1", "/search?q=SO-1"):
        assert f'href="{address}"' in shown
    assert "retry_sync" not in shown
    assert "Finance, nobody yet" in shown


@pytest.mark.parametrize("state", ["new", "in_progress", "pending_approval", "fix_applied"])
def test_no_single_key_does_more_than_taking_a_case_or_opening_a_form(client, people, state):
    known = case(kind="missing_credit", state=state, amount=Decimal(5), currency="GBP")
    if state != "new":
        ExceptionCase.objects.filter(pk=known.pk).update(owner=people["lea"].user)
    if state == "pending_approval":
        asked = {"note": "why", "by": people["tom"].user, "at": timezone.now()}
        proposals.make(known, "raise_credit", {}, **asked)
    shown = page(client, people["lea"], known).content.decode()
    at_once = re.findall(r'<form method="post" action="([^"]*)">(?:(?!</form>).)*?data-key', shown, re.DOTALL)
    assert at_once == ([f"/exceptions/{known.pk}/moves/claim"] if state == "new" else [])


def test_the_page_asks_the_database_the_same_few_times_however_long_the_story(
    client, people, django_assert_max_num_queries
):
    known = case(sku="TEE", customer="C-1", amount=Decimal(5), currency="GBP")
    for _ in range(30):
        send(client, people["tom"], known, "note", note="again")
    with django_assert_max_num_queries(30):
        page(client, people["tom"], known)
    assert ExceptionCase.objects.get(pk=known.pk).trail.count() == 30


def test_evidence_says_since_when_each_record_says_so_and_marks_what_differs_in_text(client, people, brand):  # noqa: F811
    brand.order(1, said=2)
    piece = {"field": "status", "expected": "open", "expected_from": "order:front:front-1"}
    same = {"field": "currency", "expected": "GBP", "actual": "GBP", "actual_from": "the tolerance of the flow"}
    known = case(evidence=[piece | {"actual": "closed", "actual_from": "order:shop:none"}, same])
    client.force_login(someone("ann", "agent", team="finance").user)
    page = client.get(f"/exceptions/{known.pk}").content.decode()
    assert "since <time" in page
    assert page.count("since <time") == 1, "of the other record nothing is known, and words are no record"
    assert page.count('<span class="visually-hidden">differs: </span>') == 1
    rows = client.get(f"/tables/evidence.csv?id={known.pk}").getvalue().decode().splitlines()
    assert rows[1].startswith("status,open,order:front:front-1,2025-09-01T1")
    assert [row.rsplit(",", 1)[1] for row in rows[1:]] == ["yes", "no"]
