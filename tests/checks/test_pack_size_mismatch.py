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
