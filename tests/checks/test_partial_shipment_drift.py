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
