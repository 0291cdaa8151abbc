SUBJECT = "order:shop:shop-1"


def test_says_fulfilled_though_a_part_is_dispatched(brand):
    brand.everywhere()
    brand.shipped(said=1, quantity=4)
    brand.order(system="shop", said=2, status="fulfilled")
    assert brand.found("partial_shipment_drift", 4 - 1 / 3600) == {}
    assert brand.found("partial_shipment_drift", 4) == {SUBJECT: ("30.00", "GBP")}
    brand.shipped(2, said=5, quantity=6, refs={"sales_order": "SO-1"})
    assert brand.found("partial_shipment_drift", 8) == {}


def test_says_less_though_all_is_dispatched_and_nothing_is_at_risk(brand):
    brand.everywhere()
    brand.shipped(said=1)
    assert brand.found("partial_shipment_drift", 3) == {SUBJECT: ("0.00", "GBP")}


def test_part_fulfilled_with_nothing_dispatched(brand):
    brand.everywhere()
    brand.order(system="shop", said=1, status="part_fulfilled")
    assert list(brand.found("partial_shipment_drift", 3)) == [SUBJECT]
    assert brand.found("status_drift", 3) == {}


def test_which_words_go_with_what_went_out(brand):
    fitting = {0: {"open", "released"}, 4: {"part_fulfilled"}, 10: {"fulfilled", "closed"}}
    words = ("open", "released", "part_fulfilled", "fulfilled", "closed", "cancelled")
    cases = [(sent, word) for sent in fitting for word in words]
    for n, (sent, word) in enumerate(cases):
        brand.everywhere(n)
        brand.order(n, system="shop", said=1, status=word)
        if sent:
            brand.shipped(n, said=1, quantity=sent)
    wrong = [n for n, (sent, word) in enumerate(cases) if word not in fitting[sent] | {"cancelled"}]
    assert set(brand.found("partial_shipment_drift", 9)) == {f"order:shop:shop-{n}" for n in wrong}


def test_cases_and_pieces_are_counted_in_pieces(brand):
    brand.everywhere(lines=[{"sku": "TEE", "quantity": 2, "uom": "case", "pack_size": 12, "unit_price": "60.00"}])
    brand.order(system="shop", said=1, status="fulfilled")
    brand.order(system="shop", said=2, status="fulfilled", lines=[{"sku": "TEE", "quantity": 24, "unit_price": "5.00"}])
    brand.shipped(1, said=2, lines=[{"sku": "TEE", "quantity": 1, "uom": "case", "pack_size": 12}])
    brand.shipped(2, said=2, quantity=11, refs={"sales_order": "SO-1"})
    assert brand.found("partial_shipment_drift", 9) == {SUBJECT: ("5.00", "GBP")}
    brand.shipped(2, said=10, quantity=12, refs={"sales_order": "SO-1"})
    assert brand.found("partial_shipment_drift", 20) == {}


def test_the_shops_own_quantities_are_the_measure_and_an_order_without_lines_has_none(brand):
    brand.everywhere(1)
    brand.order(
        1, system="shop", said=1, status="fulfilled", lines=[{"sku": "TEE", "quantity": 4, "unit_price": "5.00"}]
    )
    brand.shipped(1, said=1, quantity=4)
    brand.everywhere(2)
    brand.order(2, system="shop", said=1, status="fulfilled", lines=[])
    assert brand.found("partial_shipment_drift", 9) == {}
    assert list(brand.found("quantity_mismatch", 9)) == ["order:shop:shop-1#TEE"]


def test_a_parcel_withdrawn_and_sent_again_and_who_says_what(brand):
    brand.everywhere()
    brand.shipped(said=1)
    brand.order(system="shop", said=1, status="fulfilled")
    brand.order(said=1, status="fulfilled")
    assert brand.found("partial_shipment_drift", 4) == {}
    brand.take("fulfilment", "warehouse", "F-1", 5, deleted=True)
    assert brand.found("partial_shipment_drift", 8) == {SUBJECT: ("50.00", "GBP")}
    titles, evidence = brand.said("partial_shipment_drift", 8)
    assert titles == ["Order shop-1 is fulfilled in shop but 0 of 10 units are dispatched"]
    assert evidence == [
        ("status", "open", "warehouse", "fulfilled", SUBJECT),
        ("units dispatched", "10", SUBJECT, "0", "warehouse"),
    ]
    brand.shipped(said=9)
    assert brand.found("partial_shipment_drift", 20) == {}


def test_what_the_order_does_not_have_is_of_unknown_value(brand):
    brand.everywhere()
    lines = [{"sku": "TEE", "quantity": 10}, {"sku": "HAT", "quantity": 1}]
    brand.order(system="shop", said=1, status="fulfilled", lines=lines)
    brand.shipped(said=2)
    assert brand.found("partial_shipment_drift", 9) == {"order:shop:shop-1": (None, None)}
