"""Celery: the tasks of all apps, with the broker of the settings."""

import os
import signal
from contextlib import suppress
from typing import Any

from celery import Celery, Task, bootsteps
from celery.platforms import EX_FAILURE
from celery.signals import beat_init, celeryd_init
from django.conf import settings

from reconciliation.project.environment import plain_refusals
from reconciliation.project.servers import ready_servers
from reconciliation.project.tracing import send_traces

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reconciliation.project.settings")
with plain_refusals():
    settings.CELERY_BROKER_URL  # noqa: B018  a wrong setting is answered here and not by Celery's traceback

CLOSED_SECONDS = 30


class OpenTask(Task):  # type: ignore[type-arg]
    """A task that is worked on while the product is open; closed, the schedule's is left out and others wait."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        from exceptions.maintenance import closed_for  # the models are there by now

        if self.request.called_directly or self.request.is_eager or not closed_for():
            return super().__call__(*args, **kwargs)
        if self.request.expires:
            return None
        raise self.retry(countdown=CLOSED_SECONDS, max_retries=None)


class EndAtOnce(bootsteps.StartStopStep):
    """A worker that met what it cannot recover from ends with all its processes, and whoever runs it starts another.

    Celery would wait for the processes, and one that has much to say about its last task waits for somebody to listen:
    neither ever ends, and nobody works. Whatever was in hand is gone on with, as after a power cut.
    """

    requires = ("celery.worker.components:Pool",)

    def close(self, worker: Any) -> None:
        """Is asked before anything is waited for."""
        if worker.exitcode != EX_FAILURE:
            return
        for process in worker.pool.info["processes"]:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        os._exit(EX_FAILURE)


app = Celery("reconciliation", task_cls=OpenTask)
app.steps["worker"].add(EndAtOnce)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@celeryd_init.connect
@beat_init.connect
def have_servers(**_: object) -> None:
    """Worker and beat hold the embedded engines until they end; neither starts without its servers."""
    with plain_refusals():
        ready_servers()
    if settings.TRACED:
        send_traces()
