"""Backups: one snapshot of the database, the files that people attached, and a manifest to hold both against.

A backup holds no key: `SECRET_KEY` and `CREDENTIAL_KEYS` are kept elsewhere, and without them the sealed credentials of
connections stay sealed.
"""

import json
import shutil
import subprocess
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import file_digest
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from psycopg import sql
from psycopg.conninfo import make_conninfo

from exceptions.trail.chain import seal, verify
from reconciliation.project.engines import Postgres
from reconciliation.project.environment import inherited
from reconciliation.project.roles import as_owner, grant
from reconciliation.statements import rows

DUMP, MANIFEST, FILES = "database.dump", "manifest.json", "files"


class BackupRefused(Exception):
    """A backup that cannot be made, is not whole, or has nowhere to go; nothing was changed."""


@dataclass(frozen=True)
class Manifest:
    """What a backup holds: SHA-256 of the dump, rows of each table, the trail's head, attached files by name."""

    at: str
    postgres: int
    dump: str
    head: str
    rows: dict[str, int]
    files: dict[str, str]


def back_up(folder: Path, *, at: datetime) -> Manifest:
    """Writes a backup into a folder that is empty or not there; raises BackupRefused. People may go on working."""
    if folder.exists() and any(folder.iterdir()):
        raise BackupRefused(f"{folder} is not empty.")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    seal(at=at)
    with as_owner(), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("set transaction isolation level repeatable read, read only")
            cursor.execute("select pg_export_snapshot()")
            (snapshot,) = cursor.fetchone() or ("",)
        arguments = [f"--snapshot={snapshot}", "--format=custom", "--no-owner", "--no-privileges"]
        _run("pg_dump", *arguments, f"--file={folder / DUMP}")
        counts, head, version = _row_counts(), verify().head, _version()
    manifest = Manifest(
        at=at.isoformat(),
        postgres=version,
        dump=_digest(folder / DUMP),
        head=head,
        rows=counts,
        files=_copied(Path(settings.MEDIA_ROOT), folder / FILES),
    )
    draft = folder / f"{MANIFEST}.new"
    draft.write_text(json.dumps(asdict(manifest), indent=1), encoding="utf-8")
    draft.rename(folder / MANIFEST)  # last of all: a backup without it was broken off
    return manifest


def restore(folder: Path) -> Manifest:
    """Brings a backup back into an empty database and proves it; raises BackupRefused."""
    manifest = _checked(folder)
    with as_owner():
        if _row_counts():
            raise BackupRefused("The database is not empty; a backup is brought back into an empty one alone.")
        version = _version()
        if version < manifest.postgres:
            raise BackupRefused(f"The backup is of PostgreSQL {manifest.postgres}; the server is {version}.")
        _run("pg_restore", "--no-owner", "--no-privileges", "--single-transaction", str(folder / DUMP))
        if settings.DATABASE_ROLE:
            grant()
        with connection.cursor() as cursor:
            cursor.execute("analyze")
        _prove(manifest)
    _copied(folder / FILES, Path(settings.MEDIA_ROOT))
    return manifest


def _checked(folder: Path) -> Manifest:
    try:
        manifest = Manifest(**json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise BackupRefused(f"{folder} holds no whole backup: {MANIFEST} is missing.") from None
    except (ValueError, TypeError) as error:
        raise BackupRefused(f"{folder / MANIFEST} cannot be read: {error}") from None
    parts = {DUMP: manifest.dump} | {f"{FILES}/{name}": digest for name, digest in manifest.files.items()}
    for name, digest in parts.items():
        if not (folder / name).is_file():
            raise BackupRefused(f"{folder / name} is missing.")
        if _digest(folder / name) != digest:
            raise BackupRefused(f"{folder / name} is not what was backed up.")
    return manifest


def _prove(manifest: Manifest) -> None:
    """Compares what came back; after a difference the database is not to be used."""
    came_back, verdict = _row_counts(), verify(head=manifest.head)
    wrong = [name for name in manifest.rows | came_back if manifest.rows.get(name) != came_back.get(name)]
    if wrong or verdict.broken:
        said = [f"{name}: {came_back.get(name, 0)} rows, not {manifest.rows.get(name, 0)}" for name in wrong]
        raise BackupRefused("What came back is not what was backed up. " + "; ".join(said + verdict.broken))


def _row_counts() -> dict[str, int]:
    with connection.cursor() as cursor:
        counts = {}
        for (name,) in rows("backup/tables", {}):
            cursor.execute(sql.SQL("select count(*) from {}").format(sql.Identifier(name)))
            counts[name] = (cursor.fetchone() or (0,))[0]
    return counts


def _version() -> int:
    return int(connection.cursor().connection.info.server_version) // 10_000


def _digest(path: Path) -> str:
    with path.open("rb") as content:
        return file_digest(content, "sha256").hexdigest()


def _copied(source: Path, target: Path) -> dict[str, str]:
    """Copies every file of a folder, which may be missing; their SHA-256 by name."""
    digests = {}
    for path in sorted(path for path in source.rglob("*") if path.is_file()):
        name = path.relative_to(source)
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target / name)
        digests[str(name)] = _digest(target / name)
    return digests


def _run(program: str, *arguments: str) -> None:
    """One of PostgreSQL's programs on the database of the settings, as who is connected now."""
    version = 16 if _version() == 16 else 18  # each writes for its own version and later ones
    words, environment = _connection_words()
    command = [str(Postgres(settings.DATA_DIR, version).programs / program), f"--dbname={words}", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise BackupRefused(f"{program} failed: {done.stderr.strip()}")


def _connection_words() -> tuple[str, dict[str, str]]:
    """libpq's connection string without the password, which goes into the environment of the program alone."""
    known: dict[str, Any] = connection.get_connection_params()
    keys = ("host", "port", "dbname", "user", "sslmode", "sslrootcert", "sslcert", "sslkey")
    words = make_conninfo("", **{key: known[key] for key in keys if known.get(key)})
    password = {"PGPASSWORD": str(known["password"])} if known.get("password") else {}
    return words, inherited() | password
