"""The Django app of the cases people work on."""

from django.apps import AppConfig


class ExceptionsConfig(AppConfig):
    """Registers cases and their workflow under the label `exceptions`."""

    name = "exceptions"
    default_auto_field = "django.db.models.BigAutoField"
