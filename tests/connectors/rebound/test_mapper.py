"""ReBound's words in the contract's: quantities from text, clocks of its own, free text kept for the topology."""

import copy
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.connectors.reading import kept_and_refused, made, payload, records, said, told_and_refused

REBOUND = made("rebound")


def sample(*, good=None, **changed):
    found = copy.deepcopy(payload("rebound", "return")) | changed
    found["item"][0] |= good or {}
    return found


def pushed(*, line=None, **changed):
    found = copy.deepcopy(payload("rebound", "pushed")) | changed
    found["lines"][0] |= line or {}
    return found


def legacy(item, **settings):
    return records(REBOUND, "returns", item, settings=settings)[0]


def from_push(item, **settings):
    return records(REBOUND, "pushed", item, settings=settings)[0]


def test_an_inspected_return():
    found = legacy(sample(), currency="GBP")
    assert (found.id, found.number, found.status, found.resolution) == ("8812345", "RB-8812345", "inspected", "credit")
    assert found.refs == {"rma": "RB-8812345", "order_number": "#1042"}
    assert (found.customer.name, found.customer.email) == ("Trade Buyer Ltd", "buyer@example.test")
    assert found.currency == "GBP"
    (line,) = found.lines
    assert (line.sku, line.quantity, line.reason_code, line.disposition) == ("TEE-BLK-M", 2, "Too small", "sellable")
    assert (line.received_quantity, line.accepted_quantity) == (2, 2)
    assert (found.refund_amount, found.fees, line.unit_refund) == (None, None, None)  # it knows of no money


def test_its_dates_are_on_its_own_clocks():
    assert legacy(sample()).requested_at.isoformat() == "2026-06-12T08:31:00+00:00"  # summer in London
    assert legacy(sample(), timezone="Australia/Sydney").requested_at.isoformat() == "2026-06-11T23:31:00+00:00"
    assert legacy(sample()).at.isoformat() == "2026-06-15T06:02:00+00:00"


@pytest.mark.parametrize("scheme", ["order_number", "sales_order", "ecommerce_order"])
def test_what_its_order_reference_is(scheme):
    assert legacy(sample(), order_reference=scheme).refs[scheme] == "#1042"


@pytest.mark.parametrize(
    ("tracking", "status"), [("Received at hub", "Received at hub"), (None, "requested"), ("  ", "requested")]
)
def test_before_the_inspection_the_parcel_speaks(tracking, status):
    found = legacy(sample(good={"final_disposition": None}, current_tracking_status=tracking))
    assert (found.status, found.lines[0].received_quantity) == (status, None)


@pytest.mark.parametrize(
    ("word", "disposition", "received"),
    [
        ("restock", "sellable", 2),
        ("Sellable", "sellable", 2),
        ("Quarantine", "quarantine", 2),
        ("Dispose", "disposed", 2),
        ("Disposed", "disposed", 2),
        ("DAMAGED", "damaged", 2),
        ("Missing", "missing", 0),
        ("Wrong Item", "wrong_item", 2),
        ("No value", "disposed", 2),
        ("Qty mismatch", "missing", 0),
        ("not_expected", "unexpected", 2),
        ("pending", None, None),
    ],
)
def test_dispositions(word, disposition, received):
    (line,) = legacy(sample(good={"final_disposition": word})).lines
    assert (line.disposition, line.received_quantity) == (disposition, received)


@pytest.mark.parametrize(
    ("wishes", "resolution"),
    [
        *(
            (["refund"], "refund"),
            (["Exchange"], "exchange"),
            (["refund", "credit"], None),
            ([], None),
        ),
        *(([word], "credit") for word in ("credit note", "Store credit", "gift_card")),
        *((["refund_original"], "refund"), (["Replacement"], "exchange"), (["no_refund"], "none")),
    ],
)
def test_wishes(wishes, resolution):
    found = legacy(sample(good={"reason": [{"reason": "x", "wish": wish} for wish in wishes]}))
    assert found.resolution == resolution


@pytest.mark.parametrize(
    ("feed", "item"),
    [
        ("returns", sample(good={"final_disposition": "To the outlet"})),
        ("pushed", pushed(line={"disposition": "To the outlet"})),
        ("pushed", pushed(line={"disposition": None, "raw_disposition": "To the outlet"})),
    ],
)
def test_a_disposition_that_nobody_knows_is_refused_and_the_rest_of_its_return_is_kept(feed, item):
    (kept,), (refused,) = kept_and_refused(REBOUND, feed, item)
    assert (kept.id, kept.refs["rma"], kept.lines[0].sku) == ("8812345", "RB-8812345", "TEE-BLK-M")
    assert (kept.lines[0].disposition, kept.lines[0].accepted_quantity) == (None, None)
    assert (refused.id, refused.field, refused.code) == ("8812345", "lines[1].disposition", "unknown_word")
    assert "To the outlet" in refused.reason
    assert refused.at > kept.at  # so that it stands until the return is told anew
    meant = {"dispositions": "written off=disposed, to-the-OUTLET = Damaged"}
    (kept,), refused = kept_and_refused(REBOUND, feed, item, settings=meant)
    assert (kept.lines[0].disposition, kept.lines[0].accepted_quantity, refused) == ("damaged", 2, [])


def test_a_disposition_may_be_entered_to_say_nothing():
    item = sample(good={"final_disposition": "See comment"})
    (kept,), refused = kept_and_refused(REBOUND, "returns", item, settings={"dispositions": "see comment="})
    assert (kept.lines[0].disposition, refused) == (None, [])


@pytest.mark.parametrize("wishes", [["gold"], ["refund", "gold"]])
def test_a_wish_that_nobody_knows_is_refused_and_the_rest_of_its_return_is_kept(wishes):
    item = sample(good={"reason": [{"reason": "x", "wish": wish} for wish in wishes]})
    (kept,), (refused,) = kept_and_refused(REBOUND, "returns", item)
    assert (kept.resolution, kept.lines[0].disposition, refused.field) == (None, "sellable", "resolution")
    assert legacy(item, resolutions="gold=refund").resolution == "refund"


def test_a_return_with_two_unknown_words_is_kept_without_both():
    item = sample(good={"final_disposition": "To the outlet", "reason": [{"reason": "x", "wish": "gold"}]})
    (kept,), (refused,) = kept_and_refused(REBOUND, "returns", item)
    assert (kept.resolution, kept.lines[0].disposition, len(kept.lines)) == (None, None, 1)
    assert refused.id == kept.id


def test_the_last_of_two_dates_counts_also_in_the_hour_that_clocks_repeat():
    item = sample(date_added="2026-10-25 00:59:00", tracking_last_update="2026-10-25 02:10:00")
    assert legacy(item).at.isoformat() == "2026-10-25T02:10:00+00:00"
    before = sample(date_added="2026-10-25 01:30:00", tracking_last_update="2026-10-25 02:10:00")
    assert legacy(before).requested_at < legacy(before).at


def test_a_date_of_noughts_is_none():
    assert legacy(sample(tracking_last_update="0000-00-00 00:00:00")).at.isoformat() == "2026-06-12T08:31:00+00:00"


def test_a_push_of_which_one_piece_came_and_one_parcel_is_on_its_way():
    parcels = [
        {"number": "2", "status": "Delivered", "at": "2026-11-16T09:00:00+01:00"},
        {"number": "1", "status": "delivered", "at": "2026-11-15T07:02:00Z"},
        {"number": "3", "status": "in_transit", "at": "2026-11-14T07:02:00Z"},
    ]
    found = from_push(pushed(tracking=parcels, line={"quantity_received": 1, "disposition": "damaged"}))
    assert found.received_at.isoformat() == "2026-11-15T07:02:00+00:00"
    (line,) = found.lines
    assert (line.quantity, line.received_quantity, line.accepted_quantity) == (2, 1, 1)


def test_a_push_is_not_inspected_until_all_its_goods_are():
    goods = pushed()["lines"][0]
    item = pushed(lines=[goods, goods | {"line_id": "2", "graded_at": None}], tracking=None)
    assert (from_push(item).inspected_at, from_push(item).received_at) == (None, None)


def test_a_return_whose_inspection_is_taken_back_is_on_its_way_again():
    undone = sample(good={"final_disposition": ""}, current_tracking_status="Received at hub")
    assert (legacy(undone).status, legacy(undone).lines[0].disposition) == ("Received at hub", None)
    both = sample()
    both["item"].append(both["item"][0] | {"final_disposition": None})
    assert legacy(both).status == both["current_tracking_status"]


def test_goods_that_wish_for_different_things_have_no_resolution_in_common():
    goods = pushed()["lines"][0]
    wishes = ["refund", "exchange"]
    item = pushed(lines=[goods | {"line_id": wish, "requested_resolution": wish} for wish in wishes])
    assert kept_and_refused(REBOUND, "pushed", item)[0][0].resolution is None
    assert kept_and_refused(REBOUND, "pushed", item)[1] == []


def test_a_push_tells_its_dates_in_whichever_zone():
    goods = [{"graded_at": "2026-11-15T12:30:00+02:00"}, {"graded_at": "2026-11-15T11:00:00Z"}]
    item = pushed(lines=[pushed()["lines"][0] | one | {"line_id": str(n)} for n, one in enumerate(goods)])
    assert from_push(item).inspected_at.isoformat() == "2026-11-15T11:00:00+00:00"


@pytest.mark.parametrize(("feed", "item"), [("returns", sample(date_added="lately")), ("pushed", pushed(fees="some"))])
def test_a_return_that_cannot_be_read_is_refused_by_its_number(feed, item):
    told, refused = told_and_refused(REBOUND, feed, item)
    assert (told, [one[:2] for one in refused]) == ([], [("return", "8812345")])


def test_the_label_is_not_kept():
    assert "label" not in said(REBOUND, "returns", sample(label="JVBERi0x"))[0]["raw"]


def test_a_pushed_return():
    found = from_push(pushed())
    assert (found.id, found.number, found.status, found.resolution) == ("8812345", "RB-8812345", "received", "credit")
    assert found.refs == {"rma": "RB-8812345", "order_number": "#1042", "ecommerce_order": "5517725335772"}
    assert (found.currency, found.received_at.hour, found.inspected_at.hour) == ("GBP", 7, 10)
    (line,) = found.lines
    assert (line.id, line.sku, line.quantity, line.received_quantity) == ("1", "TEE-BLK-M", 2, 2)
    assert (line.accepted_quantity, line.disposition, line.reason_code) == (2, "sellable", "TOO_SMALL")


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("requested", "requested"),
        ("approved", "authorised"),
        ("resolved", "closed"),
        ("expired", "cancelled"),
        ("unknown", "Received at hub"),
        ("rejected", "rejected"),
        ("lost", "lost"),
    ],
)
def test_a_pushed_status(word, status):
    assert from_push(pushed(status=word)).status == status


@pytest.mark.parametrize(
    ("word", "disposition", "accepted"),
    [
        ("pending", None, None),
        ("no_value", "disposed", 2),
        ("not_expected", "unexpected", 2),
        ("qty_mismatch", "missing", 2),
    ],
)
def test_a_pushed_disposition(word, disposition, accepted):
    (line,) = from_push(pushed(line={"disposition": word})).lines
    assert (line.disposition, line.accepted_quantity) == (disposition, accepted)


@given(
    status=st.none() | st.text(max_size=9),
    disposition=st.none() | st.text(max_size=9),
    quantity=st.integers(0, 10**9).map(str) | st.decimals(0, 999, places=2).map(str),
    reason=st.none() | st.lists(st.fixed_dictionaries({"reason": st.none() | st.text(max_size=9)}), max_size=2),
)
def test_nothing_that_may_lack_or_be_new_stops_a_return(status, disposition, quantity, reason):
    good = {"final_disposition": disposition, "quantity": quantity, "reason": reason}
    (line,) = said(REBOUND, "returns", sample(good=good, current_tracking_status=status, display_id=None))
    assert "not_readable" not in line
    assert line["lines"][0]["quantity"] == quantity
    assert line["raw"]["item"][0].get("final_disposition") == disposition


def test_a_push_may_name_what_is_paid_back():
    line = {"uom": "case", "units_per_uom": 12, "unit_refund": "10.00", "quantity_accepted": 1}
    more = {"refund_amount": "12.00", "fees": "2.50", "purchase_order": "PO-7", "rejection_reason": "Too late"}
    buyer = {"customer_id": "C-1", "customer_name": "Nook", "customer_email": "buyer@nook.test"}
    found = from_push(pushed(line=line, realm="uk", **more, **buyer))
    assert (found.refund_amount, found.fees, found.realm) == (Decimal("12.00"), Decimal("2.50"), "uk")
    assert (found.customer.id, found.customer.name, found.customer.email) == ("C-1", "Nook", "buyer@nook.test")
    assert found.rejection_reason == "Too late"
    assert found.refs["purchase_order"] == "PO-7"
    assert (found.lines[0].uom, found.lines[0].pack_size) == ("case", 12)
    assert (found.lines[0].accepted_quantity, found.lines[0].unit_refund) == (1, Decimal("10.00"))
