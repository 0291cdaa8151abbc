"""The Django app of the wiring: its commands, and Celery known to every process."""

from importlib import import_module

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    """Registers the project's own commands under the label `project`."""

    name = "reconciliation.project"

    def ready(self) -> None:
        """Makes our Celery the one that tasks are sent by."""
        import_module("reconciliation.project.celery")
