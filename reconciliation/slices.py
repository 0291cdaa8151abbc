"""Cuts a run over everything into slices, rows of `run_slice` that whoever is free may take (examining.py)."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection

from reconciliation.models import Run, RunSlice
from reconciliation.statements import statement

SLICE = 125_000  # groups of a slice, at most: each slice reads tables from end to end for what is in it, once in memory
EACH = 2  # slices for each of several connections: the least keys are of the largest groups, whose slices come first
INVITED = 8_000  # the same as SLICE where others are invited: small enough to be spread, and to be done again,
SHARES = 12  # but not in more slices than this, which two, three, four or six workers share evenly

Invite = Callable[[int, int], None]


@dataclass(frozen=True)
class Sharing:
    """Who shares a run over everything, and in how many slices (null: as many as its groups suggest).

    `workers`: connections of this process. `invite`: calls others, whose part is `examine_slices`, with the number of
    the run and of its slices; whether and when they come, and whether they live, makes no difference but time.
    """

    workers: int = 1
    slices: int | None = None
    invite: Invite | None = None


ALONE = Sharing()


def cut(run: Run, sharing: Sharing) -> int:
    """Writes down the slices of a run, of as many groups each, in the order of their keys; how many there are."""
    size = {"most": SLICE, "workers": _wanted(sharing), "shared": SLICE, "shares": SHARES}
    if sharing.invite and sharing.slices is None:
        size["shared"] = INVITED
    with connection.cursor() as cursor:
        cursor.execute(statement("runner/slices"), size)
        begins = [key for (key,) in cursor.fetchall()][1:]
    ends = list(zip([None, *begins], [*begins, None], strict=True))
    RunSlice.objects.bulk_create(
        RunSlice(run=run, number=number, slices=len(ends), first=first, until=until)
        for number, (first, until) in enumerate(ends)
    )
    return len(ends)


def _wanted(sharing: Sharing) -> int:
    """As many slices at least."""
    alone = sharing.workers == 1
    return sharing.slices or (1 if alone else EACH * sharing.workers)
