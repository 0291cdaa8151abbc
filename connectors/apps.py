"""The Django app of the connectors."""

from django.apps import AppConfig


class ConnectorsConfig(AppConfig):
    """Registers the connectors under the label `connectors`."""

    name = "connectors"
    default_auto_field = "django.db.models.BigAutoField"
