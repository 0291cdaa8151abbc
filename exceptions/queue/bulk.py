"""One move of many cases: at once up to a thousand, beyond that as a job with progress."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db.models import F
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from exceptions.models import BulkJob, ExceptionCase
from exceptions.queue.cases import asked_for
from exceptions.queue.grammar import Term
from exceptions.rights import Person, person_of
from exceptions.workflow import BULK, Origin, move_many

OFFERED = (
    "claim",
    "assign",
    "release",
    "transfer",
    "wait",
    "resume",
    "snooze",
    "wake",
    "accept",
    "dismiss",
    "approve",
    "approve_fix",
    "reject",
    "note",
)
SHOWN_FAILURES = 1_000
REASONS = 3  # that are told at once, the most frequent first


def chosen(values: Iterable[str]) -> dict[int, int]:
    """Case → version from the form's `17:3`; what is none is passed over."""
    found = {}
    for value in values:
        case, _, version = value.partition(":")
        if case.isdecimal() and version.isdecimal() and len(value) < 38:
            found[int(case)] = int(version)
    return found


def keep_rest(
    name: str, said: Mapping[str, Any], done: int, refused: Mapping[int, str], *, by: Person, at: datetime, asked: str
) -> BulkJob:
    """Notes down what a move of many made at once has left, as a job of that size leaves it; `asked`: whence."""
    job = BulkJob.objects.create(
        by=by.user, move=name, parameters=_stored(said), query=asked, total=done + len(refused), finished_at=at
    )
    _count(job, done, refused)
    return job


def job_in(terms: Iterable[Term], person: Person) -> BulkJob | None:
    """The move of many of which a search of the queue asks what it left; null where it asks for none of one's own."""
    numbers = [int(term.value) for term in terms if term.name == "left" and not term.problem]
    return BulkJob.objects.filter(id__in=numbers[:1], by=person.user.pk).first() if numbers else None


def typed_for(job: BulkJob) -> dict[str, Any]:
    """What was typed for a job, as its form asks for it again."""
    typed = _read(job.parameters, job.by)
    for name, value in typed.items():
        if isinstance(value, datetime):
            typed[name] = (timezone.localtime(value) - timedelta(days=1)).date()
        elif isinstance(value, User):
            typed[name] = value.pk
    return typed


def left_of(job: BulkJob) -> dict[int, str]:
    """What a job could not move, with the reason of each: as much of it as is kept."""
    return {int(failure["case"]): str(failure["reason"]) for failure in job.failures}


def outcome(done: int, refused: Mapping[int, str]) -> str:
    """What became of a move of many, with the reasons: `3 done, 1 not: It is accepted.`"""
    if not refused:
        return f"{done:,} done."
    reasons = Counter(reason.removesuffix(".") for reason in refused.values()).most_common(REASONS)
    told = "; ".join(reason if count == len(refused) else f"{reason} ({count:,})" for reason, count in reasons)
    return f"{done:,} done, {len(refused):,} not: {told}."


def start(asked: str, name: str, said: Mapping[str, Any], *, by: Person, at: datetime) -> BulkJob:
    """Notes down a move of every case that a queue's address names; the task `run_job` makes it."""
    _, _, cases = asked_for(QueryDict(asked).dict(), by, at=at)
    return BulkJob.objects.create(by=by.user, move=name, parameters=_stored(said), query=asked, total=cases.count())


def run_job(job_id: int) -> BulkJob:
    """Makes the moves of a job, a thousand at a time; run again after a crash it goes on with what is left.

    A case that has been moved no longer fits the queue or its version has grown, so nothing is done twice.
    """
    job = BulkJob.objects.select_related("by").get(id=job_id)
    person, last = person_of(job.by), 0
    if job.finished_at is not None:
        return job
    while batch := _batch(job, person, last):
        last = max(batch)
        done, refused = move_many(
            batch,
            job.move,
            by=person,
            at=timezone.now(),
            origin=Origin("bulk", f"job-{job.pk}"),
            **_read(job.parameters, job.by),
        )
        _count(job, len(done), refused)
    BulkJob.objects.filter(id=job.pk).update(finished_at=timezone.now())
    job.refresh_from_db()
    return job


def _batch(job: BulkJob, person: Person, last: int) -> dict[int, int]:
    _, _, cases = asked_for(QueryDict(job.query).dict(), person, at=timezone.now())
    moved = ExceptionCase.objects.filter(trail__request_id=f"job-{job.pk}")
    rows = cases.filter(id__gt=last).exclude(id__in=moved.values("id")).order_by("id")
    return dict(rows.values_list("id", "version")[:BULK])


def _count(job: BulkJob, done: int, refused: Mapping[int, str]) -> None:
    job.refresh_from_db()
    room = SHOWN_FAILURES - len(job.failures)
    told = [{"case": case, "reason": reason} for case, reason in list(refused.items())[:room]]
    BulkJob.objects.filter(id=job.pk).update(
        done=F("done") + done, failed=F("failed") + len(refused), failures=[*job.failures, *told]
    )


def _stored(said: Mapping[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for name, value in said.items():
        if isinstance(value, datetime):
            kept[name] = {"at": value.isoformat()}
        elif isinstance(value, User):
            kept[name] = {"person": value.pk}
        else:
            kept[name] = value
    return kept


def _read(kept: Mapping[str, Any], by: User) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for name, value in kept.items():
        if isinstance(value, dict) and "at" in value:
            said[name] = parse_datetime(value["at"])
        elif isinstance(value, dict) and "person" in value:
            said[name] = User.objects.get(pk=value["person"])
        else:
            said[name] = value
    return said
