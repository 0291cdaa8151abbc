"""What calls take and what they answer."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field


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
