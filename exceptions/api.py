"""The public API, `/api/v1` (docs/api.md): records in, exceptions out, by bearer token."""

import gzip
import io
import zlib
from datetime import UTC, datetime
from typing import Annotated, Any, BinaryIO, Literal, cast

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import NinjaAPI, Query, Schema, Status
from ninja.errors import AuthenticationError, AuthorizationError, Throttled, ValidationError
from ninja.security import HttpBearer
from ninja.throttling import AuthRateThrottle
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field

from connectors.lines import Refusal, read_lines
from exceptions.exceptions_out import exception_out
from exceptions.limits import over
from exceptions.metrics import exposition
from exceptions.models import ApiToken, ExceptionCase
from exceptions.moves import MOVES, FieldMissing, MovedMeanwhile, MoveNotAllowed
from exceptions.people.sign_in import address_of
from exceptions.people.tokens import valid_token
from exceptions.queue import exceptions_page
from exceptions.rights import person_of
from exceptions.sentences import sentence
from exceptions.tasks import ask_for_run
from exceptions.workflow import Origin, move
from reconciliation.intake import Receipt, take_in

CONTENT_TYPES = ("application/x-ndjson", "application/json", "application/octet-stream", "text/plain", "")
WRONG_TOKENS_A_MINUTE = 60  # of one address
BROKEN = (OSError, EOFError, zlib.error)


class Bearer(HttpBearer):
    """Lets in a valid token of one scope."""

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        found = valid_token(token, at=timezone.now())
        if found is None and over(f"limit:no-token:{address_of(request)}", most=WRONG_TOKENS_A_MINUTE, seconds=60):
            raise Throttled(60)
        if found is not None and self.scope not in found.scopes:
            raise AuthorizationError(message=f"this token may not {self.scope}")
        return found


class PerToken(AuthRateThrottle):
    """Counts by token."""

    def get_cache_key(self, request: HttpRequest) -> str:
        return f"api:{self.scope}:{request.auth.id}"  # type: ignore[attr-defined]


class Refused(Schema):
    """One refused line."""

    line: int
    code: str
    field: str | None
    reason: str


class Counts(Schema):
    """What became of the lines."""

    accepted: int
    unchanged: int
    superseded: int
    rejected: int
    refusals: list[Refused] = Field(description="the first hundred")


class Problem(Schema):
    """Why a call was not served (the members of RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    stored: Counts | None = None


def _written_out(value: Any) -> Any:
    if isinstance(value, str) and "-" not in value[1:]:
        raise ValueError("is no instant such as 2026-09-30T17:00:00Z")
    return value


def _in_utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError("is no instant of these millennia") from None


Instant = Annotated[AwareDatetime, BeforeValidator(_written_out), AfterValidator(_in_utc)]
Words = Annotated[str, Field(pattern=r"^[^\x00]*$")]


class Asked(Schema):
    """The filters of a list of exceptions."""

    kind: Words | None = None
    state: Words | None = Field(None, description="a state, `open` (default) or `closed`")
    system: Words | None = None
    flow: Words | None = None
    owner: Words | None = Field(None, description="a user name")
    team: Words | None = None
    severity: Literal["low", "medium", "high", "critical"] | None = None
    ref: Words | None = Field(None, description="any reference of the exception, compared as references are")
    opened_after: Instant | None = None
    order: Literal["due", "amount", "severity", "newest"] = "due"
    cursor: Words | None = Field(None, description="`next` of the page before")
    limit: int = Field(100, ge=1, le=1000)


class Exceptions(Schema):
    """A page of exceptions; `next` is null on the last."""

    exceptions: list[dict[str, Any]]
    next: str | None


api = NinjaAPI(title="Reconciliation", version="1", docs_url=None, urls_namespace="api-v1")
ERRORS = dict.fromkeys((400, 401, 403, 415, 422, 429), Problem)


@api.post(
    "/records",
    response={200: Counts, **ERRORS},
    auth=Bearer("ingest"),
    throttle=[PerToken("600/m")],
    openapi_extra={
        "requestBody": {
            "required": False,
            "description": "One JSON object a line, UTF-8; gzip with Content-Encoding: gzip.",
            "content": {"application/x-ndjson": {"schema": {"type": "string"}}},
        }
    },
)
def records(request: HttpRequest) -> Any:
    """Takes in lines; each is accepted or refused by itself."""
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if (request.content_type or "") not in CONTENT_TYPES or encoding not in ("identity", "gzip"):
        return Status(415, _problem(415, "Send application/x-ndjson, plain or with Content-Encoding: gzip."))
    token: ApiToken = request.auth  # type: ignore[attr-defined]
    stored = Receipt()

    def note(receipt: Receipt) -> None:
        nonlocal stored
        stored = receipt

    body = _body(request)
    stream = cast(BinaryIO, gzip.GzipFile(fileobj=body)) if encoding == "gzip" else body
    try:
        stored = take_in(read_lines(stream), source=f"api:{token.name}", clock=timezone.now, progress=note)
    except BROKEN as error:
        problem = _problem(400, f"The body ended before its end: {error}. What is counted in `stored` is stored.")
        return Status(400, problem | {"stored": _counts(stored)})
    finally:
        if stored.lines > stored.unchanged:
            ask_for_run()
    return Status(200, _counts(stored))


@api.get("/exceptions", response={200: Exceptions, **ERRORS}, auth=Bearer("read"), throttle=[PerToken("600/m")])
def exceptions(request: HttpRequest, asked: Query[Asked]) -> Any:
    """The exceptions that the filters let through, page by page."""
    cases, following = exceptions_page(asked.dict(exclude_none=True))
    return Status(200, {"exceptions": [exception_out(case) for case in cases], "next": following})


class Move(Schema):
    """One move of an exception: by whom the token was made, on the version that the caller saw."""

    move: Words = Field(description="claim, release, wait, resume, snooze, wake, apply, accept, dismiss, note …")
    seen: int = Field(ge=1, description="`version` of the exception")
    note: Words = ""
    resolution: Words | None = None
    parameters: dict[Words, Words] = {}
    reason: Words | None = None
    until: Instant | None = None
    waiting_for: Words | None = None
    person: Words | None = Field(None, description="a user name")
    team: Words | None = None
    target: int | None = Field(None, ge=1, lt=2**63)


class Moved(Schema):
    """The exception after its move, and the sentence that its trail tells."""

    exception: dict[str, Any]
    sentence: str


@api.post(
    "/exceptions/{id}/moves",
    response={200: Moved, **ERRORS, 404: Problem, 409: Problem},
    auth=Bearer("act"),
    throttle=[PerToken("600/m")],
)
def moves(request: HttpRequest, id: Annotated[int, Field(ge=1, lt=2**63)], asked: Move) -> Any:
    """Makes one move, with the rights of the person who made the token."""
    token: ApiToken = request.auth  # type: ignore[attr-defined]
    if token.created_by is None:
        return Status(403, _problem(403, "This token was made by nobody who could move an exception."))
    said = asked.dict(exclude={"move", "seen"}, exclude_none=True)
    if asked.person is not None:
        said["person"] = User.objects.filter(username=asked.person, is_active=True).first()
    if asked.move not in MOVES:
        return Status(422, _problem(422, f"There is no move {_sound(asked.move)}."))
    try:
        entry = move(
            id,
            asked.move,
            by=person_of(token.created_by),
            at=timezone.now(),
            seen=asked.seen,
            origin=Origin("api"),
            **said,
        )
    except ExceptionCase.DoesNotExist:
        return Status(404, _problem(404, f"There is no exception E-{id}."))
    except MovedMeanwhile as error:
        return Status(409, _problem(409, str(error)))
    except FieldMissing as error:
        return Status(422, _problem(422, f"{error.field}: {error}"))
    except MoveNotAllowed as error:
        return Status(403, _problem(403, str(error)))
    case = ExceptionCase.objects.select_related("owner").get(trail=entry)
    return Status(200, {"exception": exception_out(case), "sentence": sentence(entry)})


@api.get("/metrics", response=ERRORS, auth=Bearer("measure"), throttle=[PerToken("600/m")])
def metrics(request: HttpRequest) -> HttpResponse:
    """The measures of the product in Prometheus's text format."""
    return HttpResponse(exposition(at=timezone.now()), content_type=CONTENT_TYPE_LATEST)


def _body(request: HttpRequest) -> BinaryIO:
    # a chunked body has no length: the server ends it itself
    if request.headers.get("Transfer-Encoding", "").lower() == "chunked":
        return cast(BinaryIO, request.META["wsgi.input"])
    return cast(BinaryIO, io.BufferedReader(_Whole(request, int(request.META.get("CONTENT_LENGTH") or 0))))


class _Whole(io.RawIOBase):
    """A body of a stated length; raises EOFError where it ends before, so that no cut line is taken for a whole one."""

    def __init__(self, source: HttpRequest, length: int) -> None:
        self.source, self.left = source, length

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self.source.read(min(len(buffer), self.left)) if self.left else b""
        if not piece and self.left:
            raise EOFError(f"{self.left:,} bytes are missing")
        buffer[: len(piece)] = piece
        self.left -= len(piece)
        return len(piece)


def _counts(receipt: Receipt) -> dict[str, Any]:
    counts = {name: getattr(receipt, name) for name in ("accepted", "unchanged", "superseded", "rejected")}
    return counts | {"refusals": [_refusal(refusal) for refusal in receipt.refusals]}


def _refusal(refusal: Refusal) -> dict[str, Any]:
    said = {"line": refusal.number, "code": refusal.code, "field": refusal.field, "reason": refusal.reason}
    return {name: _sound(value) for name, value in said.items()}


def _sound(value: Any) -> Any:
    """A text without half surrogates, which no answer in UTF-8 can carry."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


TITLES = {
    400: "The body is broken",
    401: "No valid token",
    403: "Not allowed",
    404: "Not found",
    409: "Changed meanwhile",
    415: "Not this media type",
    422: "Not understood",
    429: "Too many calls",
}


def _problem(status: int, detail: str) -> dict[str, Any]:
    return {"type": "about:blank", "title": TITLES[status], "status": status, "detail": detail}


def _answer(request: HttpRequest, status: int, detail: str) -> HttpResponse:
    return api.create_response(request, _problem(status, detail), status=status)


@api.exception_handler(AuthenticationError)
def no_token(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    """401 where there is no valid token."""
    answer = _answer(request, 401, "Send Authorization: Bearer and a token that is neither expired nor revoked.")
    answer["WWW-Authenticate"] = "Bearer"
    return answer


@api.exception_handler(AuthorizationError)
def not_allowed(request: HttpRequest, error: AuthorizationError) -> HttpResponse:
    """403 where the token lacks the scope."""
    return _answer(request, 403, f"{error}.")


@api.exception_handler(Throttled)
def too_many(request: HttpRequest, error: Throttled) -> HttpResponse:
    """429 with the seconds to wait."""
    answer = _answer(request, 429, f"Come back in {error.wait} seconds.")
    answer["Retry-After"] = str(error.wait or 1)
    return answer


@api.exception_handler(ValidationError)
def not_understood(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """422 with every parameter that does not fit."""
    said = "; ".join(f"{fault['loc'][-1]}: {fault['msg']}" for fault in error.errors)
    return _answer(request, 422, _sound(said))
