"""Whatever happens to a brand: runs over what changed leave what one run over everything finds, and nothing flaps."""

import os

from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from exceptions.models import OPEN, ExceptionCase
from reconciliation.declarations import checks
from reconciliation.models import (
    CreditAccount,
    CreditAccountLine,
    CreditMatch,
    Finding,
    Member,
    OpenDemand,
    OrderAccount,
    ReturnAccount,
    ReturnAccountLine,
    ReturnDrift,
    Run,
    UnmappedWord,
)
from tests.checks.histories import STEPS, STORIES, begin, live

HISTORIES = int(os.environ.get("RANDOM_HISTORIES", "10"))
ACCOUNTS = (OrderAccount, ReturnAccount, ReturnAccountLine, CreditAccount, CreditAccountLine, CreditMatch)
DERIVED = (Finding, Member, OpenDemand, ReturnDrift, UnmappedWord, Run, *ACCOUNTS)
STEP = st.sampled_from(STEPS) | st.sampled_from(STORIES)
# suggestions are those of the day their group was last examined: they name orders of other groups
NOT_COMPARED = ("id", "last_run", "suggestions")
PHASES = (Phase.explicit, Phase.reuse, Phase.generate) + ((Phase.shrink,) if HISTORIES <= 10 else ())


def findings():
    columns = [field.name for field in Finding._meta.fields if field.name not in NOT_COMPARED]
    return {
        (row["kind"], row["subject"], row["leg"]): {name: row[name] for name in columns}
        for row in Finding.objects.values(*columns)
    }


def accounts():
    """What every group comes to and every credit was matched to, in any order."""
    rows = {}
    for model in ACCOUNTS:
        columns = [field.name for field in model._meta.fields if field.name != "id"]
        rows[model.__name__] = sorted(map(str, model.objects.values_list(*columns)))
    return rows


def exceptions():
    columns = ("kind", "subject", "amount", "currency", "flow", "title", "evidence", "refs", "systems")
    return {(row["kind"], row["subject"]): row for row in ExceptionCase.objects.filter(state__in=OPEN).values(*columns)}


def differences(found, expected):
    """What one side holds and the other does not, or holds otherwise; to be empty."""
    return {
        key: [
            {name: value for name, value in one.get(key, {}).items() if value != other.get(key, {}).get(name, ...)}
            for one, other in ((found, expected), (expected, found))
        ]
        for key in sorted({*found, *expected})
        if found.get(key) != expected.get(key)
    }


def moved(reconciliation):
    """What a run opened, closed or opened again."""
    return {
        kind: counts
        for kind, counts in reconciliation.counts.items()
        if counts.opened or counts.reopened or counts.resolved
    }


def live_and_compare(history):
    """The kinds that were open at some time of the history."""
    world = live(history)
    world.run()
    found, open_now, counted = findings(), exceptions(), accounts()
    kinds = set(ExceptionCase.objects.values_list("kind", flat=True))
    assert moved(world.run()) == {}, "a second run, without any news"
    assert moved(world.run(full=True)) == {}, "a run over everything, right after one over what changed"
    assert differences(found, findings()) == {}
    assert counted == accounts()
    for derived in DERIVED:
        derived.objects.all().delete()
    assert moved(world.run()) == {}, "the first run ever, of all that was told"
    assert differences(found, findings()) == {}
    assert {(kind, subject) for (kind, subject, _), row in found.items() if row["state"] == "raised"} == {*open_now}
    assert differences(open_now, exceptions()) == {}
    assert counted == accounts()
    return kinds


def test_any_history_ends_where_one_run_over_everything_does(transactional_db, capsys):
    begin()
    reached = set()

    @settings(
        max_examples=HISTORIES,
        derandomize=HISTORIES <= 10,
        phases=PHASES,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(st.tuples(STEP, st.integers(0, 2**16)), min_size=6, max_size=24))
    def holds(history):
        with transaction.atomic():
            try:
                reached.update(live_and_compare(history))
            finally:
                transaction.set_rollback(True)

    try:
        holds()
    finally:
        with capsys.disabled():
            print(f"\nrandom histories reached {len(reached)} kinds, all but {sorted(set(checks()) - reached)}")
    assert HISTORIES < 300 or reached == set(checks())
