"""Cases that speak for merged ones, as a change is foreseen: such a case stays open as long as one of these is found.

`intake.py` decides so over what a run has found (`sql/intake/speaking.sql`, `merged.sql`, `heal.sql`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from exceptions.models import OPEN, ExceptionCase
from reconciliation.statements import rows

SQL = Path(__file__).parents[1] / "sql"
Key = tuple[str, str]


@dataclass(frozen=True)
class Speaking:
    """A case that others were merged into; `speaks`: one of these is raised with the change, `is_told`: that is news.

    `is_raised`: it is found itself, with the change.
    """

    case: ExceptionCase
    speaks: bool
    is_told: bool
    is_raised: bool

    @property
    def closes(self) -> bool:
        """Whether the change closes it: it is open, and nothing that it speaks for is left."""
        return self.case.state in OPEN and not self.speaks and not self.is_raised

    @property
    def opens(self) -> bool:
        """Whether the change opens it again, because of one that it speaks for."""
        return self.case.state == "resolved" and self.is_told


def speaking(raised: Mapping[Key, bool]) -> dict[Key, Speaking]:
    """The cases that speak for merged ones among what a change concerns, by kind and subject.

    `raised`: what is found otherwise with the change, and whether it is found at all then.
    """
    asked = {
        "kinds": [kind for kind, _ in raised],
        "subjects": [subject for _, subject in raised],
        "raised": [*raised.values()],
    }
    found = {row.target: row for row in rows("previews/speaking", asked, SQL)}
    cases = ExceptionCase.objects.filter(id__in=found, frozen_in=None).exclude(state="merged")
    return {
        (case.kind, case.subject): Speaking(
            case,
            found[case.pk].speaks,
            found[case.pk].is_told,
            raised.get((case.kind, case.subject), found[case.pk].was_raised),
        )
        for case in cases.defer("evidence", "suggestions")
    }
