"""CSV rows become records by a saved mapping; what does not fit is refused by row, column and reason."""

import io
import json

import pytest

from connectors.csv.mapping import MappingRefused
from connectors.csv.reading import read_mapping
from connectors.csv.rows import ColumnsMissing, Tally, read_csv
from connectors.lines import Accepted, Known, Refusal

KNOWN = Known(systems=frozenset({"shop"}), flows={})
MAPPING = """
system = "shop"

[csv]
decimal = ","
thousands = "."
time_format = "%d.%m.%Y %H:%M"
time_zone = "Europe/London"
unmatched = "skip"

[[records]]
name = "orders"
type = "order"
group = "No"
where = [{ column = "No", matches = "[0-9]+" }, { column = "Qty", above = 0 }]
[records.fields]
id = { column = "No" }
at = { column = "Date", as = "time", take = "first" }
placed_at = { column = "Date", as = "time", take = "first" }
status = { column = "State", case = "lower", map = { "paid" = "closed" } }
currency = { value = "GBP" }
"customer.id" = { column = "Customer" }
total = { sum_of_lines = ["quantity", "unit_price"] }
[records.lines]
sku = { column = "Sku" }
quantity = { column = "Qty", as = "decimal" }
unit_price = { column = "Price", as = "decimal" }

[[records]]
name = "credits"
type = "credit"
group = "No"
where = [{ column = "Qty", below = 0 }]
[records.fields]
id = { column = "No" }
at = { column = "Date", as = "time" }
kind = { value = "credit_note" }
status = { value = "issued" }
currency = { value = "GBP" }
amount = { sum_of_lines = ["quantity", "unit_price"] }
[records.lines]
sku = { column = "Sku" }
quantity = { column = "Qty", as = "decimal", absolute = true }
unit_price = { column = "Price", as = "decimal" }
reason = { choose = [{ column = "Sku", matches = "[A-Z]+", value = "return" }], otherwise = "price_adjustment" }

[[records]]
name = "gifts"
skip = true
where = [{ column = "State", equals = "gift" }]
"""
HEADER = "No,Sku,Qty,Price,Date,State,Customer"


def read(*rows, mapping=MAPPING, header=HEADER, raw=None):
    tally = Tally()
    stream = io.BytesIO(raw if raw is not None else "\n".join((header, *rows)).encode())
    return list(read_csv(stream, read_mapping(mapping), KNOWN, tally)), tally


def values(found):
    return [json.loads(item.raw) for item in found if isinstance(item, Accepted)]


def refusals(found):
    return [(item.number, item.field, item.reason) for item in found if isinstance(item, Refusal)]


def test_rows_of_one_number_are_one_order_with_exact_totals():
    found, tally = read(
        '1,TEE,2,"1.234,50",01.03.2010 09:00,Paid,C-1', '1, CAP ,"0,5","0,10",01.03.2010 09:01,Paid,C-1'
    )
    (order,) = values(found)
    assert order["total"] == "2469.050"
    assert order["status"] == "closed"
    assert order["customer"] == {"id": "C-1"}
    assert order["at"] == "2010-03-01T09:00:00Z"
    assert [line["sku"] for line in order["lines"]] == ["TEE", "CAP"]
    assert tally.rows == {"orders": 2}


def test_rows_of_one_number_may_lie_apart():
    found, _ = read(
        "1,TEE,1,1,01.03.2010 09:00,Paid,A", "2,TEE,1,1,01.03.2010 09:00,Paid,B", "1,CAP,1,1,01.03.2010 09:00,Paid,A"
    )
    assert {value["id"]: len(value["lines"]) for value in values(found)} == {"1": 2, "2": 1}


def test_exact_repeats_are_two_lines():
    row = "1,TEE,1,1,01.03.2010 09:00,Paid,A"
    (order,) = values(read(row, row)[0])
    assert len(order["lines"]) == 2


def test_several_types_from_one_file_with_signs_turned_and_reasons_chosen():
    found, tally = read(
        'X,TEE,-2,"1,50",01.03.2010 09:00,,',
        'X,M1,-1,"3,00",01.03.2010 09:00,,',
        "9,TEE,0,0,01.03.2010 09:00,gift,",
        "?,TEE,0,0,01.03.2010 09:00,,",
    )
    (credit,) = values(found)
    assert credit["amount"] == "6.00"
    assert [(line["quantity"], line["reason"]) for line in credit["lines"]] == [
        ("2", "return"),
        ("1", "price_adjustment"),
    ]
    assert tally.rows == {"credits": 2, "gifts (skipped)": 1, "skipped": 1}


@pytest.mark.parametrize(
    ("row", "field", "reason"),
    [
        ("1,TEE,1,1.2.3,01.03.2010 09:00,Paid,A", "Price", "'1.2.3' is no decimal such as 1.234,50"),
        ("1,TEE,1,1,2010-03-01,Paid,A", "Date", "'2010-03-01' is no time in the form %d.%m.%Y %H:%M"),
        ("1,TEE,1,1,28.03.2010 01:30,Paid,A", "Date", "does not exist in Europe/London: the clocks skip it"),
        ("1,TEE,1,1,01.03.2010 09:00,Open,A", "State", "'open' is not in the map: paid"),
    ],
)
def test_a_value_that_does_not_fit_names_row_column_and_reason(row, field, reason):
    ((number, column, said),) = refusals(read(row)[0])
    assert (number, column) == (2, field)
    assert reason in said


def test_an_hour_that_clocks_show_twice_is_the_first():
    (order,) = values(read("1,TEE,1,1,31.10.2010 01:30,Paid,A")[0])
    assert order["at"] == "2010-10-31T00:30:00Z"


def test_one_bad_row_refuses_its_whole_record_and_names_every_row_of_it():
    found, tally = read("1,TEE,1,1,01.03.2010 09:00,Paid,A", "1,CAP,1,x,01.03.2010 09:00,Paid,A")
    assert values(found) == []
    assert [(number, said) for number, _, said in refusals(found)] == [
        (2, "Row 2: row 3 of the same order does not fit."),
        (3, "Row 3: 'x' is no decimal such as 1.234,50."),
    ]
    assert tally.rows == {"refused": 2}


def test_rows_of_one_record_that_disagree_in_a_header_field_are_refused():
    found, _ = read("1,TEE,1,1,01.03.2010 09:00,Paid,A", "1,CAP,1,1,01.03.2010 09:00,Paid,B")
    assert refusals(found)[1][1:] == ("customer.id", "Row 3: 'B', the first row says 'A'.")


def test_a_short_row_an_unquoted_end_and_foreign_bytes_are_refused_alone():
    raw = HEADER.encode() + b"\n1,TEE,1\n2,T\xffE,1,1,01.03.2010 09:00,Paid,A\n3,TEE,1,1,01.03.2010 09:00,Paid,A\n"
    found, _ = read(raw=raw)
    assert [number for number, _, _ in refusals(found)] == [2, 3]
    assert [value["id"] for value in values(found)] == ["3"]


def test_a_byte_order_mark_and_breaks_in_cells_are_read():
    found, _ = read(raw=("\ufeff" + HEADER + '\n1,"T\nE",1,1,01.03.2010 09:00,Paid,A\n').encode())
    assert values(found)[0]["lines"][0]["sku"] == "T\nE"


def test_a_missing_column_stops_at_once():
    with pytest.raises(ColumnsMissing, match="The header lacks Customer"):
        read("1", header="No,Sku,Qty,Price,Date,State")


def test_a_mapping_is_refused_with_all_its_problems():
    with pytest.raises(MappingRefused) as refused:
        read_mapping(
            'sistem = "shop"\n[csv]\ntime_zone = "Mars"\n[[records]]\ntype = "ordr"\nwhere = [{ column = "A" }]'
        )
    said = "\n".join(refused.value.problems)
    for part in (
        "sistem: is unknown",
        "system: is missing",
        "'Mars' is no time zone",
        "type: must be one of",
        "where[0]",
    ):
        assert part in said


def test_a_line_without_a_price_leaves_the_sum_unknown():
    (order,) = values(read("1,TEE,1,,01.03.2010 09:00,Paid,A")[0])
    assert "total" not in order


def test_a_row_that_is_no_csv_is_kept_as_it_came():
    found, _ = read('1,"TEE"x,1,1,01.03.2010 09:00,Paid,A', "3,TEE,1,1,01.03.2010 09:00,Paid,A")
    (refusal,) = (item for item in found if isinstance(item, Refusal))
    assert b"TEE" in refusal.raw
    assert [value["id"] for value in values(found)] == ["3"]


def test_two_rules_of_one_name_and_wrong_words_are_refused():
    rule = '[[records]]\ntype = "order"\nskip = "yes"\n[records.fields]\nid = { column = "A", case = "up", map = 1 }\n'
    with pytest.raises(MappingRefused) as refused:
        read_mapping('system = "shop"\n[csv]\nencoding = "klingon"\ndelimiter = "||"\n' + rule + rule)
    said = "\n".join(refused.value.problems)
    for part in ("named order", "skip: must be", "case: must be", "map: must be", "no encoding", "one character"):
        assert part in said


def test_a_quote_that_never_ends_costs_its_own_line_alone():
    good = [f"{n},TEE,1,1,01.03.2010 09:00,Paid,A" for n in range(2, 5_000)]
    found, _ = read('1,"TEE,1,1,01.03.2010 09:00,Paid,A', *good)
    assert [number for number, _, _ in refusals(found)] == [2]
    assert len(values(found)) == len(good)


def test_a_row_without_the_number_of_its_record_is_refused():
    found, _ = read(" ,TEE,-1,1,01.03.2010 09:00,Paid,A")
    assert "No: the cell is empty" in refusals(found)[0][2]


@pytest.mark.parametrize(
    "malformed",
    ["records = 3", "where = 3", 'fields = "x"', "fields = { id = 3 }", 'fields = { id = { choose = ["x"] } }'],
)
def test_a_malformed_mapping_is_refused_and_never_crashes(malformed):
    text = malformed if malformed.startswith("records") else f'[[records]]\ntype = "order"\n{malformed}'
    with pytest.raises(MappingRefused):
        read_mapping('system = "shop"\n' + text)
