"""What measurements amount to: percentiles that were measured, ratios that say which way they go."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.benchmarks.figures import Row, percentile, rounded, shown

pytestmark = pytest.mark.unit
times = st.lists(st.floats(0, 1e6, allow_nan=False), min_size=1)


def test_a_percentile_is_the_nearest_rank() -> None:
    hundred = [float(one) for one in range(1, 101)]
    assert [percentile(hundred, share) for share in (0.01, 0.5, 0.99, 1)] == [1, 50, 99, 100]
    assert percentile([3, 1, 2], 0.5) == 2
    assert percentile([7], 0.99) == 7


@given(times, st.floats(0.001, 1))
def test_a_percentile_was_measured_and_covers_its_share(values: list[float], share: float) -> None:
    found = percentile(values, share)
    assert found in values
    assert sum(one <= found for one in values) >= share * len(values)


@given(times)
def test_percentiles_do_not_cross(values: list[float]) -> None:
    assert percentile(values, 0.5) <= percentile(values, 0.99) <= max(values)


@pytest.mark.parametrize("share", [0, -0.5, 1.01])
def test_a_share_lies_between_nothing_and_all(share: float) -> None:
    with pytest.raises(ValueError, match="percentile"):
        percentile([1.0], share)


def test_nothing_has_no_percentile() -> None:
    with pytest.raises(ValueError, match="percentile"):
        percentile([], 0.5)


def test_a_row_is_the_median_of_its_runs_beside_the_baselines() -> None:
    row = Row("x", "ms", ours=(9, 1, 5), baseline=(10, 30, 20))
    assert (row.value, row.beside, row.ratio) == (5, 20, 0.25)


def test_a_row_without_a_baseline_has_no_ratio() -> None:
    row = Row("x", "s", ours=(2,))
    assert (row.beside, row.ratio, row.met) == (None, None, None)


def test_a_row_wants_a_measurement() -> None:
    with pytest.raises(ValueError, match="nothing was measured"):
        Row("x", "ms", ours=())


@pytest.mark.parametrize(
    ("unit", "value", "met"),
    [("req/s", 700, True), ("req/s", 699, False), ("ms", 700, True), ("ms", 701, False)],
)
def test_of_a_rate_more_is_better_and_of_all_else_less(unit: str, value: float, met: bool) -> None:
    assert Row("x", unit, ours=(value,), target=700).met is met


def test_a_target_for_the_ratio_counts_beside_the_one_for_the_value() -> None:
    row = Row("x", "req/s", ours=(800,), baseline=(110,), target=700, ratio_target=8)
    assert row.met is False
    assert Row("x", "req/s", ours=(900,), baseline=(110,), target=700, ratio_target=8).met is True


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (0.03125, "0.0312"), (4.6667, "4.67"), (46.667, "46.7"), (466.67, "467"), (4666.7, "4,667")],
)
def test_three_digits_are_shown(value: float, text: str) -> None:
    assert shown(value) == text


@given(st.floats(1e-3, 1e7))
def test_rounding_stays_within_half_a_percent(value: float) -> None:
    assert abs(rounded(value) - value) <= value * 0.0051
