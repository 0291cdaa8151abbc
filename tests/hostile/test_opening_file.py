"""The opening balance as a file that means harm: refused by line and field, and never a page that fails."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from exceptions.models import OpeningItem
from exceptions.months.opening import COLUMNS, read_lines
from tests.connectors.vendors import undone
from tests.exceptions.people import someone
from tests.hostile.values import bounded, texts

HEADER = ",".join(COLUMNS)
RIGHT = ("RMA-1", "Meyer", "GBP", "12.50", "2026-08-31")
hostile_rows = st.tuples(*(st.just(right) | texts for right in RIGHT)).map(
    lambda cells: ",".join(f'"{cell}"' for cell in cells)
)
files = texts | st.lists(texts | hostile_rows, max_size=4).map(lambda rows: "\n".join([HEADER, *rows]))


@bounded
@given(files)
def test_a_file_of_any_text_is_read_or_refused_by_line(text):
    found, refused = read_lines(text, today=date(2026, 9, 30))
    assert all(problem.line and problem.field and problem.reason for problem in refused)
    assert all(item.reference and item.amount and len(item.currency) == 3 for item in found)


@pytest.mark.django_db
@bounded
@given(files.map(str.encode) | st.binary(max_size=200))
def test_the_page_keeps_what_fits_and_says_what_does_not(client, content):
    with undone():
        client.force_login(someone("ida", "finance_controller", "agent", team="finance").user)
        answer = client.post("/close/opening", {"file": SimpleUploadedFile("opening.csv", content)})
        assert answer.status_code in (200, 302)
        assert bool(OpeningItem.objects.count()) == (answer.status_code == 302)


def refusals(cells):
    text = f"{HEADER}\n" + ",".join(cells)
    return [str(problem) for problem in read_lines(text, today=date(2026, 9, 30))[1]]


def test_a_cell_without_end_is_refused_with_its_line():
    said = refusals(["x" * 200_000])  # by the reader or by the field: its limit belongs to the whole process
    assert said
    assert all(words.startswith("Line 2, ") for words in said)


@pytest.mark.parametrize("column", [0, 1])
def test_a_name_longer_than_any_is_refused(column):
    cells = [*RIGHT]
    cells[column] = "".join(map(chr, range(0x4E00, 0x4E00 + 3_000)))
    assert refusals(cells) == [f"Line 2, {COLUMNS[column]}: at most 200 characters"]
