def test_a_copy_without_the_po_after_the_grace_of_its_flow(brand):
    brand.everywhere()
    brand.order(system="warehouse", said=1, po=None)
    assert brand.found("missing_po", 3 - 1 / 3600) == {}
    assert brand.found("missing_po", 3) == {"order:warehouse:warehouse-1": ("50.00", "GBP")}
    brand.order(system="warehouse", said=4)
    assert brand.found("missing_po", 9) == {}


def test_another_po_is_none_and_form_does_not_matter(brand):
    brand.everywhere(1)
    brand.everywhere(2)
    brand.order(1, system="warehouse", said=1, po=" #po-1 ")
    brand.order(2, system="warehouse", said=1, po="PO-9")
    assert list(brand.found("missing_po", 9)) == ["order:warehouse:warehouse-2"]


def test_the_order_itself_only_on_account_and_at_once(brand):
    brand.everywhere(1, po=None, payment={"method": "on account"})
    brand.everywhere(2, po=None, payment={"method": "card", "status": "paid"})
    assert list(brand.found("missing_po", 0)) == ["order:front:front-1"]


def test_a_void_credit_needs_none(brand):
    brand.everywhere()
    brand.credit("CN-1", said=1, refs={"sales_order": "SO-1"}, reason="goodwill", status="void")
    brand.credit("CN-2", said=1, refs={"sales_order": "SO-1", "purchase_order": "TBC"}, reason="goodwill")
    assert list(brand.found("missing_po", 48)) == ["credit:erp:CN-2"]
