SUBJECT = "order:front:front-1>shop"


def test_reported_and_not_there_after_the_grace(brand):
    brand.order()
    brand.order(system="warehouse")
    brand.outcome("to-shop", result="success", said=1)
    assert brand.found("false_success", 1.5 - 1 / 3600) == {}
    assert brand.found("false_success", 1.5) == {SUBJECT: ("50.00", "GBP")}
    assert brand.found("order_missing_downstream", 1.5) == {}
    brand.order(system="shop", said=2)
    assert brand.found("false_success", 3) == {}


def test_the_target_id_decides_where_there_is_one(brand):
    brand.everywhere()
    brand.outcome("to-shop", result="success", said=1, target_id="elsewhere")
    assert SUBJECT in brand.found("false_success", 9)
    brand.outcome("to-shop", result="success", said=10, target_id="shop-1")
    assert brand.found("false_success", 20) == {}
