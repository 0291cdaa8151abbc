"""Tables as files: exact, streamed, and harmless in a spreadsheet."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from exceptions import exports
from exceptions.exports import DANGEROUS, UnknownFormat, csv_lines, download, xlsx_file

COLUMNS = ("What", "How much")
AT = datetime(2026, 9, 30, 22, 30, tzinfo=UTC)


def read_csv(rows):
    text = b"".join(csv_lines(COLUMNS, rows)).decode()
    return list(csv.reader(io.StringIO(text, newline="")))[1:]


def read_xlsx(rows):
    with xlsx_file(COLUMNS, rows) as file:
        book = openpyxl.load_workbook(file)
        return [[(cell.value, cell.data_type) for cell in row] for sheet in book for row in sheet.iter_rows(min_row=2)]


FORMULAS = ["=1+1", "+1", "-cmd", "@SUM(A1)", "\t=1", "\r=1", "＝1"]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_text_that_looks_like_a_formula_is_only_a_text(text):
    assert read_csv([(text, 1)]) == [[f"'{text}", "1"]]
    ((value, kind), _) = read_xlsx([(text, 1)])[0]
    assert (value.replace("_x000D_", "\r"), kind) == (text, "s")


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])))
def test_no_cell_begins_like_a_formula_and_nothing_else_is_touched(text):
    ((cell, _),) = read_csv([(text, 1)])
    assert not cell.startswith(DANGEROUS)
    assert cell.removeprefix("'" if text.startswith(DANGEROUS) else "") == text


def test_amounts_keep_every_digit_and_their_sign():
    exact = Decimal("-12345678901234567.891")
    assert read_csv([(exact, Decimal("-5.00"))]) == [["-12345678901234567.891", "-5.00"]]
    assert read_xlsx([(exact, Decimal("-5.00"))]) == [[("-12345678901234567.891", "s"), (-5, "n")]]


def test_instants_stand_in_the_time_zone_in_effect_with_their_distance():
    with timezone.override("Europe/London"):
        assert read_csv([(AT, date(2026, 9, 30))]) == [["2026-09-30T23:30:00+01:00", "2026-09-30"]]
        assert read_xlsx([(AT, None)])[0][0] == ("2026-09-30T23:30:00+01:00", "s")


def test_truths_lists_and_nothing():
    assert read_csv([(True, None), (["a"], {"b": 1})]) == [["yes", ""], ["['a']", "{'b': 1}"]]
    assert read_xlsx([(True, None)]) == [[(True, "b"), (None, "n")]]


def test_links_stay_texts():
    assert read_xlsx([("https://example.com", 1)])[0][0] == ("https://example.com", "s")


def test_more_rows_than_a_sheet_holds_go_on_in_another(monkeypatch):
    monkeypatch.setattr(exports, "ROWS_OF_A_SHEET", 3)
    assert [row[1][0] for row in read_xlsx([("x", n) for n in range(7)])] == list(range(7))


def test_rows_are_asked_for_as_they_are_written():
    asked = []

    def rows():
        for n in range(10_000):
            asked.append(n)
            yield ("x", n)

    lines = csv_lines(COLUMNS, rows())
    next(lines)
    assert len(asked) < 1_000
    assert sum(part.count(b"\r\n") for part in lines) + 501 == 10_001


@pytest.mark.django_db
def test_an_answer_names_its_file_and_knows_its_formats():
    answer = download("trail", "csv", COLUMNS, [("a", 1)])
    assert answer["Content-Disposition"] == 'attachment; filename="trail.csv"'
    assert b"".join(answer) == b"What,How much\r\na,1\r\n"
    answer = download("trail", "xlsx", COLUMNS, [("a", 1)])
    assert 'filename="trail.xlsx"' in answer["Content-Disposition"]
    answer.close()
    with pytest.raises(UnknownFormat, match="csv and xlsx"):
        download("trail", "pdf", COLUMNS, [])
