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


def test_at_once_with_how_many_records_say_it_and_until_it_is_mapped(brand):
    for n in (1, 2):
        brand.order(n, system="warehouse", said=n, status="PICKED")
    assert brand.found("unmapped_status", 1 - 1 / 3600) == {}
    titles, evidence = brand.said("unmapped_status", 2)
    assert titles == ["warehouse says PICKED for order, which no mapping knows (2 records)"]
    assert evidence == [
        ("order", "a mapped status", "the mappings", "PICKED", "warehouse"),
        ("records", None, None, "2", "warehouse"),
    ]
    brand.rewire('"ALLOCATED" = "released"', '"ALLOCATED" = "released"\n"picked" = "released"')
    assert brand.found("unmapped_status", 3) == {}


def test_every_type_of_record_has_words_of_its_own(brand):
    brand.everywhere(payment={"method": "card", "status": "on its way"})
    brand.shipped(status="fulfilled")
    brand.returned(said=1, status="arrived")
    brand.credit(said=1, status="posted")
    assert set(brand.found("unmapped_status", 2)) == {
        *(f"status:{system}:payment.status:on its way" for system in ("front", "shop", "warehouse")),
        "status:warehouse:fulfilment:fulfilled",
        "status:portal:return:arrived",
        "status:erp:credit:posted",
    }


def test_only_what_is_said_now_and_only_while_the_record_stands(brand):
    brand.order(said=3)
    brand.order(said=2, status="weird")
    assert brand.found("unmapped_status", 4) == {}
    brand.order(said=5, status="weird")
    assert brand.found("unmapped_status", 6)
    brand.take("order", "front", "front-1", 7, deleted=True)
    assert brand.found("unmapped_status", 8) == {}
