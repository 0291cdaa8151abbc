"""`manage.py migrate`: Django's own, as the owner of the tables; the product's role is then given its rights."""

from typing import Any

from django.conf import settings
from django.core.management.commands.migrate import Command as Migrate

from reconciliation.project.roles import as_owner, grant


class Command(Migrate):
    """Changes the tables as their owner."""

    def execute(self, *args: Any, **options: Any) -> None:
        """Where the product runs as the owner itself, there is nobody to give rights to."""
        with as_owner():
            super().execute(*args, **options)
            if settings.DATABASE_ROLE:
                grant()
