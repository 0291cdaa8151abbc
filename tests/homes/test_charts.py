"""The shapes of charts: none where there are no numbers, and none beyond its drawing."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from exceptions.homes.charts import bars, flow_of_days, sparkline
from exceptions.homes.insight import Day
from tests.homes.past import NOW

counts = st.integers(0, 10_000)


def test_a_chart_without_numbers_has_no_shapes():
    quiet = [Day(NOW.date(), 0, 0, 0, 0)]
    assert flow_of_days("quiet", quiet).is_empty
    assert bars("none", ("Kind",), []).bars == []
    assert sparkline([0, 0]) == ""


@given(st.lists(st.builds(Day, st.just(NOW.date()), counts, counts, counts, counts), min_size=1, max_size=90))
def test_no_shape_leaves_its_drawing(days):
    chart = flow_of_days("any", days)
    for block in chart.blocks:
        assert float(block.x) >= 0
        assert float(block.x) + float(block.width) <= 600.1
        assert float(block.y) >= -0.1
        assert float(block.y) + float(block.height) <= 140.11
    for point in chart.line.split():
        x, y = map(float, point.split(","))
        assert 0 <= x <= 600
        assert 0 <= y <= 140


@given(st.lists(st.decimals(0, 10**9, places=2), max_size=20))
def test_the_longest_bar_is_the_whole_length(amounts):
    chart = bars("any", ("A", "B"), [(str(n), amount, str(amount)) for n, amount in enumerate(amounts)])
    shares = [Decimal(bar.share) for bar in chart.bars]
    assert all(0 <= share <= 100 for share in shares)
    if any(amounts):
        assert max(shares) == 100
