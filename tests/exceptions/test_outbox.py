"""The outbox where a worker dies, is slow or overtaken, and where what is kept of a connection is spoilt meanwhile."""

from datetime import timedelta

import pytest
from django.db.models import F

from connectors.connecting import connect
from connectors.locks import Busy
from connectors.models import Connection, Outbox
from connectors.outbox import LEAVES_WITHIN, MOST_ATTEMPTS, due_writes
from connectors.simulating import failing
from exceptions.models import TrailEntry
from exceptions.trail.sentences import sentence
from exceptions.writeback import delivery
from tests.connectors.ipaas.platforms import job
from tests.exceptions.scenes import CutOff, Killed, killed
from tests.exceptions.written import SCENES, workato_retry, xero_draft

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("lawful")]


def last_words(made):
    return sentence(TrailEntry.objects.filter(case=made.case).latest("id"))


def overtaken(request):
    """Another worker takes the change, as it may where the first has lost its connection, and so its lock."""
    Outbox.objects.update(attempts=F("attempts") + 1)


def test_no_request_leaves_so_late_that_the_lease_may_end_before_it_arrives(retry):
    retry.decide()
    before = retry.clock()
    retry.vendor.fail_next(None, *[failing(429, Retry_After="20")] * 4)
    assert retry.deliver() == "planned"
    assert retry.effects() == 0
    assert len(retry.clock.slept) == 2
    assert retry.clock() < before + LEAVES_WITHIN * 2
    retry.vendor.faults.clear()
    retry.later()
    assert retry.deliver() == "done"
    assert retry.effects() == 1


def test_a_worker_that_was_overtaken_while_it_asked_sends_nothing(retry):
    retry.decide()
    retry.vendor.fail_next(overtaken)
    with pytest.raises(Busy):
        retry.deliver()
    assert retry.effects() == 0
    assert not {"write_asked", "write_sent"} & set(retry.told())


def test_a_worker_that_was_overtaken_while_it_sent_notes_nothing(retry):
    retry.decide()
    retry.vendor.fail_next(None, overtaken)
    with pytest.raises(Busy):
        retry.deliver()
    assert retry.told()[-1] == "write_sent"
    retry.later()
    assert retry.deliver() == "done"
    assert retry.effects() == 1
    assert retry.told()[-1] == "write_found"


@pytest.mark.parametrize(("request_number", "state", "words"), [(0, "refused", "refused"), (1, "unknown", "look in")])
def test_what_kills_every_worker_comes_back_in_the_end(retry, request_number, state, words):
    retry.decide()
    for _ in range(MOST_ATTEMPTS):
        with killed():
            retry.deliver(CutOff(retry.vendor.transport(), request_number, before=True))
        retry.later()
    assert retry.deliver() == state
    assert retry.case.state == "in_progress"
    assert words in last_words(retry)
    assert "before it could note what came of it" in last_words(retry)
    assert retry.effects() == 0


def test_a_worker_that_dies_as_it_notes_a_refusal_brings_the_case_back_once(retry, monkeypatch):
    retry.decide()
    retry.vendor.may_retry = False

    def dying(*said, **more):
        claim_fell(*said, **more)
        raise Killed

    claim_fell = delivery.claim_fell
    monkeypatch.setattr(delivery, "claim_fell", dying)
    with killed():
        retry.deliver()
    assert (retry.case.state, retry.change.state) == ("fix_applied", "sending")
    monkeypatch.setattr(delivery, "claim_fell", claim_fell)
    retry.later()
    assert retry.deliver() == "refused"
    assert (retry.case.state, retry.told().count("write_refused")) == ("in_progress", 1)


def test_a_change_of_several_requests_that_is_stopped_on_its_way_says_how_far_it_came():
    made = SCENES["shopify release"]()
    second = {"id": "gid://shopify/FulfillmentHold/2", "reason": "OTHER"}
    made.vendor.orders[0]["fulfillmentOrders"][1] |= {"status": "ON_HOLD", "fulfillmentHolds": [second]}
    made.decide()
    made.vendor.fail_next(None, None, None, None, failing(403))
    assert made.deliver() == "unknown"
    assert "1 of 2 fulfilment orders were released; then:" in last_words(made)
    made.later()
    made.vendor.fail_next(None, None, failing(403))
    assert made.deliver() == "refused"
    assert made.effects() == 1


def test_a_repetition_is_found_behind_many_others():
    made = workato_retry()
    made.decide()
    with killed():
        made.deliver(CutOff(made.vendor.transport(), 1, before=False))
    jobs = made.vendor.jobs["78"]
    now = made.clock().isoformat()
    jobs[:0] = [job(n, started_at=now, completed_at=now, master_job_id=f"other-{n}") for n in range(30, 37)]
    made.later()
    assert made.deliver() == "done"
    assert made.told()[-1] == "write_found"
    assert sum(one["id"].startswith("j20-r") for one in jobs) == 1


def test_nothing_is_sent_into_a_system_that_is_paused(retry):
    retry.decide()
    Connection.objects.update(paused_at=retry.clock())
    assert retry.deliver() == "planned"
    assert retry.vendor.retries == []


def test_settings_that_were_spoilt_hold_a_change_back_until_they_are_mended(retry):
    retry.decide()
    kept = retry.connection.settings
    Connection.objects.update(settings={"flows": ["f2/s1"]})
    assert retry.deliver() == "planned"
    assert "These settings are no text: Flows" in retry.change.error
    assert "These settings are no text: Flows" in last_words(retry)
    connect(system="celigo", kind="ipaas", vendor="celigo", given=kept, at=retry.clock())
    retry.later()
    assert retry.deliver() == "done"


@pytest.mark.parametrize(
    ("spoilt", "words"),
    [
        ({"reference_form": "{rma"}, "form of references is no form"),
        ({"reference_form": "{0}"}, "form of references is no form"),
        ({"reference_form": "{rma.sign}"}, "form of references is no form"),
        ({"reference_form": "{delivery}"}, "names delivery, which is not known"),
        ({"grant": "password"}, "Grant must be one of"),
        ({"customer_id": ["ContactID"]}, "These settings are no text: Customer number"),
    ],
)
def test_settings_that_a_change_cannot_be_planned_with_are_named_on_the_page(client, spoilt, words):
    made = xero_draft()
    Connection.objects.update(settings=made.connection.settings | spoilt)
    assert words in made.offer().why_not
    client.force_login(made.owner.user)
    assert client.get(f"/exceptions/{made.case.pk}").status_code == 200


def test_a_record_that_lacks_what_the_change_needs_is_no_error_of_the_page(retry, monkeypatch):
    monkeypatch.setattr("exceptions.writeback.targets._line", lambda entry: {"result": "failed", "raw": {}, "flow": 7})
    assert "keeps no data to retry" in retry.offer().why_not
    raw = {"retryDataKey": "k", "errorId": "e", "theirs": "f2/s1", "traceKey": "t"}
    monkeypatch.setattr("exceptions.writeback.targets._line", lambda entry: {"result": "failed", "raw": raw})
    assert "have it read again" in retry.offer().why_not


def test_nothing_is_written_into_a_system_that_is_left_alone(retry):
    retry.decide()
    rests_until = retry.clock() + timedelta(minutes=10)
    Connection.objects.filter(id=retry.connection.pk).update(open_until=rests_until)
    asked = len(retry.vendor.requests)
    assert due_writes(at=retry.clock()) == []
    assert retry.deliver() == "planned"
    assert (retry.change.attempts, len(retry.vendor.requests)) == (0, asked)
    retry.clock.now = rests_until
    assert due_writes(at=retry.clock()) == [retry.change.pk]
    assert retry.deliver() == "done"
