"""Changes that are only tried, to show what they would do."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction


@contextmanager
def undone() -> Iterator[None]:
    """A transaction of which nothing is kept."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
