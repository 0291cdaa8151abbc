"""A ReBound that we can run: the older API as a public client of it tells, and nothing that the vendor confirmed.

One form of login, key and question; numbers by the day of adding, in ReBound's own time zone; "empty" as an error in a
200; plain text for what is refused.
"""

import base64
import hmac
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs

import httpx

from connectors.simulating import Answer, Refusal, Simulator, answer

FORM = "application/x-www-form-urlencoded"
SECRET = "whsec_" + base64.b64encode(b"a secret of some length for pushes").decode()


class Rebound(Simulator):
    """One account. `returns` holds returns as `returns/get` gives them."""

    routes = {("POST", "/api/returns/search/json"): "search", ("POST", "/api/returns/get/json"): "get"}

    def __init__(self, clock: Callable[[], datetime]) -> None:
        super().__init__(clock)
        self.login, self.api_key, self.webhook_secret = "harbour", "key-of-the-account", SECRET
        self.returns: list[dict[str, Any]] = []
        self.between: Callable[[], Any] = lambda: None
        self.open_end = timedelta()  # a day, where the last day that is asked for does not belong to the stretch

    def admit(self, request: httpx.Request) -> None:
        """Https, a form with the three fields, and credentials that count."""
        form = parse_qs(request.content.decode(), keep_blank_values=True)
        if request.url.scheme != "https" or not request.headers.get("Content-Type", "").startswith(FORM):
            raise _refused(400, "Bad request")
        if set(form) != {"login", "api_key", "request"}:
            raise _refused(400, "login, api_key and request are required")
        if (form["login"], form["api_key"]) != ([self.login], [self.api_key]):
            raise _refused(401, "Invalid login or API key")

    def search(self, request: httpx.Request) -> dict[str, Any]:
        """The numbers of returns that were added between two days."""
        asked = _question(request)["filter"]
        begin, end = (_day(asked[name]) for name in ("date_from", "date_to"))
        found = [one["id"] for one in self.returns if begin <= _added(one) <= end - self.open_end]
        self.between()
        return {"success": {"id": found}} if found else {"error": {"code": "empty"}}

    def get(self, request: httpx.Request) -> dict[str, Any]:
        """One return."""
        asked = _question(request)["return"]
        for one in self.returns:
            if asked == {"id": one["id"], "type": "id"}:
                return {"success": one | {"label": "JVBERi0x" * 100}}
        return {"error": {"code": "not_found"}}

    def delivery(self, returned: dict[str, Any], *, id: str = "msg_1", **said: Any) -> tuple[dict[str, str], bytes]:
        """Headers and body of a push, signed now."""
        event = {"event_id": id, "event": "return.updated", "occurred_at": self.clock().isoformat(), "return": returned}
        body, sent = json.dumps(event | said).encode(), str(int(self.clock().timestamp()))
        key = base64.b64decode(self.webhook_secret.removeprefix("whsec_"))
        seal = base64.b64encode(hmac.new(key, f"{id}.{sent}.".encode() + body, sha256).digest()).decode()
        return {"webhook-id": id, "webhook-timestamp": sent, "webhook-signature": f"v1,{seal}"}, body


def _refused(status: int, text: str) -> Refusal:
    refusal = Refusal(status)
    refusal.answer = _text(status, text)
    return refusal


def _text(status: int, text: str) -> Answer:
    told = answer(status=status, headers={"Content-Type": "text/plain"})
    return httpx.Response(told.status_code, headers=told.headers, text=text)


def _question(request: httpx.Request) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(parse_qs(request.content.decode())["request"][0])
        return found
    except ValueError:
        raise _refused(400, "request is not JSON") from None


def _day(said: str) -> date:
    try:
        return datetime.strptime(said, "%Y/%m/%d").replace(tzinfo=UTC).date()
    except ValueError:
        raise _refused(400, "dates are written 2026/11/01") from None


def _added(one: dict[str, Any]) -> date:
    return datetime.fromisoformat(one["date_added"]).date()
