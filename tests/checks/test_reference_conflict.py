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


def glued(brand, said=6, **fields):
    """Two orders, and a credit that names a number of each."""
    brand.everywhere(1)
    brand.everywhere(2, refs={"ecommerce_order": "EC-2"})
    wrong = {"sales_order": "SO-1", "ecommerce_order": "EC-2", "purchase_order": "PO-1"}
    brand.credit("CN-1", said=said, refs=wrong, reason="goodwill", **fields)


def test_at_once_and_the_orders_are_named(brand):
    glued(brand)
    assert brand.found("reference_conflict", 6 - 1 / 3600) == {}
    titles, [(field, expected, expected_from, actual, said_by)] = brand.said("reference_conflict", 6)
    assert titles == ["Credit CN-1 names references of several orders: order:front:front-1, order:front:front-2"]
    assert (field, expected, expected_from) == ("references", "of one order", "the rule")
    assert (actual, said_by) == ("order:front:front-1, order:front:front-2", "credit:erp:CN-1")
    assert brand.found("reference_conflict", 6) == {"credit:erp:CN-1": (None, None)}


def test_a_po_is_no_strong_number_and_a_placeholder_is_none(brand):
    brand.everywhere(1, po="PO-1", refs={"order_number": "N/A"})
    brand.everywhere(2, po="PO-2", refs={"order_number": "n/a"})
    mixed = {"sales_order": "SO-1", "purchase_order": "PO-2", "order_number": " #N/A "}
    brand.credit("CN-1", said=6, refs=mixed, reason="goodwill")
    assert brand.found("reference_conflict", 9) == {}


def test_only_between_live_orders_and_while_the_record_stands(brand):
    glued(brand)
    assert brand.found("reference_conflict", 7)
    brand.order(2, said=8, status="cancelled", refs={"ecommerce_order": "EC-2"})
    assert brand.found("reference_conflict", 9) == {}
    brand.order(2, said=10, refs={"ecommerce_order": "EC-2"})
    assert brand.found("reference_conflict", 11)
    brand.take("credit", "erp", "CN-1", 12, deleted=True)
    assert brand.found("reference_conflict", 13) == {}


def test_a_late_older_version_glues_nothing(brand):
    glued(brand)
    brand.credit("CN-1", said=8, refs={"sales_order": "SO-1", "purchase_order": "PO-1"}, reason="goodwill")
    wrong = {"sales_order": "SO-1", "ecommerce_order": "EC-2"}
    brand.credit("CN-1", said=7, refs=wrong, reason="goodwill", amount="21.00")
    assert brand.found("reference_conflict", 9) == {}


def test_a_return_and_a_shipment_may_glue_too_and_an_unknown_word_is_still_raised(brand):
    glued(brand)
    both = {"sales_order": "SO-2", "ecommerce_order": "EC-3"}
    brand.everywhere(3, refs={"ecommerce_order": "EC-3"})
    brand.shipped(9, said=7, refs=both)
    brand.returned(said=7, status="weird", refs=both | {"rma": "RMA-1"})
    assert set(brand.found("reference_conflict", 8)) == {
        "credit:erp:CN-1",
        "fulfilment:warehouse:F-9",
        "return:portal:R-1",
    }
    assert list(brand.found("unmapped_status", 8)) == ["status:portal:return:weird"]
