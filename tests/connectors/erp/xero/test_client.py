"""Reading an organisation: whole by counted pages, resumable, within its limits, with tokens that rotate."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.credentials import keep_secret, secret
from connectors.erp.xero.client import XeroClient
from connectors.erp.xero.simulator import TENANT
from connectors.models import Connection, PullRun
from connectors.paging import Window
from connectors.pull import pull
from connectors.registry import connector
from connectors.simulating import answer, breaking_off, failing, served
from exceptions.pulling import take_in_lines
from reconciliation.models import RejectedLine
from tests.connectors.erp.xero.organisation import allocated, cn, inv, note, row
from tests.connectors.vendors import (
    DyingNetwork,
    Killed,
    access,
    ledger,
    pull_all,
    survives_a_kill_between_any_two_requests,
    undone,
)

pytestmark = pytest.mark.django_db
NOTES = {cn(number) for number in range(1, 8)}


def notes():
    return {id for _, id in ledger("credit")}


def one_pull(connection, organisation, clock, feed="credit_notes"):
    made = connector("erp", "xero")
    return pull(
        connection, made, made.feed(feed), access=access(connection, organisation, clock), take_in=take_in_lines
    )


def asked_tokens(organisation):
    return sum(request.url.path == "/connect/token" for request in organisation.requests)


def test_an_organisation_is_read_whole(organisations):
    connection, organisation, clock = organisations()
    pull_all(connection, organisation, clock)
    assert PullRun.objects.exclude(rejected=0).count() == 0
    assert notes() == NOTES  # and none of what is bought
    assert ledger("order") == {}


@pytest.mark.parametrize("lines_in_lists", [True, False])
def test_prices_are_asked_for_with_four_places(organisations, lines_in_lists):
    connection, organisation, clock = organisations()
    organisation.lines_in_lists = lines_in_lists
    organisation.rows["CreditNotes"].clear()
    organisation.put("CreditNotes", note(8, row(price=0.1234, quantity=100, worth=12.34)))
    client = XeroClient(access(connection, organisation, clock))
    (read,) = client.page("credit_notes", Window(None, clock()), None).items
    ((_, read_again),) = client.reread("CreditNotes", f"{TENANT}/{cn(8)}")
    client.close()
    assert [str(one["LineItems"][0]["UnitAmount"]) for one in (read, read_again)] == ["0.1234"] * 2


def test_invoices_are_orders_where_the_tenant_says_so(organisations):
    connection, organisation, clock = organisations(invoices="orders")
    pull_all(connection, organisation, clock, "invoices")
    assert {id for _, id in ledger("order")} == {inv(number) for number in range(1, 8)}


@pytest.mark.parametrize("answered", [False, True])
def test_notes_survive_a_kill_between_any_two_requests(organisations, answered):
    assert (
        survives_a_kill_between_any_two_requests(organisations, "credit_notes", "open_credit_notes", answered=answered)
        >= 8
    )


def test_invoices_survive_a_kill_between_any_two_requests(organisations, answered):
    def make():
        return organisations(invoices="orders")

    assert survives_a_kill_between_any_two_requests(make, "invoices", answered=answered) >= 4


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moving=st.lists(st.integers(1, 7), max_size=5))
def test_notes_that_move_while_paging_are_all_read(organisations, moving):
    with undone():
        connection, organisation, clock = organisations()
        moves = iter(moving)

        def between():
            clock.pass_by(seconds=1)
            if (number := next(moves, None)) is not None:
                organisation.put("CreditNotes", note(number, CreditNoteNumber=f"moved {clock()}"))

        organisation.between = between
        pull_all(connection, organisation, clock, "credit_notes")
        organisation.between = lambda: None
        clock.pass_by(minutes=2)
        pull_all(connection, organisation, clock, "credit_notes")
        said = {id: found["number"] for (_, id), found in ledger("credit").items()}
        assert said == {id: organisation.rows["CreditNotes"][id]["CreditNoteNumber"] for id in NOTES}


def test_only_what_changed_is_read_again(organisations):
    connection, organisation, clock = organisations()
    pull_all(connection, organisation, clock, "credit_notes")
    clock.pass_by(hours=4)
    organisation.put("CreditNotes", note(3, Status="PAID"))
    clock.pass_by(minutes=1)
    pull_all(connection, organisation, clock, "credit_notes")
    assert PullRun.objects.latest("id").records == 1
    assert ledger("credit")["credit", cn(3)]["status"] == "applied"


def test_lines_that_a_list_leaves_out_are_read_one_by_one(organisations):
    connection, organisation, clock = organisations()
    organisation.lines_in_lists = False
    pull_all(connection, organisation, clock, "credit_notes")
    assert [found["lines"][0]["sku"] for found in ledger("credit").values()] == ["TEE"] * 7


def test_a_note_carries_the_reference_of_the_invoice_it_was_set_against(organisations):
    connection, organisation, clock = organisations()
    organisation.put("CreditNotes", note(1, Reference="", Allocations=allocated(2)))
    organisation.put("CreditNotes", note(2, Reference="", Allocations=allocated(2, 3)))
    clock.pass_by(minutes=1)
    pull_all(connection, organisation, clock, "credit_notes")
    said = ledger("credit")
    assert said["credit", cn(1)]["refs"] == {
        "credit_number": "CN-0001",
        "invoice": "INV-2",
        "order_number": "#1002",
    }
    assert said["credit", cn(2)]["refs"] == {"credit_number": "CN-0002"}  # two orders are not one


def test_an_allocation_that_was_taken_back_says_nothing(organisations):
    connection, organisation, clock = organisations()
    kept, taken_back = allocated(2), [one | {"IsDeleted": True} for one in allocated(3)]
    organisation.put("CreditNotes", note(1, Reference="", Allocations=taken_back + kept))
    organisation.put("CreditNotes", note(2, Reference="", Allocations=taken_back))
    clock.pass_by(minutes=1)
    pull_all(connection, organisation, clock, "credit_notes")
    said = ledger("credit")
    assert said["credit", cn(1)]["refs"]["order_number"] == "#1002"
    assert said["credit", cn(2)]["refs"] == {"credit_number": "CN-0002"}


def test_an_allocation_without_an_invoice_is_refused_alone_and_by_name(organisations):
    connection, organisation, clock = organisations()
    nameless = {"AllocationID": "a-77", "Amount": 1.0, "Date": "2026-11-16"}
    organisation.put("CreditNotes", note(1, Reference="", Allocations=[nameless, *allocated(2)]))
    clock.pass_by(minutes=1)
    pull_all(connection, organisation, clock, "credit_notes")
    assert notes() == NOTES
    assert ledger("credit")["credit", cn(1)]["refs"]["order_number"] == "#1002"
    (refused,) = RejectedLine.objects.all()
    assert refused.record_id == f"{cn(1)}/allocation a-77"
    assert "Allocation a-77 of CN-0001 names no invoice." in refused.reason


def test_a_document_without_an_id_is_refused_and_holds_up_no_other(organisations):
    connection, organisation, clock = organisations(invoices="orders")
    for resource, lacking in (("CreditNotes", "CreditNoteID"), ("Invoices", "InvoiceID")):
        row = next(iter(organisation.rows[resource].values()))
        row.pop(lacking)
        row["LineItems"] = []
    pull_all(connection, organisation, clock)
    assert notes() == NOTES - {cn(1)}
    assert {id for _, id in ledger("order")} == {inv(number) for number in range(2, 8)}
    assert {line.type for line in RejectedLine.objects.all()} == {"credit", "order"}


def test_a_document_that_cannot_be_read_is_refused_by_its_id_until_it_can(organisations):
    connection, organisation, clock = organisations()
    organisation.put("CreditNotes", note(1, LineItems=[row(worth="about twenty")]))
    organisation.put("CreditNotes", note(2, CurrencyCode=None))
    clock.pass_by(minutes=1)
    pull_all(connection, organisation, clock, "credit_notes")
    refused = {line.record_id: (line.code, line.field) for line in RejectedLine.objects.all()}
    unreadable = ("item_not_readable", "LineItems[1].LineAmount")
    assert refused == {cn(1): unreadable, cn(2): ("missing_field", "currency")}
    clock.pass_by(minutes=1)
    organisation.put("CreditNotes", note(1))
    clock.pass_by(minutes=1)
    pull_all(connection, organisation, clock, "credit_notes")
    assert notes() == NOTES - {cn(2)}


def test_an_answer_that_nothing_was_modified_is_an_empty_page(organisations):
    connection, organisation, clock = organisations()
    pull_all(connection, organisation, clock, "credit_notes")
    clock.pass_by(hours=1)
    organisation.fail_next(None, lambda request: answer(status=304))  # a token first
    run = one_pull(connection, organisation, clock)
    assert (run.error, run.records, run.finished_at is not None) == ("", 0, True)


def test_invoices_are_not_asked_for_where_their_reference_means_nothing(organisations):
    connection, organisation, clock = organisations(invoice_reference="never")
    pull_all(connection, organisation, clock)
    assert not any("Invoices" in request.url.path for request in organisation.requests)


def test_an_allocation_that_moves_nothing_is_found_by_the_sweep(organisations):
    connection, organisation, clock = organisations()
    pull_all(connection, organisation, clock)
    organisation.rows["CreditNotes"][cn(4)]["Payments"] = [{"PaymentID": "p-1", "Amount": 30.0}]
    clock.pass_by(hours=7)
    pull_all(connection, organisation, clock, "credit_notes")
    assert ledger()["credit", cn(4)]["kind"] == "credit_note"
    pull_all(connection, organisation, clock, "open_credit_notes")
    assert ledger()["credit", cn(4)]["kind"] == "refund"


def test_each_request_names_the_organisation_and_dates_end_in_z(organisations):
    connection, organisation, clock = organisations()
    pull_all(connection, organisation, clock)
    for request in organisation.requests:
        if request.url.path != "/connect/token":
            assert request.headers["xero-tenant-id"] == TENANT
            assert request.headers.get("If-Modified-Since", "Z").endswith("Z")
            assert request.url.params.get("order", "UpdatedDateUTC ASC") == "UpdatedDateUTC ASC"


def test_a_page_beyond_the_last_is_never_asked_for(organisations):
    connection, organisation, clock = organisations()
    pull_all(connection, organisation, clock, "credit_notes")
    pages = [request.url.params["page"] for request in organisation.requests if "CreditNotes" in request.url.path]
    assert pages == ["1", "3", "2", "1"]


def test_a_token_lives_for_half_an_hour_and_each_refresh_token_counts_once(organisations):
    connection, organisation, clock = organisations()
    pull_all(connection, organisation, clock)
    assert asked_tokens(organisation) == 1
    assert secret(connection, "refresh_token") == "refresh-1"
    clock.pass_by(minutes=26)
    pull_all(connection, organisation, clock, "credit_notes")
    assert asked_tokens(organisation) == 2  # early
    assert secret(connection, "refresh_token") == "refresh-2"
    organisation.tokens.clear()
    clock.pass_by(minutes=16)
    pull_all(connection, organisation, clock, "credit_notes")
    assert asked_tokens(organisation) == 3


STEPS = {  # requests that pass, whether the last is answered to nobody, secrets that are kept
    "before Xero hears of it": (0, False, 2),
    "after Xero answered": (0, True, 2),
    "before the refresh token is kept": (1, False, 0),
    "before the token is kept": (1, False, 1),
    "when both are kept": (1, False, 2),
}


@pytest.mark.parametrize("step", STEPS)
def test_a_process_that_dies_while_it_renews_a_token_costs_no_consent(organisations, step, monkeypatch):
    connection, organisation, clock = organisations()
    requests, after, secrets = STEPS[step]
    dying = DyingNetwork(organisation.transport(), requests, after=after)
    with monkeypatch.context() as keeping:
        keeping.setattr("connectors.auth.keep_secret", _keeping(secrets))
        with pytest.raises(Killed):
            pull_all(connection, dying, clock, "credit_notes")
    clock.pass_by(minutes=29)
    pull_all(connection, organisation, clock, "credit_notes")
    assert notes() == NOTES


def _keeping(most):
    """Keeps so many secrets, then the process ends."""
    left = iter(range(most))

    def keep(*said, **more):
        if next(left, None) is None:
            raise Killed
        keep_secret(*said, **more)

    return keep


def test_a_kept_refresh_token_that_xero_refuses_is_tried_with_the_one_before_it_for_half_an_hour(organisations):
    connection, organisation, clock = organisations()
    pull_all(connection, organisation, clock, "credit_notes")
    del organisation.refresh_tokens["refresh-1"]
    clock.pass_by(minutes=26)
    assert one_pull(connection, organisation, clock).error == ""
    assert secret(connection, "refresh_token") == "refresh-2"
    del organisation.refresh_tokens["refresh-2"]
    clock.pass_by(minutes=30)
    assert "invalid_grant" in one_pull(connection, organisation, clock).error


def test_a_refresh_token_unused_for_sixty_days_is_void(organisations):
    connection, organisation, clock = organisations()
    clock.pass_by(days=60)
    assert "invalid_grant" in one_pull(connection, organisation, clock).error


def test_a_custom_connection_needs_no_refresh_token(organisations):
    connection, organisation, clock = organisations(grant="client_credentials")
    pull_all(connection, organisation, clock, "credit_notes")
    assert notes() == NOTES
    assert "refresh-0" in organisation.refresh_tokens


def test_sixty_requests_a_minute_are_kept(organisations):
    connection, organisation, clock = organisations()
    organisation.minute.left = 1
    pull_all(connection, organisation, clock, "credit_notes")
    assert notes() == NOTES
    assert clock.slept  # for room, before anything was refused
    connection.refresh_from_db()
    assert connection.room["limit"] == 60


def test_a_429_is_waited_for_as_long_as_it_asks(organisations):
    connection, organisation, clock = organisations()
    organisation.fail_next(None, failing(429, Retry_After="9"))
    pull_all(connection, organisation, clock, "credit_notes")
    assert notes() == NOTES
    assert 9 <= clock.slept[0] < 10


def test_a_day_that_is_used_up_is_waited_for_without_a_worker(organisations):
    connection, organisation, clock = organisations()
    organisation.day.left = 0
    run = one_pull(connection, organisation, clock)
    assert (run.resume_at - clock()).total_seconds() >= 3600
    assert clock.slept == []
    pull_all(connection, organisation, clock, "credit_notes")
    assert notes() == NOTES


@pytest.mark.parametrize("fault", [failing(500), failing(502), breaking_off])
def test_what_passes_is_tried_again(organisations, fault):
    connection, organisation, clock = organisations()
    organisation.fail_next(None, fault, fault)
    pull_all(connection, organisation, clock, "credit_notes")
    assert notes() == NOTES


def test_what_xero_finds_wrong_in_an_element_is_said(organisations):
    connection, organisation, clock = organisations()
    body = {
        "ErrorNumber": 10,
        "Type": "ValidationException",
        "Message": "A validation exception occurred",
        "Elements": [{"ValidationErrors": [{"Message": "The page is not a number"}]}],
    }
    organisation.fail_next(None, lambda request: answer(body, status=400))
    error = one_pull(connection, organisation, clock).error
    assert "A validation exception occurred" in error
    assert "The page is not a number" in error


def test_the_connection_test_says_what_is_missing(organisations):
    connection, organisation, clock = organisations()
    assert XeroClient(access(connection, organisation, clock)).missing() == []
    organisation.tenant = "another"
    assert "AuthenticationUnsuccessful" in one_pull(connection, organisation, clock).error


def test_the_simulator_is_a_server_of_this_machine_too(organisations):
    connection, organisation, clock = organisations()
    with served(organisation) as address:
        Connection.objects.filter(id=connection.id).update(settings=connection.settings | {"base": address})
        connection.refresh_from_db()
        pull_all(connection, None, clock, "credit_notes")
    assert notes() == NOTES
