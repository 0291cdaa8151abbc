"""What a table that can be taken away is made of."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from exceptions.exports import Row
from exceptions.listing import row_number
from exceptions.rights import Person


class NoSuchTable(LookupError):
    """No table goes by that name, or the thing that it is about is not there."""


@dataclass(frozen=True)
class Asked:
    """Who asks for a table, when, and the parameters of the page that it stands on."""

    query: Mapping[str, str]
    person: Person
    at: datetime


@dataclass(frozen=True)
class Sheet:
    """The columns' headings and the rows under them, which may be made while they are written."""

    columns: Sequence[str]
    rows: Iterable[Row]


@dataclass(frozen=True)
class Download:
    """A table: `right` is what its page asks for, `make` raises NoSuchTable where its page would not be found."""

    title: str
    make: Callable[[Asked], Sheet]
    right: str = "see"


def number_in(asked: Asked, name: str) -> int:
    """The number of the thing that a table is about; raises NoSuchTable where the parameter is none."""
    said = asked.query.get(name, "")
    number = row_number(said)
    if number is None:
        raise NoSuchTable(said)
    return number
