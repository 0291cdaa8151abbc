"""Repeats a failed job in Workato."""

from datetime import datetime

from connectors.ipaas.outcomes import theirs
from connectors.ipaas.workato.client import WorkatoClient
from connectors.registry import Words, Write
from connectors.writing import Answer, CannotBeWritten, Planned, Wanted, send_as_planned


def _plan(wanted: Wanted, words: Words) -> Planned:
    job = wanted.raw
    if not job.get("id") or not job.get("completed_at"):
        raise CannotBeWritten("It is not known which job of Workato failed.")
    recipe = theirs(words, wanted.line)
    masters = [one for one in (job["id"], job.get("master_job_id")) if one]
    return Planned(
        words=f"Workato repeats the job {job.get('title') or job['id']} of recipe {recipe}.",
        method="POST",
        path=f"/api/recipes/{recipe}/repeat_jobs",
        body={"job_ids": [job["id"]]},
        about={"recipe": recipe, "masters": masters, "failed_at": job["completed_at"]},
    )


def _done(client: WorkatoClient, planned: Planned, key: str) -> Answer | None:
    """A repetition names the job that it repeats; one begun since the failure is this one, whoever asked for it."""
    recipe, masters, failed_at = (planned.about[name] for name in ("recipe", "masters", "failed_at"))
    found = client.repeats(recipe, set(masters), datetime.fromisoformat(failed_at))
    return {"repeated_as": found[0]["id"]} if found else None


RETRY = Write(
    action="retry",
    label="Repeat a failed job",
    needs="an API client that may repeat jobs",
    plan=_plan,
    done=_done,
    send=send_as_planned,
)
