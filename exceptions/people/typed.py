"""What somebody had typed when their sign-in turned out to be over: kept until they are back, shown to them alone."""

import re
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

HELD = "typed"
MOST = 20_000  # letters of all fields together
SECRET = re.compile(r"csrf|pass|secret|token|key|code|credential|^again$|address", re.IGNORECASE)
NOT_TYPED = {"seen", "back", "row", "next", "confirmed", "case", "all", "write", "queue", "preview"}  # our own notes
SECRET_PAGES = ("/account/", "/invitation/", "/settings/connection", "/settings/channels", "/setup/credentials")


def keep_typed(request: HttpRequest, person: Any) -> None:
    """Keeps what the form of a request says for `person` (a key); nothing of pages and fields that take secrets."""
    if request.method != "POST" or request.path.startswith(SECRET_PAGES):
        return
    said = {name: request.POST.getlist(name) for name in request.POST if name not in NOT_TYPED}
    said = {name: values for name, values in said.items() if any(values) and not SECRET.search(name)}
    if said and sum(len(value) for values in said.values() for value in values) <= MOST:
        request.session[HELD] = {"person": str(person), "fields": said}


def page_of(request: HttpRequest) -> str:
    """The page to come back to: this one, or, where a form was sent, the one that it stands on."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    before = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(before, allowed_hosts={request.get_host()}):
        return "/"
    parts = urlsplit(before)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def take_typed(request: HttpRequest) -> dict[str, list[str]]:
    """What the person who is back had typed, by field; handed out once, and to nobody else."""
    session = getattr(request, "session", None)
    if session is None or not request.user.is_authenticated or HELD not in session:
        return {}
    held = session.pop(HELD)
    fields: dict[str, list[str]] = held["fields"] if held["person"] == str(request.user.pk) else {}
    return fields
