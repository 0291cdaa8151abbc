"""Reading ReBound's older API: week by week by the day of adding, each return again for a month."""

from datetime import UTC, datetime, timedelta

import pytest

from connectors.http import NotLetIn, RequestRefused
from connectors.models import PullRun
from connectors.paging import Window
from connectors.pull import check
from connectors.rebound.client import ReboundClient
from connectors.simulating import answer, breaking_off, failing
from reconciliation.models import RejectedLine
from tests.connectors.rebound.account import returned
from tests.connectors.vendors import access, ledger, pull_all, survives_a_kill_between_any_two_requests


@pytest.fixture
def few_waiting(monkeypatch):
    """Each position holds one number, so that every stretch is listed in pieces."""
    monkeypatch.setattr("connectors.rebound.client.MOST_WAITING", 1)


def test_returns_are_read_week_by_week(accounts):
    connection, account, clock = accounts(25)
    pull_all(connection, account, clock, "returns")
    assert len(ledger("return")) == 25
    assert PullRun.objects.exclude(rejected=0).count() == 0
    assert all(request.method == "POST" for request in account.requests)
    # sixty-four days in stretches of seven, and one request for each return
    assert len([one for one in account.requests if one.url.path.endswith("search/json")]) == 10


def test_a_week_of_ten_thousand_returns_is_listed_piece_by_piece_in_positions_that_can_be_kept(accounts):
    connection, account, clock = accounts(0)
    one = returned(1, days=20)
    account.returns = [one | {"id": str(8_812_000 + number)} for number in range(10_000)]
    client = ReboundClient(access(connection, account, clock))
    window, position, listed = Window(clock() - timedelta(days=21), clock()), None, []
    for _ in range(20):
        page = client.page("returns", window, position)
        check(page)
        if page.following is None:
            break
        listed += page.following["waiting"]
        position = page.following | {"waiting": []}  # as if these were read
    assert sorted(set(listed)) == [one["id"] for one in account.returns]
    assert page.following is None


def test_of_a_long_list_that_moves_between_its_pieces_no_return_is_passed_over(accounts, few_waiting):
    connection, account, clock = accounts(0)
    account.returns = [returned(number, days=3) for number in (7, 8, 9, 10, 11, 12)]
    staying, coming = {"8", "9", "10", "11", "12"}, iter(range(1, 6))

    def between():
        account.returns.insert(0, returned(next(coming, 100), days=3))
        account.returns = [one for one in account.returns if one["id"] != "7"][::-1]

    account.between = between
    pull_all(connection, account, clock, "returns")
    assert staying <= {id for _, id in ledger("return")}
    assert PullRun.objects.get().error == ""


def test_a_kill_between_any_two_requests_loses_nothing(accounts, few_waiting, answered):
    assert survives_a_kill_between_any_two_requests(accounts, "returns", "lately_added", answered=answered) > 20


def test_returns_that_are_added_or_change_while_paging_are_read(accounts):
    connection, account, clock = accounts()
    added = iter(range(100, 140))

    def between():
        account.returns.insert(0, returned(next(added), days=0))
        account.returns[-1]["current_tracking_status"] = "Received at hub"

    account.between = between
    pull_all(connection, account, clock, "returns")
    account.between = lambda: None
    clock.pass_by(minutes=30)
    pull_all(connection, account, clock, "returns", "lately_added")
    read = {id: found["status"] for (_, id), found in ledger("return").items()}
    assert read == {one["id"]: one["current_tracking_status"] for one in account.returns}


def test_a_change_has_no_date_and_is_found_by_reading_again(accounts):
    connection, account, clock = accounts()
    account.returns = [returned(1, days=20), returned(2, days=40)]
    pull_all(connection, account, clock)
    for one in account.returns:
        one["item"][0]["final_disposition"] = "Restock"
    clock.pass_by(hours=6)
    pull_all(connection, account, clock)
    assert ledger()["return", "1"]["status"] == "inspected"
    assert ledger()["return", "2"]["status"] == "In transit"  # beyond the days that are read again
    connection.settings["read_back"] = "50"
    pull_all(connection, account, clock, "lately_added")
    assert ledger()["return", "2"]["status"] == "inspected"


def test_days_are_those_of_rebounds_own_clocks(accounts):
    connection, account, clock = accounts(0)
    connection.settings |= {"timezone": "America/New_York", "read_back": "1"}
    clock.now = datetime(2026, 11, 20, 2, tzinfo=UTC)
    account.returns = [returned(1, date_added="2026-11-18 22:00:00")]  # 23 hours ago
    pull_all(connection, account, clock, "lately_added")
    assert list(ledger("return")) == [("return", "1")]


@pytest.mark.parametrize("days", [0, 1])
def test_what_was_added_where_it_is_tomorrow_is_read_whether_the_last_day_counts_or_not(accounts, days):
    connection, account, clock = accounts(0)
    connection.settings |= {"timezone": "Australia/Sydney", "read_back": "5"}
    clock.now, account.open_end = datetime(2026, 11, 20, 20, tzinfo=UTC), timedelta(days=days)
    account.returns = [returned(1, date_added="2026-11-21 06:30:00"), returned(2, date_added="2026-11-15 06:30:00")]
    pull_all(connection, account, clock, "lately_added")
    assert {id for _, id in ledger("return")} == {"1", "2"}


def test_to_have_found_nothing_is_no_failure(accounts):
    connection, account, clock = accounts(0)
    pull_all(connection, account, clock, "returns")
    assert ledger() == {}
    assert PullRun.objects.get().error == ""


@pytest.mark.parametrize("words", [{"code": "not_found"}, {"code": "empty"}])
def test_a_return_that_is_listed_and_not_given_holds_up_no_other_and_is_shown(accounts, words):
    connection, account, clock = accounts()
    given = account.get
    account.get = lambda request: {"error": words} if b"%221%22" in request.content else given(request)
    pull_all(connection, account, clock, "returns")
    assert {id for _, id in ledger("return")} == {"2", "3", "4", "5"}
    assert PullRun.objects.get().error == ""
    (refused,) = RejectedLine.objects.all()
    assert (refused.type, refused.system) == ("return", "rebound")
    account.get = given
    clock.pass_by(hours=6)
    pull_all(connection, account, clock, "lately_added")
    assert ("return", "1") in ledger("return")


def test_where_no_return_at_all_is_given_the_feed_fails_and_is_read_again(accounts):
    connection, account, clock = accounts()
    given, account.get = account.get, lambda request: {"error": {"code": "maintenance"}}
    with pytest.raises(AssertionError, match="maintenance"):
        pull_all(connection, account, clock, "returns", most=3)
    assert not RejectedLine.objects.exists()
    account.get = given
    clock.pass_by(hours=1)
    pull_all(connection, account, clock, "returns")
    assert len(ledger("return")) == 5


@pytest.mark.parametrize("fault", [failing(429, Retry_After="7"), failing(500), breaking_off])
def test_what_passes_is_tried_again(accounts, fault):
    connection, account, clock = accounts()
    account.fail_next(fault, None, fault)
    pull_all(connection, account, clock, "returns")
    assert len(ledger("return")) == 5
    assert len(clock.slept) == 2


def test_the_wait_is_as_long_as_asked_for(accounts):
    connection, account, clock = accounts()
    account.fail_next(failing(429, Retry_After="7"))
    pull_all(connection, account, clock, "returns")
    assert 7 <= clock.slept[0] < 8


def test_the_connection_test_says_what_lacks(accounts):
    connection, account, clock = accounts()

    def missing():
        return ReboundClient(access(connection, account, clock)).missing()

    assert missing() == []
    account.fail_next(lambda request: answer({"error": {"code": "maintenance"}}))
    with pytest.raises(RequestRefused, match="maintenance"):
        missing()
    account.api_key = "another"
    with pytest.raises(NotLetIn, match="Invalid login or API key"):
        missing()
    connection.settings = {}
    assert missing() == ["The login is not entered."]
    connection.settings = {"reads": "pushes"}
    assert missing() == []


def test_where_only_pushes_come_nothing_is_asked(accounts):
    connection, account, clock = accounts()
    connection.settings = {"reads": "pushes"}
    pull_all(connection, account, clock)
    assert account.requests == []


def test_the_key_is_in_no_error(accounts):
    connection, account, clock = accounts()
    account.fail_next(lambda request: answer({"error": {"code": request.content.decode()[:200]}}))
    with pytest.raises(RequestRefused) as told:
        ReboundClient(access(connection, account, clock)).missing()
    assert account.api_key not in str(told.value)
