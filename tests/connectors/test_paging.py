"""Paging by number: rows that move to the newer end while we read are read twice, never missed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.paging import LoopingPages, both_ways, by_number, by_offset

SIZE = 3


def page_of(rows, number):
    return rows[(number - 1) * SIZE : number * SIZE], -(-len(rows) // SIZE)


@pytest.mark.parametrize("newest_first", [True, False])
@given(count=st.integers(0, 14), moves=st.lists(st.integers(0, 13), max_size=8))
def test_no_row_is_missed_whatever_moves(newest_first, count, moves):
    rows, left = list(range(count)), list(moves)
    seen, position = set(), None
    while True:
        page = by_number(lambda number: page_of(rows, number), position, newest_first=newest_first)
        seen.update(page.items)
        if page.following is None:
            break
        position = page.following
        if left and count:
            moved = left.pop() % count
            rows.remove(moved)
            rows.insert(0 if newest_first else len(rows), moved)
    assert seen >= set(range(count)) - {moved % count for moved in moves if count}


def test_rows_that_never_rest_are_given_up():
    turns = iter(range(1_000))

    def fetch(offset, limit):
        turn = next(turns)
        return [turn * 10 + number for number in range(limit)]

    def read():
        position = None
        while True:
            position = by_offset(fetch, position, size=4, key=lambda row: row).following

    with pytest.raises(LoopingPages):
        read()
    assert next(turns) > 10


@pytest.mark.parametrize("newest_first", [True, False])
@given(count=st.integers(0, 14), moves=st.lists(st.integers(0, 13), max_size=8))
def test_both_ways_no_row_is_missed_whichever_the_order(newest_first, count, moves):
    rows, left = list(range(count)), list(moves)
    seen, position = set(), None

    def fetch(number):
        found, total = page_of(rows, number)
        return found, number < total

    while True:
        page = both_ways(fetch, position)
        seen.update(page.items)
        if page.following is None:
            break
        position = page.following
        if left and count:
            moved = left.pop() % count
            rows.remove(moved)
            rows.insert(0 if newest_first else len(rows), moved)
    assert seen >= set(range(count)) - {moved % count for moved in moves if count}
