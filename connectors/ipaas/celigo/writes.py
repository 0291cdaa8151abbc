"""Retries a failed record in Celigo: by its retry key, which counts once."""

from datetime import datetime

from connectors.http import NotFound
from connectors.ipaas.celigo.client import KEPT, CeligoClient
from connectors.ipaas.outcomes import theirs
from connectors.registry import Words, Write
from connectors.writing import Answer, CannotBeWritten, Planned, Wanted, send_as_planned


def _plan(wanted: Wanted, words: Words) -> Planned:
    error = wanted.raw
    if not error.get("retryDataKey") or not error.get("errorId"):
        raise CannotBeWritten("Celigo keeps no data to retry this record with.")
    step = theirs(words, wanted.line)
    named = error.get("traceKey") or wanted.line["record"]["id"]
    return Planned(
        words=f"Celigo sends {named} again through {step}, from the data that it kept of the failure.",
        method="POST",
        path=f"/v1/flows/{step}/retry",
        body={"retryDataKeys": [error["retryDataKey"]]},
        about={"step": step, "error": error["errorId"], "occurred_at": error["occurredAt"]},
    )


def _done(client: CeligoClient, planned: Planned, key: str) -> Answer | None:
    """What is retried or resolved is no longer open; after 30 days Celigo no longer says."""
    step, error, occurred_at = (planned.about[name] for name in ("step", "error", "occurred_at"))
    if client.access.clock() - datetime.fromisoformat(occurred_at) >= KEPT:
        raise NotFound("Celigo keeps an error for 30 days, and this one is older.")
    if client.still_open(step, error, datetime.fromisoformat(occurred_at)):
        return None
    return {"error": error, "open": False}


RETRY = Write(
    action="retry",
    label="Retry a failed record",
    needs="a token that may retry errors of the flows",
    plan=_plan,
    done=_done,
    send=send_as_planned,
)
