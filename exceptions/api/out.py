"""A case as the public contract shows an exception (docs/contract.md, *Exceptions out*)."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from exceptions.models import ExceptionCase


def exception_out(case: ExceptionCase) -> dict[str, Any]:
    """The object of `GET /api/v1/exceptions` and of `manage.py exceptions --format ndjson`."""
    return {
        "id": str(case),
        "kind": case.kind,
        "subject": case.subject,
        "state": case.state,
        "version": case.version,
        "severity": case.severity,
        "title": case.title,
        "flow": case.flow,
        "systems": case.systems,
        "refs": case.refs,
        "amount_at_risk": _decimal(case.amount),
        "currency": case.currency,
        "team": case.team,
        "owner": case.owner.get_username() if case.owner else None,
        "evidence": case.evidence,
        "suggestions": case.suggestions,
        "first_seen": _instant(case.first_seen),
        "last_seen": _instant(case.last_seen),
        "occurrences": case.occurrences,
        "due_at": _instant(case.due_at),
        "resolution": case.resolution,
    }


def _decimal(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:f}"


def _instant(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
