"""What each move does beyond the change of state: the fields it sets, the records it makes, what the trail is told."""

from collections.abc import Callable
from datetime import datetime, timedelta

from exceptions import acceptance, proposals, resolving, terms
from exceptions.models import ExceptionCase, Membership, Team
from exceptions.moves import FieldMissing, Moving
from exceptions.ownership import begin_anew
from exceptions.people.names import name_of
from exceptions.rights import may
from exceptions.suppressions import suppress, tell_again
from exceptions.writeback import queueing

LONGEST_SNOOZE = timedelta(days=14)


def _claim(moving: Moving) -> None:
    moving.fields["owner"] = moving.by.user
    moving.fields["placed_by_person"] = True


def _assign(moving: Moving) -> None:
    person = moving.said["person"]
    if not Membership.objects.filter(team=moving.case.team, person=person, person__is_active=True).exists():
        raise FieldMissing("person", f"{name_of(person)} is not in the team {_team_name(moving.case)}.")
    moving.fields |= {"owner": person, "placed_by_person": True}
    moving.details["owner"] = name_of(person)


def _release(moving: Moving) -> None:
    moving.fields["owner"] = None
    moving.details["owner_before"] = None if moving.case.owner is None else name_of(moving.case.owner)


def _transfer(moving: Moving) -> None:
    team = Team.objects.filter(key=moving.said["team"]).exclude(key=moving.case.team).first()
    if team is None:
        raise FieldMissing("team", "Choose another team.")
    moving.fields |= {"team": team.key, "owner": None, "placed_by_person": True}
    moving.details |= {"team": team.key, "team_name": team.name, "team_before": moving.case.team}


def _wait(moving: Moving) -> None:
    until = _until(moving)
    moving.fields |= {"waiting_for": moving.said["waiting_for"], "until": until}
    moving.details |= {"waiting_for": moving.said["waiting_for"], "until": f"{until:%d %b %Y}"}
    if "resolution" in moving.said:
        moving.fields["resolution"] = moving.details["resolution"] = resolving.chosen_of(moving, effects=("wait",)).key
    if terms.pauses_while_waiting(moving.case):
        moving.fields["paused_at"] = moving.at


def _resume(moving: Moving) -> None:
    moving.fields |= {"until": None, "waiting_for": ""} | terms.resumed(moving.case, at=moving.at)


def _snooze(moving: Moving) -> None:
    until = _until(moving)
    latest = min(moving.at + LONGEST_SNOOZE, terms.close_cut_off(moving.at))
    if until > latest:
        raise FieldMissing("until", f"Until {latest:%d %b %Y} at the latest: 14 days, and before the month is closed.")
    moving.fields["until"] = until
    moving.details["until"] = f"{until:%d %b %Y}"


def _wake(moving: Moving) -> None:
    moving.fields["until"] = None


def _retract(moving: Moving) -> None:
    queueing.take_back(moving.case, at=moving.at)
    moving.fields |= {"applied_at": None, "resolution": None, "parameters": {}}


def _dismiss(moving: Moving) -> None:
    moving.fields |= {"resolution": "dismiss", "resolved_by": "person", "until": None}
    if until := moving.said.get("suppress_until"):
        if not may(moving.by, "configure"):
            raise FieldMissing("suppress_until", "Only an admin may keep it out of the queue.")
        if until <= moving.at:
            raise FieldMissing("suppress_until", "Choose a date to come.")
        suppress(moving.case.kind, subject=moving.case.subject, until=until, reason=moving.note, by=moving.by.user)
        moving.fields["until"] = until
        moving.details["suppressed_until"] = until.isoformat()


def _merge(moving: Moving) -> None:
    # both rows, in the order of their ids, so that two merges cannot wait for each other
    pair = list(
        ExceptionCase.objects.select_for_update().filter(id__in=[moving.case.pk, moving.said["target"]]).order_by("id")
    )
    target = next((case for case in pair if case.pk != moving.case.pk), None)
    if target is None or not target.is_open:
        raise FieldMissing("target", "Choose another open exception.")
    if {target.currency, moving.case.currency} - {None, target.currency}:
        raise FieldMissing("target", f"{target} is in {target.currency}; only one currency can be merged.")
    if target.team not in moving.by.leads:
        raise FieldMissing("target", f"{target} is the team {_team_name(target)}'s.")
    queueing.take_back(moving.case, at=moving.at)
    proposals.void(moving.case, at=moving.at)
    moving.fields |= {"merged_into": target, "until": None, "waiting_for": "", "paused_at": None}
    moving.details["target"] = str(target)


def _unmerge(moving: Moving) -> None:
    begin_anew(moving.case.pk, at=moving.at)
    moving.fields["merged_into"] = None
    tell_again(moving.case.kind)
    moving.details["target"] = str(moving.case.merged_into)


def _reopen(moving: Moving) -> None:
    case = moving.case
    begin_anew(case.pk, at=moving.at)
    moving.fields |= {
        "owner": case.owner or moving.by.user,
        "resolution": None,
        "resolved_by": None,
        "accepted_amount": None,
        "healed_at": None,
        "until": None,
        "superseded_by": None,
    }
    acceptance.end(case, at=moving.at)


def _message(moving: Moving) -> None:
    moving.details |= {name: str(moving.said.get(name, "")) for name in ("to", "channel", "topic")}


def _until(moving: Moving) -> datetime:
    until: datetime = moving.said["until"]
    if until <= moving.at:
        raise FieldMissing("until", "Choose a date to come.")
    return until


def _team_name(case: ExceptionCase) -> str:
    """What the team of a case is called; its key where there is no such team any more."""
    return Team.objects.filter(key=case.team).values_list("name", flat=True).first() or case.team


EFFECTS: dict[str, Callable[[Moving], None]] = {
    "claim": _claim,
    "assign": _assign,
    "reassign": _assign,
    "release": _release,
    "transfer": _transfer,
    "wait": _wait,
    "resume": _resume,
    "snooze": _snooze,
    "wake": _wake,
    "apply": resolving.apply,
    "retract": _retract,
    "propose": resolving.propose,
    "approve": resolving.approve,
    "approve_fix": resolving.approve,
    "reject": resolving.reject,
    "withdraw": resolving.withdraw,
    "accept": resolving.accept,
    "dismiss": _dismiss,
    "merge": _merge,
    "message": _message,
    "unmerge": _unmerge,
    "reopen": _reopen,
}
