def credited(brand, *amounts):
    brand.everywhere(status="closed")
    brand.shipped()
    brand.returned()
    for n, amount in enumerate(amounts):
        brand.credit(f"CN-{n}", said=110 + n, amount=amount)


def test_credited_twice_in_full(brand):
    credited(brand, "20.00", "20.00")
    assert brand.found("duplicate_credit", 120) == {"credit:erp:CN-1": ("20.00", "GBP")}
    assert brand.found("credit_value_mismatch", 120) == {}


def test_two_parts_that_make_the_whole(brand):
    credited(brand, "12.00", "8.05")
    assert brand.found("duplicate_credit", 120) == {}


def test_copies_of_one_document_count_once(brand):
    credited(brand, "20.00")
    refs = {"sales_order": "SO-1", "rma": "RMA-1", "credit_number": "N-1", "purchase_order": "PO-1"}
    brand.credit("CN-0", said=111, refs=refs)
    base = {"kind": "credit_note", "currency": "GBP", "amount": "20.00", "status": "issued", "refs": refs}
    brand.take("credit", "shop", "SC-1", 111, **base)
    assert brand.found("duplicate_credit", 120) == brand.found("credit_copy_mismatch", 120) == {}
    brand.take("credit", "shop", "SC-1", 121, **base | {"amount": "20.02"})
    assert brand.found("credit_copy_mismatch", 122) == {"credit:shop:SC-1": ("0.02", "GBP")}
