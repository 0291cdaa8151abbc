CODES = """
[reason_codes.portal]
"TOO_SMALL" = "size"
"""


def reasons(brand, *codes, n=1, said=100, **fields):
    lines = [{"sku": "TEE", "quantity": 1, "reason_code": code} for code in codes]
    brand.returned(n, said=said, lines=lines, **fields)


def begin(brand, more=CODES):
    brand.rewire(more=more)
    brand.everywhere(status="closed")
    brand.shipped()


def test_once_for_each_reason_however_many_lines_use_it(brand):
    begin(brand)
    reasons(brand, "TOO_SMALL", "ITCHY", "ITCHY")
    brand.order(2)
    reasons(brand, "ITCHY", "LATE", n=2, said=101, status="rejected")
    subjects = ["reason:portal:ITCHY", "reason:portal:LATE"]
    assert brand.found("unmapped_reason_code", 101) == dict.fromkeys(subjects, (None, None))


def test_silent_once_mapped_and_once_no_line_uses_it(brand):
    begin(brand)
    reasons(brand, "ITCHY", "LATE")
    assert len(brand.found("unmapped_reason_code", 100)) == 2
    reasons(brand, "LATE", said=101)
    assert list(brand.found("unmapped_reason_code", 101)) == ["reason:portal:LATE"]
    brand.rewire(more=CODES + '"LATE" = "late"\n')
    assert brand.found("unmapped_reason_code", 102) == {}


def test_a_line_without_a_reason_and_a_system_without_a_table_are_not_asked(brand):
    begin(brand)
    reasons(brand, None, "  ", "TOO_SMALL ")
    reasons(brand, "WHATEVER", n=2, system="shop", refs={"sales_order": "SO-1", "rma": "RMA-1"})
    assert brand.found("unmapped_reason_code", 100) == {}


def test_any_system_with_a_table_and_a_withdrawn_return_no_more(brand):
    begin(brand, CODES.replace("portal", "shop"))
    reasons(brand, "ODD", n=2, system="shop", refs={"sales_order": "SO-1", "rma": "RMA-1"})
    assert list(brand.found("unmapped_reason_code", 100)) == ["reason:shop:ODD"]
    brand.take("return", "shop", "R-2", 101, deleted=True)
    assert brand.found("unmapped_reason_code", 101) == {}


def test_the_evidence_names_where_it_is_used(brand):
    begin(brand)
    reasons(brand, "ITCHY", "ITCHY")
    brand.found("unmapped_reason_code", 100)
    case = brand.case("unmapped_reason_code")
    assert case.title == "portal uses the reason ITCHY, which no table maps (2 lines)"
    assert [(p["field"], p["expected"], p["expected_from"], p["actual"], p["actual_from"]) for p in case.evidence] == [
        ("reason_code", "a reason in the table of portal", "reason_codes:portal", "ITCHY", "return:portal:R-1"),
        ("lines", None, None, "2", "portal"),
    ]


def test_a_table_without_an_entry_is_none(brand):
    begin(brand, "[reason_codes.portal]\n")
    reasons(brand, "WHATEVER")
    assert brand.found("unmapped_reason_code", 101) == {}
