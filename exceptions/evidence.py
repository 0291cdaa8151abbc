"""The evidence of an exception as its page shows it: what is expected and found, who says so, and since when."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db.models import JSONField
from django.db.models.expressions import RawSQL
from django.utils.dateparse import parse_datetime

from connectors.shapes import SHAPES
from reconciliation.keys import record_key
from reconciliation.statements import statement

SQL = Path(__file__).parent / "sql"


@dataclass(frozen=True)
class Piece:
    """One field; the instants are those since which the records named have said so, null for other words."""

    field: str
    expected: Any
    expected_from: str | None
    expected_since: datetime | None
    actual: Any
    actual_from: str | None
    actual_since: datetime | None

    @property
    def differs(self) -> bool:
        """Whether it is found otherwise than expected; what nobody was asked for only says why the rest matters."""
        asked = self.actual is not None or self.actual_from is not None
        return asked and bool(self.actual != self.expected)


def record_of(words: str | None) -> UUID | None:
    """The record that `type:system:id` names; null for other words."""
    parts = str(words or "").split(":", 2)
    return record_key(*parts) if len(parts) == 3 and parts[0] in SHAPES else None


def said_since() -> RawSQL:
    """What cases are annotated with as `said_since` for `pieces_of`: the instants of all that their evidence names."""
    return RawSQL(statement("pages/said_since", SQL), [], output_field=JSONField(null=True))


def pieces_of(case: Any) -> list[Piece]:
    """The pieces as they are stored with a case, each with its instants where the case carries `said_since`."""
    since = {who: parse_datetime(at) for who, at in (getattr(case, "said_since", None) or {}).items()}
    return [
        Piece(
            piece["field"],
            piece.get("expected"),
            piece.get("expected_from"),
            since.get(piece.get("expected_from")),
            piece.get("actual"),
            piece.get("actual_from"),
            since.get(piece.get("actual_from")),
        )
        for piece in case.evidence
    ]
