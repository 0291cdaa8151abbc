from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command

from reconciliation.keys import record_key
from reconciliation.models import Link
from reconciliation.trace import trace
from tests.reconciliation.conftest import feed, order

pytestmark = pytest.mark.django_db
LATE = datetime(2026, 9, 30, tzinfo=UTC)


def ids(number, as_of=LATE):
    return {said.id for said in trace(number, as_of=as_of)}


def test_one_number_finds_all_that_shares_a_group_with_it(systems):
    feed(
        order("O-1", refs={"sales_order": "SO-1", "purchase_order": "PO-7"}),
        order("W-1", system="warehouse", refs={"sales_order": "#so-1", "order_number": "9"}),
        order("P-1", system="portal", refs={"order_number": "9"}),
        order("O-2", refs={"sales_order": "SO-2"}),
    )
    assert ids("po-7") == ids("P-1") == ids("SO-1") == {"O-1", "W-1", "P-1"}


def test_another_realm_is_not_reached(systems):
    feed(order("O-1", realm="uk"), order("O-2", realm="us"))
    assert ids("O-1") == {"O-1"}


def test_the_time_line_tells_every_version_up_to_the_moment(systems):
    feed(order(), order(at="2026-09-05T00:00:00Z", status="fulfilled"))
    assert [said.current for said in trace("SO-1", as_of=LATE)] == [False, True]
    assert len(trace("SO-1", as_of=datetime(2026, 9, 2, tzinfo=UTC))) == 1


def test_the_command_prints_the_systems_side_by_side_and_the_time_line(systems, capsys):
    feed(order(total="24.00"), order(id="W-1", system="warehouse", total=24, status="released"))
    call_command("trace", "SO-1", "--as-of", "2026-09-30T00:00:00Z")
    printed = capsys.readouterr().out
    assert any("≠ status" in line and "open" in line and "released" in line for line in printed.splitlines())
    assert not any("≠ total" in line for line in printed.splitlines())
    assert printed.count("status open, total 24.00, sales_order SO-1") == 1


def test_a_link_that_a_person_made_is_followed(systems):
    feed(order(), order(id="O-9", refs={"sales_order": "SO-9"}))
    keys = {"record": record_key("order", "shop", "O-1"), "other": record_key("order", "shop", "O-9")}
    link = Link.objects.create(**keys, made_by="jo")
    assert {said.id for said in trace("SO-9", as_of=LATE)} == {"O-1", "O-9"}
    Link.objects.filter(id=link.id).update(undone_at=LATE)
    assert {said.id for said in trace("SO-9", as_of=LATE)} == {"O-9"}


def test_a_number_that_nobody_knows_is_said_so(systems):
    with pytest.raises(CommandError, match="No system speaks of X"):
        call_command("trace", "X")
