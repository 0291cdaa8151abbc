"""Ticking the steps of a runbook on a case: who did what when, kept as evidence in the trail."""

from datetime import datetime

from django.db import transaction

from exceptions.models import ExceptionCase, StepTick
from exceptions.moves import MoveNotAllowed
from exceptions.rights import Person
from exceptions.runbooks.steps import Step, steps_on
from exceptions.runbooks.texts import runbook_of
from exceptions.workflow import Origin, enter, standings


def refusal(case: ExceptionCase, person: Person) -> str | None:
    """Why a person may tick nothing on a case, in words; null where they may."""
    if not case.is_open:
        return f"It is {case.get_state()}."
    if case.frozen_in:
        return f"It stands in the closed month {case.frozen_in}."
    return None if standings(person, case) & {"member", "owner", "lead"} else "Only a member of its team may do that."


def tick(case_id: int, key: str, *, done: bool, by: Person, at: datetime, origin: Origin) -> Step:
    """Ticks a step of the runbook in force, or takes the tick back, with its entry in the trail.

    Raises MoveNotAllowed, also where the runbook has no such step; nothing happens where it stands so already.
    """
    with transaction.atomic():
        case = ExceptionCase.objects.select_for_update().get(id=case_id)
        if reason := refusal(case, by):
            raise MoveNotAllowed(reason)
        runbook = runbook_of(case.kind)
        step = next((step for step in steps_on(case, runbook) if step.key == key), None)
        if step is None:
            raise MoveNotAllowed("The runbook has changed: it has no such step any more.")
        if done == (step.tick is not None):
            return step
        StepTick.objects.filter(case=case, step=key).delete()
        if done:
            StepTick.objects.create(case=case, step=key, text=step.text, by=by.user, at=at)
        details = {"step": key, "text": step.text, "runbook": runbook.number}
        enter(case, "tick" if done else "untick", by=by, at=at, origin=origin, details=details)
    return step
