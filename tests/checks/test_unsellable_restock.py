SUBJECT = "stock_movement:warehouse:M-1"
INSPECTED = "2025-09-05T16:00:00Z"  # a hundred hours in
LINE = {"sku": "TEE", "quantity": 4, "accepted_quantity": 4, "disposition": "damaged"}


def judged(brand, *lines, **fields):
    brand.everywhere(status="closed")
    brand.shipped()
    lines = list(lines) or [LINE]
    brand.returned(**{"status": "inspected", "lines": lines, "inspected_at": INSPECTED} | fields)


def test_at_once_until_the_movement_is_withdrawn(brand):
    judged(brand)
    brand.moved(3, said=100)
    assert brand.found("unsellable_restock", 100) == {SUBJECT: ("15.00", "GBP")}
    brand.take("stock_movement", "warehouse", "M-1", 101, deleted=True)
    assert brand.found("unsellable_restock", 101) == {}


def test_one_sellable_line_of_the_sku_is_enough_and_no_judgement_is_none(brand):
    judged(brand, LINE, LINE | {"quantity": 1, "accepted_quantity": 1, "disposition": "sellable"})
    brand.moved(5)
    assert brand.found("unsellable_restock", 105) == {}
    brand.returned(said=106, status="inspected", lines=[LINE | {"disposition": None}], inspected_at=INSPECTED)
    assert brand.found("unsellable_restock", 106) == {}
    brand.returned(said=107, status="inspected", lines=[LINE], inspected_at=INSPECTED)
    assert list(brand.found("unsellable_restock", 107)) == [SUBJECT]


def test_only_a_positive_movement_into_sellable_stock_with_its_number(brand):
    judged(brand)
    brand.moved(-3)
    brand.moved(3, "M-2", condition="quarantine")
    brand.moved(3, "M-3", refs={"sales_order": "SO-1"})
    brand.moved(3, "M-4", sku="CAP")
    assert brand.found("unsellable_restock", 105) == {}


def test_packs_and_aliases_and_a_price_of_cases(brand):
    case = {"sku": "TEE", "uom": "case", "pack_size": 12}
    brand.everywhere(status="closed", lines=[case | {"quantity": 3, "unit_price": "100.00"}])
    brand.shipped(quantity=36)
    brand.returned(status="inspected", lines=[LINE | {"sku": "OLD-TEE"}], inspected_at=INSPECTED)
    brand.moved(1, uom="case", pack_size=12)
    assert brand.found("unsellable_restock", 105) == {SUBJECT: ("100.00", "GBP")}


def test_before_the_inspection_it_was_premature(brand):
    judged(brand)
    brand.moved(4, said=99.9)
    assert brand.found("unsellable_restock", 105) == {}
    assert list(brand.found("premature_restock", 105)) == [SUBJECT]
    brand.moved(4, "M-2", said=106, reason="return_in_transit")
    assert brand.found("unsellable_restock", 106) == {}


def test_without_any_inspection_nothing_comes_after_one(brand):
    judged(brand, inspected_at=None)
    brand.moved(4)
    assert brand.found("unsellable_restock", 105) == brand.found("premature_restock", 105) == {}
    copy = {"refs": {"rma": "RMA-1"}, "requested_at": INSPECTED, "inspected_at": "2025-09-05T17:00:00Z"}
    brand.take("return", "warehouse", "WR-1", 106, status="inspected", **copy)
    assert list(brand.found("unsellable_restock", 106)) == [SUBJECT]


def test_the_evidence_sets_the_judgement_against_the_booking(brand):
    judged(brand, LINE, LINE | {"disposition": "quarantine"})
    brand.moved(3)
    brand.found("unsellable_restock", 105)
    case = brand.case("unsellable_restock")
    assert case.title == "3 × TEE of return R-1 went on sale though judged damaged, quarantine (£15.00)"
    assert [(p["field"], p["expected"], p["expected_from"], p["actual"], p["actual_from"]) for p in case.evidence] == [
        ("condition of TEE", "damaged, quarantine", "return:portal:R-1", "sellable", SUBJECT)
    ]
    assert (case.refs["rma"], case.refs["sales_order"], case.refs["purchase_order"]) == ("RMA-1", "SO-1", "PO-1")
