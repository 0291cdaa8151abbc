"""Tables as files: rows → CSV or XLSX, streamed; no cell can be taken for a formula.

A row is a sequence of texts, numbers, instants, days, truths or null, as many as there are columns. Instants are
written in the time zone in effect, with their distance from UTC.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import islice
from tempfile import TemporaryFile
from typing import IO, Any

import xlsxwriter
from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
AT_ONCE = 500
ROWS_OF_A_SHEET = 1_048_575  # beside the headings
LETTERS_OF_A_CELL = 32_767
EXACT_DIGITS = 15  # a spreadsheet keeps no more of a number

Row = Sequence[Any]


class UnknownFormat(Exception):
    """No table is written in that format; the message names those that are."""


def download(name: str, kind: str, columns: Sequence[str], rows: Iterable[Row]) -> HttpResponseBase:
    """The answer of a page that gives a table as a file; `kind`: csv or xlsx. Raises UnknownFormat."""
    if kind not in FORMATS:
        raise UnknownFormat(f"There is no format {kind!r}; there are {' and '.join(FORMATS)}.")
    if kind == "csv":
        answer: HttpResponseBase = StreamingHttpResponse(csv_lines(columns, rows), content_type=FORMATS[kind])
        answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
        return answer
    return FileResponse(
        xlsx_file(columns, rows), as_attachment=True, filename=f"{name}.xlsx", content_type=FORMATS[kind]
    )


def csv_lines(columns: Sequence[str], rows: Iterable[Row]) -> Iterator[bytes]:
    """A CSV file in UTF-8, some hundred lines at a time; a text that looks like a formula gets an apostrophe."""
    heading = iter([columns])
    upcoming = iter(rows)
    while chunk := [*heading, *islice(upcoming, AT_ONCE)]:
        lines = io.StringIO()
        csv.writer(lines, lineterminator="\r\n").writerows([_harmless(_plain(cell)) for cell in row] for row in chunk)
        yield lines.getvalue().encode()


def xlsx_file(columns: Sequence[str], rows: Iterable[Row]) -> IO[bytes]:
    """An XLSX file at its beginning; texts are text cells, and more rows than a sheet holds go on in another."""
    file, upcoming = TemporaryFile(), iter(rows)  # noqa: SIM115  whoever reads it closes it
    book = xlsxwriter.Workbook(file, {"constant_memory": True})
    bold = book.add_format({"bold": True})
    while True:
        sheet, written = book.add_worksheet(), 0
        sheet.freeze_panes(1, 0)
        for place, title in enumerate(columns):
            sheet.write_string(0, place, title, bold)
        for written, row in enumerate(islice(upcoming, ROWS_OF_A_SHEET), start=1):
            for place, cell in enumerate(row):
                write_cell(sheet, written, place, cell)
        if written < ROWS_OF_A_SHEET:
            break
    book.close()
    file.seek(0)
    return file


def _plain(cell: Any) -> Any:
    """Text, number, truth or null."""
    if isinstance(cell, datetime):
        return timezone.localtime(cell).isoformat(timespec="seconds")
    if cell is None or isinstance(cell, (str, bool, int, float, Decimal)):
        return cell
    return str(cell)


def _harmless(cell: Any) -> Any:
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(DANGEROUS) else cell


def write_cell(sheet: Any, row: int, place: int, cell: Any, shape: Any = None) -> None:
    """Writes a cell of a worksheet of XlsxWriter, in a format of its book; a text stays a text."""
    cell = _plain(cell)
    if isinstance(cell, bool):
        sheet.write_boolean(row, place, cell, shape)
    elif isinstance(cell, (int, float, Decimal)) and _is_exact(cell):
        sheet.write_number(row, place, cell, shape)
    elif cell is not None:
        text = f"{cell:f}" if isinstance(cell, Decimal) else str(cell)
        sheet.write_string(row, place, text[:LETTERS_OF_A_CELL], shape)


def _is_exact(number: int | float | Decimal) -> bool:
    exact = Decimal(str(number))
    return exact.is_finite() and len(exact.as_tuple().digits) <= EXACT_DIGITS
