"""Tells the sample brand's story on: each beat's lines are taken in, and now and then somebody says: mended."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model

from connectors.sample_brand.living import LIFE, Beat, beat
from connectors.sample_brand.story import Line
from exceptions.models import ExceptionCase
from exceptions.moves import MoveNotAllowed
from exceptions.resolutions import needs_approval, resolutions_of
from exceptions.rights import Person, person_of
from exceptions.workflow import Origin, move

TakeIn = Callable[[list[Line]], object]
STORY = settings.DATA_DIR / "sample-brand-story"  # a new brand begins another
BY_COMMAND = Origin("command")


@dataclass
class Living:
    """The story, and the file that keeps how far it has come: the moments of its last beats."""

    file: Path
    take_in: TakeIn
    workers: tuple[str, ...] = ()
    moments: dict[int, datetime] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.file.exists():
            kept = json.loads(self.file.read_text(encoding="ascii"))
            self.moments = {int(number): datetime.fromisoformat(at) for number, at in kept.items()}

    def told_before(self) -> Iterator[Line]:
        """What the last beats told, oldest first."""
        for number in sorted(self.moments):
            yield from beat(number, self.moments).lines

    def go_on(self, *, at: datetime) -> Beat:
        """Tells the next beat, at a later moment than the last; one that was cut off is told again, the same."""
        number = max(self.moments, default=-1) + 1
        moments = {one: when for one, when in self.moments.items() if one >= number - LIFE} | {number: at}
        told = beat(number, moments)
        self.take_in(told.lines)
        for subject in told.promised:
            self._say_it_is_done(subject, at)
        self.moments = moments
        self._keep()
        return told

    def _keep(self) -> None:
        beside = self.file.with_suffix(".new")
        kept = {number: at.isoformat() for number, at in self.moments.items()}
        beside.write_text(json.dumps(kept), encoding="ascii")
        beside.replace(self.file)

    def _say_it_is_done(self, subject: str, at: datetime) -> None:
        """One of the people says that the case is mended; whether it is, data will tell."""
        case = ExceptionCase.objects.filter(subject=subject, state="new").first()
        if case is None:
            return
        for worker in get_user_model().objects.filter(username__in=self.workers):
            person = person_of(worker)
            if case.team in person.teams and self._claimed(case, person, at):
                return

    def _claimed(self, case: ExceptionCase, person: Person, at: datetime) -> bool:
        fitting = [r for r in resolutions_of(case.kind) if r.effect == "elsewhere" and not needs_approval(r, case)]
        if not fitting:
            return False
        said = {"resolution": fitting[0].key, "parameters": {"where": ", ".join(case.systems)}}
        try:
            move(case.id, "claim", by=person, at=at, seen=case.version, origin=BY_COMMAND)
            case.refresh_from_db()
            move(case.id, "apply", by=person, at=at, seen=case.version, origin=BY_COMMAND, **said)
        except MoveNotAllowed:
            return False
        return True
