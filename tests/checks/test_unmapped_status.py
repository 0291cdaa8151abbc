def test_one_for_each_word_however_many_records_say_it(brand):
    for n in (1, 2):
        brand.everywhere(n, payment={"method": "barter", "status": "paid"})
    assert brand.found("unmapped_status", 1) == {
        f"status:{system}:payment.method:barter": (None, None) for system in ("front", "shop", "warehouse")
    }


def test_case_and_outer_spaces_do_not_matter_and_the_mapping_goes_first(brand):
    brand.order(status=" Fulfilled ")
    brand.order(system="warehouse", status="allocated")
    assert brand.found("unmapped_status", 1) == {}


def test_silent_when_nobody_says_it_any_more(brand):
    brand.order(status="weird")
    assert list(brand.found("unmapped_status", 1)) == ["status:front:order:weird"]
    brand.order(said=2)
    assert brand.found("unmapped_status", 3) == {}
