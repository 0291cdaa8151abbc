"""What is put to an exception is of a kind that is taken, and is what its name says."""

import io
import zipfile

import pytest

from exceptions.file_kinds import KINDS, OLE, refusal


def package(*names):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return made.getvalue()


RIGHT = {
    "pdf": b"%PDF-1.7\n",
    "png": b"\x89PNG\r\n\x1a\n0",
    "jpg": b"\xff\xd8\xff\xe0",
    "jpeg": b"\xff\xd8\xff\xe0",
    "gif": b"GIF89a",
    "tif": b"II*\0",
    "tiff": b"MM\0*",
    "webp": b"RIFF1234WEBP",
    "heic": b"\0\0\0\x18ftypheic",
    "xlsx": package("[Content_Types].xml", "xl/workbook.xml"),
    "docx": package("[Content_Types].xml", "word/document.xml"),
    "ods": package("mimetype", "content.xml"),
    "odt": package("mimetype", "content.xml"),
    **dict.fromkeys(("xls", "doc", "msg"), OLE),
    **dict.fromkeys(("txt", "csv", "tsv", "json", "xml", "log", "md", "eml"), "Für £5, 日本\n".encode()),
}


def said(name, content):
    return refusal(name, io.BytesIO(content))


def test_every_kind_is_tried():
    assert set(RIGHT) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_is_what_its_name_says_is_taken(kind):
    assert said(f"proof.{kind.upper()}", RIGHT[kind]) is None
    content = io.BytesIO(RIGHT[kind])
    content.read(3)
    assert refusal(f"a.b.{kind}", content) is None
    assert content.tell() == 0, "whoever keeps it reads all of it"


@pytest.mark.parametrize("kind", KINDS)
def test_a_program_under_another_name_is_not(kind):
    for content in (b"MZ\x90\0\3", b"\x7fELF\2\1", b"#!/bin/sh\n", b"PK\3\4broken", b"\0\0\0"):
        if not (content.startswith(b"PK") and RIGHT[kind].startswith(b"F")):
            assert said(f"invoice.{kind}", content), content


@pytest.mark.parametrize(
    "name",
    ["run.exe", "page.html", "picture.svg", "book.xlsm", "all.zip", "noending", "x.", "a.pdf.js", "a.txt\u202e.exe"],
)
def test_what_is_no_kind_that_is_taken_is_refused_with_those_that_are(name):
    assert "pdf, png" in said(name, b"%PDF-1.7")


def test_a_book_with_programs_in_it_is_refused():
    content = package("[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin")
    assert said("book.xlsx", content) == "What is in it is no .xlsx file."


def test_text_as_spreadsheets_write_it_is_text():
    assert said("a.csv", "Für;£5\n".encode("utf-16")) is None
    assert said("a.csv", "Für;£5\n".encode("latin-1")) is None
