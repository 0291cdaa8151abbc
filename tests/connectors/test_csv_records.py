"""Records of CSV files of any size: the same wherever their rows lie, piece by piece, in little memory."""

import csv
import tracemalloc
from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.csv.records import Records, SpokenOf, header_of

COLUMNS = ("id", "sku", "notes")
AT = "2026-11-20T12:00:00+00:00"
KEYS = st.sampled_from(["A", "B", "C", "D", ""])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("feeds")


def written(folder, rows):
    path = folder / "shp_DAV_20261120120000.csv"
    with path.open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows([COLUMNS, *rows])
    return path


def whole(path):
    records = Records(path, ("id",), AT)
    found = list(records)
    records.close()
    return found


@given(rows=st.lists(st.tuples(KEYS, st.text("xyz", max_size=2), st.just("")), max_size=30), most=st.integers(1, 7))
def test_rows_of_one_key_are_one_record_in_pieces_of_any_size_and_order(folder, rows, most):
    path, expected = written(folder, rows), defaultdict(list)
    for key, sku, _ in rows:
        expected[key].append(sku)
    records, found, begin, more = Records(path, ("id",), AT), [], 0, True
    while more:
        items, more = records.piece(begin, most)
        assert len(items) <= most
        found, begin = found + items, begin + len(items)
    records.close()
    good = {one["id"]: [row["sku"] for row in one["rows"]] for one in found if "problem" not in one}
    assert good == {key: skus for key, skus in expected.items() if key}
    assert sum("problem" in one for one in found) == len(expected.get("", ()))
    assert found == whole(path)


@given(rows=st.lists(st.tuples(KEYS, st.just("x"), st.just("")), max_size=20), begin=st.integers(0, 25))
def test_a_file_that_is_opened_again_goes_on_where_it_was(folder, rows, begin):
    path = written(folder, rows)
    again = Records(path, ("id",), AT)
    assert again.piece(begin, 100)[0] == whole(path)[begin:]
    again.close()


def test_two_keys_of_one_hash_lose_nothing(folder, monkeypatch):
    monkeypatch.setattr("connectors.csv.records._hash", lambda text: 7)
    path = written(folder, [("A", "x", ""), ("B", "y", ""), ("A", "z", "")])
    assert {one["id"]: len(one["rows"]) for one in whole(path)} == {"A": 2, "B": 1}


def test_a_file_of_80_mib_takes_little_memory(folder):
    sparse, size = "\N{MIDDLE DOT}" * 50_000, 80 * 1024 * 1024
    path = written(folder, [(f"S{n}", "TEE", sparse) for n in range(size // 100_000 + 1)])
    assert path.stat().st_size > size
    tracemalloc.start()
    records, begin, more = Records(path, ("id",), AT), 0, True
    while more:
        items, more = records.piece(begin, 500)
        begin += len(items)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    records.close()
    assert begin == size // 100_000 + 1
    assert peak < 24 * 1024 * 1024


def test_a_line_without_an_end_is_read_in_pieces(folder):
    path = folder / "endless.csv"
    path.write_bytes(b"id,sku,notes\n" + b"x" * 3_000_000)
    assert {one["problem"].split(": ", 1)[1] for one in whole(path)} <= {
        "it has 1 cells, the header 3",
        f"it is no CSV: field larger than field limit ({csv.field_size_limit()})",
    }
    assert header_of(path) == [*COLUMNS]


def test_a_snapshot_knows_what_it_speaks_of(folder):
    path = written(folder, [(f"DAV-{n}", "TEE", "") for n in range(1_000)])
    there = SpokenOf(whole(path), lambda row: [f"DAV/{row['id']}"])
    assert there.places == {"DAV"}
    assert there.complete
    assert all(f"DAV/DAV-{n}" in there for n in range(1_000))
    assert "DAV/DAV-1000" not in there
