SUBJECT = "credit:erp:CN-1"
ORDER = {"sales_order": "SO-1"}


def returned(brand, **fields):
    brand.everywhere(status="closed")
    brand.shipped()
    brand.returned(**fields)


def test_beside_a_live_return_at_once_in_net_goods(brand):
    returned(brand, said=100)
    brand.credit(said=110, refs=ORDER, amount="26.00", tax="4.00", shipping="2.00")
    assert brand.found("credit_outside_workflow", 110 - 1 / 3600) == {}
    assert brand.found("credit_outside_workflow", 110) == {SUBJECT: ("20.00", "GBP")}


def test_given_before_anybody_asked_for_a_return(brand):
    returned(brand, said=120, status="requested")
    brand.credit(said=110, refs=ORDER)
    assert brand.found("credit_outside_workflow", 119) == {}
    assert SUBJECT in brand.found("credit_outside_workflow", 120)


def test_the_rma_heals_it_whichever_copy_carries_it(brand):
    returned(brand)
    brand.credit(refs=ORDER | {"credit_number": "7"})
    assert SUBJECT in brand.found("credit_outside_workflow", 111)
    money = {"kind": "credit_note", "currency": "GBP", "amount": "20.00", "status": "issued"}
    brand.take("credit", "shop", "S-7", 112, **money, refs={"credit_number": "7", "rma": "RMA-1"})
    assert brand.found("credit_outside_workflow", 112) == {}


def test_the_order_on_another_copy_leads_to_the_return(brand):
    returned(brand)
    brand.credit(refs={"credit_number": "7"})
    assert brand.found("credit_outside_workflow", 111) == {}
    money = {"kind": "credit_note", "currency": "GBP", "amount": "20.00", "status": "issued"}
    brand.take("credit", "shop", "S-7", 112, **money, refs={"credit_number": "7"} | ORDER)
    assert brand.found("credit_outside_workflow", 112) == {SUBJECT: ("20.00", "GBP")}
    brand.returned(said=113, status="cancelled")
    assert brand.found("credit_outside_workflow", 113) == {}


def test_a_dead_return_and_a_mere_copy_of_one_are_no_process(brand):
    returned(brand, status="rejected")
    brand.returned(2, system="shop", refs=ORDER)
    brand.credit(refs=ORDER)
    assert brand.found("credit_outside_workflow", 111) == {}


def test_goodwill_void_credits_and_other_orders_stay_out_of_it(brand):
    returned(brand)
    brand.everywhere(2, status="closed")
    brand.credit("CN-1", refs=ORDER, reason="goodwill")
    brand.credit("CN-2", refs=ORDER, status="void")
    brand.credit("CN-3", refs={"sales_order": "SO-2"})
    assert brand.found("credit_outside_workflow", 111) == {}


def test_several_such_credits_are_one_each_and_a_closed_return_counts(brand):
    returned(brand, status="closed")
    brand.credit("CN-1", refs=ORDER, amount="12.00")
    brand.credit("CN-2", refs=ORDER, amount="9.50", currency="EUR")
    found = {SUBJECT: ("12.00", "GBP"), "credit:erp:CN-2": ("9.50", "EUR")}
    assert brand.found("credit_outside_workflow", 111) == found


def test_it_names_the_return_it_may_belong_to(brand):
    returned(brand)
    brand.credit(refs=ORDER)
    titles, evidence = brand.said("credit_outside_workflow", 111)
    assert titles == ["Credit CN-1 of £20.00 names no return, though its order has return R-1"]
    assert evidence == [("refs.rma", "RMA-1", "return:portal:R-1", "none", SUBJECT)]
