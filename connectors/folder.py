"""CSV files in a folder: taken in the order of their names, read in pieces, moved away once all of them is stored.

Senders write `NAME.part` and rename it to `NAME` when it is whole, or the folder is filled from an SFTP server. What
was read is noted in `ledger.txt`, by name and SHA-256, so that no file is read twice. A position names the file, its
digest and the record to go on with.
"""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import file_digest
from pathlib import Path
from typing import ClassVar

from django.conf import settings

from connectors.access import Access
from connectors.csv.records import Records, SpokenOf, header_of
from connectors.http import VendorError
from connectors.paging import Page, Position, Raw, Window
from connectors.remote_folder import RemoteFolder

NAME = re.compile(r"[a-z]{3}_[^_].*_(\d{14})\.csv", re.IGNORECASE)
PIECE = 500
READ, REJECTED, LEDGER = "processed", "rejected", "ledger.txt"
TOO_LONG = "it is longer than {:,} bytes (FILE_FEEDS_LARGEST_MB)"


class FolderTrouble(VendorError):
    """The folder is missing, or cannot be read or changed."""


class SnapshotLate(VendorError):
    """No snapshot has come for longer than agreed."""


class FileRefused(Exception):
    """A whole file is refused; the text says why."""


@dataclass(frozen=True)
class Kind:
    """One kind of file: rows that agree in the columns `key` are one record.

    A snapshot names in `holds` the ids that a row speaks of; others of the same place that we hold are gone.
    """

    prefix: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    type: str = ""
    holds: Callable[[Raw], list[str]] | None = None


class FolderClient:
    """Reads the files of one connection; a subclass names its kinds by feed."""

    kinds: ClassVar[dict[str, Kind]] = {}

    def __init__(self, access: Access) -> None:
        self.access = access
        self.root = _within(Path(settings.FILE_FEEDS_DIR), access.setting("folder"))
        self.looked: tuple[object, ...] = ()  # the file that is read just now, its digest, its records
        self.digest = ""
        self.records: tuple[str, Records] | None = None
        self.spoken_of: tuple[str, SpokenOf] | None = None  # of a snapshot
        self.fetched: dict[str, list[str]] = {}  # by feed: what is too long to be fetched
        with trouble_told():
            self.remote = RemoteFolder(access, self.root) if access.setting("host") else None

    def close(self) -> None:
        """Lets go of the file that is read, and ends the connection to the server, where there is one."""
        if self.records is not None:
            self.records[1].close()
        if self.remote is not None:
            self.remote.close()

    def missing(self) -> list[str]:
        """Whether the folder is there, here and on the server, and which files in it nobody reads."""
        with trouble_told():
            if not self.root.is_dir():
                return [f"There is no folder {self.root.name} among the file feeds."]
            if not os.access(self.root, os.W_OK):
                return [f"Files cannot be moved within the folder {self.root.name}."]
            known = tuple(f"{kind.prefix}_" for kind in self.kinds.values())
            there = self.remote.names() if self.remote is not None else []
            names = [one.name for one in self._files()] + [name for name in there if name.lower().endswith(".csv")]
            strange = [name for name in names if not name.lower().startswith(known)]
            return [f"{name} is of no known kind: its name begins with none of {', '.join(known)}" for name in strange]

    def page(self, feed: str, window: Window, position: Position | None) -> Page:
        """The next piece of the oldest file; a file is moved away when the piece behind its last is asked for."""
        with trouble_told():
            if position is not None and "finish" in position:
                self._finish(position["finish"], position["sha"], position["to"])
                position = None
            kind = self.kinds[feed]
            if position is None and self.remote is not None and feed not in self.fetched:
                # once a pull: what comes meanwhile is read by the next
                self.fetched[feed] = self.remote.fetch(kind.prefix, (READ, REJECTED), settings.FILE_FEEDS_LARGEST)
            if position is None and self.fetched.get(feed):
                name = self.fetched[feed].pop()
                return self._refused(name, "", FileRefused(TOO_LONG.format(settings.FILE_FEEDS_LARGEST)))
            path = self._oldest(kind) if position is None else self.root / position["file"]
            if path is None or not path.exists():
                self._refuse_late(kind)
                return Page([])
            return self._piece(kind, path, position or {})

    def reread(self, what: str, id: str) -> list[tuple[str, Raw]]:
        """Files are not asked again."""
        return []

    def _files(self) -> Iterator[Path]:
        found = (one for one in self.root.iterdir() if one.name.lower().endswith(".csv"))
        return (one for one in found if one.is_file() and not one.is_symlink())

    def _oldest(self, kind: Kind) -> Path | None:
        if not self.root.is_dir():
            raise FolderTrouble(f"There is no folder {self.root.name} among the file feeds.")
        found = [one for one in self._files() if one.name.lower().startswith(f"{kind.prefix}_")]
        return min(found, key=lambda one: (_stamp(one.name) or "", one.name), default=None)

    def _piece(self, kind: Kind, path: Path, position: Position) -> Page:
        name, sha = path.name, self._digest_of(path)
        same = position.get("sha") == sha
        begin = position.get("record", 0) if same else 0
        try:
            said = self._head(kind, path, sha, fresh=not begin and "gone" not in position)
        except FileRefused as refused:
            return self._refused(name, sha, refused)
        done = {"finish": name, "sha": sha, "to": READ}
        if same and "gone" in position:
            return self._withdrawn(kind, path, said, position, done)
        items, more = self._records_of(kind, path, sha, said, begin).piece(begin, PIECE)
        following: Position = {"file": name, "sha": sha, "record": begin + len(items)}
        if not more:
            following = done if kind.holds is None else {"file": name, "sha": sha, "gone": ""}
        return Page(items, following)

    def _refused(self, name: str, sha: str, why: FileRefused) -> Page:
        finish = {"finish": name, "sha": sha, "to": REJECTED}
        return Page([{"id": name, "file": name, "problem": f"{name}: {why}"}], finish)

    def _digest_of(self, path: Path) -> str:
        """The file's digest, made anew only when the file is another than at the last piece."""
        said = path.stat()
        look = (path.name, said.st_ino, said.st_size, said.st_mtime_ns)
        if self.looked != look:
            self.looked, self.digest = look, _digest(path)
        return self.digest

    def _records_of(self, kind: Kind, path: Path, sha: str, at: str, begin: int) -> Records:
        """The file's records, opened anew where another was read, or this one beyond `begin`."""
        held = self.records
        if held is not None and held[0] == sha and held[1].path == path and held[1].next <= begin:
            return held[1]
        if held is not None:
            held[1].close()
        self.records = (sha, Records(path, kind.key, at))
        return self.records[1]

    def _head(self, kind: Kind, path: Path, sha: str, *, fresh: bool) -> str:
        """The moment at which the file was written, by its name; raises FileRefused."""
        name = path.name
        stamp = _stamp(name)
        if stamp is None:
            raise FileRefused("the name is not PREFIX_PLACE_YYYYMMDDHHMMSS.csv")
        before = self._ledger().get(name)
        if fresh and before is not None:
            raise FileRefused("it was read already" if before == sha else "another file of this name was read already")
        if path.stat().st_size > settings.FILE_FEEDS_LARGEST:
            raise FileRefused(TOO_LONG.format(settings.FILE_FEEDS_LARGEST))
        if not (header := header_of(path)):
            raise FileRefused("it is empty")
        if lacking := [column for column in kind.columns if column not in header]:
            raise FileRefused(f"the header lacks {', '.join(lacking)}")
        if twice := sorted({column for column in header if header.count(column) > 1}):
            raise FileRefused(f"the header names {', '.join(twice)} twice")
        return stamp

    def _withdrawn(self, kind: Kind, path: Path, at: str, position: Position, done: Position) -> Page:
        """What we hold of the places of a snapshot and it does not speak of."""
        there = self._snapshot_of(kind, path, position["sha"], at)
        # rows that could not be read may speak of anything
        complete = there.complete and self.access.setting("snapshots") != "partial"
        ids = self.access.known(kind.type, position["gone"], PIECE) if complete and there.places else []
        if not ids:
            return Page([], done)
        gone = [id for id in ids if id not in there and id.split("/")[0] in there.places]
        return Page([{"gone": kind.type, "id": id, "at": at} for id in gone], position | {"gone": ids[-1]})

    def _snapshot_of(self, kind: Kind, path: Path, sha: str, at: str) -> SpokenOf:
        assert kind.holds is not None
        if self.spoken_of is None or self.spoken_of[0] != sha:
            with closing(Records(path, kind.key, at)) as records:
                self.spoken_of = (sha, SpokenOf(records, kind.holds))
        return self.spoken_of[1]

    def _finish(self, name: str, sha: str, to: str) -> None:
        """Notes the file as read and moves it away; doing so twice does no harm."""
        if to == READ and self._ledger().get(name) != sha:
            with (self.root / LEDGER).open("a", encoding="utf-8") as ledger:
                ledger.write(f"{sha}  {name}\n")
                ledger.flush()
                os.fsync(ledger.fileno())
        source, target = self.root / name, self.root / to
        if source.exists() and _digest(source) == sha:
            target.mkdir(exist_ok=True)
            os.replace(source, _free(target / name))
        if self.remote is not None:
            self.remote.read(name, to)

    def _ledger(self) -> dict[str, str]:
        path = self.root / LEDGER
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        return {name: sha for sha, _, name in (line.partition("  ") for line in lines)}

    def _refuse_late(self, kind: Kind) -> None:
        hours = self.access.setting("snapshot_hours")
        if kind.holds is None or not hours:
            return
        stamps = [
            stamp for name in self._ledger() if name.lower().startswith(f"{kind.prefix}_") and (stamp := _stamp(name))
        ]
        newest = max(stamps, default=None)
        if newest is None:
            raise SnapshotLate("No snapshot has come yet.")
        if self.access.clock() - datetime.fromisoformat(newest) > timedelta(hours=float(hours)):
            raise SnapshotLate(f"The last snapshot is of {newest}; one is due every {hours} hours.")


@contextmanager
def trouble_told() -> Iterator[None]:
    """An error of the file system as one of the feed."""
    try:
        yield
    except OSError as error:
        raise FolderTrouble(f"The folder cannot be used: {error.strerror}.") from error


def _within(base: Path, name: str) -> Path:
    """The folder `name` below `base`, and nowhere else; raises FolderTrouble."""
    folder = (base / name).resolve()
    if not name or not folder.is_relative_to(base.resolve()) or folder == base.resolve():
        raise FolderTrouble("The folder must be the name of one below that of the file feeds.")
    return folder


def _stamp(name: str) -> str | None:
    match = NAME.fullmatch(name)
    try:
        return datetime.strptime(match[1], "%Y%m%d%H%M%S").replace(tzinfo=UTC).isoformat() if match else None
    except ValueError:
        return None


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()


def _free(path: Path) -> Path:
    """`path`, or where there is one already, another name like it."""
    taken, number = path, 1
    while taken.exists():
        taken, number = path.with_name(f"{path.stem}.{number}{path.suffix}"), number + 1
    return taken
