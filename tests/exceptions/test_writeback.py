"""Write-back: off by default, shown before, made once, and every call and answer in the trail."""

import json
import os
import signal
from contextlib import contextmanager
from itertools import cycle
from threading import Barrier, Thread

import httpx
import pytest
from django.db import connection as database
from django.db import transaction

from connectors.locks import Busy, held
from connectors.models import Connection, Outbox
from connectors.outbox import due_writes
from connectors.simulating import breaking_off, failing, served
from exceptions.models import ExceptionCase, TrailEntry, WriteBack
from exceptions.moves import FieldMissing, MoveNotAllowed
from exceptions.trail.sentences import sentence
from exceptions.workflow import move
from exceptions.writeback import delivery
from exceptions.writeback.allowing import allow_writes
from exceptions.writeback.offers import offer_of
from tests.connectors.vendors import pull_all, undone
from tests.exceptions.people import someone
from tests.exceptions.scenes import PAGE, CutOff, Killed, killed
from tests.exceptions.written import SCENES, celigo_retry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("lawful")]


@pytest.fixture(params=SCENES)
def any_scene(request):
    return SCENES[request.param]()


def test_it_is_off_until_an_admin_allows_it(retry, client):
    Connection.objects.update(writes_allowed=[])
    assert retry.offer() is None
    client.force_login(retry.owner.user)
    assert "Retry the sync in Celigo" not in client.get(f"/exceptions/{retry.case.pk}").content.decode()
    assert client.get(f"/exceptions/{retry.case.pk}/moves/resolve?resolution=retry_sync&write=1").status_code == 404
    with pytest.raises(FieldMissing):
        retry.decide(digest="anything")
    assert Outbox.objects.count() == 0


def test_what_is_shown_is_what_is_sent_and_nothing_else(any_scene):
    shown, before = any_scene.offer().planned, len(any_scene.vendor.requests)
    any_scene.decide()
    assert any_scene.deliver() == "done"
    sent = [request for request in any_scene.vendor.requests[before:] if is_the_change(request, shown)]
    assert len(sent) == any_scene.effects() == 1


def is_the_change(request, shown):
    """Whether a request is what was shown; beside it there may only be what no preview can know."""
    if (request.method, request.url.raw_path.decode().partition("?unitdp")[0]) != (shown.method, shown.path):
        return False
    sent, body = json.loads(request.content), shown.as_json()["body"]
    if shown.about.get("ids_of_its_own"):  # named in words, as only the vendor knows them
        return sent["query"] == body["query"]
    return {name: sent.get(name) for name in body} == body and set(sent) - set(body) <= {"version", "Comment"}


def test_every_call_and_answer_is_in_the_trail_and_no_secret(any_scene):
    any_scene.decide()
    any_scene.deliver()
    assert any_scene.told()[-4:] == ["apply", "write_asked", "write_sent", "write_done"]
    applied, asked, sent, done = TrailEntry.objects.filter(case=any_scene.case).order_by("-id")[:4][::-1]
    shown = any_scene.change.payload
    assert asked.details["about"] == shown["about"]
    assert sentence(asked) == f"{any_scene.connection.system} was asked first: it does not stand there yet."
    assert sent.details["body"] == applied.details["write"]["body"] == shown["body"]
    assert (sent.details["path"], sent.details["key"]) == (shown["path"], any_scene.change.key)
    assert done.details["answer"] == any_scene.change.answer
    assert sentence(sent).startswith("Sent to ")
    told = str(list(TrailEntry.objects.values_list("details", "note"))) + str(list(Outbox.objects.values()))
    assert any_scene.secret not in told
    assert not [token for token in getattr(any_scene.vendor, "tokens", ()) if token in told]


def test_a_case_waits_for_newer_data_than_the_answer(retry):
    retry.decide()
    claimed = retry.case.applied_at
    retry.clock.pass_by(minutes=5)
    retry.deliver()
    assert retry.case.state == "fix_applied"
    assert retry.case.applied_at > claimed


@pytest.mark.parametrize("before", [True, False], ids=["before it leaves", "after its answer"])
@pytest.mark.parametrize("name", SCENES)
def test_a_process_that_dies_at_any_request_does_it_once(name, before):
    for number in range(20):
        with undone():
            made = SCENES[name]()
            made.decide()
            try:
                made.deliver(CutOff(made.vendor.transport(), number, before=before))
            except Killed:
                assert due_writes(at=made.clock()) == []  # nobody asks before the lease ends
            else:
                assert number > 1
                return
            made.later()
            settle(made)
            assert (made.effects(), made.change.state) == (1, "done"), f"died at request {number + 1}"
    raise AssertionError("it asks without end")


@pytest.mark.django_db(transaction=True)
def test_a_process_that_is_killed_between_sending_and_noting_does_it_once():
    retry = celigo_retry()
    with served(retry.vendor) as address:
        Connection.objects.update(settings=retry.connection.settings | {"base": address})
        retry.decide()
        change, kept = retry.change.pk, database.connection
        child = os.fork()
        if child == 0:
            database.connection = None  # a connection of its own, which ends with it
            network = CutOff(httpx.HTTPTransport(), 1, before=False, die=lambda: os.kill(os.getpid(), signal.SIGKILL))
            delivery.write_one(change, clock=retry.clock, transport=network)
            os._exit(1)
        assert kept is not None
        assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
        assert (retry.change.state, retry.effects()) == ("sending", 1)
        retry.later()
        assert retry.deliver() == "done"
    assert retry.effects() == 1
    assert retry.told()[-1] == "write_found"


@pytest.mark.parametrize("after", [True, False])
@pytest.mark.parametrize("nth", [2, 3])
def test_a_process_that_dies_at_any_note_does_it_once(any_scene, monkeypatch, nth, after):
    """The note of the call, with the question before it, and of the answer: its transaction falls with it."""
    any_scene.decide()
    told, calls = delivery.tell, iter(range(1, 99))

    def dying(*said, at):
        number = next(calls)
        if number == nth and not after:
            raise Killed
        told(*said, at=at)
        if number == nth:
            raise Killed

    monkeypatch.setattr(delivery, "tell", dying)
    with killed():
        any_scene.deliver()
    monkeypatch.setattr(delivery, "tell", told)
    any_scene.later()
    settle(any_scene)
    assert any_scene.effects() == 1
    assert any_scene.change.state == "done"


def settle(made):
    for _ in range(5):
        if made.change.state in ("done", "refused", "withdrawn"):
            return
        made.deliver()
        made.later()


LOST = {
    "broken off": breaking_off,
    "500": failing(500),
    "504": failing(504),
    "no JSON": lambda request: httpx.Response(200, content=b"<html>"),
}


@pytest.mark.parametrize(("name", "lost"), list(zip([*SCENES, "celigo retry", "celigo retry"], cycle(LOST))))
def test_a_lost_answer_is_asked_for_and_never_sent_blindly(name, lost):
    any_scene = SCENES[name]()
    shown = any_scene.offer().planned
    any_scene.decide()

    def answered_into_nothing(request):
        if not is_the_change(request, shown):
            return None
        any_scene.vendor._routed(request)
        return LOST[lost](request)

    any_scene.vendor.fail_next(*[answered_into_nothing] * 9)
    assert any_scene.deliver() == "unknown"
    any_scene.vendor.faults.clear()
    any_scene.later()
    assert any_scene.deliver() == "done"
    assert any_scene.effects() == 1
    assert any_scene.told()[-2:] == ["write_later", "write_found"]


def test_what_somebody_has_done_by_hand_meanwhile_is_not_done_again(retry):
    retry.decide()
    retry.vendor.resolve(0)
    assert retry.deliver() == "done"
    assert retry.effects() == 0
    assert retry.told()[-1] == "write_found"


def test_a_second_delivery_of_the_task_does_nothing(any_scene):
    any_scene.decide()
    any_scene.deliver()
    requests = len(any_scene.vendor.requests)
    assert any_scene.deliver() == "done"
    assert len(any_scene.vendor.requests) == requests


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_do_it_once():
    retry = celigo_retry()
    retry.decide()
    start, ends = Barrier(2), []

    def work():
        start.wait()
        try:
            ends.append(retry.deliver())
        except Busy:
            ends.append("busy")
        finally:
            database.close()

    workers = [Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert retry.effects() == 1
    assert "done" in ends


def test_what_another_process_has_in_hand_is_left_alone(retry):
    retry.decide()
    name = f"outbox {retry.change.pk}"
    with held_elsewhere(name), pytest.raises(Busy):
        retry.deliver()
    assert retry.effects() == 0


@contextmanager
def held_elsewhere(name):
    """Another connection holds a lock."""
    ready, over = Barrier(2), Barrier(2)

    def hold():
        with held(name):
            ready.wait()
            over.wait()
        database.close()

    other = Thread(target=hold)
    other.start()
    ready.wait()
    yield
    over.wait()
    other.join()


def test_a_refusal_brings_the_case_back_with_the_vendors_words(retry):
    retry.decide()
    retry.vendor.may_retry = False
    assert retry.deliver() == "refused"
    assert retry.case.state == "in_progress"
    assert retry.case.owner == retry.owner.user
    last = TrailEntry.objects.filter(case=retry.case).latest("id")
    assert (last.move, last.from_state, last.to_state) == ("write_refused", "fix_applied", "in_progress")
    assert "This token may not retry errors" in sentence(last)
    assert retry.effects() == 0


def test_a_vendor_that_fails_is_asked_again_later_and_in_the_end_the_case_comes_back(retry):
    retry.decide()
    for _ in range(9):
        retry.vendor.fail_next(*[failing(503)] * 8)
        assert retry.deliver() == "planned"
        retry.vendor.faults.clear()
        retry.clock.pass_by(hours=1)
    retry.vendor.fail_next(*[failing(503)] * 8)
    assert retry.deliver() == "refused"
    assert retry.case.state == "in_progress"


def test_what_nobody_can_find_out_comes_back_with_a_warning(retry):
    retry.decide()
    retry.vendor.fail_next(None, failing(500))
    assert retry.deliver() == "unknown"
    for _ in range(9):
        retry.vendor.faults.clear()
        retry.clock.pass_by(hours=1)
        retry.vendor.fail_next(*[failing(503)] * 8)
        assert retry.deliver() == "unknown"
    assert retry.change.given_up_at
    assert retry.case.state == "in_progress"
    assert "look in" in sentence(TrailEntry.objects.filter(case=retry.case).latest("id"))
    retry.clock.pass_by(hours=1)
    assert due_writes(at=retry.clock()) == []


def test_taking_the_claim_back_takes_back_what_was_not_sent(retry):
    retry.decide()
    move(retry.case.pk, "retract", by=retry.owner, at=retry.clock(), seen=retry.case.version, origin=PAGE)
    assert retry.deliver() == "withdrawn"
    assert retry.effects() == 0


def test_what_may_be_under_way_cannot_be_taken_back(retry):
    retry.decide()
    with killed():
        retry.deliver(CutOff(retry.vendor.transport(), 1, before=False))
    with pytest.raises(MoveNotAllowed, match="being written"):
        move(retry.case.pk, "retract", by=retry.owner, at=retry.clock(), seen=retry.case.version, origin=PAGE)
    assert retry.case.state == "fix_applied"


def test_what_healed_or_was_switched_off_meanwhile_is_not_sent(retry):
    retry.decide()
    allow_writes(retry.connection, [], by=None, at=retry.clock(), source="command")
    assert retry.deliver() == "withdrawn"
    assert retry.effects() == 0
    assert "switched off" in sentence(TrailEntry.objects.filter(case=retry.case).latest("id"))


def test_a_question_is_in_the_trail_also_where_nothing_is_sent_after_it(retry):
    retry.decide()
    retry.vendor.fail_next(None, failing(500))
    assert retry.deliver() == "unknown"
    retry.vendor.faults.clear()
    allow_writes(retry.connection, [], by=None, at=retry.clock(), source="command")
    retry.later()
    assert retry.deliver() == "withdrawn"
    assert retry.told()[-5:] == ["write_asked", "write_sent", "write_later", "write_asked", "write_withdrawn"]


def test_a_case_that_agrees_again_needs_nothing(retry):
    retry.decide()
    ExceptionCase.objects.update(state="resolved", closed_at=retry.clock())
    assert retry.deliver() == "withdrawn"
    assert retry.effects() == 0


def test_what_would_no_longer_be_sent_as_it_was_shown_is_shown_again(retry, client):
    client.force_login(retry.owner.user)
    address = f"/exceptions/{retry.case.pk}/moves/resolve?resolution=retry_sync&write=1"
    page = client.post(address, {"seen": retry.case.version, "p_write": "another plan"}).content.decode()
    assert "no longer what was shown" in page
    assert f'value="{retry.offer().planned.digest}"' in page
    assert retry.case.state == "in_progress"
    assert Outbox.objects.count() == 0


def test_the_change_falls_with_the_move(retry):
    with killed(), transaction.atomic():
        retry.decide()
        raise Killed
    assert WriteBack.objects.count() == Outbox.objects.count() == 0
    assert retry.case.state == "in_progress"


def forget_scopes(made):
    made.vendor.scopes = [one for one in made.vendor.scopes if "write_" not in one and "manage_" not in one]


REFUSALS = {
    "commercetools purchase order": (lambda made: made.vendor.rows["orders"].clear(), "was not found"),
    "commercetools release": (lambda made: made.vendor.rows["states"].clear(), "referenced object of type 'state'"),
    "shopify purchase order": (forget_scopes, "write_orders"),
    "shopify draft purchase order": (forget_scopes, "write_draft_orders"),
    "shopify release": (forget_scopes, "write_merchant_managed_fulfillment_orders"),
    "xero draft credit": (lambda made: made.vendor.contacts.clear(), "The Contact could not be found"),
    "mintsoft quarantine": (lambda made: made.vendor.stock.clear(), "not enough stock in this location"),
    "returngo close": (
        lambda made: made.vendor.rmas[0]["rmaSummary"].update(status="Rejected"),
        "Invalid transition from Rejected to Done",
    ),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_each_vendors_own_words_bring_the_case_back(name):
    made, (spoil, words) = SCENES[name](), REFUSALS[name]
    made.decide()
    spoil(made)
    assert made.deliver() == "refused"
    assert made.case.state == "in_progress"
    assert words in sentence(TrailEntry.objects.filter(case=made.case).latest("id"))
    assert made.effects() == 0


def test_a_death_between_two_holds_releases_each_once():
    made = SCENES["shopify release"]()
    second = {"id": "gid://shopify/FulfillmentHold/2", "reason": "OTHER"}
    made.vendor.orders[0]["fulfillmentOrders"][1] |= {"status": "ON_HOLD", "fulfillmentHolds": [second]}
    made.decide()
    requests = len(made.vendor.requests)
    with killed():
        made.deliver(CutOff(made.vendor.transport(), 3, before=False))  # a token, two questions, the first release
    assert len(made.vendor.requests) == requests + 4
    assert made.effects() == 1
    made.later()
    assert made.deliver() == "done"
    assert made.effects() == 2
    assert len({one["released"] for one in made.vendor.changes}) == 2


def test_somebody_quicker_at_an_order_is_no_refusal():
    made = SCENES["commercetools purchase order"]()
    made.decide()

    def meanwhile(request):
        if request.method == "POST" and "/orders/" in request.url.path:
            order = made.vendor.rows["orders"]["o-001"]
            made.vendor.put("orders", order, version=order["version"] + 1)

    made.vendor.fail_next(*[meanwhile] * 4)
    assert made.deliver() == "unknown"
    made.vendor.faults.clear()
    made.later()
    assert made.deliver() == "done"
    assert made.vendor.rows["orders"]["o-001"]["purchaseOrderNumber"] == "PO-77"


def test_what_lacks_is_said_where_the_change_is_asked_for(client):
    made = SCENES["mintsoft quarantine"]()
    Connection.objects.update(settings=made.connection.settings | {"quarantine_to": ""})
    client.force_login(made.owner.user)
    assert "Move to quarantine in Mintsoft" not in client.get(f"/exceptions/{made.case.pk}").content.decode()
    form = client.get(f"/exceptions/{made.case.pk}/moves/resolve?resolution=move_to_quarantine&write=1")
    assert "which location is the quarantine" in form.content.decode()


def test_a_record_whose_last_outcome_is_no_failure_is_not_retried(retry):
    assert retry.offer().planned
    retry.vendor.resolve(0)
    retry.clock.pass_by(hours=2)
    pull_all(retry.connection, retry.vendor, retry.clock)
    assert retry.offer() is None


def test_asking_what_could_be_written_takes_few_queries(any_scene, django_assert_max_num_queries):
    case = any_scene.case
    with django_assert_max_num_queries(5 if any_scene.resolution == "raise_credit" else 2):
        assert offer_of(case, any_scene.chosen).planned


def test_an_admin_sees_what_waits_and_what_nobody_knows(retry, client):
    client.force_login(someone("sam", "admin").user)
    assert "to be sent or answered" not in client.get("/connections").content.decode()
    retry.decide()
    assert "1 change waits to be sent or answered" in client.get("/connections").content.decode()
    Outbox.objects.update(state="unknown", given_up_at=retry.clock())
    page = client.get("/connections").content.decode()
    assert "Of 1 change nobody knows what became" in page
    assert "to be sent or answered" not in page
