"""Bins with round edges, whatever the numbers."""

from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sightline.questions.histogram import BINS, edges

numbers = st.floats(-1e9, 1e9) | st.integers(-1000, 1000).map(lambda tenths: tenths / 10)


@given(one=numbers, other=numbers)
def test_edges_hold_every_number(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assume(high - low > 1e-9 * max(abs(low), abs(high)))
    found = edges(low, high)
    assert found[0] <= low < high <= found[-1]
    assert 2 <= len(found) <= BINS + 1
    assert all(before < after for before, after in pairwise(found))
    # At most half of the bins lie idle.
    assert high - low > (found[-1] - found[0]) / 4 or len(found) <= 4


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.0, 1.0, [place / 20 for place in range(21)]),
        (47.5, 67.4, [float(place) for place in range(46, 70, 2)]),
        (0.0, 20.0, [float(place) for place in range(21)]),
    ],
)
def test_edges_are_round(low: float, high: float, expected: list[float]) -> None:
    assert edges(low, high) == expected


@pytest.mark.parametrize(("low", "high"), [(1e17, 1e17 + 16), (-1.7e308, 1.7e308)])
def test_no_edges_where_doubles_end(low: float, high: float) -> None:
    assert edges(low, high) == []
