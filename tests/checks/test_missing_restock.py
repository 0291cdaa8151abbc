SUBJECT = "return:portal:R-1#TEE"
LINE = {"sku": "TEE", "quantity": 4, "accepted_quantity": 4, "disposition": "sellable"}


def moved(brand, quantity, id="M-1", said=105, **fields):
    stock = {"sku": "TEE", "condition": "sellable", "quantity": quantity, "refs": {"rma": "RMA-1"}}
    brand.take("stock_movement", "warehouse", id, said, **stock | fields)


def inspected(brand):
    brand.everywhere(status="closed")
    brand.shipped()
    moved(brand, 1, "M-X", -900, refs={"rma": "X"})
    brand.returned(status="inspected", lines=[LINE], inspected_at="2025-09-05T16:00:00Z")


def test_a_day_after_the_inspection(brand):
    inspected(brand)
    assert brand.found("missing_restock", 124 - 1 / 3600) == {}
    assert brand.found("missing_restock", 124) == {SUBJECT: ("20.00", "GBP")}


def test_what_falls_short_and_what_is_no_sellable_stock(brand):
    inspected(brand)
    moved(brand, 3)
    moved(brand, 1, "M-2", condition="quarantine")
    assert brand.found("missing_restock", 130) == {SUBJECT: ("5.00", "GBP")}
    moved(brand, 1, "M-3", said=131)
    assert brand.found("missing_restock", 132) == {}


def test_goods_judged_unfit_are_not_missed(brand):
    inspected(brand)
    unfit = [LINE | {"disposition": "damaged"}]
    brand.returned(said=101, status="inspected", lines=unfit, inspected_at="2025-09-05T16:00:00Z")
    assert brand.found("missing_restock", 200) == {}
