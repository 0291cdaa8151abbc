"""Systems, flows, words and the topology's file on their pages: refused at the field, all of it told."""

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from exceptions.configuration.changes import history
from exceptions.models import TrailEntry
from exceptions.trail.sentences import sentence
from reconciliation.models import (
    Configuration,
    Flow,
    IgnoredReference,
    PackSize,
    ReasonCode,
    SkuAlias,
    StatusMapping,
    System,
    UnmappedWord,
)
from reconciliation.topology import dump, load
from tests.configuration.conftest import errors, values
from tests.reconciliation.conftest import feed, order
from tests.reconciliation.test_topology import RICH

pytestmark = pytest.mark.django_db


def told():
    return [sentence(entry) for entry in history().entries]


def version():
    return Configuration.objects.get().version if Configuration.objects.exists() else 0


def met(raw, of="order", system="shop", times=1):
    for _ in range(times):
        UnmappedWord.objects.create(
            group_key=uuid.uuid4(), of=of, system=system, raw=raw, record=uuid.uuid4(), changed_at=timezone.now()
        )


def test_a_flow_is_changed_and_the_next_run_examines_everything(admin, topology):
    said = values(admin.get("/settings/flows/edit?row=orders"))
    before = version()
    said |= {"grace": "90m", "tolerance_amount": "0.05", "within": "48h", "only_channel": "b2b, trade"}
    assert admin.post("/settings/flows/edit?row=orders", said).status_code == 302
    flow = Flow.objects.get()
    assert (flow.grace, flow.within) == (timedelta(minutes=90), timedelta(hours=48))
    assert (flow.tolerance_amount, flow.only) == (Decimal("0.05"), {"channel": ["b2b", "trade"]})
    assert (flow.compare, flow.same) == (None, None)
    assert version() == before + 1
    assert "grace from 2h to 90m" in told()[0]


@pytest.mark.parametrize("text", [RICH])
def test_what_a_form_shows_is_what_is_stored(admin, text):
    load(text)
    as_file = dump()
    for section, rows in (("systems", ("shop", "warehouse")), ("flows", ("orders-to-warehouse",))):
        for row in rows:
            address = f"/settings/{section}/edit?row={row}"
            assert admin.post(address, values(admin.get(address))).status_code == 302
    assert dump() == as_file
    assert told() == []


@pytest.mark.parametrize(
    ("said", "field", "why"),
    [
        ({"cadence": "soon"}, "cadence", "is no duration"),
        ({"grace": ""}, "grace", "required"),
        ({"grace": "99999d"}, "grace", "longer than ten years"),
        ({"tolerance_amount": "-1"}, "tolerance_amount", "no decimal"),
        ({"tolerance_quantity": "1e99"}, "tolerance_quantity", "no decimal"),
        ({"same_usual": "", "same": "open, opened"}, "same", "canonical statuses"),
        ({"target": "nowhere"}, "target", "valid choice"),
        ({"compare_usual": "", "compare": ["weather"]}, "compare", "valid choice"),
        ({"key": "orders"}, "key", "already exists"),
    ],
)
def test_a_flow_that_does_not_fit_is_refused_at_its_field(admin, topology, said, field, why):
    good = values(admin.get("/settings/flows/edit?row=orders")) | {"key": "second"}
    answer = admin.post("/settings/flows/edit", good | said)
    assert answer.status_code == 200
    assert why in errors(answer).get(field, ""), errors(answer)
    assert Flow.objects.count() == 1


def test_a_system_is_added_last_and_says_what_its_records_must_carry(admin, topology):
    said = {
        "key": "erp",
        "kind": "erp",
        "stock": "on_hand",
        "authority": ["credit"],
        "requires_credit": ["purchase_order"],
    }
    assert admin.post("/settings/systems/edit", said).status_code == 302
    erp = System.objects.get(key="erp")
    assert (erp.position, erp.authority, erp.requires) == (2, ["credit"], {"credit": ["purchase_order"]})
    assert told()[0].startswith("Added system erp: kind erp")


def test_a_system_with_flows_or_records_stays(admin, topology):
    assert "orders" in admin.post("/settings/systems/remove?row=shop", follow=True).content.decode()
    admin.post("/settings/flows/remove?row=orders")
    feed(order())
    assert "has records" in admin.post("/settings/systems/remove?row=shop", follow=True).content.decode()
    admin.post("/settings/systems/remove?row=warehouse")
    assert list(System.objects.values_list("key", flat=True)) == ["shop"]


def test_what_no_mapping_knows_is_counted_and_mapped_at_one_click(admin, topology):
    met("Zugestellt = ok, fast", times=3)
    met("Offen")
    answer = admin.get("/settings/mappings/statuses")
    assert [(word.raw, word.records) for word in answer.context["unmapped"]] == [
        ("Zugestellt = ok, fast", 3),
        ("Offen", 1),
    ]
    said = {"system": "shop", "of": "order", "raw": "Zugestellt = ok, fast", "canonical": "fulfilled"}
    admin.post("/settings/mappings/statuses", said)
    assert StatusMapping.objects.get().raw_key == "zugestellt = ok, fast"
    assert [word.raw for word in admin.get("/settings/mappings/statuses").context["unmapped"]] == ["Offen"]
    refused = admin.post("/settings/mappings/statuses", said | {"canonical": "flown"}, follow=True)
    assert "is none of" in refused.content.decode()


def test_a_word_and_a_flow_leave_what_they_were_and_what_they_are(admin, topology):
    said = {"system": "shop", "of": "order", "raw": "Offen"}
    for canonical in ("open", "released"):
        admin.post("/settings/mappings/statuses", said | {"canonical": canonical})
    flow = values(admin.get("/settings/flows/edit?row=orders"))
    admin.post("/settings/flows/edit?row=orders", flow | {"grace": "90m"})
    first, second, third = TrailEntry.objects.filter(case=None).order_by("id")
    assert {(entry.by.username, entry.source) for entry in (first, second, third)} == {("sam", "page")}
    assert all(entry.request_id and entry.at for entry in (first, second, third))
    assert "open" in str(second.details["before"])
    assert "released" in str(second.details["after"])
    assert (third.details["before"], third.details["after"]) == ({"grace": "2h"}, {"grace": "90m"})


def test_a_reason_is_mapped_onto_a_word_of_ones_own(admin, topology):
    met("ZU_KLEIN", of="reason")
    admin.post("/settings/mappings/reason_codes", {"system": "shop", "raw": "ZU_KLEIN", "canonical": "size"})
    assert ReasonCode.objects.get().canonical == "size"
    assert "size" in admin.get("/settings/mappings/reason_codes").context["meanings"]


def test_many_words_are_pasted_at_once(admin, topology):
    lines = "TEE-OLD\tTEE-CASE12\nCUP = CUP-6\n\n KIT,KIT-A "
    admin.post("/settings/mappings/skus", {"system": "shop", "lines": lines})
    assert list(SkuAlias.objects.order_by("raw").values_list("raw", "canonical")) == [
        ("CUP", "CUP-6"),
        ("KIT", "KIT-A"),
        ("TEE-OLD", "TEE-CASE12"),
    ]
    assert len(told()) == 3
    admin.post("/settings/mappings/skus", {"system": "shop", "lines": lines})
    assert len(told()) == 3


def test_thousands_of_words_take_few_statements(admin, topology, django_assert_max_num_queries):
    lines = "\n".join(f"OLD-{number}=NEW-{number}" for number in range(3_000))
    with django_assert_max_num_queries(30):
        admin.post("/settings/mappings/skus", {"system": "shop", "lines": lines})
    assert SkuAlias.objects.count() == TrailEntry.objects.count() == 3_000


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ("TEE", "Line 1: Say the word"),
        ("A=B\nA=C", "Line 2: A is mapped twice"),
        ("=B", "Line 1: Say"),
        ("", "required"),
    ],
)
def test_lines_that_do_not_fit_are_refused_by_their_number(admin, topology, lines, why):
    answer = admin.post("/settings/mappings/skus", {"system": "shop", "lines": lines})
    assert why in str(answer.context["form"].errors["lines"])
    assert not SkuAlias.objects.exists()


def test_words_are_searched_paged_and_taken_away(admin, topology):
    lines = "\n".join(f"OLD-{number:03}=NEW-{number:03}" for number in range(120))
    admin.post("/settings/mappings/skus", {"system": "shop", "lines": lines})
    found = admin.get("/settings/mappings/skus?q=new-11&system=shop").context["page"]
    assert found.count == len(found.rows) == 10
    page = admin.get("/settings/mappings/skus").context["page"]
    assert admin.get(f"/settings/mappings/skus?after={page.following}").context["page"].rows[0].raw == "OLD-050"
    for odd in ("after=x&q=%00", "after=99999", "system=%00"):
        assert admin.get(f"/settings/mappings/skus?{odd}").status_code == 200
    admin.post("/settings/mappings/skus/unmap", {"system": "shop", "key": "OLD-005"})
    admin.post("/settings/mappings/skus/unmap", {"system": "shop", "key": "\0"})
    assert SkuAlias.objects.count() == 119
    assert admin.get("/settings/mappings/weather").status_code == 404


def test_a_pack_size_is_stated_changed_and_taken_back(admin, topology):
    said = {"system": "shop", "sku": "TEE-BOX", "pack_size": "12"}
    assert admin.post("/settings/packs/edit", said).status_code == 302
    assert "already" in errors(admin.post("/settings/packs/edit", said))["sku"]
    assert (
        "more than nothing"
        in errors(admin.post("/settings/packs/edit", said | {"sku": "X", "pack_size": "0"}))["pack_size"]
    )
    before = version()
    admin.post(f"/settings/packs/edit?row={PackSize.objects.get().pk}", {"pack_size": "10"})
    assert PackSize.objects.get().pack_size == 10
    admin.post(f"/settings/packs/remove?row={PackSize.objects.get().pk}")
    assert not PackSize.objects.exists()
    assert version() == before + 2
    assert told() == [
        "Removed pack size shop TEE-BOX: sku TEE-BOX, system Shop, pack size 10.",
        "Changed pack size shop TEE-BOX: pack size from 12 to 10.",
        "Added pack size shop TEE-BOX: sku TEE-BOX, system Shop, pack size 12.",
    ]


def test_ignored_references_are_normalised_and_told(admin, topology):
    admin.post("/settings/ignored", {"values": " #tbc \nNONE\ntbc\n\n"})
    assert sorted(IgnoredReference.objects.values_list("value", flat=True)) == ["NONE", "TBC"]
    assert told()[0].startswith("Changed ignore_references")


def test_a_file_is_compared_before_it_is_applied(admin):
    load(RICH)
    text = RICH.replace('grace = "2h"', 'grace = "3h"')
    seen = admin.post("/settings/topology", {"file": SimpleUploadedFile("t.toml", text.encode())})
    assert [str(change) for change in seen.context["changes"]] == ["~ flow orders-to-warehouse grace: 2h → 3h"]
    assert Flow.objects.get().grace == timedelta(hours=2)
    assert told() == []
    assert admin.post("/settings/topology", {"text": text, "apply": ""}).status_code == 302
    assert Flow.objects.get().grace == timedelta(hours=3)
    assert told() == ["Changed flow orders-to-warehouse: grace from 2h to 3h."]
    assert admin.get("/settings/topology/file").content.decode() == dump()


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"text": "[[systems]]\nkey = 1"}, "line 2"),
        ({"text": "<script>alert(1)</script>"}, "is not TOML"),
        ({"file": SimpleUploadedFile("t.toml", b"\xff\xfe")}, "is not UTF-8 at byte 1"),
        ({"file": SimpleUploadedFile("t.toml", b"#" * 2_000_001)}, "more than 2 MB"),
        ({}, "Choose a file"),
        ({"text": '[reason_codes.x]\n"a" = "b\\u0000"'}, "NUL"),
    ],
)
def test_a_file_that_is_no_topology_is_refused_with_the_reason(admin, topology, said, why):
    answer = admin.post("/settings/topology", said)
    assert why in str(answer.context["form"].errors)
    assert "<script>alert" not in answer.content.decode()
    assert System.objects.count() == 2


def test_a_file_without_a_system_that_has_records_is_refused(admin, topology):
    feed(order())
    answer = admin.post("/settings/topology", {"text": '[[systems]]\nkey = "x"\nkind = "erp"', "apply": ""})
    assert "has records" in str(answer.context["form"].errors)
    assert System.objects.filter(key="shop").exists()


def test_words_of_others_are_shown_as_text(admin, topology):
    hostile = "<script>alert(1)</script>\"'{{ 7*7 }}"
    met(hostile)
    admin.post("/settings/mappings/skus", {"system": "shop", "lines": f"{hostile}\tx"})
    for page in ("mappings/statuses", "mappings/skus", "history", "topology"):
        answer = admin.get(f"/settings/{page}")
        assert answer.status_code == 200
        assert "<script>alert" not in answer.content.decode(), page


def test_the_number_of_queries_does_not_grow_with_the_words(admin, topology, django_assert_max_num_queries):
    for number in range(60):
        met(f"word {number}")
    admin.post(
        "/settings/mappings/statuses",
        {"system": "shop", "of": "order", "lines": "\n".join(f"{n}=open" for n in range(99))},
    )
    admin.get("/settings/mappings/statuses")  # which says what was stored, once
    with django_assert_max_num_queries(12):
        admin.get("/settings/mappings/statuses")
    with django_assert_max_num_queries(14):
        admin.get("/settings/topology")
