import gzip
import io
import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.lines import LONGEST, Accepted, Known, RawLine, Refusal, parse_line, parse_object, read_lines

EXAM = Path(__file__).parents[3] / "shared" / "exam"
KNOWN = Known(frozenset({"erp", "shop"}), {"orders": "shop"})
CREDIT = {
    "type": "credit",
    "system": "erp",
    "id": "C-1",
    "at": "2026-09-01T10:00:00Z",
    "kind": "credit_note",
    "currency": "GBP",
    "amount": "12.50",
    "status": "issued",
}


def read(value):
    raw = value if isinstance(value, bytes) else (value if isinstance(value, str) else json.dumps(value)).encode()
    (line,) = read_lines(io.BytesIO(raw))
    return parse_line(line, KNOWN)


def credit(**fields):
    return read({key: value for key, value in (CREDIT | fields).items() if value is not ...})


def number(token):
    return read(json.dumps(CREDIT).replace('"12.50"', token))


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"system": ...}, "missing_field", "system"),
        ({"id": "  "}, "missing_field", "id"),
        ({"currency": None}, "missing_field", "currency"),
        ({"type": "invoice"}, "unknown_type", "type"),
        ({"system": "acme"}, "unknown_system", "system"),
        ({"kind": "gift"}, "unknown_word", "kind"),
        ({"amount": " 12.50"}, "wrong_decimal", "amount"),
        ({"amount": "12,50"}, "wrong_decimal", "amount"),
        ({"amount": "1e1000"}, "wrong_decimal", "amount"),
        ({"amount": "9" * 39}, "too_many_digits", "amount"),
        ({"amount": "1e38"}, "too_many_digits", "amount"),
        ({"id": "x" * 1_001}, "too_long", "id"),
        ({"status": "\N{MIDDLE DOT}" * 501}, "too_long", "status"),
        ({"refs": {"rma": "x" * 1_001}}, "too_long", "refs.rma"),
        ({"refs": {"x" * 1_001: "R1"}}, "too_long", "refs"),
        ({"at": "2026-13-45T99:00:00Z"}, "wrong_shape", "at"),
        ({"at": "0001-01-01T00:00:00+05:00"}, "wrong_shape", "at"),
        ({"settled": "yes"}, "wrong_shape", "settled"),
        ({"deleted": "yes"}, "wrong_shape", "deleted"),
        ({"refs": ["SO-1"]}, "wrong_shape", "refs"),
        ({"lines": {"sku": "A"}}, "wrong_shape", "lines"),
        ({"lines": [{"sku": "A"}]}, "missing_field", "lines[1].quantity"),
        ({"lines": [{"sku": "A", "quantity": "-1"}]}, "wrong_shape", "lines[1].quantity"),
        ({"lines": [{"sku": "A", "quantity": 1, "pack_size": 0}]}, "wrong_shape", "lines[1].pack_size"),
        ({"lines": [{"sku": "A", "quantity": 1, "id": "2"}, {"sku": "A", "quantity": 1}]}, "repeated_line_id", None),
    ],
)
def test_what_does_not_fit_is_refused_by_field(fields, code, field):
    refusal = credit(**fields)
    assert isinstance(refusal, Refusal)
    assert refusal.code == code
    assert field is None or refusal.field == field


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"not json", "not_json"),
        (b"[1]", "not_an_object"),
        (b'{"type": "order\xff"}', "not_utf8"),
        (json.dumps(CREDIT | {"note": "\x00"}), "nul_character"),
        (json.dumps(CREDIT | {"note": [["\x00"]]}), "nul_character"),
        (json.dumps(CREDIT | {"note": "\ud800"}), "lone_surrogate"),
        (json.dumps(CREDIT)[:-1] + ',"status":"void"}', "repeated_key"),
        (json.dumps(CREDIT)[:-1] + ',"x":{"a":1,"a":2}}', "repeated_key"),
        (json.dumps(CREDIT)[:-1] + ',"x":NaN}', "not_json"),
        (json.dumps(CREDIT)[:-1] + ',"x":' + "[" * 100_000 + "]" * 100_000 + "}", "too_deep"),
        (json.dumps(CREDIT | {"note": "x" * LONGEST}), "line_too_long"),
    ],
)
def test_what_is_no_sound_json_is_refused(line, code):
    assert read(line).code == code


def test_a_refused_line_still_tells_whose_it_was():
    refusal = read(json.dumps(CREDIT)[:-1] + ',"status":"void"}')
    assert (refusal.type, refusal.system, refusal.id) == ("credit", "erp", "C-1")


def test_an_outcome_on_an_unknown_flow_is_refused():
    about = {"type": "order", "id": "1"}
    said = {"type": "outcome", "system": "erp", "id": "1", "at": CREDIT["at"], "record": about, "result": "success"}
    assert read(said | {"flow": "elsewhere"}).code == "unknown_flow"
    assert isinstance(read(said | {"flow": "orders"}), Accepted)


def test_an_integer_id_is_its_digits_and_an_empty_field_is_absent():
    record = credit(id=7, number="  ", reason=None).record
    assert (record.id, record.number, record.reason) == ("7", None, None)


def test_offsets_and_fractions_of_a_second():
    at = credit(at="2026-09-01T11:00:00.1234567+01:00").record.at
    assert at == datetime(2026, 9, 1, 10, 0, 0, 123456, tzinfo=UTC)


def test_a_number_keeps_every_digit():
    assert number("0.10000000000000000000000000000000001").record.amount == Decimal(
        "0.10000000000000000000000000000000001"
    )


def test_form_makes_no_version_and_numbers_no_other_content():
    one, other = credit(), read(json.dumps(CREDIT, indent=None, separators=(" ,", " :"), sort_keys=True))
    assert one.version_hash == other.version_hash
    assert number("12.5").version_hash != number("1.25e1").version_hash
    assert number("12.5").content_hash == number("1.25e1").content_hash == one.content_hash


def test_notes_and_unknown_fields_are_no_content_but_a_realm_is():
    assert credit(notes="call", colour={"deep": [1]}).content_hash == credit().content_hash
    assert credit(realm="uk").content_hash != credit().content_hash


@pytest.mark.parametrize("name", ["refs", "customer", "lines", "settled", "tax", "issued_at", "reason", "deleted"])
def test_blank_text_is_absent_whatever_should_stand_there(name):
    bare = {key: said for key, said in CREDIT.items() if key != name}
    assert read(bare | {name: " "}).content_hash == read(bare).content_hash


def test_a_stock_level_is_named_by_what_it_counts():
    level = {"type": "stock_level", "system": "erp", "at": CREDIT["at"], "sku": "A", "location": "L"}
    assert read(level | {"condition": "sellable", "quantity": "-2"}).record.id == "A@L/sellable"


def test_a_deleted_line_needs_nothing_more():
    gone = read({"type": "order", "system": "erp", "id": "1", "at": CREDIT["at"], "deleted": True})
    assert gone.content_hash is None


def test_an_object_goes_the_way_of_a_line():
    assert parse_object(3, CREDIT, KNOWN).version_hash == credit().version_hash


def test_lines_are_numbered_through_blank_ones_and_end_at_lf_or_crlf():
    lines = list(read_lines(io.BytesIO(b'{"a":1}\r\n\n  \n{"b":2}')))
    assert [(line.number, line.raw) for line in lines] == [(1, b'{"a":1}'), (4, b'{"b":2}')]


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
@pytest.mark.parametrize("length", [LONGEST - 1, LONGEST, LONGEST + 1, LONGEST + 2, 2 * LONGEST + 1, 3 * LONGEST + 4])
def test_a_long_line_is_read_in_pieces_and_hashed_whole(end, length):
    lines = list(read_lines(io.BytesIO(b"x" * length + end + (b"{}" if end else b""))))
    whole = RawLine(1, b"x" * length, b"")
    from hashlib import sha256

    assert lines[0].sha256 == sha256(whole.raw).digest()
    assert lines[0].too_long == (length > LONGEST)
    assert [line.number for line in lines[1:]] == ([2] if end else [])


@given(st.binary(max_size=200))
def test_no_bytes_break_it(raw):
    for line in read_lines(io.BytesIO(raw)):
        assert isinstance(parse_line(line, KNOWN), Refusal)


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys([*CREDIT, "lines", "refs", "customer"], json_values)))
def test_no_value_in_any_field_breaks_it(fields):
    assert isinstance(read(CREDIT | fields), Accepted | Refusal)


@pytest.mark.skipif(not EXAM.exists(), reason="no sample brand beside the repository")
def test_the_sample_brands_bad_lines_are_refused_and_named():
    import tomllib

    topology = tomllib.loads((EXAM / "topology.toml").read_text())
    flows = {flow["key"]: flow["source"] for flow in topology["flows"]}
    known = Known(frozenset(system["key"] for system in topology["systems"]), flows)
    with gzip.open(EXAM / "feed.ndjson.gz") as feed:
        refused = [found for line in read_lines(feed) if isinstance(found := parse_line(line, known), Refusal)]
    named = {f"rejected:{refusal.system or '-'}:{refusal.sha256.hex()[:12]}" for refusal in refused}

    def subjects(name):
        lines = (EXAM / name).read_text().splitlines()
        return {row["subject"] for row in map(json.loads, lines) if row["kind"] == "rejected_record"}

    assert subjects("expected.ndjson") <= named
    assert named - subjects("expected.ndjson") <= subjects("decoys.ndjson")
