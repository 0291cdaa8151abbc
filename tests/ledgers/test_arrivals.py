"""What is sent instead of being read: when more is expected, and that its silence is told, but no calm brand's."""

from datetime import UTC, datetime, timedelta

import pytest

from connectors.models import Connection, Cursor
from exceptions.homes.attention import attention
from exceptions.ledgers.arrivals import arrivals
from exceptions.ledgers.unread import unread_systems
from exceptions.models import Expectation, Holiday, Message, SystemOwner, Team
from exceptions.months.blockers import blockers
from exceptions.months.statement import statement_of
from exceptions.news.late_feeds import tell_of_late_feeds
from exceptions.pulling import take_in_lines
from exceptions.retention import forget_arrivals
from reconciliation.models import Arrival, Flow, System
from tests.cached import forget
from tests.exceptions.people import case, someone, teams

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 9, 7, 9, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture(autouse=True)
def _taken_anew():
    forget()


@pytest.fixture
def erp():
    """An ERP that pushes the orders that a flow brings it."""
    made = System.objects.create(key="erp", kind="erp", name="The ERP")
    shop = System.objects.create(key="shop", kind="shopify")
    Flow.objects.create(key="to-erp", record="order", source=shop, target=made, cadence=HOUR / 4, grace=HOUR)
    return made


def came(*moments, type="order", system="erp"):
    Arrival.objects.bulk_create(Arrival(type=type, system=system, since=moment) for moment in moments)


def weekdays(weeks, last=MONDAY):
    """Twice on each weekday of so many weeks before `last`."""
    days = (last - DAY * n for n in range(7 * weeks))
    return [day.replace(hour=hour) for day in days if day.isoweekday() < 6 for hour in (8, 16)]


def told(at, type="order", system="erp"):
    return next(one for one in arrivals(at=at) if (one.type, one.system) == (type, system))


def agree(every, **said):
    return Expectation.objects.create(system_id="erp", type="order", every=every, made_at=MONDAY - DAY, **said)


def order(number=1):
    said = {"type": "order", "system": "erp", "id": str(number), "at": "2026-09-07T08:00:00Z", "status": "open"}
    return said | {"placed_at": "2026-09-07T08:00:00Z"}


def test_what_comes_is_noted_once_in_a_quarter_of_an_hour(erp):
    take_in_lines([order(1), order(2)], "api:script")
    take_in_lines([order(3), {"type": "order", "system": "erp", "id": "4"}], "api:script")
    (noted,) = {(one.type, one.system) for one in Arrival.objects.all()}
    assert noted == ("order", "erp")
    assert 1 <= Arrival.objects.count() <= 2  # a quarter may end between the two
    assert all(one.since.minute % 15 == 0 and one.since.second == 0 for one in Arrival.objects.all())


def test_what_was_agreed_goes_first(erp):
    came(*weekdays(4))
    agree(6 * HOUR)
    last = MONDAY.replace(hour=16)
    on_time = told(last + 5 * HOUR)
    assert (on_time.state, on_time.expected_by, on_time.basis) == ("on_time", last + 6 * HOUR, "agreed")
    assert told(last + 6 * HOUR).state == "late"


def test_what_was_agreed_and_never_came_is_late(erp):
    agree(DAY)
    assert told(MONDAY - HOUR).state == "on_time"
    late = told(MONDAY)
    assert (late.state, late.heard_at, late.expected_by) == ("late", None, MONDAY)


def test_nights_and_weekends_are_no_silence_where_it_is_counted_in_working_hours(erp):
    teams()
    friday = MONDAY - 3 * DAY
    came(friday.replace(hour=15))
    agree(8 * HOUR, hours_of_id="ops")
    assert told(MONDAY.replace(hour=14)).state == "on_time"
    assert told(MONDAY.replace(hour=15)).state == "late"
    Holiday.objects.create(calendar_id="office", day=MONDAY.date())
    assert told(MONDAY.replace(hour=16)).state == "on_time"


def test_weekends_are_learned_of_what_comes_on_weekdays(erp):
    came(*weekdays(4, last=MONDAY - 3 * DAY))
    friday, longest = (MONDAY - 3 * DAY).replace(hour=16), timedelta(days=2, hours=16)
    sunday = told(friday + 2 * DAY)
    assert (sunday.state, sunday.basis, sunday.every) == ("on_time", "learned", longest)
    assert sunday.expected_by == friday + longest
    assert told(friday + longest + HOUR).state == "due"
    assert told(friday + 2 * longest - HOUR).state == "due"
    assert told(friday + 2 * longest).state == "late"


def test_what_was_learned_is_not_late_before_a_working_day_has_passed(erp):
    teams()
    came(*weekdays(4, last=MONDAY - 3 * DAY))
    friday = (MONDAY - 3 * DAY).replace(hour=16)
    Holiday.objects.bulk_create(Holiday(calendar_id="office", day=(MONDAY + DAY * n).date()) for n in range(7))
    assert told(friday + 6 * DAY).state == "due"
    assert told(MONDAY + 8 * DAY).state == "late"


def test_the_working_day_is_that_of_whoever_looks_after_the_system_where_a_calendar_is_given(erp):
    teams()
    came(*weekdays(4, last=MONDAY - 3 * DAY))
    saturday_after = (MONDAY - 3 * DAY).replace(hour=16) + 6 * DAY
    Holiday.objects.bulk_create(Holiday(calendar_id="office", day=(MONDAY + DAY * n).date()) for n in range(7))
    owner = SystemOwner.objects.create(system=erp, team_id="cx")
    assert told(saturday_after).state == "due"
    Team.objects.filter(key="cx").update(calendar=None)
    assert told(saturday_after).state == "late"
    owner.delete()
    assert told(saturday_after).state == "due"  # by the calendar of operations


def test_a_calm_system_is_given_the_time_it_takes(erp):
    seldom = [MONDAY - timedelta(days=days) for days in (60, 40, 25, 1)]
    came(*seldom, type="product")
    calm = told(MONDAY + 30 * DAY, "product")
    assert (calm.state, calm.expected_by, calm.basis) == ("heard", None, "")


@pytest.mark.parametrize(
    ("ago", "basis"),
    [
        (range(15), "learned"),
        (range(14), "usual"),  # a fortnight is not full
        (range(0, 28, 4), "usual"),  # seven days of four weeks
        ((*range(7), 14), "learned"),
        ((*range(7), 28), "usual"),  # the eighth lies before them
    ],
)
def test_how_much_must_have_come_before_anything_is_learned(erp, ago, basis):
    came(*(MONDAY - DAY * days for days in ago))
    assert told(MONDAY).basis == basis


def test_the_longest_gap_is_that_of_the_last_four_weeks(erp):
    came(*(MONDAY - DAY * days for days in (60, *range(30))))
    assert told(MONDAY).every == DAY


def test_what_came_after_a_moment_is_not_known_at_it(erp):
    came(MONDAY, MONDAY + DAY)
    assert (told(MONDAY + HOUR).heard_at, told(MONDAY - HOUR).heard_at) == (MONDAY, None)


@pytest.mark.parametrize(
    ("record", "types"),
    [("stock", ("stock_level", "stock_level")), ("credit", ("return", "credit")), ("product", ("product", "product"))],
)
def test_a_flow_names_what_its_two_ends_send(erp, record, types):
    Flow.objects.update(record=record)
    assert {(one.system, one.type) for one in arrivals(at=MONDAY)} == {("shop", types[0]), ("erp", types[1])}


def test_what_never_stops_is_given_an_hour(erp):
    came(*(MONDAY - HOUR / 4 * n for n in range(4 * 24 * 15)))
    assert told(MONDAY).every == HOUR
    assert [told(MONDAY + hours * HOUR).state for hours in (1, 2)] == ["due", "late"]


def test_where_nothing_is_learned_yet_what_a_flow_names_is_expected_in_four_days(erp):
    came(MONDAY)
    assert (told(MONDAY).expected_by, told(MONDAY).basis) == (MONDAY + 4 * DAY, "usual")
    assert [told(MONDAY + days * DAY).state for days in (3, 5, 8)] == ["on_time", "due", "late"]


def test_what_never_came_is_neither_expected_nor_late(erp):
    assert told(MONDAY + 99 * DAY).state == "unheard"


def test_a_silence_of_weeks_is_late_still(erp):
    came(*weekdays(4))
    assert told(MONDAY + 90 * DAY).state == "late"


def test_what_is_read_is_judged_by_its_feeds_and_what_is_sent_in_files_is_not(erp):
    System.objects.filter(key="erp").update(vendor="xero")
    xero = Connection.objects.create(system="erp", kind="erp", vendor="xero", settings={"invoices": "orders"})
    assert [one for one in arrivals(at=MONDAY) if one.system == "erp"] == []
    came(MONDAY)
    assert told(MONDAY).state == "on_time"  # pushed, as nothing was read yet
    Cursor.objects.create(connection=xero, feed="invoices", records=7)
    assert [one for one in arrivals(at=MONDAY) if one.system == "erp"] == []
    Connection.objects.update(vendor="file", settings={"folder": "erp"})
    assert told(MONDAY + 8 * DAY).state == "late"


def test_a_pause_is_no_silence(erp):
    came(MONDAY)
    agree(HOUR)
    Connection.objects.create(system="erp", kind="erp", vendor="file", paused_at=MONDAY)
    assert (told(MONDAY + DAY).state, told(MONDAY + DAY).expected_by) == ("paused", None)


def test_its_silence_is_told_everywhere(client, erp):
    sam, lea = someone("sam", "admin"), someone("lea", "lead", team="ops", lead=True)
    for person in (sam, lea):
        type(person.user).objects.filter(pk=person.user.pk).update(email=f"{person.user.username}@example.test")
    SystemOwner.objects.create(system=erp, team_id="ops")
    came(MONDAY)
    agree(DAY)
    late = MONDAY + 2 * DAY
    (unread,) = unread_systems(at=late)
    assert (unread.system, unread.feeds, unread.read_at, unread.sends) == ("erp", ("order",), MONDAY, True)
    assert "Not sent as expected: erp (order)." in [one.words for one in attention(at=late)]
    assert [tell_of_late_feeds(at=late), tell_of_late_feeds(at=late + HOUR)][0] == 2
    assert Message.objects.count() == 2
    assert "erp has not sent what was expected" in Message.objects.first().content["title"]
    client.force_login(lea.user)
    for address, words in (
        ("/queue", "A system does not send as expected"),
        ("/feeds", "1 of 1 has not come as expected"),
        ("/feeds", "though a flow names it, of: shop (order)."),
        ("/home/ops", "1 of 1 has not come as expected"),
    ):
        assert words in " ".join(client.get(address).content.decode().split()), address


def test_an_admin_agrees_by_when_it_is_to_come(client, erp):
    client.force_login(someone("sam", "admin").user)
    said = {"system": "erp", "type": "order", "every": "8h", "hours_of": "ops"}
    for wrong in ("soon", "30m", "400d"):
        answer = client.post("/settings/expectations/edit", said | {"every": wrong})
        assert answer.status_code == 200, wrong
    assert client.post("/settings/expectations/edit", said).status_code == 302
    assert client.post("/settings/expectations/edit", said).status_code == 200  # once is enough
    made = Expectation.objects.get()
    assert (made.system_id, made.type, made.every, made.hours_of_id) == ("erp", "order", 8 * HOUR, "ops")
    assert client.post(f"/settings/expectations/edit?row={made.pk}", {"every": "1d"}).status_code == 302
    made.refresh_from_db()
    assert (made.every, made.hours_of) == (DAY, None)


def test_of_several_things_that_a_system_did_not_send_the_first_is_told_with_what_rests_on_it(erp):
    came(MONDAY)
    came(MONDAY - DAY, type="credit")
    agree(DAY)
    Expectation.objects.create(system=erp, type="credit", every=DAY, made_at=MONDAY)
    case("order:erp:1", systems=["erp"])
    (unread,) = unread_systems(at=MONDAY + 3 * DAY)
    assert (unread.read_at, unread.expected_by, unread.cases) == (MONDAY - DAY, MONDAY, 1)
    assert set(unread.feeds) == {"order", "credit"}


def test_a_month_is_not_signed_while_something_that_was_agreed_is_late(erp):
    late = MONDAY + 40 * DAY
    came(MONDAY)
    statement = statement_of("2026-09", "GBP", as_of=late)
    assert "sent what was agreed" not in str(blockers(statement, at=late))
    agree(DAY)
    forget()
    assert "The ERP has not sent what was agreed: order, expected by" in str(blockers(statement, at=late))
    forget()
    early = MONDAY + 9 * DAY  # the month is not over, and nobody can sign it
    assert "sent what was agreed" not in str(blockers(statement_of("2026-09", "GBP", as_of=early), at=early))


def test_what_lies_long_before_the_newest_is_forgotten_and_the_last_never(erp):
    came(MONDAY, MONDAY - 60 * DAY, MONDAY - 61 * DAY)
    came(MONDAY - 400 * DAY, type="credit")
    assert forget_arrivals() == 1
    assert Arrival.objects.count() == 3
