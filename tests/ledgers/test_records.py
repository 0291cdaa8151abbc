"""Records: the list page by page, every version with what changed in words, payloads that cannot act, refused lines."""

import hashlib
import io
import json

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from connectors.lines import read_lines
from exceptions.ledgers.differences import NotCompared, differences
from exceptions.ledgers.payloads import payload
from exceptions.reconciling import reconcile
from reconciliation.intake import take_in
from reconciliation.keys import record_key
from reconciliation.models import LedgerEntry, RejectedLine
from tests.ledgers.conftest import HOSTILE, text

ORDER = record_key("order", "front", "front-1")
PAGES = ("records", "rejected")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)


def send(*lines):
    return take_in(read_lines(io.BytesIO(b"\n".join(lines))), source="a file", clock=timezone.now)


def words(before, after):
    return [difference.words for difference in differences(json.dumps(before), json.dumps(after))]


def test_an_outsider_is_asked_to_sign_in(client, brand):
    brand.order()
    version = LedgerEntry.objects.get(record=ORDER).version
    addresses = [reverse(name) for name in PAGES]
    addresses += [reverse("record", args=[ORDER]), reverse("version", args=[ORDER, version])]
    addresses.append(reverse("rejected_line", args=["0" * 64]))
    assert all(client.get(address)["Location"].startswith("/account/login/") for address in addresses)


def test_pages_follow_each_other_without_a_gap_or_a_repeat(agent, brand):
    for number in range(120):
        brand.order(number, said=number % 7)
    brand.order(0, said=9, status="cancelled")  # a version that no longer speaks is no second row
    address, seen = "?type=order&system=front", []
    while address:
        answer = agent.get(f"/records{address}")
        seen += [said.id for said in answer.context["page"].records]
        address = answer.context["following"]
    assert sorted(seen) == sorted(["front-X", *(f"front-{number}" for number in range(120))])


def test_filters_let_one_type_and_system_through_and_nonsense_all(agent, brand):
    brand.everywhere()
    found = agent.get("/records?type=order&system=shop").context["page"].records
    assert {(said.type, said.system) for said in found} == {("order", "shop")}
    everything = agent.get("/records").context["page"].records
    asked_wrongly = agent.get("/records?type=;drop&system=%3Cb%3E&after=bm9uc2Vuc2U%3D&x=%00").context["page"].records
    assert [said.version for said in asked_wrongly] == [said.version for said in everything]


def test_every_version_says_what_changed_and_late_ones_take_their_place(agent, brand):
    brand.order(said=0, status="open")
    brand.order(said=9, status="fulfilled")
    brand.order(said=4, status="released")  # arrives last
    page = agent.get(reverse("record", args=[ORDER])).context["page"]
    assert [told.changes for told in page.versions] == [
        ["status: from released to fulfilled"],
        ["status: from open to released"],
        [],
    ]


def test_of_two_versions_of_one_moment_the_one_that_never_spoke_is_told(agent, brand):
    brand.order(total="50.00")
    brand.order(total="51.00")
    page = agent.get(reverse("record", args=[ORDER])).context["page"]
    assert sorted(told.never_spoke for told in page.versions) == [False, True]


def test_versions_are_paged_and_each_page_compares_with_the_next(agent, brand):
    for number in range(30):
        brand.order(said=number, total=f"{number}.00")
    answer = agent.get(reverse("record", args=[ORDER]))
    assert len(answer.context["page"].versions) == 25
    older = agent.get(f"/records/{ORDER}{answer.context['following']}").context["page"]
    assert older.versions[0].changes == ["total: from 3.00 to 4.00"]
    assert len(older.versions) == 5


def test_lines_are_told_apart_by_their_id_or_sku_and_not_by_their_place():
    before = {"lines": [{"sku": "TEE", "quantity": 1}, {"sku": "CAP", "quantity": 2}]}
    after = {"lines": [{"sku": "CAP", "quantity": 3}, {"sku": "TEE", "quantity": 1}, {"sku": "SOCK", "quantity": 1}]}
    assert words(before, after) == [
        "lines › CAP › quantity: from 2 to 3",
        'lines › SOCK: {"sku": "SOCK", "quantity": "1"}, which was not said before',
    ]


def test_the_moment_alone_is_no_difference():
    assert words({"at": "2025-01-01T00:00:00Z", "total": "1.0"}, {"at": "2025-01-02T00:00:00Z", "total": "1.0"}) == []


@given(st.dictionaries(st.text(max_size=5), JSON, max_size=4), st.dictionaries(st.text(max_size=5), JSON, max_size=4))
def test_versions_differ_where_their_words_do_and_never_otherwise(before, after):
    found = words(before, after)
    if json.loads(json.dumps(before), parse_int=str) == json.loads(json.dumps(after), parse_int=str):
        assert found == []
    assert all(told.isprintable() for told in found)


def test_what_is_too_long_or_too_deep_is_said_not_compared():
    deep = '{"x":' * 2_000 + "1" + "}" * 2_000
    with pytest.raises(NotCompared, match="too long"):
        differences(json.dumps({"x": "y" * 300_000}), "{}")
    with pytest.raises(NotCompared, match="too deeply"):
        differences(deep, '{"x":1}')


def test_a_payload_is_text_digit_by_digit_and_hides_nothing():
    shown = payload('{"total":12.50,"name":"a\u202eb\u200b","n":1e2}').text
    assert '"total": 12.50' in shown
    assert '"n": 1e2' in shown
    assert "a\\u202eb\\u200b" in shown
    assert payload(b"\xff\x00 {").text == "\\xff\\u0000 {"


@given(st.binary(max_size=200))
def test_any_bytes_can_be_shown(raw):
    assert all(sign.isprintable() or sign == "\n" for sign in payload(raw).text)


def test_hostile_payloads_are_shown_as_text_and_saved_as_files(agent, brand):
    brand.order(notes=HOSTILE, number=HOSTILE)
    version = LedgerEntry.objects.get(record=ORDER).version
    for address in (reverse("record", args=[ORDER]), reverse("version", args=[ORDER, version])):
        shown = text(agent.get(address))
        assert "<script>alert" not in shown
        assert "\u202e" not in shown
        assert "{{ 7|add:7 }}" in shown
    saved = agent.get(reverse("version", args=[ORDER, version]) + "?as=received")
    assert saved["Content-Type"] == "application/octet-stream"
    assert saved["Content-Disposition"].startswith("attachment")
    assert json.loads(saved.content)["notes"] == HOSTILE


def test_a_version_of_another_record_is_not_found(agent, brand):
    brand.order(1)
    brand.order(2)
    other = LedgerEntry.objects.get(record=record_key("order", "front", "front-2")).version
    assert agent.get(reverse("version", args=[ORDER, other])).status_code == 404


def test_a_refused_line_shows_line_field_reason_and_its_exception(agent, brand):
    good = {"type": "order", "system": "front", "id": "O-9", "at": "2025-09-01T12:00:00Z", "status": "open"}
    line = json.dumps(good | {"placed_at": HOSTILE}).encode()
    send(b"", line)
    reconcile(as_of=timezone.now(), now=timezone.now())
    sha256 = hashlib.sha256(line).hexdigest()
    listed = text(agent.get(reverse("rejected")))
    assert "placed_at" in listed
    assert f"/records/rejected/{sha256}" in listed
    answer = agent.get(reverse("rejected_line", args=[sha256]))
    assert answer.context["case"].kind == "rejected_record"
    assert answer.context["line"].line_number == 2
    assert "<script>alert" not in text(answer)
    assert agent.get(reverse("rejected_line", args=[sha256]) + "?as=received").content == line


def test_lines_that_are_no_text_at_all_are_shown(agent, brand):
    send(b"\xff\xfe\x00\x1b[31m")
    (sha256,) = RejectedLine.objects.values_list("sha256", flat=True)
    assert "\\xff\\xfe\\u0000\\u001b[31m" in text(agent.get(reverse("rejected_line", args=[bytes(sha256).hex()])))


def test_refused_lines_follow_each_other_without_a_gap_or_a_repeat(agent, brand):
    send(*(f"nonsense {number}".encode() for number in range(120)))
    address, seen = "", []
    while address is not None:
        answer = agent.get(f"/records/rejected{address}")
        seen += [line.line_number for line in answer.context["page"].lines]
        address = answer.context["following"]
    assert sorted(seen) == list(range(1, 121))


@pytest.mark.parametrize(("address", "most"), [("/records", 11), ("/records/rejected", 7), (f"/records/{ORDER}", 10)])
def test_the_number_of_queries_does_not_grow_with_the_rows(agent, brand, django_assert_max_num_queries, address, most):
    for number in range(30):
        brand.order(1, said=number, total=f"{number}.00")
        brand.order(number + 2)
    send(*(f"nonsense {number}".encode() for number in range(30)))
    with django_assert_max_num_queries(most):
        assert agent.get(address).status_code == 200
