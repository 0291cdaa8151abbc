SUBJECT = "product:portal:TEE"


def product(brand, system, pack_size=None, said=0, sku="TEE", **fields):
    brand.take("product", system, sku, said, sku=sku, pack_size=pack_size, **fields)


def test_from_the_grace_after_the_newest_change_until_they_agree(brand):
    product(brand, "front", 12)
    product(brand, "portal", 10, said=3)
    assert brand.found("uom_conflict", 27 - 1 / 3600) == {}
    assert brand.found("uom_conflict", 27) == {SUBJECT: (None, None)}
    product(brand, "portal", "12.0", said=28)
    assert brand.found("uom_conflict", 60) == {}


def test_no_pack_size_is_one(brand):
    product(brand, "front")
    product(brand, "portal", 1)
    assert brand.found("uom_conflict", 99) == {}
    product(brand, "front", 6, said=100)
    product(brand, "portal", said=100)
    assert list(brand.found("uom_conflict", 124)) == [SUBJECT]


def test_a_title_that_changes_nothing_else_does_not_make_it_younger(brand):
    product(brand, "front", 12)
    product(brand, "portal", 10)
    product(brand, "portal", 10, said=23, shade="blue")
    assert list(brand.found("uom_conflict", 24)) == [SUBJECT]


def test_what_is_not_sold_on_one_side_is_not_compared(brand):
    product(brand, "front", 12)
    product(brand, "portal", 10, active=False)
    product(brand, "erp", 8)
    assert brand.found("uom_conflict", 48) == {}
    product(brand, "portal", 10, said=49)
    assert list(brand.found("uom_conflict", 73)) == [SUBJECT]
    brand.take("product", "portal", "TEE", 74, deleted=True)
    assert brand.found("uom_conflict", 74) == {}
    product(brand, "portal", 10, said=75)
    assert list(brand.found("uom_conflict", 99)) == [SUBJECT]


def test_names_are_read_through_the_aliases_and_an_own_name_goes_first(brand):
    product(brand, "front", 12)
    product(brand, "portal", 10, sku="OLD-TEE")
    assert list(brand.found("uom_conflict", 24)) == [SUBJECT]
    product(brand, "portal", 12, said=25)
    assert brand.found("uom_conflict", 49) == {}


def test_the_evidence_names_both_products_and_the_suggestion_the_authoritys_pack(brand):
    product(brand, "front", 12)
    product(brand, "portal", 10)
    product(brand, "erp", 12)
    brand.found("uom_conflict", 24)
    case = brand.case("uom_conflict")
    assert case.title == "TEE holds 10 in portal but 12 in front"
    assert [(p["field"], p["expected"], p["expected_from"], p["actual"], p["actual_from"]) for p in case.evidence] == [
        ("pack_size of TEE", "12", "product:front:TEE", "10", SUBJECT)
    ]
    assert case.suggestions == [{"sku": "TEE", "pack_size": "12", "why": "erp is the authority for products"}]
