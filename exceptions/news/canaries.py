"""A canary that was missed is an incident: those who configure the product are told at once, and again when it ends."""

from datetime import datetime, timedelta

import structlog
from django.contrib.auth.models import User
from django.urls import reverse

from exceptions.models import Message
from exceptions.news.queueing import absolute, content
from exceptions.rights import RIGHTS
from reconciliation.declarations import kind_title
from reconciliation.models import CanaryRun

NAMED = 5
GROUNDED = timedelta(minutes=30)  # three flights that did not take place
log = structlog.get_logger()


def tell_of_canaries(run: CanaryRun, *, at: datetime) -> int:
    """Queues the letters about a run whose verdict differs from the one before; how many."""
    before = CanaryRun.objects.filter(id__lt=run.id).first()
    if not run.right:
        log.error("canaries missed", missed=run.missed, beyond=run.beyond, error=run.error)
    if _wrong(run) == _wrong(before):
        return 0
    said = content([{"text": incident_sentence(run), "address": absolute(reverse("settings_canaries"))}])
    admins = User.objects.filter(is_active=True, roles__role__in=RIGHTS["configure"]).exclude(email="").distinct()
    letters = [
        Message(person=admin, key=f"canaries-{run.id}-{admin.pk}", content=said, made_at=at, due_at=at)
        for admin in admins
    ]
    return len(Message.objects.bulk_create(letters, ignore_conflicts=True))


def incident_sentence(run: CanaryRun) -> str:
    """What a run says of the checks."""
    if run.error:
        return f"The checks broke off on known disagreements: {run.error}"
    if run.right:
        return "The checks find every known disagreement again, and nothing else."
    said = [
        f"{words} {', '.join(titles[:NAMED])}{' and others' if len(titles) > NAMED else ''}"
        for words, titles in (("missed", _titles(run.missed)), ("found where there is nothing:", _titles(run.beyond)))
        if titles
    ]
    return f"The checks are wrong about known disagreements: {'; '.join(said)}."


def grounded_sentence(run: CanaryRun, *, at: datetime) -> str:
    """What is said where the last run is so old that nothing watches the checks; empty where it is not."""
    if at - run.at <= GROUNDED:
        return ""
    return f"No canary has flown since {run.at:%d %b %Y %H:%M} UTC: nothing watches the checks."


def _titles(known: list[tuple[str, str]]) -> list[str]:
    return [f"“{kind_title(kind)}”" for kind in sorted({kind for kind, _ in known})]


def _wrong(run: CanaryRun | None) -> tuple[list[str], list[str], bool]:
    if run is None:
        return [], [], False
    return sorted({kind for kind, _ in run.missed}), sorted({kind for kind, _ in run.beyond}), bool(run.error)
