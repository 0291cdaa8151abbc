"""How long each check of a run took is printed and kept."""

import io

from django.core.management import call_command

from reconciliation.declarations import checks
from reconciliation.models import Run
from tests.checks.conftest import at


def test_a_full_run_prints_and_keeps_the_time_of_every_check(brand):
    brand.everywhere()
    printed = io.StringIO()
    call_command("reconcile", "--full", "--as-of", at(50), stdout=printed)
    rows = {line.split()[0]: line.split() for line in printed.getvalue().splitlines() if line.strip()}
    kept = {check["kind"]: check for check in Run.objects.latest("id").checks}
    assert set(kept) == set(checks()) == set(rows) - {"check"}
    for kind, check in kept.items():
        assert check["seconds"] > 0
        assert float(rows[kind][-1]) == round(check["seconds"], 2)
