"""Whether an exported pack is what was signed: its own lines against its hash, its tables, and the signatures here."""

import csv
import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

import openpyxl

from exceptions.models import PeriodSignature
from exceptions.months.pack_files import CONTENT, SIGNED_SHEET
from exceptions.months.signed import FIELDS, hash_of


class NoPack(ValueError):
    """The file is no pack of a signed month; the message says what it lacks."""


def check_pack(path: Path) -> list[str]:
    """What is wrong with a pack in XLSX or ZIP, in sentences; nothing where it is as it was signed. Raises NoPack."""
    content, shown = _read(path)
    if not content:
        raise NoPack(f"{path.name} holds no signed content: its month was not signed.")
    month, currency, *_ = json.loads(content[0])
    stated = hash_of(content)
    found = []
    signed = PeriodSignature.objects.filter(period__month=month, period__currency=currency, content_hash=stated)
    if not signed.filter(act__in=["prepared", "reviewed"]).exists():
        found.append(f"{month} {currency}: no signature covers what the pack holds ({stated}).")
    if sorted(_amounts(content)) != sorted(shown):
        found.append(f"{month} {currency}: the records shown are not those that were signed.")
    return found


def _amounts(content: list[str]) -> list[tuple[str, str, Decimal]]:
    """Part, reference and amount of each signed item."""
    found = []
    for line in content[1:]:
        item = dict(zip(FIELDS, json.loads(line), strict=True))
        found.append((item["part"].replace("_", " "), item["reference"], Decimal(item["amount"]).normalize()))
    return found


def _read(path: Path) -> tuple[list[str], list[tuple[str, str, Decimal]]]:
    """The lines that the hash covers, and part, reference and amount of each record that is shown."""
    try:
        with ZipFile(path) as archive:
            if "records.csv" in archive.namelist():
                return _read_csv(archive)
        return _read_xlsx(path)
    except (BadZipFile, KeyError) as error:
        raise NoPack(f"{path.name} is no pack in XLSX or CSV.") from error


def _read_csv(archive: ZipFile) -> tuple[list[str], list[tuple[str, str, Decimal]]]:
    content = archive.read(CONTENT).decode().splitlines() if CONTENT in archive.namelist() else []
    rows = csv.DictReader(io.StringIO(archive.read("records.csv").decode(), newline=""))
    return content, [_shown(row["Part"], row["Record"].removeprefix("'"), row["Amount"]) for row in rows]


def _read_xlsx(path: Path) -> tuple[list[str], list[tuple[str, str, Decimal]]]:
    book = openpyxl.load_workbook(path, read_only=True)
    content = []
    if SIGNED_SHEET in book.sheetnames:
        content = ["".join(str(cell) for cell in row if cell) for row in book[SIGNED_SHEET].values]
    columns, *rows = book["Records"].values
    places = [columns.index(name) for name in ("Part", "Record", "Amount")]
    return content, [_shown(*(row[place] for place in places)) for row in rows]


def _shown(part: Any, reference: Any, amount: Any) -> tuple[str, str, Decimal]:
    return str(part), str(reference), Decimal(str(amount)).normalize()
