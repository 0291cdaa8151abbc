def test_a_typing_error_that_glues_two_orders_silences_all_else_about_them(brand):
    brand.everywhere(1, status="open")
    brand.everywhere(2, refs={"ecommerce_order": "EC-2"})
    brand.order(2, said=1, status="cancelled", refs={"ecommerce_order": "EC-2"})
    assert brand.found("status_drift", 5)
    wrong = {"sales_order": "SO-1", "ecommerce_order": "EC-2", "purchase_order": "PO-1"}
    brand.credit("CN-1", said=6, refs=wrong, reason="goodwill")
    brand.order(2, said=6, status="open", refs={"ecommerce_order": "EC-2"})
    assert list(brand.found("reference_conflict", 7)) == ["credit:erp:CN-1"]
    assert brand.found("status_drift", 7) == {}
    brand.credit("CN-1", said=8, refs={"sales_order": "SO-1", "purchase_order": "PO-1"}, reason="goodwill")
    assert brand.found("reference_conflict", 9) == {}


def test_orders_that_share_a_number_among_themselves_are_one(brand):
    brand.everywhere(1, refs={"order_number": "N-1"})
    brand.everywhere(2, refs={"order_number": "N-1"})
    assert brand.found("reference_conflict", 9) == {}
