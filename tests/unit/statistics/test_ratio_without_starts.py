"""A ratio of sums counts every run that holds any of it."""

import numpy as np

from churnsim.metrics.measurement import Ratio
from churnsim.statistics import difference, summarise


def test_seconds_without_a_start_count() -> None:
    """Two runs: 30 s of an episode that began before, and 10 s of one that begins: 40 s over one start."""
    assert summarise([Ratio(30.0, 0.0), Ratio(10.0, 1.0)]).mean == 40.0


def test_only_nothing_over_nothing_is_undefined() -> None:
    found = summarise([Ratio(0.0, 0.0), Ratio(10.0, 1.0)])
    assert (found.mean, found.n, found.undefined) == (10.0, 1, 1)
    assert summarise([Ratio(5.0, 0.0)]).mean is None


def test_the_mean_window_of_rare_episodes_is_unbiased() -> None:
    """Episodes of 12 h beginning once in 24 h, seen through windows of 6 h: Little, 43,200 s a start."""
    random = np.random.default_rng(1)
    runs = []
    for _ in range(4000):
        starts = random.uniform(-48.0, 6.0, random.poisson(54.0 / 24.0))
        seconds = 3600.0 * np.maximum(np.minimum(starts + 12.0, 6.0) - np.maximum(starts, 0.0), 0.0).sum()
        runs.append(Ratio(float(seconds), float((starts >= 0.0).sum())))
    found = summarise(runs)
    assert found.low is not None
    assert found.high is not None
    assert found.low <= 43_200.0 <= found.high
    assert found.high - found.low <= 0.2 * 43_200.0


def test_pairs_without_starts_count_in_a_difference() -> None:
    first, second = [Ratio(30.0, 0.0), Ratio(10.0, 1.0)], [Ratio(10.0, 0.0), Ratio(10.0, 1.0)]
    assert difference(first, second).mean == 20.0
