"""Whether an exported pack is what was signed: its own lines against its hash, its tables, and the signatures here."""

import csv
import io
import json
import re
import zlib
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile

import openpyxl

from exceptions.models import PeriodSignature
from exceptions.months.pack_files import CONTENT, SIGNED_SHEET
from exceptions.months.signed import FIELDS, hash_of

LARGEST = 300_000_000  # bytes, unpacked
PERIOD = re.compile(r"[0-9]{4}-[0-9]{2} [A-Z]{3}")
UNREADABLE = (
    *(BadZipFile, zlib.error, EOFError, ParseError, csv.Error),
    *(ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RuntimeError),
)  # whatever the readers of ZIP, XLSX, CSV and JSON raise over what was not written here

Shown = list[tuple[str, str, Decimal]]


class NoPack(ValueError):
    """The file is no pack of a signed month; the message says what it lacks."""


def check_pack(path: Path) -> list[str]:
    """What is wrong with a pack in XLSX or ZIP, in sentences; nothing where it is as it was signed. Raises NoPack."""
    try:
        content, shown = _read(path)
        (month, currency), signed, stated = _period(content), _amounts(content), hash_of(content)
    except NoPack:
        raise
    except UNREADABLE as error:
        raise NoPack(f"{path.name} is no pack in XLSX or CSV: {str(error)[:200]}") from error
    found = []
    signatures = PeriodSignature.objects.filter(period__month=month, period__currency=currency, content_hash=stated)
    if not signatures.filter(act__in=["prepared", "reviewed"]).exists():
        found.append(f"{month} {currency}: no signature covers what the pack holds ({stated}).")
    if sorted(signed) != sorted(shown):
        found.append(f"{month} {currency}: the records shown are not those that were signed.")
    return found


def _period(content: list[str]) -> tuple[str, str]:
    month, currency, *_ = json.loads(content[0])
    if not PERIOD.fullmatch(f"{month} {currency}"):
        raise ValueError("its first line names no month and currency")
    return month, currency


def _amounts(content: list[str]) -> Shown:
    """Part, reference and amount of each signed item."""
    found = []
    for line in content[1:]:
        item = dict(zip(FIELDS, json.loads(line), strict=True))
        found.append((item["part"].replace("_", " "), item["reference"], Decimal(item["amount"]).normalize()))
    return found


def _read(path: Path) -> tuple[list[str], Shown]:
    """The lines that the hash covers, and part, reference and amount of each record that is shown."""
    with ZipFile(path) as archive:
        if sum(member.file_size for member in archive.infolist()) > LARGEST:
            raise NoPack(f"{path.name} unpacks to more than {LARGEST:,} bytes.")
        content, shown = _read_csv(archive) if "records.csv" in archive.namelist() else _read_xlsx(path)
    if not content:
        raise NoPack(f"{path.name} holds no signed content: its month was not signed.")
    return content, shown


def _read_csv(archive: ZipFile) -> tuple[list[str], Shown]:
    content = archive.read(CONTENT).decode().splitlines() if CONTENT in archive.namelist() else []
    rows = csv.DictReader(io.StringIO(archive.read("records.csv").decode(), newline=""))
    return content, [_shown(row["Part"], row["Record"].removeprefix("'"), row["Amount"]) for row in rows]


def _read_xlsx(path: Path) -> tuple[list[str], Shown]:
    book = openpyxl.load_workbook(path, read_only=True)
    content = []
    if SIGNED_SHEET in book.sheetnames:
        content = ["".join(str(cell) for cell in row if cell) for row in book[SIGNED_SHEET].values]
    columns, *rows = book["Records"].values
    places = [columns.index(name) for name in ("Part", "Record", "Amount")]
    return content, [_shown(*(row[place] for place in places)) for row in rows]


def _shown(part: Any, reference: Any, amount: Any) -> tuple[str, str, Decimal]:
    return str(part), str(reference), Decimal(str(amount)).normalize()
