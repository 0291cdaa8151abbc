"""Puts what a resolution has made into the outbox, in the transaction of the move, and takes it back."""

from datetime import datetime
from secrets import token_hex
from typing import Any

from django.db.models import Q

from connectors.models import Outbox
from connectors.models.outbox import WAITING
from connectors.outbox import put_in, withdraw
from exceptions.models import ExceptionCase, WriteBack
from exceptions.moves import FieldMissing, MoveNotAllowed
from exceptions.resolutions import Resolution
from exceptions.rights import Person
from exceptions.writeback.offers import Offer, offer_of

CHANGED = "What would be sent is no longer what was shown. Look again, then decide."


def as_shown(case: ExceptionCase, resolution: Resolution, digest: str) -> Offer:
    """The offer whose plan is the one that was shown; raises FieldMissing where it would send something else."""
    offer = offer_of(case, resolution)
    if offer is None:
        raise FieldMissing("write", "No connection may make this change.")
    if offer.planned is None or offer.planned.digest != digest:
        raise FieldMissing("write", offer.why_not or CHANGED)
    return offer


def queue(case: ExceptionCase, resolution: Resolution, digest: str, *, by: Person, at: datetime) -> WriteBack:
    """Puts the change that was shown into the outbox; raises FieldMissing as `as_shown`."""
    offer = as_shown(case, resolution, digest)
    assert offer.planned is not None
    key = f"{case}-{case.version}-{token_hex(6)}"
    change = put_in(offer.connection, offer.write, offer.planned, key=key, by=by.user, at=at)
    return WriteBack.objects.create(case=case, version=case.version, resolution=resolution.key, change=change)


def proposed(case: ExceptionCase, resolution: Resolution, digest: str) -> dict[str, str]:
    """What whoever approves it sees of the change that was shown; raises FieldMissing as `as_shown`."""
    offer = as_shown(case, resolution, digest)
    assert offer.planned is not None
    return {"words": offer.planned.words, "request": offer.planned.shown, "title": offer.title}


def told(write: WriteBack) -> dict[str, Any]:
    """What the trail is told of a change."""
    change = write.change
    said = {name: change.payload[name] for name in ("words", "method", "path", "body")}
    return said | {"key": change.key, "system": change.connection.system, "action": change.action}


def take_back(case: ExceptionCase, *, at: datetime) -> None:
    """Takes back what has not been sent; raises MoveNotAllowed where a request may be under way."""
    withdraw(Q(write_back__case=case), at=at)
    if Outbox.objects.filter(write_back__case=case, state__in=WAITING, given_up_at=None).exists():
        raise MoveNotAllowed("It is being written just now; wait for the answer.")
