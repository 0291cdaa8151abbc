"""Workato's jobs → outcomes."""

from collections.abc import Iterator

from connectors.ipaas import push
from connectors.ipaas.outcomes import code_of_status, masked, outcomes
from connectors.paging import Raw
from connectors.registry import Words
from connectors.sightings import Line

KEPT = ("id", "flow_run_id", "started_at", "completed_at", "title", "master_job_id")


def lines(feed: str, item: Raw, words: Words) -> Iterator[Line]:
    """The outcome of a job; the failure of a trigger to ask for records is that of no record."""
    if feed == push.FEED:
        yield from push.lines(feed, item, words)
        return
    job, parts = item["job"], item["job"].get("error_parts") or {}
    if job.get("is_poll_error"):
        return
    result = "failed" if job["is_error"] else "success"
    code = code_of_status(parts.get("error_type")) or parts.get("error_type")
    why = {"code": code, "message": masked(parts.get("message") or job.get("error"))}
    for told in outcomes(words, item["recipe"], job["id"], job["completed_at"], job.get("title"), result):
        raw = {name: job.get(name) for name in KEPT} | {"theirs": item["recipe"]}
        yield told | {"error": why if job["is_error"] else None, "raw": raw}
