"""Records as the ledgers keep them: the list, one record with all its versions, refused lines."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Q, Subquery

from exceptions.ledgers.differences import NotCompared, differences
from exceptions.ledgers.matches import Match, matches_of
from exceptions.ledgers.order_group import Connected, NoSuchRecord, connected
from exceptions.ledgers.payloads import Payload, payload
from exceptions.models import ExceptionCase
from exceptions.ownership import TEAM_NAME
from reconciliation.models import FirstSent, LedgerEntry, Member, RejectedLine, System, Version
from reconciliation.statements import rows

SQL = Path(__file__).parents[1] / "sql"
PAGE = 50
VERSIONS = 25
LAST = UUID(int=2**128 - 1)
# what the system of a record or a line is called, read with it; null where it is not known
SYSTEM_NAME = Subquery(System.objects.filter(key=OuterRef("system")).values("name"))


@dataclass(frozen=True)
class RecordsPage:
    """One page of records, rows of `sql/pages/records.sql`; `following` is the cursor of the next."""

    records: list[Any]
    following: str | None
    type: str | None
    system: str | None
    sent: list[tuple[str, str]]
    topology: Connected

    @property
    def types(self) -> list[str]:
        """The types that any system has sent."""
        return sorted({type for type, _ in self.sent})

    @property
    def systems(self) -> list[tuple[str, str]]:
        """The systems that have sent anything, with their names."""
        return [(system, self.topology.name(system)) for system in sorted({system for _, system in self.sent})]


def records_page(*, type: str | None, system: str | None, after: str, as_of: datetime) -> RecordsPage:
    """The records that stand, the last changed first; a type or system that never sent anything counts as not asked."""
    sent = list(FirstSent.objects.values_list("type", "system").order_by("type", "system"))
    type = type if type in {known for known, _ in sent} else None
    system = system if system in {known for _, known in sent} else None
    changed_at, version = _read(after, as_of)
    asked = {
        "type": type,
        "system": system,
        "as_of": as_of,
        "changed_at": changed_at,
        "version": version,
        "rows": PAGE + 1,
    }
    found = rows("pages/records", asked, SQL)
    following = _cursor(found[PAGE - 1].changed_at, found[PAGE - 1].version.hex) if len(found) > PAGE else None
    return RecordsPage(found[:PAGE], following, type, system, sent, connected())


@dataclass(frozen=True)
class Told:
    """One version: how it differs from the one before, in words; null where that could not be said."""

    row: Any
    changes: list[str] | None
    reason: str = ""

    @property
    def never_spoke(self) -> bool:
        """Whether another version of the same moment speaks instead."""
        return bool(self.row.until is not None and self.row.until <= self.row.at)


@dataclass(frozen=True)
class RecordPage:
    """One record: its newest version, its history, what is open about it, and what a credit was matched to."""

    record: UUID
    type: str
    system: str
    system_name: str
    id: str
    versions: list[Told]
    following: str | None
    latest: Payload
    grouped: bool
    cases: list[ExceptionCase]
    matches: list[Match]

    @property
    def in_group(self) -> bool:
        """Whether records of this type belong to order groups."""
        return self.type not in ("product", "stock_level")


def record_page(record: UUID, *, after: str) -> RecordPage:
    """A record and a page of its versions, newest first; raises NoSuchRecord."""
    at, hash = _read_hash(after)
    found = rows("pages/versions", {"record": record, "at": at, "hash": hash, "rows": VERSIONS + 1}, SQL)
    if not found:
        raise NoSuchRecord(str(record))
    told = [_told(row, found[place + 1] if place + 1 < len(found) else None) for place, row in enumerate(found)]
    first, group = found[0], Member.objects.filter(record=record).values_list("group_key", flat=True).first()
    last = found[VERSIONS - 1] if len(found) > VERSIONS else None
    return RecordPage(
        record,
        first.type,
        first.system,
        connected().name(first.system),
        first.id,
        told[:VERSIONS],
        _cursor(last.at, last.hash) if last else None,
        payload(first.raw),
        group is not None,
        _cases(group, record) if group else [],
        matches_of(record) if first.type == "credit" else [],
    )


def _cases(group: UUID, record: UUID) -> list[ExceptionCase]:
    """The exceptions about a record, the open ones first."""
    cases = ExceptionCase.objects.filter(group_key=group, record=record).select_related("owner")
    return list(cases.annotate(team_name=TEAM_NAME).order_by("-closed_at", "id"))


def _told(row: Any, before: Any | None) -> Told:
    if before is None:
        return Told(row, [], "the first that was said")
    try:
        return Told(row, [difference.words for difference in differences(before.raw, row.raw)])
    except NotCompared as reason:
        return Told(row, None, str(reason))


def version_raw(record: UUID, version: UUID) -> tuple[LedgerEntry, str]:
    """One version's ledger entry, with `system_name`, and its line as it came; raises NoSuchRecord."""
    entry = LedgerEntry.objects.annotate(system_name=SYSTEM_NAME).filter(record=record, version=version).first()
    if entry is None:
        raise NoSuchRecord(str(version))
    return entry, Version.objects.values_list("raw", flat=True).get(version=version)


@dataclass(frozen=True)
class RejectedPage:
    """One page of refused lines, newest first."""

    lines: Sequence[RejectedLine]
    following: str | None


def rejected_page(*, after: str) -> RejectedPage:
    """The refused lines with the `system_name` of each, by arrival."""
    lines = RejectedLine.objects.annotate(system_name=SYSTEM_NAME).defer("raw").order_by("-arrived_at", "-sha256")
    if cursor := _decoded(after):
        at, hash = cursor
        lines = lines.filter(Q(arrived_at__lt=at) | Q(arrived_at=at, sha256__lt=bytes.fromhex(hash)))
    found = list(lines[: PAGE + 1])
    following = _cursor(found[PAGE - 1].arrived_at, bytes(found[PAGE - 1].sha256).hex()) if len(found) > PAGE else None
    return RejectedPage(found[:PAGE], following)


def rejected_line(sha256: str) -> tuple[RejectedLine, ExceptionCase | None]:
    """The refused line with these hexadecimal digits, and its exception, if it has one; raises NoSuchRecord."""
    try:
        line = RejectedLine.objects.annotate(system_name=SYSTEM_NAME).get(sha256=bytes.fromhex(sha256))
    except (ValueError, RejectedLine.DoesNotExist) as missing:
        raise NoSuchRecord(sha256) from missing
    subject = f"rejected:{line.system or '-'}:{sha256[:12]}"
    return line, ExceptionCase.objects.filter(kind="rejected_record", subject=subject).first()


def _read(after: str, as_of: datetime) -> tuple[datetime, UUID]:
    cursor = _decoded(after)
    return (cursor[0], UUID(cursor[1])) if cursor and len(cursor[1]) == 32 else (as_of, LAST)


def _read_hash(after: str) -> tuple[datetime | str, bytes]:
    cursor = _decoded(after)
    return (cursor[0], bytes.fromhex(cursor[1])) if cursor else ("infinity", b"")


def _cursor(at: datetime, key: str) -> str:
    return urlsafe_b64encode(f"{at.isoformat()}|{key}".encode()).decode()


def _decoded(cursor: str) -> tuple[datetime, str] | None:
    """A moment and a key in hexadecimal digits; null for what is no cursor of ours."""
    try:
        at, key = urlsafe_b64decode(cursor).decode().split("|")
        bytes.fromhex(key)
        moment = datetime.fromisoformat(at)
    except ValueError:
        return None
    return (moment, key) if moment.tzinfo else None
