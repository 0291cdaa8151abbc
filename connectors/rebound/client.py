"""Reads ReBound's older API: numbers by the day a return was added, then each return by its number."""

import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import httpx

from connectors.access import Access
from connectors.http import RequestRefused, Unreadable, VendorError, exact_json, read_error
from connectors.paging import Page, Position, Raw, Window

BASE = "https://intelligentreturns.net/api"
STRETCH = timedelta(days=7)
FIRST = timedelta(days=60)
DAY = timedelta(days=1)
AT_ONCE = 20
MOST_WAITING = 1000  # numbers that a position holds
EMPTY = "empty"


class ReboundClient:
    """Talks to the older API, in which login, key and question are one form."""

    def __init__(self, access: Access) -> None:
        self.access = access
        self.http = access.http(access.setting("base", BASE), error_in=error_in)

    def close(self) -> None:
        """Closes the connections."""
        self.http.close()

    def missing(self) -> list[str]:
        """What is not filled in; ReBound's own words are raised where login or key do not count."""
        if self._only_pushes():
            return [] if self.access.has("webhook_secret") else ["The secret of the pushes is not entered."]
        if not self.access.setting("login"):
            return ["The login is not entered."]
        today = self.access.clock().date()
        self._added(today, today)
        return []

    def page(self, feed: str, window: Window, position: Position | None) -> Page:
        """Up to 1,000 numbers of seven days, or the returns of up to 20 numbers."""
        if self._only_pushes():
            return Page([])
        at = position or {"day": self._first_day(feed, window).isoformat(), "waiting": []}
        if at["waiting"]:
            now, later = at["waiting"][:AT_ONCE], at["waiting"][AT_ONCE:]
            return Page(self._given(now), _following(at | {"waiting": later}, window))
        begin = date.fromisoformat(at["day"])
        ids = _in_order(self._added(begin, begin + STRETCH), behind=at.get("behind"))
        if len(ids) > MOST_WAITING:  # the stretch is listed again for those behind the last of these
            ids = ids[:MOST_WAITING]
            return Page([], at | {"waiting": ids, "behind": ids[-1]})
        # the day that ends one stretch begins the next: whether it belongs to it is not documented
        return Page([], _following({"day": (begin + STRETCH).isoformat(), "waiting": ids}, window))

    def reread(self, what: str, id: str) -> list[tuple[str, Raw]]:
        """One return."""
        return [("returns", self._whole(id))]

    def _only_pushes(self) -> bool:
        return self.access.setting("reads") == "pushes"

    def _first_day(self, feed: str, window: Window) -> date:
        """With a day to spare, as the days are those of ReBound's own time zone."""
        if feed == "lately_added":
            begin = window.until - timedelta(days=int(self.access.setting("read_back", "30")))
        else:
            begin = window.since or window.until - FIRST
        return begin.date() - DAY

    def _added(self, begin: date, end: date) -> list[str]:
        days = {"date_from": f"{begin:%Y/%m/%d}", "date_to": f"{end:%Y/%m/%d}"}
        said = self._ask("/returns/search/json", {"filter": days})
        ids = said.get("id") or []
        return [str(id) for id in (ids if isinstance(ids, list) else [ids])]

    def _given(self, ids: Sequence[str]) -> list[Raw]:
        """The returns of these numbers; one that is listed and refused holds up no other, and is itself shown.

        Where all are refused, the fault is no return's, and the first refusal is raised.
        """
        items, refused = list[Raw](), list[RequestRefused]()
        for id in ids:
            try:
                items.append(self._whole(id))
            except RequestRefused as error:
                refused.append(error)
                items.append({"id": id, "not_given": str(error)})
        if len(refused) == len(items) > 1:
            raise refused[0]
        return items

    def _whole(self, id: str) -> Raw:
        """A return, without its label, which is large and tells nothing."""
        said: Raw = self._ask("/returns/get/json", {"return": {"id": id, "type": "id"}})
        if not said:
            return {"id": id, "not_given": "ReBound lists the return and has nothing of it."}
        return {name: value for name, value in said.items() if name != "label"}

    def _ask(self, path: str, question: dict[str, Any]) -> dict[str, Any]:
        """What the question succeeds in; nothing where it says that there is nothing."""
        form = {
            "login": self.access.setting("login"),
            "api_key": self.access.secret("api_key"),
            "request": json.dumps(question),
        }
        said = self.http.json("POST", path, again=True, data=form)
        found: dict[str, Any] = said.get("success") or {}
        return found


def error_in(response: httpx.Response) -> VendorError | None:
    """The error of an answer, by its status or within a 200; to have found nothing is none."""
    if (plain := read_error(response)) is not None:
        return plain
    try:
        said = exact_json(response.content)
    except Unreadable as unreadable:
        return unreadable
    error = said.get("error") if isinstance(said, dict) else None
    code = error.get("code") if isinstance(error, dict) else error
    if error is None or code == EMPTY:
        return None
    return RequestRefused(f"ReBound says {str(code or error)[:200]!r}.")


def _in_order(ids: Sequence[str], *, behind: str | None) -> list[str]:
    """Each number once, shorter ones first, from the one behind `behind` on.

    The order is of the numbers alone, so that none is passed over where others come or go between two listings.
    """
    found = sorted(set(ids), key=_rank)
    return found if behind is None else [id for id in found if _rank(id) > _rank(behind)]


def _rank(id: str) -> tuple[int, str]:
    return len(id), id


def _following(at: Position, window: Window) -> Position | None:
    last: datetime = window.until + DAY
    more = at["waiting"] or at.get("behind") is not None
    return at if more or date.fromisoformat(at["day"]) <= last.date() else None
