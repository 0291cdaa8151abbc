"""What a section of the settings is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.models import Count, QuerySet

from exceptions.configuration.changes import delete_row
from exceptions.configuration.columns import Cell
from exceptions.configuration.forms import RowForm
from exceptions.listing import searched

NAMES = ("key", "name", "username", "first_name", "last_name")


@dataclass(frozen=True)
class Section:
    """One kind of row that is configured. `noun` names a row in the trail: `rule 7`; in words it is called as its
    first `called_by` columns say, or, without any, by its own name.

    `columns` are a list's: its heading and what a row shows under it. `inlines` are forms of what belongs to a row, by
    the name of the collection. `remove` raises StillUsed. A section `previews` when its changes move open cases.
    """

    key: str
    title: str
    noun: str
    explains: str
    model: type[models.Model]
    form: type[RowForm]
    columns: tuple[tuple[str, Cell], ...]
    inlines: dict[str, Any] = field(default_factory=dict)
    remove: Callable[[Any], None] = delete_row
    related: tuple[str, ...] = ()
    counted: tuple[str, ...] = ()
    ordering: tuple[str, ...] = ("pk",)
    edits: bool = True
    previews: bool = False
    named: Callable[[Any], str] = lambda row: str(row.pk)
    called_by: int = 0

    def rows(self, search: str = "") -> QuerySet[Any]:
        """The rows as a list shows them, of a search those that hold its words."""
        counts = {f"{name}_count": Count(name, distinct=True) for name in self.counted}
        rows: QuerySet[Any] = self.model._default_manager.annotate(**counts).order_by(*self.ordering)
        rows = rows.select_related(*self.related) if self.related else rows
        return searched(rows, search, [*self._words()])

    def _words(self) -> Iterator[str]:
        """The columns that are searched: the texts of a row, and the names of what it refers to."""
        for column in self.model._meta.fields:
            if isinstance(column, models.CharField | models.TextField):
                yield column.name
            elif column.name in self.related and column.related_model is not None:
                names = {one.name for one in column.related_model._meta.fields}
                yield from (f"{column.name}__{name}" for name in NAMES if name in names)

    def called(self, row: models.Model) -> str:
        """What a row is called."""
        return ", ".join(str(cell(row)) for _, cell in self.columns[: self.called_by]) or str(row)

    def about(self, row: models.Model) -> str:
        """How the trail names a row."""
        return f"{self.noun} {self.named(row)}"
