"""The calls of the public API, and what is answered where one is not served."""

import gzip
import zlib
from typing import Annotated, Any, BinaryIO, cast

import structlog
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import NinjaAPI, Query, Status
from ninja.errors import AuthenticationError, AuthorizationError, Throttled, ValidationError
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import Field

from connectors.lines import Refusal, read_lines
from exceptions.api.bodies import body_of
from exceptions.api.out import exception_out
from exceptions.api.schemas import Asked, Counts, Exceptions, Move, Moved, Problem
from exceptions.api.tokens import Bearer, PerToken
from exceptions.metrics import exposition
from exceptions.models import ApiToken, ExceptionCase
from exceptions.moves import MOVES, FieldMissing, MovedMeanwhile, MoveNotAllowed
from exceptions.queue.cases import exceptions_page
from exceptions.rights import person_of
from exceptions.tasks import ask_for_run
from exceptions.trail.sentences import sentence
from exceptions.workflow import Origin, move
from reconciliation.intake import Receipt, take_in

CONTENT_TYPES = ("application/x-ndjson", "application/json", "application/octet-stream", "text/plain", "")
BROKEN = (OSError, EOFError, zlib.error)

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

    body = body_of(request)
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
            origin=Origin("api", str(structlog.contextvars.get_contextvars().get("request_id", ""))),
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
