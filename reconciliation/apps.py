"""The Django app of ledgers, groups and checks."""

from django.apps import AppConfig


class ReconciliationConfig(AppConfig):
    """Registers ledgers, groups and checks under the label `reconciliation`."""

    name = "reconciliation"
    default_auto_field = "django.db.models.BigAutoField"
