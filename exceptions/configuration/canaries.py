"""How the checks do on known disagreements: recall and precision per kind, and the incidents."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal

from reconciliation.declarations import kind_title
from reconciliation.models import CanaryRun

WINDOW = timedelta(days=30)
SHOWN = 50


@dataclass(frozen=True)
class Score:
    """What the runs of the window did about a kind; `recall` and `precision` in per cent, null where none was asked."""

    kind: str
    put_in: int
    found: int
    beyond: int

    @property
    def title(self) -> str:
        """The kind in words."""
        return kind_title(self.kind)

    @property
    def recall(self) -> Decimal | None:
        """Of what was put in, how much was found."""
        return _share(self.found, self.put_in)

    @property
    def precision(self) -> Decimal | None:
        """Of what was found, how much had been put in."""
        return _share(self.found, self.found + self.beyond)

    @property
    def right(self) -> bool:
        """Whether nothing was missed and nothing found beyond."""
        return self.found == self.put_in and not self.beyond


@dataclass(frozen=True)
class CanariesPage:
    """The last run, every kind over the window with the wrong ones first, and the runs that went wrong."""

    last: CanaryRun | None
    runs: int
    scores: list[Score]
    incidents: list[CanaryRun]


def canaries_page(*, at: datetime) -> CanariesPage:
    """The canaries of the last thirty days."""
    runs = list(CanaryRun.objects.filter(at__gt=at - WINDOW))
    scores = sorted(_scores(runs), key=lambda score: (score.right, score.kind))
    return CanariesPage(last_canaries(), len(runs), scores, [run for run in runs if not run.right][:SHOWN])


def last_canaries() -> CanaryRun | None:
    """The latest run; null where there was none yet."""
    return CanaryRun.objects.first()


def _scores(runs: Iterable[CanaryRun]) -> list[Score]:
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for run in runs:
        for kind, counts in run.kinds.items():
            sums[kind] = [total + count for total, count in zip(sums[kind], counts, strict=True)]
    return [Score(kind, *counts) for kind, counts in sums.items()]


def _share(part: int, whole: int) -> Decimal | None:
    """Rounded down, so that only a whole hundred is shown as one."""
    return (Decimal(100 * part) / whole).quantize(Decimal("0.1"), ROUND_DOWN) if whole else None
