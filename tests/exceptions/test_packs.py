"""The pack of a month: the same numbers in XLSX, CSV and PDF, live formulas, no injected one, verifiable later."""

import csv
import io
import json
import re
import zipfile
from decimal import Decimal

import openpyxl
import pytest
import typst
from django.core.management import CommandError, call_command

from exceptions.close import period_of, prepare
from exceptions.months.pack_files import TEMPLATE, as_csv, as_pdf, as_xlsx, said
from exceptions.months.packs import Sum, pack_of, plain
from exceptions.reconciling import reconcile
from tests.exceptions.test_close import OCTOBER, brand, closed, month, people, period  # noqa: F401
from tests.exceptions.test_close_pages import ADDRESS

pytestmark = pytest.mark.django_db(transaction=True)
INJECTED = '=HYPERLINK("X")'


@pytest.fixture
def busy(month):  # noqa: F811
    """More in the month: fees, a late credit, goodwill to a customer whose id is a formula."""
    month.returned(2, said=200, refs={"sales_order": "SO-1", "rma": "RMA-2"}, quantity=2, fees="1.50")
    month.returned(2, said=200, refs={"sales_order": "SO-1", "rma": "RMA-2"}, quantity=2, system="shop")
    month.credit("CN-8", said=210, amount="3.25", refs={"rma": "RMA-X"}, reason="goodwill", customer={"id": INJECTED})
    reconcile(as_of=OCTOBER, now=OCTOBER)
    return month


def summed(sheet, cell, records):
    """What a spreadsheet would show in a cell: our formulas, calculated by hand."""
    if not str(cell.value).startswith("=") or cell.value == "=0":
        return 0 if cell.value == "=0" else cell.value
    if match := re.fullmatch(r"=ROUND\(SUMIFS\(Records!\$J:\$J,Records!\$A:\$A,([A-Z]+\d+)\),2\)", cell.value):
        key = sheet[match[1]].value
        return round(sum(row[9].value for row in records.iter_rows(min_row=2) if row[0].value == key), 2)
    first, last = re.fullmatch(r"=ROUND\(SUM\((\w+):(\w+)\),2\)", cell.value).groups()
    return round(sum(summed(sheet, one, records) or 0 for (one,) in sheet[first:last]), 2)


def workbook(pack):
    return openpyxl.load_workbook(io.BytesIO(as_xlsx(pack)))


def sheet_of(book, table):
    return book[table.title.split(",")[0][:31]]


def same_numbers(pack):
    """Compares every amount of a pack in its workbook (recalculated), its tables and its PDF; how many there are."""
    book, archive = workbook(pack), zipfile.ZipFile(io.BytesIO(as_csv(pack)))
    compiled = typst.query(TEMPLATE, "<pack>", field="value", one=True, sys_inputs={"pack": json.dumps(said(pack))})
    printed = {table["name"]: table for table in json.loads(compiled)["tables"]}
    compared = 0
    for table in pack.tables:
        sheet = sheet_of(book, table)
        rows = list(csv.reader(io.StringIO(archive.read(f"{table.name}.csv").decode(), newline="")))[1:]
        shown = printed.get(table.name, {"columns": [], "left_out": 0})
        for number, row in enumerate(table.all_rows):
            for place in (place for place, title in enumerate(table.columns) if title in table.money):
                value = plain(row[place])
                if value is None:
                    continue
                assert Decimal(rows[number][place]) == value
                assert Decimal(str(summed(sheet, sheet.cell(number + 2, place + 1), book["Records"]))) == value
                assert as_printed(shown, number, table.columns[place]) in (None, value)
                compared += 1
    return compared


def as_printed(shown, number, title):
    """What the PDF says in a row of all a table's rows; null where it leaves the row or the column out."""
    if title not in shown["columns"]:
        return None
    last = len(shown["rows"]) + shown["left_out"]
    if len(shown["rows"]) <= number < last:
        return None
    texts = shown["totals"] if number == last else shown["rows"][number]
    return Decimal(texts[shown["columns"].index(title)].replace(",", "").replace("−", "-"))


def test_all_three_files_say_the_same_numbers(busy, people):  # noqa: F811
    pack = pack_of(period(), at=OCTOBER)
    assert same_numbers(pack) > 60
    assert as_pdf(pack).startswith(b"%PDF-")


def test_what_is_unexplained_is_a_line_of_its_own_even_when_it_is_nought(busy, people):  # noqa: F811
    table = pack_of(period(), at=OCTOBER).tables[0]
    assert table.rows[-1][0] == "Unexplained"
    assert plain(table.rows[-1][2]) == 0
    assert table.totals[0] == "All parts, which come to nought"


def test_the_total_of_an_empty_table_adds_up_nothing_and_not_itself(month, people):  # noqa: F811
    pack = pack_of(period_of("2025-08", "GBP"), at=OCTOBER)
    assert not any(table.rows for table in pack.tables if table.name in ("credits", "liability"))
    assert same_numbers(pack) >= 0
    sheet = sheet_of(workbook(pack), next(table for table in pack.tables if table.name == "credits"))
    assert sheet["C2"].value == "=0"


def test_every_sum_in_the_workbook_is_a_formula(busy, people):  # noqa: F811
    pack = pack_of(period(), at=OCTOBER)
    book = workbook(pack)
    for table in pack.tables:
        for number, row in enumerate(table.all_rows, start=2):
            for place, cell in enumerate(row, start=1):
                is_formula = sheet_of(book, table).cell(number, place).data_type == "f"
                assert is_formula == isinstance(cell, Sum)


def test_what_a_feed_said_is_no_formula_in_any_file(busy, people):  # noqa: F811
    pack = pack_of(period(), at=OCTOBER)
    texts = [cell for table in pack.tables for row in table.rows for cell in row if cell == INJECTED]
    assert texts
    found = [cell for sheet in workbook(pack) for row in sheet.iter_rows() for cell in row if cell.value == INJECTED]
    assert len(found) == len(texts)
    assert {cell.data_type for cell in found} == {"s"}
    archive = zipfile.ZipFile(io.BytesIO(as_csv(pack)))
    cells = [
        cell
        for name in archive.namelist()
        for row in csv.reader(io.StringIO(archive.read(name).decode(), newline=""))
        for cell in row
    ]
    assert f"'{INJECTED}" in cells
    assert INJECTED not in cells
    assert as_pdf(pack).startswith(b"%PDF-")


@pytest.mark.parametrize(("kind", "ending"), [("xlsx", "xlsx"), ("csv", "zip")])
def test_a_pack_is_verified_later_and_a_changed_one_is_named(month, people, tmp_path, capsys, kind, ending):  # noqa: F811
    closed(people)
    call_command("period", "export", "2025-09", "GBP", format=kind, to=tmp_path)
    path = tmp_path / f"month-end-2025-09-GBP.{ending}"
    call_command("period", "verify", pack=path)
    assert "as it was signed" in capsys.readouterr().out
    path.write_bytes(tampered(path, kind))
    with pytest.raises(CommandError, match=r"no signature covers|not those that were signed"):
        call_command("period", "verify", pack=path)


def tampered(path, kind):
    file = io.BytesIO()
    if kind == "xlsx":
        book = openpyxl.load_workbook(path)
        book["Records"]["J2"] = 1_000_000
        book.save(file)
        return file.getvalue()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            new.writestr(name, text.replace(b"20", b"21") if name == "signed.ndjson" else text)
    return file.getvalue()


def test_what_is_no_pack_is_refused(month, people, tmp_path):  # noqa: F811
    (tmp_path / "x.pdf").write_bytes(b"%PDF-1.7")
    call_command("period", "export", "2025-09", "GBP", format="csv", to=tmp_path)
    for name in ("x.pdf", "none.zip", "month-end-2025-09-GBP.zip"):
        with pytest.raises(CommandError):
            call_command("period", "verify", pack=tmp_path / name)


def test_the_page_gives_the_pack_as_signed_with_its_hash(client, month, people):  # noqa: F811
    done = prepare(period(), by=people["tom"], at=OCTOBER)
    client.force_login(people["cx"].user)
    for kind, start in (("pdf", b"%PDF-"), ("xlsx", b"PK"), ("csv", b"PK")):
        answer = client.get(f"{ADDRESS}/export/{kind}")
        assert answer.content.startswith(start)
        assert "month-end-2025-09-GBP" in answer["Content-Disposition"]
    assert client.get(f"{ADDRESS}/export/docx").status_code == 404
    pack = pack_of(period(), at=OCTOBER)
    assert pack.content_hash == done.content_hash
    assert said(pack)["signatures"][0]["hash"] == done.content_hash
