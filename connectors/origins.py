"""Where a piece of work comes from: the id of the request and its trace, kept with what is handled later.

Without a collector (docs/operations.md) spans cost nothing and are kept nowhere; the request id is always there.
"""

from collections.abc import Iterable, Mapping

import structlog
from opentelemetry import propagate, trace
from opentelemetry.trace import Link

MOST_LINKS = 100
tracer = trace.get_tracer("reconciliation")


def origin_now() -> dict[str, str]:
    """The origin of what is done now: `request_id`, and `traceparent` (W3C Trace Context) where a trace is on."""
    origin: dict[str, str] = {}
    propagate.inject(origin)
    request_id = structlog.contextvars.get_contextvars().get("request_id")
    return origin | ({"request_id": str(request_id)} if request_id else {})


def links_to(origins: Iterable[Mapping[str, str]]) -> list[Link]:
    """Links from a span to the traces it goes on with; a batch has many, of which the first hundred are named."""
    spans = (trace.get_current_span(propagate.extract(origin)).get_span_context() for origin in origins)
    return [Link(span) for span in spans if span.is_valid][:MOST_LINKS]


def requests_of(origins: Iterable[Mapping[str, str]]) -> list[str]:
    """The ids of the requests, each once."""
    return list(dict.fromkeys(origin["request_id"] for origin in origins if "request_id" in origin))[:MOST_LINKS]
