"""Reads executions of processes by Boomi's Platform API, and then the documents of each."""

import base64
from datetime import UTC, datetime
from typing import Any

from connectors.access import Access
from connectors.auth import Headers
from connectors.ipaas.boomi.mapper import flow_of
from connectors.ipaas.outcomes import legs
from connectors.ipaas.push import PushedOnly
from connectors.paging import Page, Position, Raw, Window
from connectors.registry import Words

BASE = "https://api.boomi.com/api/rest/v1"
EXECUTIONS, DOCUMENTS = "ExecutionRecord", "GenericConnectorRecord"
FAILED = ("ERROR", "ABORTED")
OF_AN_EXECUTION = ("executionId", "executionTime", "status", "message")
SHOWN = 200


class BoomiClient(PushedOnly):
    """Talks to one account about the processes that the setting `flows` names: `process`, or `process/operation`."""

    def __init__(self, access: Access) -> None:
        super().__init__(access)
        self.processes = list(dict.fromkeys(name.split("/")[0] for name in legs(access.setting("flows"))))
        self.words = Words(access.connection.system, access.connection.settings)
        self.account = access.setting("account")
        if self.account:
            known = f"{access.setting('user')}:{access.secret('token')}".encode()
            auth = Headers({"Authorization": f"Basic {base64.b64encode(known).decode()}"})
            base = f"{access.setting('base', BASE)}/{self.account}"
            self.http = access.http(base, auth=auth, headers={"Accept": "application/json"})

    def close(self) -> None:
        """Closes the connections."""
        if self.account:
            self.http.close()

    def missing(self) -> list[str]:
        """What is not entered; Boomi's own words are raised where it refuses to be asked."""
        if not self.account:
            return super().missing()
        now = self.access.clock()
        for process in self.processes:
            self._asked(EXECUTIONS, self._executions_of(process, Window(now, now)))
        return [] if self.processes else ["No flows are entered."]

    def page(self, feed: str, window: Window, position: Position | None) -> Page:
        """A page of executions, or of the documents of one of them."""
        at = position or {"process": 0, "token": None, "waiting": [], "documents": None, "told": False}
        if not self.account or at["process"] >= len(self.processes):
            return Page([])
        process = self.processes[at["process"]]
        if at["waiting"]:
            return self._documents(process, at)
        said = self._more(EXECUTIONS, at["token"]) if at["token"] else self._listed(process, window)
        waiting = [_short(one) for one in said.get("result") or []]
        return Page([], self._following(at | {"waiting": waiting, "token": said.get("queryToken")}))

    def _listed(self, process: str, window: Window) -> dict[str, Any]:
        return self._asked(EXECUTIONS, self._executions_of(process, window))

    def _documents(self, process: str, at: Position) -> Page:
        execution, *rest = at["waiting"]
        if at["documents"]:
            said = self._more(DOCUMENTS, at["documents"])
        else:
            asked = {"operator": "EQUALS", "property": "executionId", "argument": [execution["executionId"]]}
            said = self._asked(DOCUMENTS, asked)
        found = said.get("result") or []
        items: list[Raw] = [{"id": one.get("id"), "process": process, "document": one} for one in found]
        told = at["told"] or any(one["status"] == "ERROR" and flow_of(process, one, self.words) for one in found)
        if token := said.get("queryToken"):
            return Page(items, at | {"documents": token, "told": told})
        if execution["status"] in FAILED and not told:
            items.append({"process": process, "execution": execution})
        return Page(items, self._following(at | {"waiting": rest, "documents": None, "told": False}))

    def _following(self, at: Position) -> Position | None:
        if at["waiting"] or at["token"]:
            return at
        after = at["process"] + 1
        return at | {"process": after, "token": None} if after < len(self.processes) else None

    def _executions_of(self, process: str, window: Window) -> dict[str, Any]:
        date = self.access.setting("window_by", "recordedDate")
        since = _instant(window.since or window.until)
        return {
            "operator": "and",
            "nestedExpression": [
                {"operator": "EQUALS", "property": "processId", "argument": [process]},
                {"operator": "BETWEEN", "property": date, "argument": [since, _instant(window.until)]},
            ],
        }

    def _asked(self, what: str, expression: dict[str, Any]) -> dict[str, Any]:
        asked = {"QueryFilter": {"expression": expression}}
        found: dict[str, Any] = self.http.json("POST", f"/{what}/query", again=True, json=asked)
        return found

    def _more(self, what: str, token: str) -> dict[str, Any]:
        plain = {"Content-Type": "text/plain"}
        found: dict[str, Any] = self.http.json("POST", f"/{what}/queryMore", again=True, content=token, headers=plain)
        return found


def _short(execution: Raw) -> Raw:
    """What is told of an execution that failed, short enough for a position."""
    return {name: str(execution.get(name) or "")[:SHOWN] for name in OF_AN_EXECUTION}


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
