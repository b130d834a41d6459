"""One measure over many runs: its estimate, by the kind of measurement it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from churnsim.metrics.measurement import Durations, Measurement, Peak, Ratio
from churnsim.metrics.range import ANY, Range
from churnsim.statistics.estimate import Estimate, without_interval
from churnsim.statistics.mean import mean_interval
from churnsim.statistics.quantile import quantile_estimate
from churnsim.statistics.ratio import keeps_to, rarer_side, ratio_interval

# With fewer runs that show the thing at all, intervals of incident-driven measures miss on the dangerous
# side: at one incident in ten runs, a nominal 5 % false pass is 12 to 27 %; with this guard it is 0.1 %.
NONZERO_MIN = 15


def summarise(
    measurements: Sequence[Measurement], confidence: float = 0.95, possible: Range = ANY
) -> Estimate:
    """What independent runs together say about one measure.

    * `Scalar`: the mean, with Hall's transformed t interval from eight runs on and Student's t below.
    * `Ratio`: the ratio of sums (not the mean of ratios, which would weigh quiet runs equally; a run whose
      denominator alone is 0 takes part), with a delta
      interval on the logit scale for what is possible from 0 to 1, the log scale from 0 on.
    * `Durations`: the Kaplan-Meier quantile of all runs' episodes, with a sectioning interval from 50 runs.
    * `Peak`: the largest; no interval, for more runs would only raise it.

    The interval is cut where it leaves what is possible.

    A measure is taken to be driven by incidents as soon as one run shows nothing of it (value 0; for a share
    above one half, complement 0). Then fewer than 15 runs that do show it leave the interval out (``few
    non-zero``), and no such run at all leaves it out too (``all zero``): zeros alone bound how *often* it
    happens, by ``share_of_runs(0, n)``, but say nothing about how *much* it then weighs.

    Parameters
    ----------
    measurements : sequence of Measurement
        One per run, all of one kind. Runs that do not define the measure are skipped and counted.
    confidence : float
        Such as 0.95.
    possible : Range
        What values the measure can take. Not believed where a run lies outside.

    Returns
    -------
    Estimate
        In the unit of the measure.

    Raises
    ------
    ValueError
        If kinds are mixed, or quantiles of different probability.
    """
    kind = kind_of(measurements)
    if kind is Durations:
        return quantile_estimate([one for one in measurements if isinstance(one, Durations)], confidence)
    defined = [one for one in measurements if says_something(one)]
    undefined = len(measurements) - len(defined)
    if not defined or (
        kind is Ratio and not any(one.denominator for one in defined if isinstance(one, Ratio))
    ):
        return without_interval(None, 0, len(measurements), "undefined")
    if kind is Peak:
        peak = max(one.value for one in defined if one.value is not None)
        return without_interval(float(peak), len(defined), undefined, "maximum")
    if kind is Ratio:
        ratios = [one for one in defined if isinstance(one, Ratio)]
        return _pooled_ratio(ratios, undefined, confidence, possible)
    values = np.array([one.value for one in defined], dtype=np.float64)
    return _mean(values, undefined, confidence, possible)


def kind_of(measurements: Sequence[Measurement]) -> type[Measurement] | None:
    """The one kind that all of them are, None of none.

    Raises
    ------
    ValueError
        If kinds are mixed, or quantiles of different probability.
    """
    kinds = {type(one) for one in measurements}
    asked = {one.probability for one in measurements if isinstance(one, Durations)}
    if len(kinds) > 1 or len(asked) > 1:
        names = sorted(kind.__name__ for kind in kinds) + sorted(map(str, asked))
        raise ValueError(f"runs of one measure must agree in kind and probability, got {', '.join(names)}")
    return kinds.pop() if kinds else None


def says_something(one: Measurement) -> bool:
    """Whether a run takes part in the pooling.

    Of a ratio only 0 / 0 says nothing. Seconds of episodes that began before the window over none that began
    in it are undefined alone, and yet part of the ratio of sums: without them it would come out too low.
    """
    if isinstance(one, Ratio):
        return one.numerator != 0.0 or one.denominator != 0.0
    return one.value is not None


def shows_too_little(shown: NDArray[np.float64]) -> str | None:
    """Why values that may be driven by incidents allow no interval, None where they do."""
    nonzero = np.count_nonzero(shown)
    if nonzero == 0:
        return "all zero"
    if shown.size == 1:
        return "one run"
    return "few non-zero" if nonzero < min(NONZERO_MIN, shown.size) else None


def _mean(values: NDArray[np.float64], undefined: int, confidence: float, possible: Range) -> Estimate:
    ones = np.ones_like(values)
    if not keeps_to(possible, values, ones):
        possible = ANY
    shown = rarer_side(values, ones, possible)
    mean, n, nonzero = float(values.mean()), values.size, int(np.count_nonzero(shown))
    reason = shows_too_little(shown)
    if reason is not None:
        return without_interval(mean, n, undefined, reason, nonzero)
    low, high, method = mean_interval(values, confidence)
    return _inside(possible, Estimate(mean, low, high, n, undefined, method, nonzero))


def _pooled_ratio(ratios: Sequence[Ratio], undefined: int, confidence: float, possible: Range) -> Estimate:
    numerators = np.array([one.numerator for one in ratios], dtype=np.float64)
    denominators = np.array([one.denominator for one in ratios], dtype=np.float64)
    if not keeps_to(possible, numerators, denominators):
        possible = ANY
    mean = float(numerators.sum() / denominators.sum())
    shown = rarer_side(numerators, denominators, possible)
    nonzero = int(np.count_nonzero(shown))
    reason = shows_too_little(shown)
    if reason is not None:
        return without_interval(mean, len(ratios), undefined, reason, nonzero)
    low, high, method = ratio_interval(numerators, denominators, confidence, possible)
    low, high = min(low, mean), max(high, mean)
    return _inside(possible, Estimate(mean, low, high, len(ratios), undefined, method, nonzero))


def _inside(possible: Range, found: Estimate) -> Estimate:
    """Cut off what no run could give; the mean leaves its range by rounding only."""
    assert found.mean is not None
    assert found.low is not None
    assert found.high is not None
    mean, low, high = map(possible.nearest, (found.mean, found.low, found.high))
    return replace(found, mean=mean, low=low, high=high)
