"""Packs that nobody exported here: `period verify --pack` refuses them by name, in little memory, and never fails."""

import io
import json
import tracemalloc
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exceptions.months.pack_check import NoPack, check_pack
from tests.hostile.values import bodies, bounded, json_texts, texts

pytestmark = pytest.mark.django_db
HEADER = "Part,Record,Amount"
RECORDS = f"{HEADER}\nreturns,RMA-1,12.50\n"
SIGNED = json.dumps(["2026-08", "GBP", {}])


def zipped(path, **files):
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("_", "."), content)
    return path


def said_of(path):
    """What is wrong with the pack, or why it is none."""
    try:
        return check_pack(path)
    except NoPack as error:
        return [str(error)]


def refused_or_found_wrong(path):
    assert said_of(path)


@bounded
@given(content=bodies | bodies.map(lambda rest: b"PK\3\4" + rest))
def test_a_file_of_any_bytes_is_no_pack(tmp_path, content):
    path = tmp_path / "pack.zip"
    path.write_bytes(content)
    refused_or_found_wrong(path)


@bounded
@given(
    records=st.just(RECORDS) | texts | texts.map(lambda cell: f'{HEADER}\nreturns,RMA-1,"{cell}"\n'),
    signed=st.lists(st.just(SIGNED) | json_texts, max_size=3).map("\n".join),
)
def test_tables_of_any_content_are_no_pack(tmp_path, records, signed):
    refused_or_found_wrong(zipped(tmp_path / "pack.zip", records_csv=records, signed_ndjson=signed))


@bounded
@given(st.lists(st.lists(texts.filter(str.isprintable).map(lambda text: text[:30_000]), max_size=4), max_size=4))
def test_a_workbook_of_any_cells_is_no_pack(tmp_path, rows):
    book = openpyxl.Workbook()
    book.active.title = "Records"
    signed = book.create_sheet("Signed content")
    for row in rows:
        book["Records"].append(row)
        signed.append(row)
    book.save(tmp_path / "pack.xlsx")
    refused_or_found_wrong(tmp_path / "pack.xlsx")


@pytest.mark.parametrize("name", ["records_csv", "signed_ndjson", "xl/worksheets/sheet1_xml"])
def test_a_bomb_is_refused_before_it_unpacks(tmp_path, name):
    bomb = zipped(tmp_path / "bomb.zip", **{"records_csv": RECORDS} | {name: b"0" * 600_000_000})
    tracemalloc.start()
    with pytest.raises(NoPack, match="unpacks to more than"):
        check_pack(bomb)
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()


def test_a_book_within_a_book_of_entities_is_refused(tmp_path):
    made = io.BytesIO()
    openpyxl.Workbook().save(made)
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "ha"}">' for n in range(12))
    book = tmp_path / "laughs.xlsx"
    with ZipFile(made) as whole, ZipFile(book, "w") as changed:
        for name in whole.namelist():
            said = f"<!DOCTYPE x [{laughs}]><x>&a11;</x>" if name == "xl/workbook.xml" else whole.read(name)
            changed.writestr(name, said)
    refused_or_found_wrong(book)
