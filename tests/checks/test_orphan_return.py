from exceptions.models import ExceptionCase

SUBJECT = "return:portal:R-1"


def test_after_the_grace_of_the_return_flow(brand):
    brand.returned(refs={"rma": "RMA-1"}, said=0)
    assert brand.found("orphan_return", 4 - 1 / 3600) == {}
    assert brand.found("orphan_return", 4) == {SUBJECT: ("20.00", "GBP")}


def test_a_late_order_joins_it(brand):
    brand.returned(said=0)
    assert SUBJECT in brand.found("orphan_return", 5)
    brand.order(said=6)
    assert brand.found("orphan_return", 7) == {}


def test_numbers_that_are_none_join_nothing(brand):
    brand.order(refs={"order_number": "N/A"})
    brand.returned(refs={"order_number": "n/a", "rma": "RMA-1"}, said=0)
    assert SUBJECT in brand.found("orphan_return", 9)


def test_the_orders_it_may_belong_to_by_po_then_by_customer(brand):
    brand.everywhere(1, po="PO-7", customer={"id": "C-9"})
    brand.everywhere(2, po="PO-8", customer={"id": "C-1"})
    brand.returned(7, refs={"rma": "RMA-7", "purchase_order": "po-7"}, said=1, customer={"id": "c-1"})
    brand.found("orphan_return", 9)
    suggested = ExceptionCase.objects.get(kind="orphan_return").suggestions
    assert [(s["order"], s["why"]) for s in suggested] == [
        ("order:front:front-1", "same purchase order, 1 of its SKUs"),
        ("order:front:front-2", "same customer, 1 of its SKUs"),
    ]


def test_of_two_orders_of_the_customer_the_one_with_the_goods_comes_first(brand):
    brand.everywhere(1, customer={"id": "C-1"})
    brand.everywhere(2, customer={"id": "C-1"}, placed=0.5, lines=[{"sku": "CAP", "quantity": 1, "unit_price": "2"}])
    brand.returned(7, refs={"rma": "RMA-7"}, said=1, customer={"id": "C-1"})
    brand.found("orphan_return", 9)
    suggested = ExceptionCase.objects.get(kind="orphan_return").suggestions
    assert [s["order"] for s in suggested] == ["order:front:front-1", "order:front:front-2"]


def test_a_rejected_one_is_no_matter(brand):
    brand.returned(refs={"rma": "RMA-1"}, said=0, status="rejected")
    assert brand.found("orphan_return", 9) == {}
