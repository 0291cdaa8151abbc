"""The two database roles: the owner changes tables, and the product runs as another, which cannot touch the trail."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection, transaction

from reconciliation.statements import statement


@contextmanager
def as_owner() -> Iterator[None]:
    """The database as its owner sees it for the length of the block; where no owner is set apart, nothing changes."""
    running_as = {name: connection.settings_dict[name] for name in settings.DATABASE_OWNER}
    connection.close()
    connection.settings_dict.update(settings.DATABASE_OWNER)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(running_as)


@transaction.atomic
def grant() -> None:
    """Gives the product's role what it needs of the tables that there are now; done by their owner."""
    with connection.cursor() as cursor:
        cursor.execute("select set_config('reconciliation.role', %s, true)", [str(settings.DATABASE_ROLE)])
        cursor.execute(statement("roles/grants"))
