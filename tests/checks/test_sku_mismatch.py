from exceptions.models import ExceptionCase

SUBJECT = "product:portal:TEE"


def catalogue(brand, *skus, system="portal", said=-48, **fields):
    for sku in ("ANY", *skus):
        brand.take("product", system, sku, said, sku=sku, **fields)


def test_ordered_and_unknown_after_the_grace_from_the_products_last_change(brand):
    catalogue(brand)
    catalogue(brand, "TEE", system="front", said=0)
    brand.everywhere()
    assert brand.found("sku_mismatch", 24 - 1 / 3600) == {}
    assert brand.found("sku_mismatch", 24) == {SUBJECT: ("50.00", "GBP")}
    catalogue(brand, "TEE", said=25)
    assert brand.found("sku_mismatch", 26) == {}


def test_without_a_product_at_the_source_from_the_earliest_use(brand):
    catalogue(brand)
    brand.everywhere()
    assert brand.found("sku_mismatch", 23) == {}
    assert SUBJECT in brand.found("sku_mismatch", 24)


def test_an_inactive_product_is_none_and_a_cancelled_order_no_use(brand):
    catalogue(brand, "TEE", active=False)
    brand.everywhere(1)
    brand.everywhere(2, status="cancelled", lines=[{"sku": "CAP", "quantity": 1}])
    assert list(brand.found("sku_mismatch", 48)) == [SUBJECT]


def test_names_are_read_through_the_aliases(brand):
    catalogue(brand, "OLD-TEE")
    brand.everywhere()
    assert brand.found("sku_mismatch", 48) == {}


def test_no_use_in_a_hundred_and_eighty_days_is_none(brand):
    catalogue(brand)
    brand.everywhere()
    assert SUBJECT in brand.found("sku_mismatch", 180 * 24)
    assert brand.found("sku_mismatch", 180 * 24 + 1) == {}


def test_a_catalogue_that_never_spoke_gives_no_verdict(brand):
    brand.everywhere()
    assert brand.found("sku_mismatch", 48) == {}


def test_the_closest_skus_are_suggested_the_most_alike_first(brand):
    catalogue(brand, "tee 1-0", "TEE-11", "MUG-LARGE")
    catalogue(brand, "TEE-12", active=False)
    brand.take("product", "portal", "BUNDLE", -48, sku="BUNDLE", base_sku="TEE-10")
    brand.everywhere(lines=[{"sku": "TEE-10", "quantity": 1, "unit_price": "5.00"}])
    assert list(brand.found("sku_mismatch", 48)) == ["product:portal:TEE-10"]
    suggested = ExceptionCase.objects.get(kind="sku_mismatch").suggestions
    assert [(one["sku"], one["why"]) for one in suggested] == [
        ("tee 1-0", "the same but for case and separators"),
        ("BUNDLE", "same base SKU"),
        ("TEE-11", "50 % alike"),
    ]


def test_a_portal_that_sends_no_products_returns_what_the_source_does_not_know(brand):
    catalogue(brand, system="front")
    brand.everywhere()
    brand.returned(said=2)
    assert brand.found("sku_mismatch", 25) == {}
    assert brand.found("sku_mismatch", 26) == {SUBJECT: (None, None)}


def test_what_is_ordered_counts_only_where_the_target_lacks_it(brand):
    catalogue(brand, "TEE")
    catalogue(brand, system="front")
    brand.everywhere()
    brand.returned(said=2)
    assert brand.found("sku_mismatch", 27) == {SUBJECT: (None, None)}


def test_where_the_source_has_several_products_of_a_sku_since_the_newest_change(brand):
    brand.rewire(more='[skus.front]\n"TEE-V1" = "TEE"\n')
    catalogue(brand)
    catalogue(brand, "TEE", system="front", said=0)
    brand.take("product", "front", "TEE-V1", 5, sku="TEE-V1")
    brand.everywhere()
    assert brand.found("sku_mismatch", 29 - 1 / 3600) == {}
    assert SUBJECT in brand.found("sku_mismatch", 29)


def test_what_two_flows_lack_is_rounded_as_a_sum(brand):
    flow = (
        '[[flows]]\nkey = "more"\nrecord = "product"\nsource = "shop"\ntarget = "portal"\ncadence = "1d"\ngrace = "1d"'
    )
    brand.rewire(more=flow)
    catalogue(brand)
    brand.everywhere(lines=[{"sku": "TEE", "quantity": 1, "unit_price": "10.00", "discount": "0.005"}])
    assert brand.found("sku_mismatch", 48) == {SUBJECT: ("19.99", "GBP")}
