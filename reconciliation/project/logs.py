"""Logging: every line an event with its fields, and the id of the request that led to it, also in tasks."""

import re
import uuid
from collections.abc import Callable, MutableMapping
from typing import Any

import structlog
from celery.signals import before_task_publish, task_postrun, task_prerun
from django.http import HttpRequest, HttpResponse

HEADER = "X-Request-ID"
# where an error came from, without what the variables there held: passwords and tokens, now and then
# (so does the plain traceback on a console; structlog's own choice there would draw them all)
WITHOUT_VALUES = structlog.processors.ExceptionRenderer(
    structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
)
# what opens something by being known, at the end of an address
SECRETS = re.compile(r"(/(?:invitation|hooks|account/password/reset/key|account/confirm-email)/)[^/?\s]+")
ACCEPTED_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


def leave_secrets_out(logger: Any, name: str, told: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A processor: the addresses that a line names, without the secrets they end with."""
    if isinstance(told.get("event"), str):
        told["event"] = SECRETS.sub(r"\1…", told["event"])
    return told


PROCESSORS: list[structlog.types.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
    leave_secrets_out,
]


def logging_config(*, level: str, as_json: bool) -> dict[str, Any]:
    """Django's LOGGING, for structlog's loggers and for the standard library's alike."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *PROCESSORS,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "lines": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": _rendering(as_json=as_json),
                "foreign_pre_chain": PROCESSORS,
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"level": level},
            # at DEBUG it writes down the whole context of a page: seeds of authenticator apps, tokens shown once
            "django.template": {"level": "INFO"},
            "httpx": {"level": "WARNING"},
            "httpcore": {"level": "WARNING"},  # at DEBUG it writes down the headers of every answer, cookies included
            "axes": {"level": "WARNING"},
        },
    }


def _rendering(*, as_json: bool) -> list[structlog.types.Processor]:
    first: list[structlog.types.Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if as_json:
        return [*first, WITHOUT_VALUES, structlog.processors.JSONRenderer()]
    return [*first, structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)]


def request_id(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: takes the caller's request id or gives one, puts it on every log line and on the answer."""

    def answer(request: HttpRequest) -> HttpResponse:
        given = request.headers.get(HEADER, "")
        name = given if ACCEPTED_ID.fullmatch(given) else uuid.uuid4().hex
        with structlog.contextvars.bound_contextvars(request_id=name):
            response = get_response(request)
        response[HEADER] = name
        return response

    return answer


@before_task_publish.connect
def send_request_id(headers: dict[str, Any], **_: object) -> None:
    """Sends the id of the request along with the task."""
    headers["request_id"] = structlog.contextvars.get_contextvars().get("request_id") or uuid.uuid4().hex


@task_prerun.connect
def bind_request_id(task: Any, task_id: str, **_: object) -> None:
    """Puts the id of the request that sent the task on the task's log lines."""
    structlog.contextvars.bind_contextvars(request_id=task.request.get("request_id") or task_id, task=task.name)


@task_postrun.connect
def unbind_request_id(**_: object) -> None:
    """Leaves nothing of this task to the next one in the same process."""
    structlog.contextvars.unbind_contextvars("request_id", "task")
