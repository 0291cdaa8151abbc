"""Reads the jobs of recipes by Workato's API, the newest first."""

from datetime import datetime

from connectors.access import Access
from connectors.auth import Headers
from connectors.ipaas.outcomes import legs
from connectors.paging import Page, Position, Raw, Window

BASE = "https://www.workato.com"
STATUSES = ("failed", "succeeded")


class WorkatoClient:
    """Talks to one workspace about the recipes that the setting `flows` names."""

    def __init__(self, access: Access) -> None:
        self.access = access
        self.recipes = list(legs(access.setting("flows")))
        auth = Headers({"Authorization": f"Bearer {access.secret('token')}"})
        self.http = access.http(access.setting("base", BASE), auth=auth)

    def close(self) -> None:
        """Closes the connections."""
        self.http.close()

    def missing(self) -> list[str]:
        """Recipes that lack; Workato's own words are raised where it refuses one."""
        for recipe in self.recipes:
            self._jobs(recipe, "failed", None)
        return [] if self.recipes else ["No flows are entered."]

    def page(self, feed: str, window: Window, position: Position | None) -> Page:
        """A page of a recipe's jobs, until those that were completed before the window."""
        at = position or {"list": 0, "after": None}
        lists = [(recipe, status) for recipe in self.recipes for status in STATUSES]
        if at["list"] >= len(lists):
            return Page([])
        recipe, status = lists[at["list"]]
        jobs = self._jobs(recipe, status, at["after"])
        fresh = [job for job in jobs if not _before(job, window.since)]
        items = [{"id": job.get("id"), "recipe": recipe, "job": job} for job in fresh if job.get("completed_at")]
        if jobs and fresh:
            return Page(items, at | {"after": jobs[-1]["id"]})
        return Page(items, {"list": at["list"] + 1, "after": None} if at["list"] + 1 < len(lists) else None)

    def reread(self, what: str, id: str) -> list[tuple[str, Raw]]:
        """Pushes say it all."""
        raise LookupError(what)

    def repeats(self, recipe: str, masters: set[str], since: datetime) -> list[Raw]:
        """The repetitions of one of these jobs that were begun since."""
        after = None
        while True:
            jobs = self._listed(recipe, after, rerun_only="true")
            lately = [job for job in jobs if datetime.fromisoformat(job["started_at"]) >= since]
            found = [job for job in lately if job.get("master_job_id") in masters]
            if found or not lately or jobs[-1]["id"] == after:
                return found
            after = jobs[-1]["id"]

    def _jobs(self, recipe: str, status: str, after: str | None) -> list[Raw]:
        return self._listed(recipe, after, status=status)

    def _listed(self, recipe: str, after: str | None, **asked: str) -> list[Raw]:
        asked |= {"offset_job_id": after} if after else {}
        found: list[Raw] = self.http.json("GET", f"/api/recipes/{recipe}/jobs", params=asked)["items"]
        return found


def _before(job: Raw, since: datetime | None) -> bool:
    done = job.get("completed_at")
    return bool(since and done and datetime.fromisoformat(done) < since)
