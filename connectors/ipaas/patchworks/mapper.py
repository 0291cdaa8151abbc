"""Patchworks' flow runs and their logs → outcomes.

A run moves many records. Its tracked data names them, and its error logs name some by their numbers; what failed
without a name, a run or part of one, is the outcome of a record that is called after the run: it does not pass unseen.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from connectors.ipaas import push
from connectors.ipaas.outcomes import NUMBERS, masked, outcome, outcomes
from connectors.paging import Raw
from connectors.registry import Words
from connectors.sightings import Line
from connectors.spelling import pairs

STATUSES = "2=success,success=success,3=failed,failure=failed,failed=failed,5=partial,partial success=partial"
ERRORS = ("ERROR", "FATAL", "CRITICAL")


def lines(feed: str, item: Raw, words: Words) -> Iterator[Line]:
    """The outcomes of a run, or the one that an error in its logs is."""
    if feed == push.FEED:
        yield from push.lines(feed, item, words)
    elif "log" in item:
        yield from _of_a_log(item, words)
    elif "untold" in item:
        yield _of_no_record(item, words, _said(item["run"])["finished_at"], None, _said(item["run"]).get("summary"))
    else:
        yield from _of_a_run(item, words)


def result_of(run: Raw, words: Words) -> str:
    """`success`, `failed` or `partial`; a status that nobody has named as it came."""
    named = {theirs.lower(): ours.lower() for theirs, ours in pairs(words.get("statuses", STATUSES)).items()}
    said = str(_said(run).get("status")).strip().lower()
    return named.get(said, said)


def is_error(log: Raw) -> bool:
    """Whether an entry of a log tells of an error."""
    said = _said(log)
    return str(said.get("log_level") or said.get("level")).upper() in ERRORS


def _of_a_run(item: Raw, words: Words) -> Iterator[Line]:
    run, result = item["run"], result_of(item["run"], words)
    at, summary = _said(run)["finished_at"], masked(_said(run).get("summary"))
    numbers = [] if result == "partial" else _tracked(_said(run))
    error = {"code": "run", "message": summary} if result != "success" else None
    for number in numbers:
        yield outcome(words, item["flow"], f"{run['id']}/{number}", at, number, result) | {"error": error}
    if not numbers and result not in ("success", "partial"):
        yield outcome(words, item["flow"], run["id"], at, _name(run), result) | {"error": error}
    if result == "success" and (retried := _retried(run)):
        yield {"type": "outcome", "system": words.system, "id": retried, "at": at, "deleted": True}


def _of_a_log(item: Raw, words: Words) -> Iterator[Line]:
    """The failure of each record that an error names; where it names none, in part of a run, that of the run."""
    if not is_error(item["log"]):
        return
    log, run = _said(item["log"]), item["run"]
    message = str(log.get("log_message") or log.get("message") or "")
    at = log.get("created_at") or _said(run)["finished_at"]
    step = log.get("flow_step_name") or log.get("flow_step_id")
    if not _names_one(message):
        if result_of(run, words) == "partial":
            yield _of_no_record(item, words, at, step, message)
        return
    id, error = f"{run['id']}/log-{item['log']['id']}", _error(step, message)
    for told in outcomes(words, item["flow"], id, at, message, "failed"):
        yield told | {"error": error}


def _of_no_record(item: Raw, words: Words, at: str, step: Any, message: Any) -> Line:
    """What failed in part of a run, and nobody says of which record."""
    run = item["run"]
    return outcome(words, item["flow"], run["id"], at, _name(run), "failed") | {"error": _error(step, message)}


def _error(step: Any, message: Any) -> dict[str, Any]:
    return {"code": None if step is None else str(step), "message": masked(message)}


def _name(run: Raw) -> str:
    return f"run {run['id']}"


def _retried(run: Raw) -> str | None:
    """The run that this one repeated: what failed of it without a name is made good by its success."""
    said = _said(run)
    named = said.get("retry_flow_run_id")
    return str(named) if named and str(said.get("trigger")).lower() == "retry" else None


def _names_one(message: str) -> bool:
    return any(form.search(message) for form in NUMBERS.values())


def _said(one: Raw) -> Mapping[str, Any]:
    """The members of a resource, which stand under `attributes` or beside its id."""
    found: Mapping[str, Any] = one.get("attributes") or one
    return found


def _tracked(run: Mapping[str, Any]) -> list[str]:
    """The values of a run's tracked data, whichever form they come in."""
    said = run.get("tracked_data") or run.get("trackedData") or []
    values = list(said.values()) if isinstance(said, dict) else list(said)
    plain = (one.get("value") if isinstance(one, dict) else one for one in values)
    return list(dict.fromkeys(str(value) for value in plain if value not in (None, "")))
