"""One measure at two designs that share their random numbers: the paired difference."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from churnsim.metrics.measurement import Durations, Measurement, Peak, Ratio
from churnsim.statistics.estimate import Difference
from churnsim.statistics.mean import mean_interval, mean_p_value
from churnsim.statistics.quantile import paired_quantiles, section_p_value
from churnsim.statistics.ratio import influence, leave_one_out
from churnsim.statistics.summary import kind_of, says_something, shows_too_little


def difference(a: Sequence[Measurement], b: Sequence[Measurement], confidence: float = 0.95) -> Difference:
    """How much larger a measure is at design `a` than at design `b`, paired by replication.

    * `Scalar`: mean of the differences, with the interval of a mean.
    * `Ratio`: difference of the two ratios of sums, with a jackknife interval over replications.
    * `Durations`: difference of the two pooled quantiles, with sections paired.
    * `Peak`: difference of the maxima, no interval.

    Where some pairs do not differ at all and fewer than 15 do, there is no interval (``few non-zero``), as in
    `summarise`.

    Parameters
    ----------
    a, b : sequence of Measurement
        Equally long; position i of both is the same replication under the same seed.
    confidence : float
        Such as 0.95.

    Returns
    -------
    Difference
        ``a - b`` in the unit of the measure, with the correlation achieved. Pairs in which either side is
        undefined are skipped and counted.

    Raises
    ------
    ValueError
        If the lengths differ or kinds are mixed.

    Source: Law, Simulation Modeling and Analysis, 10.2 (paired t); Efron and Stein 1981 (jackknife).
    """
    if len(a) != len(b):
        raise ValueError(f"pairs need equally many runs on both sides, got {len(a)} and {len(b)}")
    kind = kind_of([*a, *b])
    if kind is Durations:
        return _quantiles(a, b, confidence)
    pairs = [(x, y) for x, y in zip(a, b, strict=True) if says_something(x) and says_something(y)]
    undefined = len(a) - len(pairs)
    ones, others = [x for x, _ in pairs], [y for _, y in pairs]
    if not pairs or (kind is Ratio and not (_parts(ones)[1].any() and _parts(others)[1].any())):
        return Difference(None, None, None, 0, len(a), "undefined")
    first, second = _values(ones), _values(others)
    if kind is Peak:
        gap = float(first.max() - second.max())
        return Difference(gap, None, None, len(pairs), undefined, "maximum", None, correlation(first, second))
    differing = first - second
    if kind is Ratio:
        (up, down), (other_up, other_down) = _parts(ones), _parts(others)
        differing = up * other_down - other_up * down  # 0 where the ratios agree, with a denominator of 0 too
    nonzero = int(np.count_nonzero(differing))
    if kind is Ratio:
        mean, pseudo, achieved = _jackknife(ones, others)
    else:
        mean, pseudo, achieved = float(differing.mean()), differing, correlation(first, second)
    reason = shows_too_little(differing)
    if reason is not None:
        return Difference(mean, None, None, len(pairs), undefined, reason, nonzero, achieved)
    if not np.isfinite(pseudo).all():  # one run alone holds all that the ratio is taken over
        return Difference(mean, None, None, len(pairs), undefined, "few runs", nonzero, achieved)
    if kind is Ratio:
        # The jackknife's spread about the difference of ratios, whose own bias is of smaller order.
        pseudo = pseudo + (mean - float(pseudo.mean()))
    low, high, method = mean_interval(pseudo, confidence)
    chance = mean_p_value(pseudo, 0.0)
    method = "jackknife" if kind is Ratio else method
    return Difference(mean, low, high, len(pairs), undefined, method, nonzero, achieved, chance)


def correlation(first: NDArray[np.float64], second: NDArray[np.float64]) -> float | None:
    """Pearson's correlation of two equally long arrays, None where one does not vary."""
    if first.size < 2 or np.ptp(first) == 0.0 or np.ptp(second) == 0.0:
        return None
    x, y = first - first.mean(), second - second.mean()
    return float(np.clip(x @ y / np.sqrt((x @ x) * (y @ y)), -1.0, 1.0))


def _jackknife(
    a: Sequence[Measurement], b: Sequence[Measurement]
) -> tuple[float, NDArray[np.float64], float | None]:
    """Difference of ratios, its pseudo-values of shape (n,), and the correlation of the two sides."""
    n = len(a)
    up_a, down_a = _parts(a)
    up_b, down_b = _parts(b)
    mean = float(up_a.sum() / down_a.sum() - up_b.sum() / down_b.sum())
    without = leave_one_out(up_a, down_a) - leave_one_out(up_b, down_b)
    achieved = correlation(influence(up_a, down_a), influence(up_b, down_b))
    return mean, n * mean - (n - 1) * without, achieved


def _quantiles(a: Sequence[Measurement], b: Sequence[Measurement], confidence: float) -> Difference:
    pairs = [
        (x, y)
        for x, y in zip(a, b, strict=True)
        if isinstance(x, Durations) and isinstance(y, Durations) and x.values.size and y.values.size
    ]
    ones, others = [x for x, _ in pairs], [y for _, y in pairs]
    found = paired_quantiles(ones, others, confidence)
    achieved = correlation(*_defined_pairs(ones, others))
    return Difference(
        found.mean, found.low, found.high, found.n, len(a) - len(pairs), found.method, None, achieved,
        section_p_value(found, confidence),
    )  # fmt: skip


def _defined_pairs(
    a: Sequence[Durations], b: Sequence[Durations]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    both = [(x.value, y.value) for x, y in zip(a, b, strict=True)]
    kept = np.array([(x, y) for x, y in both if x is not None and y is not None], dtype=np.float64)
    return (kept[:, 0], kept[:, 1]) if kept.size else (np.empty(0), np.empty(0))


def _values(measurements: Sequence[Measurement]) -> NDArray[np.float64]:
    return np.array([one.value for one in measurements], dtype=np.float64)


def _parts(measurements: Sequence[Measurement]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    ratios = [one for one in measurements if isinstance(one, Ratio)]
    return (
        np.array([one.numerator for one in ratios], dtype=np.float64),
        np.array([one.denominator for one in ratios], dtype=np.float64),
    )
