"""A saved mapping of CSV columns onto the record contract."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Context

EXACT = Context(prec=100)
ORDINAL = "\0ordinal of "  # the column, beside those of the file, that numbers equal values of another


class MappingRefused(ValueError):
    """The file states no mapping; `problems` are all the reasons, each naming its key."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


@dataclass(frozen=True)
class Condition:
    """What a row must hold in one column."""

    column: str
    test: Callable[[str], bool]


@dataclass(frozen=True)
class Field:
    """One field of a record or a line: where its value comes from. `take`: of a group's rows `only` one value, or the
    `first` or `last`."""

    path: tuple[str, ...]
    read: Callable[[Mapping[str, str]], str | None]
    take: str = "only"


@dataclass(frozen=True)
class Rule:
    """Rows that `where` holds for become records of `type`, one for each value of the column `group`, or one a row.

    `skip`: they become nothing and are only counted. `ordinals`: columns whose equal values are numbered from 1.
    """

    name: str
    type: str
    group: str | None
    where: tuple[Condition, ...]
    fields: tuple[Field, ...]
    lines: tuple[Field, ...]
    sums: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = ()
    skip: bool = False
    ordinals: tuple[str, ...] = ()

    def holds(self, row: Mapping[str, str]) -> bool:
        """Whether the row is of this rule."""
        return all(condition.test(row[condition.column]) for condition in self.where)


@dataclass(frozen=True)
class CsvMapping:
    """How one kind of file is read; `columns` are those it must have."""

    system: str
    encoding: str
    delimiter: str
    refuse_unmatched: bool
    rules: tuple[Rule, ...]
    columns: frozenset[str] = field(default_factory=frozenset)
