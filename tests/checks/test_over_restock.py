import pytest

LINE = {"sku": "TEE", "quantity": 4, "accepted_quantity": 4, "disposition": "sellable"}
INSPECTED = {"status": "inspected", "inspected_at": "2025-09-05T16:00:00Z"}  # hour 100


@pytest.fixture(autouse=True)
def inspected(brand):
    """Four of ten came back and are fit for sale."""
    brand.everywhere(status="closed")
    brand.shipped()
    brand.returned(lines=[LINE], **INSPECTED)


def test_just_what_was_accepted_and_one_more_at_once(brand):
    brand.moved(4, "M-1", 101)
    brand.moved(1, "M-2", 105)
    assert brand.found("over_restock", 105 - 1 / 3600) == {}
    assert brand.found("over_restock", 105) == {"stock_movement:warehouse:M-2": ("5.00", "GBP")}


def test_the_latest_is_named_whichever_came_first(brand):
    brand.moved(4, "M-9", 101)
    brand.moved(4, "M-3", 102)
    brand.moved(4, "M-4", 102)
    assert brand.found("over_restock", 103) == {"stock_movement:warehouse:M-4": ("40.00", "GBP")}
    brand.take("stock_movement", "warehouse", "M-4", 104, deleted=True)
    assert brand.found("over_restock", 104) == {"stock_movement:warehouse:M-3": ("20.00", "GBP")}
    brand.take("stock_movement", "warehouse", "M-9", 105, deleted=True)
    assert brand.found("over_restock", 105) == {}


def test_packs_count_by_the_piece_and_names_through_the_aliases(brand):
    brand.rewire(more='[skus.warehouse]\n"TEE-OLD" = "TEE"')
    brand.moved(2, "M-1", uom="box", pack_size=2)
    brand.moved(1, "M-2", 106, sku="TEE-OLD", pack_size=3)
    assert brand.found("over_restock", 107) == {"stock_movement:warehouse:M-2": ("15.00", "GBP")}


def test_only_the_sellable_lines_count(brand):
    part = [LINE | {"accepted_quantity": 3}, LINE | {"quantity": 1, "accepted_quantity": 1, "disposition": "damaged"}]
    brand.returned(said=101, lines=part, **INSPECTED)
    brand.moved(4)
    assert brand.found("over_restock", 106) == {"stock_movement:warehouse:M-1": ("5.00", "GBP")}


def test_only_positive_movements_into_sellable_stock_of_this_return_count(brand):
    brand.moved(4, "M-1")
    brand.moved(4, "M-2", condition="quarantine")
    brand.moved(4, "M-3", refs={"sales_order": "SO-1"})
    brand.moved(-4, "M-4")
    brand.moved(4, "M-5", sku="CAP")
    assert brand.found("over_restock", 106) == {}


def test_a_dead_return_and_one_without_a_sellable_line_are_no_measure(brand):
    brand.returned(said=101, lines=[LINE], **INSPECTED | {"status": "cancelled"})
    brand.moved(9)
    assert brand.found("over_restock", 106) == {}
    brand.returned(said=107, lines=[LINE | {"disposition": "damaged"}], **INSPECTED)
    assert brand.found("over_restock", 107) == {}
    assert list(brand.found("unsellable_restock", 107)) == ["stock_movement:warehouse:M-1"]


def test_a_movement_before_the_inspection_is_premature_and_no_more(brand):
    brand.moved(9, said=99)
    assert brand.found("over_restock", 106) == {}
    assert list(brand.found("premature_restock", 106)) == ["stock_movement:warehouse:M-1"]
    brand.moved(9, said=107)
    assert brand.found("over_restock", 107) == {"stock_movement:warehouse:M-1": ("25.00", "GBP")}


def test_goods_that_the_order_lacks_have_no_value(brand):
    brand.returned(said=101, lines=[LINE | {"sku": "CAP"}], **INSPECTED)
    brand.moved(5, sku="CAP")
    assert brand.found("over_restock", 106) == {"stock_movement:warehouse:M-1": (None, None)}


def test_it_says_how_many_came_back(brand):
    brand.moved(4)
    brand.moved(4, "M-2", 106)
    titles, evidence = brand.said("over_restock", 106)
    assert titles == ["8 × TEE went on sale for return R-1, which accepted 4: £20.00 too much"]
    last = "stock_movement:warehouse:M-2"
    assert evidence == [("sellable quantity of TEE", "4", "return:portal:R-1", "8", last)]
