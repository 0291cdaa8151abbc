"""What each move does beyond the change of state: the fields it sets, the records it makes, what the trail is told."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User

from exceptions import acceptance, own_data, proposals, terms
from exceptions.models import ACCEPT_REASONS, ExceptionCase, Membership, Team
from exceptions.moves import FieldMissing, MoveNotAllowed
from exceptions.ownership import begin_anew
from exceptions.resolutions import Resolution, needs_approval, resolutions_of
from exceptions.rights import Person, may
from exceptions.runbook_steps import missing_steps
from exceptions.suppressions import suppress, tell_again
from exceptions.writeback import queueing
from exceptions.writeback.offers import needs_word

LONGEST_SNOOZE = timedelta(days=14)


@dataclass
class Moving:
    """One move under way: what is said, and what will be written."""

    name: str
    case: ExceptionCase
    by: Person
    at: datetime
    said: Mapping[str, Any]
    target: str
    fields: dict[str, Any] = field(default_factory=dict)
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def note(self) -> str:
        return str(self.said.get("note", "")).strip()


def _claim(moving: Moving) -> None:
    moving.fields["owner"] = moving.by.user
    moving.fields["placed_by_person"] = True


def _assign(moving: Moving) -> None:
    person = moving.said["person"]
    if not Membership.objects.filter(team=moving.case.team, person=person, person__is_active=True).exists():
        raise FieldMissing("person", f"{_name(person)} is not in the team {_team_name(moving.case)}.")
    moving.fields |= {"owner": person, "placed_by_person": True}
    moving.details["owner"] = _name(person)


def _release(moving: Moving) -> None:
    moving.fields["owner"] = None
    moving.details["owner_before"] = _name(moving.case.owner)


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
        moving.fields["resolution"] = moving.details["resolution"] = _chosen(moving, effects=("wait",)).key
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


def _apply(moving: Moving) -> None:
    chosen = _chosen(moving, effects=("elsewhere", "own_data", "draft"))
    parameters = dict(moving.said.get("parameters") or {})
    if _needs_word(moving, chosen, parameters):
        raise MoveNotAllowed(f"“{chosen.label}” needs approval.")
    _demand_steps(moving.case)
    _demand_where(chosen, parameters)
    _take_effect(moving, chosen, parameters)


def _needs_word(moving: Moving, chosen: Resolution, parameters: dict[str, Any]) -> bool:
    """Whether another person must agree; to a change in an outside system also where it makes money."""
    if not parameters.get("write"):
        return needs_approval(chosen, moving.case)
    offer = queueing.as_shown(moving.case, chosen, str(parameters["write"]))
    return needs_word(offer, moving.case, chosen, moving.by, at=moving.at)


def _demand_steps(case: ExceptionCase) -> None:
    """Before a fix is claimed, or proposed, the runbook's required steps are ticked."""
    if missing := missing_steps(case):
        raise FieldMissing("steps", f"The runbook asks for this first: {missing[0].text}")


def _demand_where(chosen: Resolution, parameters: Mapping[str, Any]) -> None:
    """What was done by hand elsewhere can be found by somebody else."""
    by_us = chosen.effect == "own_data" or parameters.get("write")
    if not by_us and not str(parameters.get("where") or "").strip():
        raise FieldMissing("where", "Say where it was done, so that somebody can find it.")


def _take_effect(moving: Moving, chosen: Resolution, parameters: dict[str, Any]) -> None:
    if chosen.effect == "own_data":
        try:
            change = own_data.make(chosen.key, moving.case, parameters, by=moving.by.user, at=moving.at)
        except own_data.ChangeRefused as error:
            raise FieldMissing(error.field, str(error)) from error
        moving.details |= {"own_change": change.pk, "before": change.before}
    if digest := parameters.pop("write", ""):
        written = queueing.queue(moving.case, chosen, digest, by=moving.by, at=moving.at)
        moving.details["write"] = queueing.told(written)
        parameters["write"] = written.change.key
    moving.fields |= {
        "resolution": chosen.key,
        "applied_at": moving.at,
        "parameters": parameters | {"effect": chosen.effect},
    }
    moving.details |= {"resolution": chosen.key, "label": chosen.label, "parameters": parameters}


def _retract(moving: Moving) -> None:
    queueing.take_back(moving.case, at=moving.at)
    moving.fields |= {"applied_at": None, "resolution": None, "parameters": {}}


def _propose(moving: Moving) -> None:
    chosen = _chosen(moving, effects=("accept", "elsewhere", "own_data", "draft"))
    parameters = dict(moving.said.get("parameters") or {})
    if chosen.effect == "accept":
        parameters["reason"] = _reason(moving, chosen)
    elif not _needs_word(moving, chosen, parameters):
        raise MoveNotAllowed(f"“{chosen.label}” needs no approval: just do it.")
    else:
        _demand_steps(moving.case)
    if parameters.get("write"):
        parameters |= queueing.proposed(moving.case, chosen, str(parameters["write"]))
    proposals.make(moving.case, chosen.key, parameters, note=moving.note, by=moving.by.user, at=moving.at)
    moving.details |= {"resolution": chosen.key, "label": chosen.label, "parameters": parameters}
    moving.details |= {"amount": None if moving.case.amount is None else str(moving.case.amount)}
    moving.details["currency"] = moving.case.currency


def _approve(moving: Moving) -> None:
    proposal = proposals.decide(moving.case, "approved", moving.note, by=moving.by.user, at=moving.at)
    chosen = next(r for r in resolutions_of(moving.case.kind) if r.key == proposal.resolution)
    moving.details |= {"resolution": chosen.key, "label": chosen.label, "proposal": proposal.pk}
    if moving.name == "approve_fix":
        _take_effect(moving, chosen, dict(proposal.parameters))
        return
    reason = proposal.parameters["reason"]
    acceptance.record(
        moving.case, reason, proposal.note, by=proposal.proposed_by, approved_by=moving.by.user, at=moving.at
    )
    moving.fields |= {"resolution": chosen.key, "accepted_amount": moving.case.amount, "resolved_by": "approval"}
    moving.details["reason"] = reason


def _reject(moving: Moving) -> None:
    proposals.decide(moving.case, "rejected", moving.note, by=moving.by.user, at=moving.at)


def _withdraw(moving: Moving) -> None:
    proposals.decide(moving.case, "withdrawn", moving.note, by=moving.by.user, at=moving.at)


def _accept(moving: Moving) -> None:
    chosen = _chosen(moving, effects=("accept",), given=moving.said.get("resolution"))
    if needs_approval(chosen, moving.case):
        raise MoveNotAllowed(f"“{chosen.label}” needs approval.")
    reason = _reason(moving, chosen)
    if beyond := acceptance.beyond_limit(moving.case, moving.by, at=moving.at):
        raise MoveNotAllowed(beyond)
    acceptance.record(moving.case, reason, moving.note, by=moving.by.user, approved_by=None, at=moving.at)
    moving.fields |= {"resolution": chosen.key, "accepted_amount": moving.case.amount, "resolved_by": "person"}
    moving.details |= {"reason": reason, "resolution": chosen.key, "amount": str(moving.case.amount)}


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


def _reason(moving: Moving, chosen: Resolution) -> str:
    reason = chosen.reason or str(moving.said.get("reason", ""))
    if reason not in ACCEPT_REASONS:
        raise FieldMissing("reason", "Choose one of the reasons.")
    return reason


def _chosen(moving: Moving, *, effects: Iterable[str], given: Any = None) -> Resolution:
    """The resolution that was said; of those that accept, the kind's own where none was."""
    offered = [r for r in resolutions_of(moving.case.kind) if r.effect in effects]
    key = given or moving.said.get("resolution")
    for one in offered:
        if one.key == key or key is None:
            return one
    raise FieldMissing("resolution", "Choose one of the resolutions of this kind.")


def _name(person: User | None) -> str | None:
    return None if person is None else person.get_full_name() or person.get_username()


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
    "apply": _apply,
    "retract": _retract,
    "propose": _propose,
    "approve": _approve,
    "approve_fix": _approve,
    "reject": _reject,
    "withdraw": _withdraw,
    "accept": _accept,
    "dismiss": _dismiss,
    "merge": _merge,
    "message": _message,
    "unmerge": _unmerge,
    "reopen": _reopen,
}
