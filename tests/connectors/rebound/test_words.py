"""A disposition that nobody knows: its return is told all the same, and a person is asked until it has a meaning."""

import copy
from datetime import timedelta
from io import BytesIO

from django.utils import timezone

from connectors.lines import read_lines
from connectors.models import PullRun
from connectors.pull import store
from exceptions.meanings import tell_with_meanings
from exceptions.models import OPEN, ExceptionCase
from exceptions.pulling import take_in_lines
from exceptions.reconciling import reconcile
from reconciliation.intake import take_in
from reconciliation.models import RejectedLine
from tests.connectors.reading import made
from tests.connectors.rebound.account import PUSHED, returned
from tests.connectors.vendors import ledger, pull_all

REBOUND = made("rebound")


def asked(clock):
    """The titles of what a person is to look at, after a run of the checks."""
    clock.pass_by(minutes=1)
    reconcile(as_of=clock.now, now=timezone.now(), kinds=["rejected_record"])
    cases = ExceptionCase.objects.filter(kind="rejected_record", state__in=OPEN)
    return sorted(case.title for case in cases)


def graded(number, word):
    found = returned(number)
    found["item"][0]["final_disposition"] = word
    return found


def test_it_is_asked_for_until_it_is_entered_and_the_return_is_then_told_rightly(accounts):
    connection, account, clock = accounts()
    account.returns = [graded(1, "Restock"), graded(2, "To the outlet")]
    pull_all(connection, account, clock)
    told = {id: found["lines"][0].get("disposition") for (_, id), found in ledger("return").items()}
    assert told == {"1": "sellable", "2": None}
    assert PullRun.objects.filter(feed="returns").get().rejected == 1
    (title,) = asked(clock)
    assert "lines[1].disposition is 'To the outlet'" in title

    clock.pass_by(hours=6)
    pull_all(connection, account, clock)  # the same again asks no second time
    assert asked(clock) == [title]
    account.returns[1]["current_tracking_status"] = "Received at hub"
    clock.pass_by(hours=6)
    pull_all(connection, account, clock)  # a change of the return answers nothing
    assert len(asked(clock)) == 1

    connection.settings |= {"dispositions": "to the outlet=damaged"}
    connection.save()
    clock.pass_by(hours=6)
    pull_all(connection, account, clock)
    assert ledger("return")["return", "2"]["lines"][0]["disposition"] == "damaged"
    assert asked(clock) == []


def test_a_person_may_correct_the_one_return_and_what_is_read_again_leaves_it_so(accounts):
    connection, account, clock = accounts()
    account.returns = [graded(2, "To the outlet")]
    pull_all(connection, account, clock)
    assert len(asked(clock)) == 1
    refused = bytes(RejectedLine.objects.get().raw)
    corrected = BytesIO(refused.replace(b"To the outlet", b"disposed"))
    assert take_in(read_lines(corrected), source="by hand", clock=timezone.now).accepted == 1
    clock.pass_by(hours=6)
    pull_all(connection, account, clock)
    assert ledger("return")["return", "2"]["lines"][0]["disposition"] == "disposed"
    assert asked(clock) == []


def pushed(word):
    """A push whose goods have a disposition; what it says is dated by its sender, and never read again."""
    found = copy.deepcopy(PUSHED)
    found["lines"][0]["disposition"] = word
    return found


def test_what_was_pushed_is_told_with_the_meaning_as_soon_as_it_is_entered(accounts):
    connection, _, clock = accounts(0)
    for feed, item in (("pushed", pushed("To the outlet")), ("returns", graded(2, "Restock"))):
        store(connection, REBOUND, [(feed, item)], read_at=clock(), take_in=take_in_lines, source="webhook")
    assert len(asked(clock)) == 1
    assert tell_with_meanings(connection, clock=clock).accepted == 0  # none is entered yet
    connection.settings |= {"dispositions": "to the outlet=damaged"}
    connection.save()
    assert tell_with_meanings(connection, clock=clock).accepted == 1
    told = {id: found["lines"][0]["disposition"] for (_, id), found in ledger("return").items()}
    assert told == {"8812345": "damaged", "2": "sellable"}
    assert asked(clock) == []
    assert tell_with_meanings(connection, clock=clock).accepted == 0


def test_a_meaning_that_is_none_is_asked_for_again(accounts):
    connection, _, clock = accounts(0)
    store(connection, REBOUND, [("pushed", pushed("Outlet"))], read_at=clock(), take_in=take_in_lines, source="webhook")
    connection.settings |= {"dispositions": "outlet=broken"}
    connection.save()
    tell_with_meanings(connection, clock=clock)
    assert [("'broken'" in title, "'Outlet'" in title) for title in asked(clock)] == [(True, False)]


def test_a_meaning_that_is_taken_back_is_asked_for_again(accounts):
    connection, account, clock = accounts()
    account.returns = [graded(2, "To the outlet")]
    for entered, questions in (("", 1), ("To the outlet=damaged", 0), ("", 1)):
        connection.settings |= {"dispositions": entered}
        connection.save()
        pull_all(connection, account, clock)
        assert len(asked(clock)) == questions
        clock.now += timedelta(hours=6)
