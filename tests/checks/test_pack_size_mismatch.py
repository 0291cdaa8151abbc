def test_cases_taken_for_pieces(brand):
    case = [{"sku": "TEE", "quantity": 5, "uom": "case", "pack_size": 12, "unit_price": "60.00"}]
    brand.everywhere(lines=case)
    brand.order(system="warehouse", said=1, lines=[{"sku": "TEE", "quantity": 5, "uom": "each", "pack_size": 1}])
    assert brand.found("pack_size_mismatch", 3 - 1 / 3600) == {}
    assert brand.found("pack_size_mismatch", 3) == {"order:warehouse:warehouse-1#TEE": ("275.00", "GBP")}
    assert brand.found("quantity_mismatch", 3) == {}
    brand.order(system="warehouse", said=4, lines=case)
    assert brand.found("pack_size_mismatch", 7) == {}


def test_a_factor_that_is_no_pack_size_is_a_quantity(brand):
    brand.everywhere()
    brand.order(system="warehouse", said=1, lines=[{"sku": "TEE", "quantity": 20}])
    assert brand.found("pack_size_mismatch", 9) == {}
    assert brand.found("quantity_mismatch", 9) == {"order:warehouse:warehouse-1#TEE": ("50.00", "GBP")}


def test_the_pack_size_may_stand_in_the_catalogue_of_either_side(brand):
    brand.take("product", "warehouse", "TEE", -50, sku="TEE", pack_size=2)
    brand.everywhere(lines=[{"sku": "TEE", "quantity": 10, "pack_size": 1, "unit_price": "5.00"}])
    brand.order(system="warehouse", said=1, lines=[{"sku": "TEE", "quantity": 10}])
    assert list(brand.found("pack_size_mismatch", 9)) == ["order:warehouse:warehouse-1#TEE"]


def test_the_other_way_round_and_in_another_currency(brand):
    brand.everywhere(
        lines=[{"sku": "TEE", "quantity": 5, "uom": "each", "pack_size": 1, "unit_price": "5.00"}], currency="EUR"
    )
    brand.order(system="warehouse", said=1, lines=[{"sku": "TEE", "quantity": 5, "uom": "case", "pack_size": 12}])
    assert brand.found("pack_size_mismatch", 3) == {"order:warehouse:warehouse-1#TEE": ("275.00", "EUR")}
    titles, evidence = brand.said("pack_size_mismatch", 3)
    assert titles == ["Order warehouse-1 holds 60 × TEE in warehouse but 5 in front: a pack size apart"]
    assert evidence == [("base quantity of TEE", "5", "order:front:front-1", "60", "order:warehouse:warehouse-1")]


def test_an_order_of_cases_and_pieces_is_measured_as_a_whole(brand):
    mixed = [
        {"sku": "TEE", "quantity": 1, "uom": "case", "pack_size": 12, "unit_price": "60.00"},
        {"sku": "TEE", "quantity": 12, "uom": "each", "pack_size": 1, "unit_price": "5.00"},
    ]
    brand.everywhere(1, lines=mixed)
    brand.order(1, system="warehouse", said=1, lines=[{"sku": "TEE", "quantity": 2, "uom": "each", "pack_size": 1}])
    brand.everywhere(2, lines=mixed)
    brand.order(2, system="warehouse", said=1, lines=[{"sku": "TEE", "quantity": 13, "uom": "each", "pack_size": 1}])
    assert brand.found("pack_size_mismatch", 9) == {"order:warehouse:warehouse-1#TEE": ("110.00", "GBP")}
    assert brand.found("quantity_mismatch", 9) == {"order:warehouse:warehouse-2#TEE": ("55.00", "GBP")}


def test_two_copies_are_taken_together_and_a_sku_that_one_side_lacks_is_no_pack(brand):
    case = [{"sku": "TEE", "quantity": 2, "uom": "case", "pack_size": 6, "unit_price": "30.00"}]
    brand.everywhere(lines=[*case, {"sku": "CAP", "quantity": 6, "pack_size": 6, "unit_price": "1.00"}])
    one = [{"sku": "TEE", "quantity": 1, "uom": "each", "pack_size": 1}]
    brand.order(system="warehouse", said=1, lines=one)
    brand.order(2, system="warehouse", placed=1, said=1, lines=one, refs={"sales_order": "SO-1"})
    assert list(brand.found("pack_size_mismatch", 9)) == ["order:warehouse:warehouse-1#TEE"]
    assert list(brand.found("quantity_mismatch", 9)) == ["order:warehouse:warehouse-1#CAP"]


def test_a_cancelled_or_withdrawn_copy_is_not_compared(brand):
    case = [{"sku": "TEE", "quantity": 5, "uom": "case", "pack_size": 12, "unit_price": "60.00"}]
    pieces = [{"sku": "TEE", "quantity": 5, "uom": "each", "pack_size": 1}]
    brand.everywhere(lines=case)
    brand.order(system="warehouse", said=1, status="cancelled", lines=pieces)
    assert brand.found("pack_size_mismatch", 4) == {}
    brand.order(system="warehouse", said=5, lines=pieces)
    assert brand.found("pack_size_mismatch", 7)
    brand.take("order", "warehouse", "warehouse-1", 8, deleted=True)
    assert brand.found("pack_size_mismatch", 9) == {}


def test_the_case_that_explains_it_may_be_on_nobodys_lines(brand):
    brand.take("product", "erp", "TEE-CS12", -50, sku="TEE-CS12", pack_size=12, base_sku="TEE")
    brand.everywhere(lines=[{"sku": "TEE", "quantity": 5, "unit_price": "5.00"}])
    brand.order(system="warehouse", said=1, lines=[{"sku": "TEE", "quantity": 60}])
    assert brand.found("pack_size_mismatch", 9) == {}
    brand.take("product", "warehouse", "TEE-CS12", 10, sku="TEE-CS12", pack_size=12)
    assert brand.found("pack_size_mismatch", 11) == {"order:warehouse:warehouse-1#TEE": ("275.00", "GBP")}
    assert brand.found("quantity_mismatch", 11) == {}


def test_a_pack_size_that_one_side_gives_the_piece_itself_counts(brand):
    brand.take("product", "front", "TEE", -50, sku="TEE", pack_size=12)
    brand.everywhere(lines=[{"sku": "TEE", "quantity": 5, "pack_size": 1, "unit_price": "5.00"}])
    brand.order(system="warehouse", said=1, lines=[{"sku": "TEE", "quantity": 60}])
    assert list(brand.found("pack_size_mismatch", 9)) == ["order:warehouse:warehouse-1#TEE"]
