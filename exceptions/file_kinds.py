"""Which kinds of files are put to exceptions: what a name says has to be what the content is."""

import struct
from collections.abc import Callable
from typing import BinaryIO
from zipfile import BadZipFile, ZipFile

LOOKED_AT = 64 * 1024  # bytes from the beginning
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
BOMS = (b"\xff\xfe", b"\xfe\xff")  # text of two bytes a sign, as spreadsheets write it
PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"<?php")
Check = Callable[[BinaryIO], bool]


def _begins(*marks: bytes, at: int = 0) -> Check:
    def check(content: BinaryIO) -> bool:
        return content.read(at + 16)[at:].startswith(marks)

    return check


def _picture_of_a_phone(content: BinaryIO) -> bool:
    return content.read(12)[4:].startswith((b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypmsf1"))


def _webp(content: BinaryIO) -> bool:
    begin = content.read(12)
    return begin.startswith(b"RIFF") and begin.endswith(b"WEBP")


def _text(content: BinaryIO) -> bool:
    begin = content.read(LOOKED_AT)
    return not begin.startswith(PROGRAMS) and (begin.startswith(BOMS) or b"\0" not in begin)


def _package(part: str) -> Check:
    """Of a package as office programs write it: it names the part, and nothing in it can run."""

    def check(content: BinaryIO) -> bool:
        try:
            with ZipFile(content) as package:
                names = package.namelist()
        except (BadZipFile, ValueError, OSError, EOFError, NotImplementedError, struct.error):
            return False
        return part in names and not any(name.lower().endswith("vbaproject.bin") for name in names)

    return check


KINDS: dict[str, Check] = {
    "pdf": _begins(b"%PDF-"),
    "png": _begins(b"\x89PNG\r\n\x1a\n"),
    "jpg": _begins(b"\xff\xd8\xff"),
    "jpeg": _begins(b"\xff\xd8\xff"),
    "gif": _begins(b"GIF87a", b"GIF89a"),
    "tif": _begins(b"II*\0", b"MM\0*"),
    "tiff": _begins(b"II*\0", b"MM\0*"),
    "webp": _webp,
    "heic": _picture_of_a_phone,
    "xlsx": _package("xl/workbook.xml"),
    "docx": _package("word/document.xml"),
    "ods": _package("content.xml"),
    "odt": _package("content.xml"),
    "xls": _begins(OLE),
    "doc": _begins(OLE),
    "msg": _begins(OLE),
    **dict.fromkeys(("txt", "csv", "tsv", "json", "xml", "log", "md", "eml"), _text),
}


def refusal(name: str, content: BinaryIO) -> str | None:
    """Why a file of this name and content is not taken, in words; else null. Leaves the content at its beginning."""
    kind = name.rpartition(".")[2].lower() if "." in name else ""
    check = KINDS.get(kind)
    if check is None:
        said = f"a .{kind[:20]} file" if kind else "a file without an ending"
        return f"Not {said}: {', '.join(KINDS)} are taken."
    content.seek(0)
    fits = check(content)
    content.seek(0)
    return None if fits else f"What is in it is no .{kind} file."
