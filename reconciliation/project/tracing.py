"""Traces by OpenTelemetry, from a delivery to the exceptions it leads to; off unless a collector is named.

`OTEL_EXPORTER_OTLP_ENDPOINT` and the other variables of the exporter are OpenTelemetry's own.
"""

from collections.abc import Callable
from typing import Any

from celery.signals import before_task_publish, task_failure, task_postrun, task_prerun
from django.http import HttpRequest, HttpResponse
from opentelemetry import context, propagate, trace
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, StatusCode

tracer = trace.get_tracer("reconciliation")


def send_traces() -> None:
    """Sends the spans of this process to the collector that the environment names; its thread survives a fork."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # for who sends any

    provider = TracerProvider(resource=Resource.create({SERVICE_NAME: "reconciliation"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)


def traced(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: a span for each request, in the caller's trace where it names one; called after its route."""

    def answer(request: HttpRequest) -> HttpResponse:
        came_in = propagate.extract({name.lower(): value for name, value in request.headers.items()})
        with tracer.start_as_current_span(request.method or "", context=came_in, kind=SpanKind.SERVER) as span:
            response = get_response(request)
            if span.is_recording():
                _describe(span, request, response)
        return response

    return answer


def _describe(span: trace.Span, request: HttpRequest, response: HttpResponse) -> None:
    route = request.resolver_match.route if request.resolver_match else ""
    span.update_name(f"{request.method} /{route}")
    span.set_attributes(
        {
            "http.request.method": request.method or "",
            "http.route": f"/{route}",
            "http.response.status_code": response.status_code,
            "request_id": response.headers.get("X-Request-ID", ""),
        }
    )
    if response.status_code >= 500:
        span.set_status(StatusCode.ERROR)


@before_task_publish.connect
def send_trace(headers: dict[str, Any], **_: object) -> None:
    """Sends the trace along with the task."""
    propagate.inject(headers)


@task_prerun.connect
def begin_span(task: Any, **_: object) -> None:
    """A span for the task, in the trace of whoever sent it."""
    came_in = propagate.extract({"traceparent": task.request.get("traceparent") or ""})
    span = tracer.start_span(task.name, context=came_in, kind=SpanKind.CONSUMER)
    task.request.update(span=span, span_token=context.attach(trace.set_span_in_context(span)))


@task_failure.connect
def note_failure(sender: Any, exception: BaseException, **_: object) -> None:
    """Puts what went wrong on the task's span."""
    span = sender.request.get("span")
    if span is not None:
        span.record_exception(exception)
        span.set_status(StatusCode.ERROR)


@task_postrun.connect
def end_span(task: Any, **_: object) -> None:
    """Ends the span of the task."""
    span = task.request.get("span")
    if span is not None:
        context.detach(task.request.get("span_token"))
        span.end()
