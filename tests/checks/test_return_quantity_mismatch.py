SUBJECT = "return:portal:R-1#TEE"
CASES = {"sku": "TEE", "uom": "case", "pack_size": 12}


def sent_and_returned(brand, quantity, sent=10, **fields):
    brand.everywhere(status="closed")
    brand.shipped(quantity=sent)
    brand.returned(quantity=quantity, **{"status": "authorised"} | fields)


def test_as_much_as_went_out_and_one_more(brand):
    sent_and_returned(brand, 10)
    assert brand.found("return_quantity_mismatch", 100) == {}
    brand.returned(said=101, status="authorised", quantity=11)
    assert brand.found("return_quantity_mismatch", 101) == {SUBJECT: ("5.00", "GBP")}
    brand.shipped(2, said=102, quantity=1, refs={"sales_order": "SO-1"})
    assert brand.found("return_quantity_mismatch", 102) == {}


def test_returns_of_one_portal_count_together_and_the_latest_that_holds_the_sku_is_named(brand):
    swap = '[[systems]]\nkey = "swap"\nkind = "swap"\nauthority = ["return"]\n'
    brand.rewire(more=swap)
    sent_and_returned(brand, 7)
    refs = {"sales_order": "SO-1"}
    brand.returned(2, said=102, quantity=5, refs=refs | {"rma": "RMA-2"})
    brand.returned(3, said=103, lines=[{"sku": "CAP", "quantity": 0}], refs=refs | {"rma": "RMA-3"})
    brand.returned(4, said=104, quantity=9, system="swap", refs=refs | {"rma": "RMA-4"})
    assert brand.found("return_quantity_mismatch", 105) == {"return:portal:R-2#TEE": ("10.00", "GBP")}
    brand.returned(said=106, quantity=7, status="cancelled")
    assert brand.found("return_quantity_mismatch", 106) == {}


def test_the_same_rma_twice_counts_once(brand):
    sent_and_returned(brand, 7)
    brand.returned(2, said=102, quantity=7, refs={"sales_order": "SO-1", "rma": "RMA-1"})
    assert brand.found("return_quantity_mismatch", 102) == {}


def test_packs_are_read_in_base_units_on_both_sides(brand):
    brand.everywhere(status="closed", lines=[CASES | {"quantity": 2, "unit_price": "60.00"}])
    brand.shipped(quantity=24)
    brand.returned(lines=[CASES | {"quantity": 1}, {"sku": "TEE", "quantity": 12}])
    assert brand.found("return_quantity_mismatch", 100) == {}
    brand.returned(said=101, lines=[CASES | {"quantity": 2}, {"sku": "OLD-TEE", "quantity": 3}])
    assert brand.found("return_quantity_mismatch", 101) == {SUBJECT: ("15.00", "GBP")}


def test_where_nothing_is_dispatched_the_order_is_the_measure_and_a_sku_it_lacks_is_all_excess(brand):
    brand.everywhere(status="closed")
    brand.returned(lines=[{"sku": "TEE", "quantity": 10}, {"sku": "CAP", "quantity": 1}])
    assert brand.found("return_quantity_mismatch", 100) == {"return:portal:R-1#CAP": (None, None)}
    brand.shipped(said=101)
    brand.order(
        said=101, status="closed", lines=[{"sku": s, "quantity": 10, "unit_price": "5"} for s in ("TEE", "CAP")]
    )
    assert brand.found("return_quantity_mismatch", 101) == {"return:portal:R-1#CAP": ("5.00", "GBP")}


def test_an_order_and_a_dispatch_that_state_no_lines_say_nothing_of_quantities(brand):
    brand.everywhere(status="closed", lines=[])
    brand.returned()
    assert brand.found("return_quantity_mismatch", 100) == {}
    brand.shipped(said=101, lines=[])
    brand.order(said=101, status="closed")
    brand.returned(said=101, quantity=11)
    assert brand.found("return_quantity_mismatch", 101) == {}
    brand.shipped(said=102)
    assert list(brand.found("return_quantity_mismatch", 102)) == [SUBJECT]


def test_what_arrived_differs_from_what_was_announced(brand):
    line = {"sku": "TEE", "quantity": 4, "received_quantity": 3}
    sent_and_returned(brand, 4, status="in_transit", lines=[line])
    assert brand.found("return_quantity_mismatch", 100) == {}
    brand.returned(said=101, lines=[line])
    assert brand.found("return_quantity_mismatch", 101) == {SUBJECT: ("5.00", "GBP")}
    brand.returned(said=102, lines=[line, {"sku": "TEE", "quantity": 0, "received_quantity": 1}])
    assert brand.found("return_quantity_mismatch", 102) == {}


def test_both_ways_of_one_sku_are_one_exception_with_the_excess_at_risk(brand):
    sent_and_returned(brand, 12, status="received", lines=[{"sku": "TEE", "quantity": 12, "received_quantity": 9}])
    assert brand.found("return_quantity_mismatch", 101) == {SUBJECT: ("10.00", "GBP")}
    said = {
        (p["field"], p["expected"], p["expected_from"], p["actual"], p["actual_from"])
        for p in brand.case("return_quantity_mismatch").evidence
    }
    portal = "return:portal:R-1"
    assert said == {
        ("returned quantity of TEE", "10", "fulfilment:warehouse:F-1", "12", portal),
        ("received_quantity of TEE", "12", portal, "9", portal),
    }


def test_a_return_of_what_never_went_out_tells_it_better(brand):
    brand.everywhere()
    brand.returned(quantity=11)
    assert brand.found("return_quantity_mismatch", 101) == {}
    assert list(brand.found("return_before_fulfilment", 101)) == ["return:portal:R-1"]
