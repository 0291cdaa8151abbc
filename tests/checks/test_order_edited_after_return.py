import pytest

SUBJECT = "return:portal:R-1"


def line(quantity=10, price="5.00", sku="TEE", **fields):
    return {"sku": sku, "quantity": quantity, "unit_price": price} | fields


def edited(brand, *lines, said=110, n=1, total="40.00", **fields):
    brand.order(n, said=said, lines=list(lines), total=total, **fields)


@pytest.fixture(autouse=True)
def asked_for(brand):
    """Ten at 5.00 are ordered, and at hour 100 a return is requested."""
    brand.order()
    brand.returned(said=100, status="requested")


def test_fewer_pieces_at_once_by_the_difference_in_net_goods(brand):
    edited(brand, line(8), total="52.00", tax="8.00", shipping="4.00")
    assert brand.found("order_edited_after_return", 110 - 1 / 3600) == {}
    assert brand.found("order_edited_after_return", 110) == {SUBJECT: ("10.00", "GBP")}


def test_what_is_set_back_is_no_change(brand):
    edited(brand, line(8))
    assert SUBJECT in brand.found("order_edited_after_return", 110)
    edited(brand, line(10), said=111, total="50.00")
    assert brand.found("order_edited_after_return", 111) == {}


def test_in_the_second_of_the_request_and_a_second_later(brand):
    edited(brand, line(8), said=100)
    assert brand.found("order_edited_after_return", 101) == {}
    edited(brand, line(7), said=100 + 1 / 3600, total="35.00")
    assert brand.found("order_edited_after_return", 101) == {SUBJECT: ("5.00", "GBP")}


def test_only_the_lines_count_and_not_how_they_are_written(brand):
    case = line(1, "50.00", uom="case", pack_size=10)
    edited(brand, case, total="50.00", status="closed", notes="left with a neighbour", po="PO-2")
    assert brand.found("order_edited_after_return", 111) == {}


@pytest.mark.parametrize(
    ("lines", "fields", "amount"),
    [
        ([line(price="4.00")], {}, "10.00"),
        ([line(discount="10.00")], {}, "10.00"),
        ([line()], {"discount": "10.00"}, "10.00"),
        ([line(sku="CAP")], {"total": "50.00"}, "0.00"),
        ([line(), line(1, "0.00", "GIFT")], {"total": "50.00"}, "0.00"),
    ],
)
def test_prices_discounts_and_other_goods(brand, lines, fields, amount):
    edited(brand, *lines, **fields)
    assert brand.found("order_edited_after_return", 111) == {SUBJECT: (amount, "GBP")}


def test_lines_that_are_not_stated_are_not_compared(brand):
    edited(brand, said=110)
    assert brand.found("order_edited_after_return", 111) == {}


def test_each_return_is_held_against_the_order_of_its_day_while_it_is_open(brand):
    for n, fields in enumerate([{}, {"status": "closed"}, {"status": "cancelled"}, {"requested_at": None}], 2):
        moment = {"requested_at": "2025-09-07T12:00:00Z"} if fields == {"requested_at": None} else fields
        brand.returned(n, said=101, **moment, refs={"sales_order": "SO-1", "rma": f"RMA-{n}"})
    edited(brand, line(8))
    assert sorted(brand.found("order_edited_after_return", 150)) == [SUBJECT, "return:portal:R-2"]


def test_a_version_told_late_tells_what_was_in_force(brand):
    assert brand.found("order_edited_after_return", 111) == {}
    edited(brand, line(8), said=50)
    assert brand.found("order_edited_after_return", 112) == {}
    edited(brand, line(10), said=120, total="50.00")
    assert SUBJECT in brand.found("order_edited_after_return", 120)


def test_an_order_first_heard_of_after_the_request_gives_no_verdict(brand):
    brand.returned(2, said=100)
    edited(brand, line(8), n=2, said=101)
    edited(brand, line(9), n=2, said=102)
    assert brand.found("order_edited_after_return", 111) == {}


def test_it_lists_what_was_and_what_is(brand):
    edited(brand, line(8), line(2, "1.50", "CAP"), total="43.00")
    titles, evidence = brand.said("order_edited_after_return", 111)
    assert titles == ["Order front-1 went from £50.00 to £43.00 after return R-1 was requested on 5 Sep 2025"]
    then, now = "order:front:front-1 at 2025-09-05 16:00:00+00", "order:front:front-1"
    assert evidence == [
        ("net goods", "50", then, "43", now),
        ("lines of CAP", "none", then, "2 at 1.5", now),
        ("lines of TEE", "10 at 5", then, "8 at 5", now),
    ]


def test_an_order_that_changed_its_currency_too_has_no_difference_in_money(brand):
    edited(brand, line(8), total="43.00", currency="EUR")
    assert brand.found("order_edited_after_return", 111) == {SUBJECT: (None, None)}


def test_other_prices_for_other_parts_of_the_same_goods_are_an_edit_at_the_same_mean(brand):
    brand.order(2, lines=[line(5, "4.00"), line(5, "6.00")])
    brand.returned(2, said=100, status="requested")
    edited(brand, line(10, "5.00"), n=2, total="50.00")
    titles, evidence = brand.said("order_edited_after_return", 111)
    assert len(titles) == 1
    assert (evidence[1][1], evidence[1][3]) == ("5 at 4, 5 at 6", "10 at 5")


def test_the_same_goods_on_more_lines_and_a_line_of_nothing_are_no_edit(brand):
    edited(brand, line(4), line(6), line(0, "3.00", "CAP"), total="50.00")
    assert brand.found("order_edited_after_return", 111) == {}


def test_a_price_that_is_no_longer_said_is_not_compared(brand):
    edited(brand, {"sku": "TEE", "quantity": 4}, line(6), total="50.00")
    assert brand.found("order_edited_after_return", 111) == {}
