import pytest

SUBJECT = "return:portal:R-1#TEE"
LINE = {"sku": "TEE", "quantity": 4}
INSPECTED = {"status": "inspected", "inspected_at": "2025-09-05T16:00:00Z"}  # hour 100


@pytest.fixture(autouse=True)
def told(brand):
    """The portal states what becomes of another return."""
    brand.everywhere(status="closed")
    brand.shipped()
    stated = [{"sku": "CAP", "quantity": 1, "disposition": "damaged"}]
    brand.returned("Y", said=-900, refs={"rma": "RMA-Y"}, status="closed", lines=stated)


def test_a_day_after_the_inspection_and_not_once_it_is_decided(brand):
    brand.returned(**INSPECTED)
    assert brand.found("missing_disposition", 124 - 1 / 3600) == {}
    assert brand.found("missing_disposition", 124) == {SUBJECT: ("20.00", "GBP")}
    brand.returned(said=125, **INSPECTED, lines=[LINE | {"disposition": "quarantine"}])
    assert brand.found("missing_disposition", 125) == {}


def test_the_accepted_quantity_in_base_units_at_the_price_of_the_order(brand):
    case = {"sku": "TEE", "quantity": 2, "uom": "case", "pack_size": 3, "received_quantity": 2, "accepted_quantity": 1}
    brand.returned(**INSPECTED, lines=[case, LINE | {"accepted_quantity": 0}, {"sku": "CAP", "quantity": 1}])
    found = {SUBJECT: ("15.00", "GBP"), "return:portal:R-1#CAP": (None, None)}
    assert brand.found("missing_disposition", 130) == found


def test_nothing_accepted_nothing_to_decide(brand):
    brand.returned(**INSPECTED, lines=[LINE | {"received_quantity": 0}])
    assert brand.found("missing_disposition", 130) == {}


def test_a_copy_may_state_the_inspection_and_the_disposition(brand):
    brand.returned(status="received")
    assert brand.found("missing_disposition", 130) == {}
    brand.returned(said=101, system="shop", **INSPECTED)
    assert brand.found("missing_disposition", 131) == {SUBJECT: ("20.00", "GBP")}
    brand.returned(said=132, system="shop", **INSPECTED, lines=[LINE | {"sku": "TEE", "disposition": "sellable"}])
    assert brand.found("missing_disposition", 132) == {}


def test_the_earliest_inspection_counts(brand):
    brand.returned(**INSPECTED | {"inspected_at": "2025-09-06T16:00:00Z"})
    assert brand.found("missing_disposition", 147) == {}
    brand.returned(said=147, system="shop", **INSPECTED)
    assert SUBJECT in brand.found("missing_disposition", 147)


def test_a_portal_that_never_states_any_gives_no_verdict(brand):
    brand.take("return", "portal", "R-Y", -899, deleted=True)
    brand.returned(**INSPECTED)
    assert brand.found("missing_disposition", 130) == {}
    brand.returned(2, **INSPECTED, refs={"rma": "RMA-2"}, lines=[LINE | {"disposition": "disposed"}], said=131)
    assert list(brand.found("missing_disposition", 131)) == [SUBJECT]


def test_a_cancelled_return_is_no_matter(brand):
    brand.returned(**INSPECTED | {"status": "cancelled"})
    assert brand.found("missing_disposition", 130) == {}


def test_it_says_who_inspected(brand):
    brand.returned(status="received")
    brand.returned(said=101, system="shop", **INSPECTED)
    titles, evidence = brand.said("missing_disposition", 131)
    assert titles == ["4 × TEE (£20.00) of return R-1 was inspected on 5 Sep 2025 and nobody says what becomes of it"]
    inspected = "return:shop:R-1"
    assert evidence == [("disposition of TEE", "by 2025-09-06 16:00:00+00", inspected, "none", "return:portal:R-1")]
