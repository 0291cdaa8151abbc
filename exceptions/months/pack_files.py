"""A pack as a file: XLSX with live formulas, CSV tables in a ZIP, and a PDF to sign and keep."""

import io
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import typst
import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from exceptions.company import current_company
from exceptions.exports import UnknownFormat, csv_lines, write_cell
from exceptions.formats import day_text, instant_text, minor_units, money_text
from exceptions.months.packs import Pack, Sum, Table, plain

TEMPLATE = Path(__file__).resolve().parents[2] / "templates" / "close" / "pack.typ"
NOT_IN_PDF = frozenset({"records"})
MOST_ROWS = 400  # of one table in the PDF; XLSX and CSV have them all
CONTENT = "signed.ndjson"
SIGNED_SHEET = "Signed content"
LETTERS = 32_000  # of one cell
ENDINGS = {
    "xlsx": ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "csv": ("zip", "application/zip"),
    "pdf": ("pdf", "application/pdf"),
}


def pack_file(pack: Pack, kind: str) -> bytes:
    """The pack as a file of the kind xlsx, csv or pdf; raises UnknownFormat."""
    writers: dict[str, Callable[[Pack], bytes]] = {"xlsx": as_xlsx, "csv": as_csv, "pdf": as_pdf}
    if kind not in writers:
        raise UnknownFormat(f"There is no format {kind!r}; there are {', '.join(writers)}.")
    return writers[kind](pack)


def file_name(pack: Pack, kind: str) -> str:
    """What the file is called."""
    return f"{pack.name}.{ENDINGS[kind][0]}"


def as_csv(pack: Pack) -> bytes:
    """A ZIP with a CSV file for each table, the signatures, and the lines that the hash covers."""
    file = io.BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        archive.writestr("about.csv", b"".join(csv_lines(("What", "Value"), _about(pack))))
        for table in pack.tables:
            rows = [[plain(cell) for cell in row] for row in table.all_rows]
            archive.writestr(f"{table.name}.csv", b"".join(csv_lines(table.columns, rows)))
        if pack.content:
            archive.writestr(CONTENT, "".join(f"{line}\n" for line in pack.content))
    return file.getvalue()


def as_xlsx(pack: Pack) -> bytes:
    """A workbook with a sheet for each table; sums are formulas over the records or over the rows above them."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    decimals = minor_units(pack.currency)
    money = book.add_format({"num_format": "#,##0" + ("." + "0" * decimals if decimals else "")})
    bold, heading = book.add_format({"bold": True}), book.add_format({"bold": True, "bottom": 1})
    _write_rows(book.add_worksheet("About"), [("What", "Value"), *_about(pack)], {0: bold})
    for table in pack.tables:
        _sheet(book.add_worksheet(table.title.split(",")[0][:31]), table, money, heading, decimals)
    if pack.content:
        _signed_sheet(book.add_worksheet(SIGNED_SHEET), pack.content)
    book.close()
    return file.getvalue()


def _sheet(sheet: Any, table: Table, money: Any, heading: Any, decimals: int) -> None:
    sheet.freeze_panes(1, 0)
    for place, title in enumerate(table.columns):
        sheet.write_string(0, place, title, heading)
        sheet.set_column(place, place, 16 if title in table.money else max(12, min(48, len(title) + 6)))
    if table.name in ("returns", "credits", "liability", "roll_forward"):
        sheet.set_column(0, 0, 52)
        sheet.set_column(len(table.columns), len(table.columns), None, None, {"hidden": True})
    for number, row in enumerate(table.all_rows, start=1):
        for place, cell in enumerate(row):
            shape = money if table.columns[place] in table.money else None
            if isinstance(cell, Sum):
                formula = _formula(cell, number, place, len(table.columns), len(table.rows), decimals)
                sheet.write_formula(number, place, formula, shape, float(cell.value))
                if cell.key:
                    sheet.write_string(number, len(table.columns), cell.key)
            else:
                write_cell(sheet, number, place, plain(cell), shape)


def _formula(cell: Sum, row: int, place: int, key_place: int, rows: int, decimals: int) -> str:
    """Of a line: the sum of its records; of the totals: the sum of the rows above, nought where there are none."""
    if cell.key:
        return f"=ROUND(SUMIFS(Records!$J:$J,Records!$A:$A,{xl_col_to_name(key_place)}{row + 1}),{decimals})"
    letter = xl_col_to_name(place)
    return f"=ROUND(SUM({letter}2:{letter}{rows + 1}),{decimals})" if rows else "=0"


def _signed_sheet(sheet: Any, content: list[str]) -> None:
    """The lines that the hash covers, each in as many cells as it needs."""
    for number, line in enumerate(content):
        for place, start in enumerate(range(0, len(line), LETTERS)):
            sheet.write_string(number, place, line[start : start + LETTERS])
    sheet.hide()


def _write_rows(sheet: Any, rows: list[tuple[str, Any]], shapes: dict[int, Any]) -> None:
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 80)
    for number, row in enumerate(rows):
        for place, cell in enumerate(row):
            write_cell(sheet, number, place, cell, shapes.get(number))


def _about(pack: Pack) -> list[tuple[str, Any]]:
    signed = [
        (f"{act}, {instant_text(at)}", f"{name}{f': {reason}' if reason else ''} (SHA-256 {hashed})")
        for act, name, at, reason, hashed in pack.signatures
    ]
    return [
        ("Month", pack.month),
        ("Currency", pack.currency),
        ("State", pack.state.replace("_", " ")),
        ("As known", instant_text(pack.as_of)),
        ("Time zone", current_company().time_zone),
        ("SHA-256", pack.content_hash or "not signed"),
        *signed,
    ]


def as_pdf(pack: Pack) -> bytes:
    """A PDF to print, sign and keep: the tables but the single records, the signatures and the hash."""
    made = typst.compile(TEMPLATE, sys_inputs={"pack": json.dumps(said(pack))}, ignore_system_fonts=True)
    assert isinstance(made, bytes)
    return made


def said(pack: Pack) -> dict[str, Any]:
    """What the PDF says, in texts."""
    return {
        "month": pack.month,
        "currency": pack.currency,
        "state": pack.state.replace("_", " "),
        "as_of": instant_text(pack.as_of),
        "time_zone": current_company().time_zone,
        "hash": pack.content_hash or "",
        "signatures": [
            {"act": act, "by": name, "at": instant_text(at), "reason": reason, "hash": hashed}
            for act, name, at, reason, hashed in pack.signatures
        ],
        "tables": [_said_table(table, pack.currency) for table in pack.tables if table.name not in NOT_IN_PDF],
    }


def _said_table(table: Table, currency: str) -> dict[str, Any]:
    places = [place for place, title in enumerate(table.columns) if not _is_empty(table, place)]
    numbers = [title in table.money or title in ("Records", "Documents") for title in table.columns]
    rows = [[_text(row[place], currency) for place in places] for row in table.rows[:MOST_ROWS]]
    return {
        "name": table.name,
        "title": table.title,
        "columns": [table.columns[place] for place in places],
        "numbers": [numbers[place] or (table.name == "conservation" and place > 0) for place in places],
        "rows": rows,
        "totals": [_text(table.totals[place], currency) for place in places] if table.totals else [],
        "left_out": max(0, len(table.rows) - MOST_ROWS),
    }


def _is_empty(table: Table, place: int) -> bool:
    """Whether a column that is not the first says nothing, or only noughts, in any row."""
    return place > 0 and len(table.columns) > 3 and not any(plain(row[place]) for row in table.rows)


def _text(cell: Any, currency: str) -> str:
    cell = plain(cell)
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return money_text(cell, currency).removesuffix(f" {currency}").replace("-", "−")
    if isinstance(cell, int):
        return f"{cell:,}"
    return day_text(cell) if hasattr(cell, "isoformat") else str(cell)
