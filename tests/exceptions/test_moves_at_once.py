"""Two hands on one case at the same instant: one move is made, nobody waits for ever, and the other learns of it."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from exceptions.models import ExceptionCase, TrailEntry
from exceptions.moves import MoveNotAllowed
from exceptions.workflow import Origin, move
from tests.exceptions.people import NOW, case, someone, teams

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*deeds):
    """Each deed in a thread and connection of its own, begun together: its entry, or why not."""
    begin = Barrier(len(deeds))

    def done(deed):
        try:
            connection.ensure_connection()
            begin.wait(timeout=30)
            return deed()
        except MoveNotAllowed as error:
            return str(error)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as threads:
        return list(threads.map(done, deeds))


def test_of_hands_at_the_same_instant_one_makes_its_move_and_the_others_learn_of_it():
    teams()
    known = case()
    people = [someone(name, "agent", team="finance") for name in ("tom", "ann", "ben", "kim")]
    said = {"at": NOW, "seen": 1, "origin": Origin("page")}
    found = at_once(*(lambda by=person: move(known.pk, "claim", by=by, **said) for person in people))
    refused = [answer for answer in found if isinstance(answer, str)]
    assert len(refused) == 3
    assert all("was first" in answer for answer in refused)
    assert TrailEntry.objects.filter(case=known).count() == 1
    one, two = known, case("order:shop:2")
    lead = someone("lea", "agent", "lead", team="finance", lead=True)
    ExceptionCase.objects.update(state="new", owner=None, version=1, amount=1, currency="GBP")
    pair = at_once(
        lambda: move(one.pk, "merge", by=lead, target=two.pk, **said),
        lambda: move(two.pk, "merge", by=lead, target=one.pk, **said),
    )
    assert sum(isinstance(answer, str) for answer in pair) == 1, "each waits for the other's rows in one order"
    assert sorted(ExceptionCase.objects.values_list("state", flat=True)) == ["merged", "new"]
