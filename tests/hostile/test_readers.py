"""Lines, CSV files, mappings, topologies and runbooks that mean harm: read, or refused with a reason, within time."""

import io
import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from connectors.csv.mapping import MappingRefused
from connectors.csv.reading import read_mapping
from connectors.csv.rows import ColumnsMissing, Tally, read_csv
from connectors.lines import Accepted, Refusal, parse_line, read_lines
from exceptions.runbooks.texts import LONGEST, RunbookRefused, markdown_html, write_runbook
from reconciliation.topology import load
from reconciliation.topology_file import TopologyRefused, read_topology
from tests.checks.conftest import TOPOLOGY
from tests.connectors.test_csv_mapping import KNOWN as KNOWN_OF_CSV
from tests.connectors.test_csv_mapping import MAPPING
from tests.connectors.test_lines import CREDIT, KNOWN
from tests.connectors.vendors import undone
from tests.exceptions.people import NOW, someone
from tests.hostile.values import bodies, bounded, giant, objects, texts

HEADER = "No,Date,State,Customer,Sku,Qty,Price,Note"
RIGHT = ("1", "01.09.2026 10:00", "paid", "Meyer", "A", "1", "1,50", "")
rows = st.tuples(*(st.just(cell) | texts for cell in RIGHT)).map(",".join)
NESTED = ("[" * 10_000, "> " * 20_000, "*a_" * 15_000, "[a](" * 10_000, "|" * 40_000, "`" * 40_000, "<" * 40_000)


def told(error):
    """A refusal has a reason."""
    assert str(error)


def changed(text):
    """The text with a piece of it replaced by whatever else."""
    places = st.tuples(st.integers(0, len(text)), st.integers(0, 12))
    return st.builds(lambda place, more: text[: place[0]] + more + text[sum(place) :], places, texts)


@bounded
@given(bodies | objects(*CREDIT, "lines").map(lambda said: json.dumps(CREDIT | said).encode()))
def test_a_line_is_read_or_refused_with_a_reason(raw):
    for line in read_lines(io.BytesIO(raw)):
        told = parse_line(line, KNOWN)
        assert isinstance(told, Accepted) or told.reason


@bounded
@given(giant, st.sampled_from(("amount", "at", "id", "refs", "settled")))
def test_a_giant_number_is_refused_wherever_it_stands(number, name):
    raw = json.dumps(CREDIT | {name: "@"}).replace('"@"', number).encode()
    (line,) = read_lines(io.BytesIO(raw))
    assert isinstance(parse_line(line, KNOWN), Refusal) or name == "id"


@bounded
@given(st.lists(rows | texts, max_size=4).map(lambda said: "\n".join([HEADER, *said]).encode()) | bodies)
def test_a_row_of_a_csv_file_is_a_record_or_refused_with_a_reason(content):
    mapping = read_mapping(MAPPING)
    try:
        found = list(read_csv(io.BytesIO(content), mapping, KNOWN_OF_CSV, Tally()))
    except ColumnsMissing as error:
        told(error)
        return
    assert all(isinstance(one, Accepted) or one.reason for one in found)


@bounded
@example("a = " + "[" * 100_000)
@example("a = " + "9" * 5_000)
@given(changed(MAPPING) | texts)
def test_a_mapping_is_read_or_refused_with_a_reason(text):
    try:
        assert read_mapping(text)
    except MappingRefused as error:
        told(error)


@bounded
@example("a = " + "[" * 100_000)
@example("a = " + "9" * 5_000)
@given(changed(TOPOLOGY) | texts)
def test_a_topology_is_read_or_refused_with_its_lines(text):
    try:
        assert read_topology(text)
    except TopologyRefused as error:
        told(error)


@pytest.mark.django_db
@bounded
@given(changed(TOPOLOGY))
def test_a_topology_that_is_read_can_be_stored(text):
    with undone():
        try:
            load(text, dry_run=False)
        except TopologyRefused as error:
            told(error)


@pytest.mark.django_db
@bounded
@given(texts | texts.map(lambda text: f"# A title\n{text}"))
def test_a_runbook_is_stored_or_refused_with_a_reason(text):
    with undone():
        try:
            assert write_runbook("missing_po", text, seen=0, by=someone("ida", "admin").user, at=NOW).text
        except RunbookRefused as error:
            told(error)


@pytest.mark.parametrize("text", NESTED, ids=lambda text: text[:2])
@bounded
@given(again=st.just(1))
def test_markdown_nested_without_end_is_shown_in_time(text, again):
    assert markdown_html(text[:LONGEST]) is not None
