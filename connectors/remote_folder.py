"""Fetches the files of an SFTP server into a folder of ours, where they are read as if they had been written there.

A file is fetched when it is whole, block by block; a fetch that was cut off goes on where it was. On the server a file
is moved away after it was read, and not before.
"""

import json
import os
from datetime import datetime
from glob import escape
from pathlib import Path
from typing import IO, TYPE_CHECKING

from connectors.access import Access
from connectors.registry import Setting

if TYPE_CHECKING:
    from connectors.sftp import Entry

SETTLED_AFTER = 60  # seconds without a change
SEEN = ".seen.json"
LONGEST_NAME = 200  # bytes: beside it stand the size and the moment of what is being fetched
SETTINGS = (
    Setting("host", "SFTP server", required=False, help="empty: files are written into the folder itself"),
    Setting("port", "Port", required=False, default="22", form="count"),
    Setting("user", "User", required=False),
    Setting("password", "Password", secret=True, required=False),
    Setting("private_key", "Private key", secret=True, required=False, help="in place of a password; PEM", lines=True),
    Setting("host_key", "Fingerprint of the server's key", required=False, help="SHA256:…, as its owner tells you"),
    Setting("directory", "Folder on the server", required=False, default="."),
    Setting(
        "whole_when",
        "A file is whole when",
        required=False,
        default="settled",
        choices=("settled", "renamed"),
        help="it has not changed for a minute, or as soon as it has its name",
    ),
    Setting("when_read", "Files that were read", required=False, default="move", choices=("move", "leave")),
)


class _Longer(Exception):
    """More came than the server said there is: the file grows, or the server means harm."""


class RemoteFolder:
    """The files of one connection's server, and the folder `root` that they are fetched into."""

    def __init__(self, access: Access, root: Path) -> None:
        from connectors.sftp import Account, Sftp  # the library is loaded where it is used

        self.access, self.root = access, root
        root.mkdir(parents=True, exist_ok=True)
        account = Account(
            access.setting("host"),
            int(access.setting("port", "22")),
            access.setting("user"),
            access.setting("host_key").strip(),
            *(access.secret(name) if access.has(name) else None for name in ("password", "private_key")),
        )
        self.sftp: Sftp = Sftp(account, access.setting("directory", "."))

    def close(self) -> None:
        """Ends the connection."""
        self.sftp.close()

    def names(self) -> list[str]:
        """What lies in the folder on the server."""
        return [entry.name for entry in self.sftp.listed()]

    def fetch(self, prefix: str, elsewhere: tuple[str, ...], largest: int) -> list[str]:
        """Fetches the whole files whose names begin with `prefix`, the oldest name first; not those above `largest`.

        Returns the names of these. What is in a folder `elsewhere` below `root` was read before: it is only moved on
        the server.
        """
        found = [one for one in self.sftp.listed() if _is_meant(one.name, prefix)]
        whole = self._settled(found, prefix) if self.access.setting("whole_when", "settled") == "settled" else found
        too_long = [entry.name for entry in whole if entry.size > largest]
        for entry in sorted((one for one in whole if one.name not in too_long), key=lambda one: one.name):
            read = next((to for to in elsewhere if _is_same(self.root / to / entry.name, entry)), None)
            if read is not None:
                self.read(entry.name, read)
            elif not _is_same(self.root / entry.name, entry):
                self._fetched(entry)
        return too_long

    def read(self, name: str, to: str) -> None:
        """The file was read: on the server, too, it goes into the folder `to`, unless files are left there."""
        if self.access.setting("when_read", "move") == "move":
            self.sftp.move(name, to)

    def _fetched(self, entry: "Entry") -> None:
        part = self.root / f".{entry.name}.{entry.size}-{entry.changed}.part"
        for other in self.root.glob(f".{escape(entry.name)}.*.part"):
            if other != part:
                other.unlink()
        try:
            with part.open("ab") as out:
                self.sftp.read(entry.name, out.tell(), lambda block: _write(out, block, entry))
                out.flush()
                os.fsync(out.fileno())
        except _Longer:
            part.unlink()
            return
        if self.sftp.now(entry.name) != entry or part.stat().st_size != entry.size:
            part.unlink()  # it changed while it was fetched
            return
        os.utime(part, (entry.changed, entry.changed))
        os.replace(part, self.root / entry.name)

    def _settled(self, found: "list[Entry]", prefix: str) -> "list[Entry]":
        """Those that look as they did at a look at least a minute ago."""
        now, path = self.access.clock(), self.root / f"{SEEN}.{prefix}"
        before = json.loads(path.read_text("utf-8")) if path.exists() else {}
        looks = {one.name: self._look(one, before.get(one.name), now) for one in found}
        aside = path.with_suffix(".new")
        aside.write_text(json.dumps(looks), "utf-8")
        os.replace(aside, path)
        since = {name: (now - datetime.fromisoformat(seen)).total_seconds() for name, (_, _, seen) in looks.items()}
        return [one for one in found if since[one.name] >= SETTLED_AFTER]

    def _look(self, one: "Entry", before: list[object] | None, now: datetime) -> tuple[int, int, str]:
        unchanged = before is not None and before[:2] == [one.size, one.changed]
        return (one.size, one.changed, str(before[2]) if unchanged and before else now.isoformat())


def _write(out: IO[bytes], block: bytes, entry: "Entry") -> None:
    """Keeps a block; raises _Longer where the server goes on sending, so that it fills no disk."""
    if out.tell() + len(block) > entry.size:
        raise _Longer
    out.write(block)


def _is_meant(name: str, prefix: str) -> bool:
    """Names go into our folder: one that could lead out of it, or is too long for it, is none of a file of ours."""
    ours = name.lower().startswith(f"{prefix}_") and name.lower().endswith(".csv")
    return ours and len(name.encode("utf-8", "replace")) <= LONGEST_NAME and not {"/", "\\", "\0"} & set(name)


def _is_same(path: Path, entry: "Entry") -> bool:
    if not path.exists():
        return False
    said = path.stat()
    return (said.st_size, int(said.st_mtime)) == (entry.size, entry.changed)
