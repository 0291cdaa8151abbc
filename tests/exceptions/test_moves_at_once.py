"""Two hands on one case at the same instant: one move is made, nobody waits for ever, and the other learns of it."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from time import sleep

import pytest
from django.db import connection, transaction

from exceptions.models import ExceptionCase, OwnershipRule, TrailEntry
from exceptions.moves import MoveNotAllowed
from exceptions.ownership import place_open_cases
from exceptions.workflow import Origin, move
from tests.exceptions.findings import found, gone, moved, opened, run, the_case
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


def meanwhile(deed, then):
    """`deed` is done in a transaction that is still open while `then` begins elsewhere, and ends while that waits."""
    held, asked = Event(), Event()

    def first():
        try:
            with transaction.atomic():
                deed()
                held.set()
                asked.wait(timeout=30)
                sleep(0.3)  # until the other waits for the row
        finally:
            connection.close()

    def second():
        try:
            held.wait(timeout=30)
            asked.set()
            return then()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        one, other = threads.submit(first), threads.submit(second)
        one.result(timeout=60)
        return other.result(timeout=60)


@pytest.mark.parametrize("data", ["the same", "grown", "healed", "time", "a rule"])
def test_what_a_person_does_while_a_run_brings_news_of_it_is_not_undone(data):
    teams()
    tom = someone("tom", "agent", team="finance")
    waits = {"state": "snoozed", "until": NOW} if data == "time" else {}
    known = moved(opened(), **waits) if waits else opened()
    name = "wake" if data == "time" else "claim"
    if data == "time":
        ExceptionCase.objects.update(owner=tom.user)
        known.refresh_from_db()
    by_hand = {"by": tom, "at": NOW, "seen": known.version, "origin": Origin("page")}
    if data == "healed":
        gone()
    elif data in ("the same", "grown"):
        found(amount="30.00" if data == "grown" else "20.00")
    elif data == "a rule":
        OwnershipRule.objects.create(name="All to cx", team_id="cx", position=1)
    then = (lambda: place_open_cases(at=NOW)) if data == "a rule" else (lambda: run(1))
    meanwhile(lambda: move(known.pk, name, **by_hand), then)
    now = the_case()
    told = TrailEntry.objects.filter(case=known).exclude(move="detect").order_by("id")
    told = list(told.values_list("from_state", "to_state"))
    assert [after for _, after in told[:-1]] == [before for before, _ in told[1:]], told
    assert told[-1][1] == now.state
    assert now.version == by_hand["seen"] + 1 + (data == "healed")
    if data in ("the same", "grown", "a rule"):
        assert (now.state, now.owner, now.team) == ("in_progress", tom.user, "finance")
    if data == "grown":
        assert now.amount == 30
