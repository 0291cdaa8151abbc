def priced(price, **more):
    return [{"sku": "TEE", "quantity": 10, "unit_price": price} | more]


def test_at_the_tolerance_and_just_beyond(brand):
    brand.everywhere()
    brand.order(system="shop", said=1, lines=priced("5.01"))
    assert brand.found("price_mismatch", 2) == {}
    brand.order(system="shop", said=3, lines=priced("5.02"))
    assert brand.found("price_mismatch", 3.5) == {"order:shop:shop-1#TEE": ("0.20", "GBP")}


def test_a_discount_on_the_line_or_on_the_order_is_the_same_price(brand):
    brand.everywhere(lines=priced("5.00", discount="5.00"))
    brand.order(system="shop", said=1, lines=priced("5.00"), discount="5.00")
    assert brand.found("price_mismatch", 9) == {}


def test_money_is_compared_in_one_currency_only(brand):
    brand.everywhere()
    brand.order(system="shop", said=1, lines=priced("9.00"), currency="EUR")
    assert brand.found("price_mismatch", 9) == {}
    assert list(brand.found("currency_mismatch", 9)) == ["order:shop:shop-1"]


def test_after_the_grace_and_silent_once_the_price_is_put_right_on_either_side(brand):
    brand.everywhere()
    brand.order(system="shop", said=1, lines=priced("5.50"))
    assert brand.found("price_mismatch", 1.5 - 1 / 3600) == {}
    assert brand.found("price_mismatch", 1.5) == {"order:shop:shop-1#TEE": ("5.00", "GBP")}
    brand.order(said=2, lines=priced("5.50"))
    assert brand.found("price_mismatch", 9) == {}


def test_a_case_and_its_pieces_are_compared_by_the_piece(brand):
    case = {"sku": "TEE", "quantity": 5, "uom": "case", "pack_size": 12}
    pieces = [{"sku": "TEE", "quantity": 60, "uom": "each", "pack_size": 1, "unit_price": "5.00"}]
    brand.everywhere(1, lines=[case | {"unit_price": "60.12"}])
    brand.order(1, system="shop", said=1, lines=pieces)
    brand.everywhere(2, lines=[case | {"unit_price": "60.24"}])
    brand.order(2, system="shop", said=1, lines=pieces)
    assert brand.found("price_mismatch", 9) == {"order:shop:shop-2#TEE": ("1.20", "GBP")}


def test_another_quantity_is_told_instead_and_a_missing_price_is_not_compared(brand):
    brand.everywhere(1)
    brand.order(1, system="shop", said=1, lines=[{"sku": "TEE", "quantity": 9, "unit_price": "9.00"}])
    brand.everywhere(2)
    brand.order(2, system="shop", said=1, lines=[{"sku": "TEE", "quantity": 10}])
    assert brand.found("price_mismatch", 9) == {}
    assert list(brand.found("quantity_mismatch", 9)) == ["order:shop:shop-1#TEE"]


def test_a_copy_withdrawn_and_restored_a_late_older_version_and_who_says_what(brand):
    brand.everywhere()
    brand.order(system="shop", said=1, lines=priced("5.50"))
    assert brand.found("price_mismatch", 2)
    brand.take("order", "shop", "shop-1", 3, deleted=True)
    assert brand.found("price_mismatch", 4) == {}
    brand.order(system="shop", said=6, lines=priced("4.50"))
    brand.order(system="shop", said=5, lines=priced("5.00"))
    titles, evidence = brand.said("price_mismatch", 7)
    assert titles == ["TEE on order shop-1 costs £4.50 a unit in shop but £5.00 in front"]
    assert evidence == [("base price of TEE", "5", "order:front:front-1", "4.5", "order:shop:shop-1")]


def test_half_a_penny_goes_up_though_the_price_of_a_piece_has_no_end(brand):
    brand.everywhere(lines=[{"sku": "TEE", "quantity": 12, "unit_price": "38.00"}])
    brand.order(
        system="shop", said=1, lines=[{"sku": "TEE", "quantity": 12, "unit_price": "38.00", "discount": "38.005"}]
    )
    assert brand.found("price_mismatch", 9) == {"order:shop:shop-1#TEE": ("38.01", "GBP")}


def test_of_a_split_order_the_parts_that_hold_the_goods_must_be_in_one_currency(brand):
    cap = {"sku": "CAP", "quantity": 1, "unit_price": "9.00"}
    for n, currencies in enumerate([("GBP", "EUR"), ("EUR", "GBP"), (None, "GBP"), ("GBP", None)], 1):
        brand.everywhere(n, lines=[*priced("5.00"), cap], total="59.00")
        brand.order(n, system="shop", said=1, lines=[cap], total="9.00", currency=currencies[0])
        brand.order(
            f"{n}b",
            system="shop",
            placed=1,
            said=1,
            lines=priced("6.00"),
            currency=currencies[1],
            refs={"sales_order": f"SO-{n}"},
        )
    named = {f"order:shop:shop-{n}#TEE": ("10.00", "GBP") for n in (2, 3)}
    assert brand.found("price_mismatch", 9) == named


def test_one_price_over_two_parts_in_two_currencies_is_none(brand):
    brand.everywhere()
    half = {"sku": "TEE", "quantity": 5, "unit_price": "6.00"}
    brand.order(system="shop", said=1, lines=[half])
    brand.order(2, system="shop", placed=1, said=1, lines=[half], currency="EUR", refs={"sales_order": "SO-1"})
    assert brand.found("price_mismatch", 9) == {}


def test_a_line_without_a_price_or_of_nothing_has_no_part_in_the_mean(brand):
    brand.everywhere(1)
    part, unpriced = {"sku": "TEE", "quantity": 5, "unit_price": "5.50"}, {"sku": "TEE", "quantity": 5}
    brand.order(1, system="shop", said=1, lines=[part, unpriced])
    brand.everywhere(2)
    nothing = {"sku": "TEE", "quantity": 0, "unit_price": "5.00", "discount": "4.00"}
    brand.order(2, system="shop", said=1, lines=[*priced("5.00"), nothing])
    assert brand.found("price_mismatch", 9) == {"order:shop:shop-1#TEE": ("5.00", "GBP")}
