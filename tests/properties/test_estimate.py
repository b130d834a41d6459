"""Whatever the runs gave, an estimate of theirs is possible."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from churnsim.metrics import AMOUNT, ANY, SHARE, Measurement, Range, Ratio, Scalar
from churnsim.statistics import summarise

MARGIN = Range(-math.inf, 1.0)
RANGES = st.sampled_from([SHARE, AMOUNT, MARGIN, ANY])


@st.composite
def values(draw: st.DrawFn, possible: Range) -> list[float]:
    """A few runs, often at the ends of what is possible."""
    low, high = max(possible.low, -1e6), min(possible.high, 1e6)
    ends = [end for end in (possible.low, possible.high, 0.0) if math.isfinite(end) and end in possible]
    one = st.floats(low, high, allow_subnormal=False) | st.sampled_from(ends)
    return draw(st.lists(one, min_size=1, max_size=30))


def is_possible(possible: Range, runs: list[Measurement]) -> None:
    found = summarise(runs, possible=possible)
    assert found.mean is not None
    assert math.isclose(found.mean, possible.nearest(found.mean), rel_tol=1e-9)
    assert (found.low is None) == (found.high is None)
    if found.low is not None and found.high is not None:
        assert possible.low <= found.low <= found.high <= possible.high


@given(data=st.data(), possible=RANGES)
def test_the_interval_of_a_mean_is_possible(data: st.DataObject, possible: Range) -> None:
    is_possible(possible, [Scalar(value) for value in data.draw(values(possible))])


@given(data=st.data(), possible=RANGES)
def test_the_interval_of_a_ratio_is_possible(data: st.DataObject, possible: Range) -> None:
    found = data.draw(values(possible))
    weights = data.draw(st.lists(st.floats(1e-3, 1e6), min_size=len(found), max_size=len(found)))
    is_possible(possible, [Ratio(x * weight, weight) for x, weight in zip(found, weights, strict=True)])
