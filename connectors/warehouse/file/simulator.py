"""A warehouse that sends files as it should: written aside, renamed when whole, under names of their own."""

import csv
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path


class Sender:
    """Writes into one folder. No name is used twice, as its clock moves on by a second at least."""

    def __init__(self, folder: Path, clock: Callable[[], datetime], place: str = "DAV") -> None:
        self.folder, self.clock, self.place = folder, clock, place
        self.last: datetime | None = None
        folder.mkdir(parents=True, exist_ok=True)

    def send(self, prefix: str, columns: Sequence[str], rows: Sequence[Mapping[str, object]]) -> Path:
        """A file of `rows`, whole at once."""
        now = self.clock().replace(microsecond=0)
        self.last = now if self.last is None or now > self.last else self.last + timedelta(seconds=1)
        name = f"{prefix}_{self.place}_{self.last:%Y%m%d%H%M%S}.csv"
        part = self.begin(f"{name}.part", columns, rows)
        return part.rename(self.folder / name)

    def begin(self, name: str, columns: Sequence[str], rows: Sequence[Mapping[str, object]]) -> Path:
        """A file that nobody may read yet."""
        path = self.folder / name
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, columns, restval="")
            writer.writeheader()
            writer.writerows(rows)
        return path
