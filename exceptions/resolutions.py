"""What people may do about each kind of exception, from resolutions.toml and the kinds' declarations."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from exceptions.models import ExceptionCase
from reconciliation.declarations import checks

FILE = Path(__file__).parent / "resolutions.toml"


@dataclass(frozen=True)
class Resolution:
    """One way to settle a case. `effect`, `reason` and `approval`: see the head of resolutions.toml."""

    key: str
    label: str
    explains: str
    effect: str
    approval: str
    reason: str = ""


@cache
def resolutions() -> dict[str, Resolution]:
    """Every resolution by its key."""
    said = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {key: Resolution(key=key, **fields) for key, fields in said.items()}


def resolutions_of(kind: str) -> list[Resolution]:
    """The resolutions of a kind, the suggested one first; none for a kind that is no longer declared."""
    declared = checks().get(kind)
    return [resolutions()[key] for key in declared.resolutions] if declared else []


def needs_approval(resolution: Resolution, case: ExceptionCase) -> bool:
    """Whether another person must agree whatever the amount is; limits are looked at elsewhere."""
    return resolution.approval == "always" or (resolution.approval == "money" and case.amount is not None)
