"""One trace from a request through its task to what was handled for it."""

from types import SimpleNamespace

import pytest
import structlog
from django.test import RequestFactory
from opentelemetry import propagate, trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from connectors import origins
from reconciliation.project import tracing


@pytest.fixture
def spans(monkeypatch):
    kept, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    for module in (origins, tracing):
        monkeypatch.setattr(module, "tracer", provider.get_tracer("reconciliation"))
    return kept


class Request(SimpleNamespace):
    def get(self, name):
        return getattr(self, name, None)

    def update(self, **given):
        vars(self).update(given)


def run_task(headers):
    task = SimpleNamespace(name="exceptions.tasks.any", request=Request(**headers))
    tracing.begin_span(task=task)
    yield task
    tracing.end_span(task=task)


def test_a_task_stands_in_the_trace_of_the_request_that_sent_it(spans):
    headers = {}

    def view(request):
        tracing.send_trace(headers=headers)
        return SimpleNamespace(status_code=200, headers={})

    request = RequestFactory().post("/hooks/key")
    request.resolver_match = SimpleNamespace(route="hooks/<str:key>")
    tracing.traced(view)(request)
    list(run_task(headers))
    answered, done = spans.get_finished_spans()
    assert answered.name == "POST /hooks/<str:key>", "the address without its secret key"
    assert done.name == "exceptions.tasks.any"
    assert done.context.trace_id == answered.context.trace_id
    assert done.parent.span_id == answered.context.span_id


def test_a_caller_that_traces_is_gone_on_with(spans):
    caller = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    request = RequestFactory().get("/alive", headers={"traceparent": caller})
    request.resolver_match = None
    tracing.traced(lambda request: SimpleNamespace(status_code=500, headers={}))(request)
    (span,) = spans.get_finished_spans()
    assert format(span.context.trace_id, "032x") == caller.split("-")[1]
    assert not span.status.is_ok


def test_a_failed_task_says_why(spans):
    for task in run_task({}):
        tracing.note_failure(sender=task, exception=ValueError("the vendor is gone"))
    (span,) = spans.get_finished_spans()
    assert span.events[0].attributes["exception.message"] == "the vendor is gone"
    assert trace.get_current_span().get_span_context().is_valid is False, "nothing is left to the next task"


def test_what_is_handled_later_links_to_where_it_came_from(spans):
    request = structlog.contextvars.bound_contextvars(request_id="order-7")
    with request, origins.tracer.start_as_current_span("delivery") as delivery:
        kept = origins.origin_now()
    assert origins.requests_of([kept, kept, {}]) == ["order-7"]
    with origins.tracer.start_as_current_span("run", links=origins.links_to([kept, {}])):
        pass
    run = spans.get_finished_spans()[-1]
    assert [link.context.trace_id for link in run.links] == [delivery.get_span_context().trace_id]


def test_without_a_collector_the_request_id_alone_is_kept():
    with structlog.contextvars.bound_contextvars(request_id="order-7"):
        assert origins.origin_now() == {"request_id": "order-7"}
    assert propagate.extract({}) == {}
