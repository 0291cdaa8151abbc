"""Reads the errors of steps of flows by Celigo's API."""

from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.access import Access
from connectors.auth import Headers
from connectors.ipaas.outcomes import legs
from connectors.paging import LoopingPages, Page, Position, Raw, Window

BASE = "https://api.integrator.io"
KEPT = timedelta(days=30)


class CeligoClient:
    """Talks to one account about the steps that the setting `flows` names, as `flow/step`."""

    def __init__(self, access: Access) -> None:
        self.access = access
        self.steps = list(legs(access.setting("flows")))
        auth = Headers({"Authorization": f"Bearer {access.secret('token')}"})
        self.http = access.http(access.setting("base", BASE), auth=auth)

    def close(self) -> None:
        """Closes the connections."""
        self.http.close()

    def missing(self) -> list[str]:
        """Flows that are not named as `flow/step`; Celigo's own words are raised where it refuses one."""
        if not self.steps:
            return ["No flows are entered."]
        wrong = [f"{step} is not written as flow/step." for step in self.steps if step.count("/") != 1]
        now = self.access.clock()
        for step in self.steps if not wrong else []:
            self._errors(step, "errors", now - timedelta(minutes=1), now)
        return wrong

    def page(self, feed: str, window: Window, position: Position | None) -> Page:
        """The errors of one step; a resolved one does not count while its record has an open one.

        A retry that fails again resolves the error it retried, and that is read later than the new one occurred.
        """
        number = position["step"] if position else 0
        if number >= len(self.steps):
            return Page([])
        step, resolved = self.steps[number], feed == "resolved"
        since = window.until - KEPT if resolved or window.since is None else window.since
        said = self._errors(step, "errors", since, window.until)
        if resolved:
            still_open = {one["traceKey"] for one in said if one.get("traceKey")}
            ended = self._errors(step, "resolved", since, window.until)
            said = [one for one in ended if one.get("traceKey") not in still_open]
        about = {"step": step, "resolved": resolved, "read_at": self.access.clock().isoformat()}
        items = [about | {"id": one.get("errorId"), "error": one} for one in said]
        return Page(items, {"step": number + 1} if number + 1 < len(self.steps) else None)

    def reread(self, what: str, id: str) -> list[tuple[str, Raw]]:
        """Pushes say it all."""
        raise LookupError(what)

    def still_open(self, step: str, error: str, occurred_at: datetime) -> bool:
        """Whether an error of a step is among the open ones."""
        around = occurred_at - timedelta(seconds=1), occurred_at + timedelta(seconds=1)
        return any(one["errorId"] == error for one in self._errors(step, "errors", *around))

    def _errors(self, step: str, which: str, since: datetime, until: datetime) -> list[dict[str, Any]]:
        """The errors of a step; where the answer names a following page, those of all pages."""
        between = {"occurredAt_gte": _instant(since), "occurredAt_lte": _instant(until)}
        said = self.http.json("GET", f"/v1/flows/{step}/{which}", params=between)
        found, read = list[dict[str, Any]](said[which]), set[str]()
        while following := said.get("nextPageURL"):
            if following in read or not following.startswith("/v1/"):
                raise LoopingPages(f"The page after {len(found)} errors of {step} is {following[:100]}.")
            read.add(following)
            said = self.http.json("GET", following)
            found += said[which]
        return found


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.000Z}"
