"""Reads the errors of steps of flows by Celigo's API."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

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
        self.open_keys: dict[str, tuple[set[str], datetime]] = {}
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
            self._page(step, "errors", now - timedelta(minutes=1), now)
        return wrong

    def page(self, feed: str, window: Window, position: Position | None) -> Page:
        """One page of the errors of a step; a resolved one does not count while its record has an open one."""
        at = position or {"step": 0}
        number = at["step"]
        if number >= len(self.steps):
            return Page([])
        step, resolved, read_at = self.steps[number], feed == "resolved", self.access.clock()
        since = window.until - KEPT if resolved or window.since is None else window.since
        open_keys = set[str]()
        if resolved:
            open_keys, read_at = self._open_keys(step, since)
        # the setting may name another step in this place than when the page was told
        address = at.get("page") if at.get("of") == step else None
        said, following = self._page(step, feed, since, window.until, address)
        about = {"step": step, "resolved": resolved, "read_at": read_at.isoformat()}
        counting = [one for one in said if not resolved or one.get("traceKey") not in open_keys]
        items = [about | {"id": one.get("errorId"), "error": one} for one in counting]
        if following is not None:
            return Page(items, {"step": number, "of": step, "page": following})
        return Page(items, {"step": number + 1} if number + 1 < len(self.steps) else None)

    def reread(self, what: str, id: str) -> list[tuple[str, Raw]]:
        """Pushes say it all."""
        raise LookupError(what)

    def still_open(self, step: str, error: str, occurred_at: datetime) -> bool:
        """Whether an error of a step is among the open ones."""
        around = occurred_at - timedelta(seconds=1), occurred_at + timedelta(seconds=1)
        return any(one["errorId"] == error for one in self._errors(step, "errors", *around))

    def _open_keys(self, step: str, since: datetime) -> tuple[set[str], datetime]:
        """The trace keys of a step's open errors, and when they were asked for; kept for all resolved pages.

        A retry that fails again resolves the error it retried. So a success is dated by this moment: whatever failed
        later occurred behind it.
        """
        if step not in self.open_keys:
            at = self.access.clock().replace(microsecond=0)
            errors = self._errors(step, "errors", since, at)
            self.open_keys = {step: ({one["traceKey"] for one in errors if one.get("traceKey")}, at)}
        return self.open_keys[step]

    def _errors(self, step: str, which: str, since: datetime, until: datetime) -> Iterator[Raw]:
        """The errors of a step, page by page."""
        said, following = self._page(step, which, since, until)
        yield from said
        read = set[str]()
        while following is not None:
            if following in read:
                raise LoopingPages(f"A page of {step} leads back to {following[:100]}.")
            read.add(following)
            said, following = self._page(step, which, since, until, following)
            yield from said

    def _page(
        self, step: str, which: str, since: datetime, until: datetime, address: str | None = None
    ) -> tuple[list[Raw], str | None]:
        """The errors of one page, the first unless it has an address, and the address of the page that follows."""
        between = {"occurredAt_gte": _instant(since), "occurredAt_lte": _instant(until)}
        said = self.http.json("GET", address or f"/v1/flows/{step}/{which}", params=None if address else between)
        following = said.get("nextPageURL") or None
        if following is not None and (following == address or not following.startswith("/v1/")):
            raise LoopingPages(f"The page that follows in {step} is {following[:100]}.")
        return said[which], following


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.000Z}"
