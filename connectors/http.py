"""Requests to vendors: what goes wrong has a name, what passes is tried again, and limits are kept.

VendorError
├── Unreachable       no answer                             tried again
├── Failing           5xx                                   tried again
├── Throttled         429, or the vendor's own word for it  waited for
├── CircuitOpen       it failed so often that nobody asks for a while
├── TooLate           the time in which it may leave is over
├── NotLetIn          401: the credentials do not count
├── NotAllowed        403: they count, but not for this
├── NotFound          404, 410
├── RequestRefused    any other 4xx, or a redirect
└── Unreadable        the answer is not of the documented shape
"""

import json
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from email.utils import parsedate_to_datetime
from math import isfinite
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.conf import settings

from connectors.public import transport

LARGEST_ANSWER = 64 * 1024 * 1024
SHOWN = 300
LONGEST_NUMBER = 1_000  # digits
LONGEST_WAIT = 24 * 3600.0  # seconds: vendors count by the day at most, and who asks for more is asked again then
LOOPBACK = ("localhost", "127.0.0.1", "::1")


class VendorError(Exception):
    """The vendor did not give what was asked for. The text is fit for people and holds no secret."""


class Unreachable(VendorError):
    """No answer came."""


class Failing(VendorError):
    """The vendor's own system failed."""


class Throttled(VendorError):
    """Too many requests; `seconds` is how long the vendor asks us to wait: a day at most, None where it says none."""

    def __init__(self, message: str, seconds: float | None = None) -> None:
        super().__init__(message)
        said = seconds is not None and isfinite(seconds)
        self.seconds = min(max(seconds or 0.0, 0.0), LONGEST_WAIT) if said else None


class CircuitOpen(VendorError):
    """The vendor failed so often that it is left alone until `until`."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"It failed repeatedly; the next request is made at {until:%H:%M:%S} UTC.")
        self.until = until


class TooLate(VendorError):
    """The request has not left, as the time in which it may is over."""


class NotLetIn(VendorError):
    """The credentials do not count."""


class NotAllowed(VendorError):
    """The credentials do not reach that far."""


class NotFound(VendorError):
    """There is nothing at this address."""


class RequestRefused(VendorError):
    """The vendor does not accept the request as it is."""


class Unreadable(VendorError):
    """The answer is not of the documented shape."""


class PlainHttp(ValueError):
    """A base address that would send secrets in the clear."""


PASSING = (Unreachable, Failing, Throttled)


@dataclass(frozen=True)
class Room:
    """What a vendor says of its rate limit: `left` of `limit`, restored at `per_second` or whole at `resets_at`."""

    left: float
    limit: float | None = None
    per_second: float | None = None
    resets_at: datetime | None = None

    def as_json(self) -> dict[str, Any]:
        """For the feed health page."""
        resets = self.resets_at.isoformat() if self.resets_at else None
        return {"left": self.left, "limit": self.limit, "per_second": self.per_second, "resets_at": resets}

    def wait_for(self, cost: float, at: datetime) -> float:
        """Seconds until `cost` fits."""
        if self.left >= cost:
            return 0.0
        if self.per_second:
            return (cost - self.left) / self.per_second
        return max((self.resets_at - at).total_seconds(), 0.0) if self.resets_at else 0.0


@dataclass(frozen=True)
class Patience:
    """How often a request is tried, and how long is waited in between: at most `longest` seconds at a time."""

    attempts: int = 5
    first: float = 0.5
    longest: float = 30.0

    def wait(self, attempt: int, error: VendorError) -> float:
        """Seconds after failed attempt number `attempt`, from 1: what the vendor asks, else doubling with jitter."""
        if isinstance(error, Throttled) and error.seconds is not None:
            return error.seconds + random.uniform(0, 0.25)
        return min(self.first * 2.0 ** (attempt - 1), self.longest) * random.uniform(0.5, 1)


@dataclass
class Circuit:
    """Opens after `most` requests failed in a row, for `rest`; nothing leaves any more from `over_at` on."""

    most: int = 5
    rest: timedelta = timedelta(minutes=2)
    failed: int = 0
    until: datetime | None = None
    over_at: datetime | None = None

    def check(self, at: datetime) -> None:
        """Raises CircuitOpen while it is open, and TooLate once it is over."""
        if self.over_at is not None and at >= self.over_at:
            raise TooLate("Whatever was waited for took so long that the request was not sent.")
        if self.until is not None and at < self.until:
            raise CircuitOpen(self.until)

    def count(self, at: datetime, error: VendorError | None) -> None:
        """Counts one attempt; a vendor that throttles is alive."""
        self.failed = self.failed + 1 if isinstance(error, Unreachable | Failing) else 0
        self.until = at + self.rest if self.failed >= self.most else None


def read_error(response: httpx.Response) -> VendorError | None:
    """What went wrong by the status alone; the vendor's words are quoted."""
    status = response.status_code
    if response.is_success:
        return None
    said = f"{response.request.method} {response.request.url.path}: {status} {vendor_words(response)}".strip()
    if status == 429:
        return Throttled(said, retry_after(response))
    if status == 503 and (seconds := retry_after(response)) is not None:
        return Throttled(said, seconds)
    if status >= 500:
        return Failing(said)
    named = {401: NotLetIn, 403: NotAllowed, 404: NotFound, 410: NotFound}
    return named.get(status, RequestRefused)(said)


def vendor_words(response: httpx.Response) -> str:
    """The vendor's message, whichever of the usual members holds it."""
    try:
        said = json.loads(response.content)
    except ValueError:
        return response.text[:SHOWN]
    for name in ("detail", "Detail", "message", "Message", "error_description", "errors", "error", "title", "Title"):
        if isinstance(said, dict) and said.get(name):
            words = said[name]
            return (words if isinstance(words, str) else json.dumps(words, ensure_ascii=False))[:SHOWN]
    return ""


def retry_after(response: httpx.Response) -> float | None:
    """Seconds of `Retry-After`, given as a number or as a date."""
    said = response.headers.get("Retry-After", "").strip()
    try:
        return max(float(said), 0.0) if isfinite(float(said)) else None
    except ValueError:
        pass
    try:
        sent = parsedate_to_datetime(response.headers["Date"]) if "Date" in response.headers else datetime.now(UTC)
        return max((parsedate_to_datetime(said) - sent).total_seconds(), 0.0)
    except (TypeError, ValueError):
        return None


def told_at(response: httpx.Response) -> datetime | None:
    """The moment at which the vendor made the answer, by its own clock (`Date`, and `Age` where it was kept since)."""
    age = response.headers.get("Age", "").strip()
    try:
        made = parsedate_to_datetime(response.headers["Date"])
        return made.astimezone(UTC) + timedelta(seconds=int(age) if age.isdecimal() else 0)
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


def room_in_headers(response: httpx.Response) -> Room | None:
    """The room that the usual headers state."""
    for prefix in ("X-RateLimit-", "X-Rate-Limit-", "RateLimit-"):
        left, limit = (response.headers.get(f"{prefix}{name}", "") for name in ("Remaining", "Limit"))
        if left.isdigit():
            return Room(float(left), float(limit) if limit.isdigit() else None)
    return None


def exact_json(content: bytes) -> Any:
    """JSON with decimals exact: numbers with a fraction are `Decimal`. Raises Unreadable.

    What is no number, or one of so many digits that nobody could mean it, stays text: the item with it is refused.
    """
    try:
        return json.loads(content, parse_float=_decimal, parse_constant=str)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"The answer is not JSON: {str(error)[:SHOWN]}") from None


def _decimal(text: str) -> Decimal | str:
    try:
        number = Decimal(text)
    except InvalidOperation:  # an exponent beyond any that the library knows
        return text
    return number if len(text) <= LONGEST_NUMBER and abs(number.adjusted()) <= LONGEST_NUMBER else text


@contextmanager
def documented_shape() -> Iterator[None]:
    """Around whatever takes an answer apart: a member that lacks, or is of another type, is Unreadable."""
    try:
        yield
    except (KeyError, TypeError, AttributeError, IndexError, ArithmeticError, ValueError, RecursionError) as error:
        if isinstance(error, ValueError) and type(error).__module__ != "builtins":
            raise  # one of ours, which says by itself what is wrong
        raise Unreadable(f"The answer is not of the documented shape: {error!r}"[:SHOWN]) from error


def base_address(url: str) -> str:
    """`url` without a closing slash; raises PlainHttp unless it is https, or a simulator here."""
    parts = urlsplit(url.strip())
    here = settings.VENDORS_ON_THIS_MACHINE and parts.hostname in LOOPBACK
    if parts.scheme == "https" or (parts.scheme == "http" and here):
        return url.strip().rstrip("/")
    raise PlainHttp(f"{url!r} must begin with https://.")


@dataclass
class Http:
    """A vendor's API. `error_in` and `room_in` read what the vendor alone says; `scrub` takes secrets out of a text.

    `told_at`: the moment of the first answer that was none of an error, by the vendor's clock.
    """

    base: str
    clock: Callable[[], datetime]
    sleep: Callable[[float], None]
    auth: httpx.Auth | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    transport: httpx.BaseTransport | None = None
    error_in: Callable[[httpx.Response], VendorError | None] = read_error
    room_in: Callable[[httpx.Response], Room | None] = room_in_headers
    scrub: Callable[[str], str] = str
    patience: Patience = Patience()
    circuit: Circuit = field(default_factory=Circuit)
    seconds: float = 30.0
    room: Room | None = None
    told_at: datetime | None = None

    def __post_init__(self) -> None:
        named = {"User-Agent": "reconciliation/1"} | dict(self.headers)
        self.session = httpx.Client(
            base_url=base_address(self.base),
            auth=self.auth,
            headers=named,
            transport=self.transport or transport(),
            timeout=self.seconds,
        )

    def __enter__(self) -> "Http":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections."""
        self.session.close()

    def json(self, method: str, path: str, *, again: bool | None = None, cost: float = 1, **asked: Any) -> Any:
        """The answer's JSON, with exact decimals; raises a VendorError. Otherwise as `send`."""
        return exact_json(self.send(method, path, again=again, cost=cost, **asked).content)

    def send(
        self, method: str, path: str, *, again: bool | None = None, cost: float = 1, **asked: Any
    ) -> httpx.Response:
        """The answer to a request, tried again where that is harmless (`again`; by default for GET and HEAD).

        Waits for room for `cost`. A wait longer than our patience is raised as Throttled, for the caller to come back.
        """
        harmless = method in ("GET", "HEAD") if again is None else again
        for attempt in range(1, self.patience.attempts + 1):
            self._make_room(cost)
            answer = self._attempt(method, path, asked)
            if isinstance(answer, httpx.Response):
                return answer
            last = attempt == self.patience.attempts or not (harmless or isinstance(answer, Throttled))
            if last or not isinstance(answer, PASSING):
                raise answer
            self._wait(self.patience.wait(attempt, answer))
        raise AssertionError("the last attempt returns or raises")

    def _attempt(self, method: str, path: str, asked: dict[str, Any]) -> httpx.Response | VendorError:
        self.circuit.check(self.clock())
        error: VendorError | None
        try:
            response = self._answer(method, path, asked)
            self.room = self.room_in(response) or self.room
            error = self.error_in(response) and self.error_in(self._scrubbed(response))  # before words are cut short
        except httpx.InvalidURL as problem:  # made of what the vendor answered before
            error = Unreadable(f"{method}: no address: {problem}")
        except (httpx.LocalProtocolError, UnicodeEncodeError):  # which quote what cannot be sent, a secret perhaps
            error = NotLetIn("A credential or setting has a sign in it that cannot be sent; enter it again.")
        except httpx.HTTPError as problem:
            error = Unreachable(f"{method} {path.split('?')[0]}: {type(problem).__name__}: {problem}")
        self.circuit.count(self.clock(), error)
        if error is None:
            self.told_at = self.told_at or told_at(response)
            return response
        error.args = (self.scrub(str(error)), *error.args[1:])
        return error

    def _scrubbed(self, response: httpx.Response) -> httpx.Response:
        said = self.scrub(response.text).encode(response.encoding or "utf-8", "replace")
        headers = response.headers.multi_items()
        return httpx.Response(response.status_code, headers=headers, content=said, request=response.request)

    def _answer(self, method: str, path: str, asked: dict[str, Any]) -> httpx.Response:
        with self.session.stream(method, path, **asked) as response:
            content = bytearray()
            for piece in response.iter_bytes():
                content += piece
                if len(content) > LARGEST_ANSWER:
                    raise Unreadable(f"The answer is longer than {LARGEST_ANSWER:,} bytes.")
        headers = [(name, value) for name, value in response.headers.multi_items() if name not in _OF_THE_WIRE]
        return httpx.Response(response.status_code, headers=headers, content=bytes(content), request=response.request)

    def _make_room(self, cost: float) -> None:
        if self.room is not None and (seconds := self.room.wait_for(cost, self.clock())) > 0:
            self._wait(seconds)
            self.room = None  # what the vendor said is old now

    def _wait(self, seconds: float) -> None:
        if seconds > self.patience.longest:
            raise Throttled(f"The vendor asks us to wait for {seconds:.0f} s.", seconds)
        self.sleep(seconds)


_OF_THE_WIRE = ("content-encoding", "content-length", "transfer-encoding")
