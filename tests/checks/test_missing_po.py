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


def test_a_credit_after_the_grace_of_the_flow_into_its_system_and_until_it_is_cited(brand):
    brand.everywhere(status="closed")
    brand.credit(said=1, refs={"sales_order": "SO-1"}, reason="goodwill", currency="EUR", amount="7.00")
    assert brand.found("missing_po", 25 - 1 / 3600) == {}
    assert brand.found("missing_po", 25) == {"credit:erp:CN-1": ("7.00", "EUR")}
    refs = {"sales_order": "SO-1", "purchase_order": "po-1"}
    brand.credit(said=26, refs=refs, reason="goodwill", currency="EUR", amount="7.00")
    assert brand.found("missing_po", 90) == {}


def test_only_where_the_system_requires_it_and_the_order_has_one(brand):
    brand.everywhere(1)
    brand.order(1, system="shop", said=1, po=None)
    brand.everywhere(2, po=None)
    brand.everywhere(3)
    brand.order(3, system="warehouse", said=1, po=None, status="cancelled")
    assert brand.found("missing_po", 9) == {}
    brand.order(2, said=10)
    assert list(brand.found("missing_po", 13)) == ["order:warehouse:warehouse-2"]


def test_a_copy_withdrawn_and_a_late_older_version(brand):
    brand.everywhere()
    brand.order(system="warehouse", said=1, po="PO-9")
    assert brand.found("missing_po", 4)
    brand.take("order", "warehouse", "warehouse-1", 5, deleted=True)
    assert brand.found("missing_po", 6) == {}
    brand.order(system="warehouse", said=8)
    brand.order(system="warehouse", said=7, po="PO-8")
    assert brand.found("missing_po", 20) == {}
