"""How one kind of CSV file writes its numbers and times."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo


class DoesNotFit(ValueError):
    """A value of one column that the mapping cannot use."""

    def __init__(self, column: str, reason: str) -> None:
        self.column = column
        super().__init__(reason)


class Numbers:
    """Decimals as the file writes them; `plain` gives them with a point and without thousands."""

    def __init__(self, decimal: str, thousands: str) -> None:
        whole = r"\d+" if not thousands else rf"(?:\d{{1,3}}(?:{re.escape(thousands)}\d{{3}})+|\d+)"
        self.pattern = re.compile(rf"[+-]?(?:{whole})(?:{re.escape(decimal)}\d+)?", re.ASCII)
        self.decimal, self.thousands = decimal, thousands

    def plain(self, column: str, text: str) -> str:
        """The number in the contract's form; raises DoesNotFit."""
        text = text.strip()
        if not self.pattern.fullmatch(text):
            raise DoesNotFit(column, f"{text!r} is no decimal such as 1{self.thousands}234{self.decimal}50")
        if self.thousands:
            text = text.replace(self.thousands, "")
        return text if self.decimal == "." else text.replace(self.decimal, ".")


class Times:
    """Local times of one zone. An hour that clocks show twice is the first; one they skip is refused."""

    def __init__(self, form: str, zone: ZoneInfo) -> None:
        self.form, self.zone = form, zone

    def reader(self, column: str) -> Callable[[str], str]:
        """Reads a time of `column` as an RFC 3339 instant in UTC; raises DoesNotFit."""

        @lru_cache(maxsize=4_096)
        def read(text: str) -> str:
            try:
                local = datetime.strptime(text, self.form)  # noqa: DTZ007 (the zone follows)
            except ValueError:
                raise DoesNotFit(column, f"{text!r} is no time in the form {self.form}") from None
            aware = local if local.tzinfo else local.replace(tzinfo=self.zone)
            instant = aware.astimezone(UTC)
            if not local.tzinfo and instant.astimezone(self.zone).replace(tzinfo=None) != local:
                raise DoesNotFit(column, f"{text!r} does not exist in {self.zone.key}: the clocks skip it")
            return instant.isoformat().replace("+00:00", "Z")

        return read
