"""Vendors that we can run: a simulator is a function from request to answer, behind httpx or as a small server.

A simulator enforces what its vendor documents (credentials, limits, paging, errors, signatures), so that a client that
breaks a rule fails here first. It serves this machine alone.
"""

import json
import re
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

Answer = httpx.Response
Fault = Callable[[httpx.Request], Answer | None]


class Refusal(Exception):
    """A simulator's refusal: raised by a handler or rule, answered as it says."""

    def __init__(self, status: int, body: Any = None, headers: dict[str, str] | None = None) -> None:
        super().__init__(f"{status} {body}")
        self.answer = answer(body, status=status, headers=headers)


def answer(body: Any = None, *, status: int = 200, headers: dict[str, str] | None = None) -> Answer:
    """A JSON answer; decimals are written as they are."""
    content = b"" if body is None else json.dumps(body, default=_number).encode()
    return httpx.Response(status, headers={"Content-Type": "application/json"} | (headers or {}), content=content)


def _number(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)  # a vendor of floats; the client must read them exactly as written
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(repr(value))


@dataclass
class Bucket:
    """A rate limit: `size` points, `per_second` restored. `take` says whether they sufficed."""

    size: float
    per_second: float
    clock: Callable[[], datetime]
    left: float = field(init=False)

    def __post_init__(self) -> None:
        self.left, self.counted_at = self.size, self.clock()

    def take(self, cost: float = 1) -> bool:
        """Takes `cost` points, unless there are fewer."""
        now = self.clock()
        self.left = min(self.size, self.left + self.per_second * (now - self.counted_at).total_seconds())
        self.counted_at = now
        if self.left < cost:
            return False
        self.left -= cost
        return True


class Simulator:
    """The base of all: routes by method and path, every request kept, faults on demand.

    A subclass names its handlers in `routes`: (method, pattern with {names}) → method, called with the request and the
    named parts. `admit` is asked before every route.
    """

    routes: dict[tuple[str, str], str] = {}

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self.requests: list[httpx.Request] = []
        self.faults: deque[Fault | None] = deque()
        self.lock = threading.Lock()

    def admit(self, request: httpx.Request) -> None:
        """Raises Refusal where the request may not come in (credentials, rate limit)."""

    def fail_next(self, *faults: Fault | None) -> None:
        """The next requests meet these faults, one each; None lets one pass."""
        self.faults.extend(faults)

    def transport(self) -> httpx.MockTransport:
        """For a client in the same process."""
        return httpx.MockTransport(self.handle)

    def handle(self, request: httpx.Request) -> Answer:
        """The answer to one request."""
        with self.lock:
            request.read()
            self.requests.append(request)
            fault = self.faults.popleft() if self.faults else None
            if fault is not None and (met := fault(request)) is not None:
                return met
            try:
                self.admit(request)
                return self._routed(request)
            except Refusal as refusal:
                return refusal.answer

    def _routed(self, request: httpx.Request) -> Answer:
        for (method, pattern), name in self.routes.items():
            match = re.fullmatch(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", pattern), request.url.path)
            if match and method == request.method:
                found = getattr(self, name)(request, **match.groupdict())
                return found if isinstance(found, httpx.Response) else answer(found)
        return answer({"message": "Not Found"}, status=404)


def failing(status: int, **headers: str) -> Fault:
    """A fault: this status."""
    said = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda request: answer({"message": "simulated"}, status=status, headers=said)


def breaking_off(request: httpx.Request) -> Answer | None:
    """A fault: the connection breaks off."""
    raise httpx.ReadError("the connection broke off", request=request)


@contextmanager
def served(simulator: Simulator) -> Iterator[str]:
    """Serves it on this machine's loopback, at the address given; ends with the block."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            url = f"http://{self.headers['Host']}{self.path}"
            asked = httpx.Request(
                self.command, url, headers=list(self.headers.items()), content=self.rfile.read(length)
            )
            try:
                told = simulator.handle(asked)
            except httpx.TransportError:  # a fault that breaks off
                self.close_connection = True
                return
            self.send_response(told.status_code)
            for name, value in told.headers.items():
                if name.lower() not in ("content-length", "transfer-encoding"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(told.content)))
            self.end_headers()
            self.wfile.write(told.content)

        def log_message(self, *args: Any) -> None:
            """Says nothing; the simulator keeps the requests."""

    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        setattr(Handler, f"do_{method}", Handler.answer)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
