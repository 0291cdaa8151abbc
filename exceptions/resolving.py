"""What choosing a resolution does: it is claimed, takes effect, is proposed to another person, or accepted."""

from collections.abc import Iterable, Mapping
from typing import Any

from exceptions import acceptance, own_data, proposals
from exceptions.models import ACCEPT_REASONS, ExceptionCase
from exceptions.moves import FieldMissing, MoveNotAllowed, Moving
from exceptions.resolutions import Resolution, needs_approval, resolutions_of
from exceptions.runbooks.steps import missing_steps
from exceptions.writeback import queueing
from exceptions.writeback.offers import needs_word


def apply(moving: Moving) -> None:
    """Claims that a resolution was made, or makes it where it changes our own data or an outside system."""
    chosen = chosen_of(moving, effects=("elsewhere", "own_data", "draft"))
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


def propose(moving: Moving) -> None:
    """Asks another person to agree to a resolution."""
    chosen = chosen_of(moving, effects=("accept", "elsewhere", "own_data", "draft"))
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


def approve(moving: Moving) -> None:
    """Agrees to what was proposed: it takes effect, or the variance is accepted."""
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


def reject(moving: Moving) -> None:
    """Turns down what was proposed."""
    proposals.decide(moving.case, "rejected", moving.note, by=moving.by.user, at=moving.at)


def withdraw(moving: Moving) -> None:
    """Takes a proposal back."""
    proposals.decide(moving.case, "withdrawn", moving.note, by=moving.by.user, at=moving.at)


def accept(moving: Moving) -> None:
    """Takes the variance, within the person's own limit."""
    chosen = chosen_of(moving, effects=("accept",), given=moving.said.get("resolution"))
    if needs_approval(chosen, moving.case):
        raise MoveNotAllowed(f"“{chosen.label}” needs approval.")
    reason = _reason(moving, chosen)
    if beyond := acceptance.beyond_limit(moving.case, moving.by, at=moving.at):
        raise MoveNotAllowed(beyond)
    acceptance.record(moving.case, reason, moving.note, by=moving.by.user, approved_by=None, at=moving.at)
    moving.fields |= {"resolution": chosen.key, "accepted_amount": moving.case.amount, "resolved_by": "person"}
    moving.details |= {"reason": reason, "resolution": chosen.key, "amount": str(moving.case.amount)}


def _reason(moving: Moving, chosen: Resolution) -> str:
    reason = chosen.reason or str(moving.said.get("reason", ""))
    if reason not in ACCEPT_REASONS:
        raise FieldMissing("reason", "Choose one of the reasons.")
    return reason


def chosen_of(moving: Moving, *, effects: Iterable[str], given: Any = None) -> Resolution:
    """The resolution that was said; of those that accept, the kind's own where none was."""
    offered = [r for r in resolutions_of(moving.case.kind) if r.effect in effects]
    key = given or moving.said.get("resolution")
    for one in offered:
        if one.key == key or key is None:
            return one
    raise FieldMissing("resolution", "Choose one of the resolutions of this kind.")
