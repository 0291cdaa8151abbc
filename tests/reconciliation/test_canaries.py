"""The shadow brand: found again as it was put in, and nothing of it left."""

import pytest
from django.utils import timezone

from reconciliation import canaries
from reconciliation.declarations import checks
from reconciliation.models import CanaryRun, Finding, LedgerEntry, Run, System
from tests.reconciliation.conftest import systems  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)


def test_every_kind_is_among_the_canaries_and_found_and_nothing_else():
    run = canaries.fly(at=timezone.now())
    assert run.right, (run.error, run.missed, run.beyond)
    assert set(run.kinds) == set(checks())
    assert all(put_in == found > 0 and not beyond for put_in, found, beyond in run.kinds.values())


def test_nothing_of_the_shadow_brand_is_left(systems):  # noqa: F811
    known = sorted(System.objects.values_list("key", flat=True))
    canaries.fly(at=timezone.now())
    assert sorted(System.objects.values_list("key", flat=True)) == known
    assert not any(model.objects.exists() for model in (LedgerEntry, Finding, Run))


def test_a_check_that_finds_too_little_or_too_much_is_named(monkeypatch):
    real = canaries._found

    def blind(brand, at):
        return {known for known in real(brand, at) if known[0] != "missing_po"} | {("missing_po", "order:erp:none")}

    monkeypatch.setattr(canaries, "_found", blind)
    run = canaries.fly(at=timezone.now())
    assert not run.right
    assert run.kinds["missing_po"][1:] == [0, 1]
    assert {kind for kind, _ in run.missed} == {"missing_po"}
    assert list(map(tuple, run.beyond)) == [("missing_po", "order:erp:none")]


def test_a_run_that_breaks_off_is_kept_as_one(monkeypatch):
    def broken(brand, at):
        raise ZeroDivisionError("a check divides by nought")

    monkeypatch.setattr(canaries, "_found", broken)
    run = canaries.fly(at=timezone.now())
    assert run.error == "ZeroDivisionError: a check divides by nought"
    assert not run.right
    assert len(run.missed) == len(set(canaries._brand().injected))


def test_only_the_last_thousand_are_kept(monkeypatch):
    monkeypatch.setattr(canaries, "KEPT", 2)
    monkeypatch.setattr(canaries, "_found", lambda brand, at: set(brand.injected))
    for _ in range(4):
        last = canaries.fly(at=timezone.now())
    assert list(CanaryRun.objects.values_list("id", flat=True)) == [last.id, last.id - 1]
