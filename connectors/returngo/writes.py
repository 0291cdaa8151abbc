"""Brings a return to its end in ReturnGO."""

from urllib.parse import quote

from connectors.registry import Words, Write
from connectors.returngo.client import ReturnGoClient
from connectors.writing import Answer, CannotBeWritten, Planned, Wanted, send_as_planned

CLOSED = "Done"


def _plan(wanted: Wanted, words: Words) -> Planned:
    id = str(wanted.line["id"])
    status = (wanted.raw.get("rmaSummary") or {}).get("status")
    if status not in ("Approved", "Received", "Validated"):
        raise CannotBeWritten(f"A return that is {status or 'of no known status'} cannot be brought to its end.")
    return Planned(
        words=f"The return {id} is set from {status} to {CLOSED}.",
        method="PUT",
        path=f"/rma/{quote(id, safe='')}/status",
        body={"status": CLOSED},
        about={"rma": id},
    )


def _done(client: ReturnGoClient, planned: Planned, key: str) -> Answer | None:
    status = client.status_of(planned.about["rma"])
    return {"rma": planned.about["rma"], "status": status} if status == CLOSED else None


CLOSE_RETURN = Write(
    action="close_return",
    label="Bring a return to its end",
    needs="an API key of the shop's owner",
    plan=_plan,
    done=_done,
    send=send_as_planned,
)
