"""Confidence interval of a quantile of lengths that are clustered in runs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from churnsim.metrics.measurement import Durations, survival_quantile
from churnsim.statistics.estimate import Estimate, without_interval
from churnsim.statistics.mean import student_quantile

SECTIONS = 10
RUNS_PER_SECTION_MIN = 5


def quantile_estimate(runs: Sequence[Durations], confidence: float) -> Estimate:
    """Quantile of all episodes of all runs together, with an interval by sectioning.

    The episodes of one run depend on each other, so runs are the unit: they are cut into ten sections, and
    the spread of the section quantiles about the pooled one gives the interval.

    Parameters
    ----------
    runs : sequence of Durations
        One per run, all of the same `probability`.
    confidence : float
        Such as 0.95.

    Returns
    -------
    Estimate
        Without an interval where fewer than 50 runs have an episode (``few runs``), where there are fewer
        episodes than a distribution-free bound needs (``few episodes``: 6, 72, 368 for p50, p95, p99 at
        95 %), or where censoring leaves a section's quantile open (``censored``).

    Source: Nakayama, ACM TOMACS 24 (2014) article 19 (sectioning); Kaplan and Meier, JASA 1958.
    """
    with_episodes = [run for run in runs if run.values.size]
    return _sectioned([with_episodes], len(runs) - len(with_episodes), confidence)


def paired_quantiles(a: Sequence[Durations], b: Sequence[Durations], confidence: float) -> Estimate:
    """Pooled quantile of `a` less that of `b`, with an interval by sectioning both alike.

    Parameters
    ----------
    a, b : sequence of Durations
        Equally long, position i of both the same replication; none without episodes.
    confidence : float
        Such as 0.95.

    Returns
    -------
    Estimate
        Without an interval for the reasons of `quantile_estimate`, applied to either side.
    """
    return _sectioned([a, b], 0, confidence)


def section_p_value(found: Estimate, confidence: float) -> float | None:
    """How likely a paired quantile at least as far from 0 would be if there were no difference; two-sided.

    Parameters
    ----------
    found : Estimate
        What `paired_quantiles` gave.
    confidence : float
        At which it was asked.

    Returns
    -------
    float or None
        In [0, 1]; of an interval without length the sign test's over sections. None without an interval.
    """
    from scipy.special import stdtr

    if found.mean is None or found.half_width is None:
        return None
    if found.half_width == 0.0:
        return 1.0 if found.mean == 0.0 else 0.5 ** (SECTIONS - 1)
    error = found.half_width / student_quantile(confidence, SECTIONS - 1)
    return 2.0 * float(stdtr(SECTIONS - 1, -abs(found.mean) / error))


def _sectioned(sides: Sequence[Sequence[Durations]], undefined: int, confidence: float) -> Estimate:
    n = len(sides[0])
    if n == 0:
        return without_interval(None, 0, undefined, "undefined")
    pooled = _contrast(sides)
    if pooled is None:
        return without_interval(None, n, undefined, "censored")
    if n < SECTIONS * RUNS_PER_SECTION_MIN:
        return without_interval(pooled, n, undefined, "one run" if n == 1 else "few runs")
    episodes = min(sum(run.values.size for run in side) for side in sides)
    if episodes < _episodes_min(sides[0][0].probability, confidence):
        return without_interval(pooled, n, undefined, "few episodes")
    edges = np.linspace(0, n, SECTIONS + 1).round().astype(int)
    sections = [_contrast([side[i:j] for side in sides]) for i, j in pairwise(edges)]
    known = np.array([section for section in sections if section is not None])
    if known.size < SECTIONS:
        return without_interval(pooled, n, undefined, "censored")
    error = math.sqrt(float(np.sum((known - pooled) ** 2)) / ((SECTIONS - 1) * SECTIONS))
    half = student_quantile(confidence, SECTIONS - 1) * error
    low = max(0.0, pooled - half) if len(sides) == 1 else pooled - half
    return Estimate(pooled, low, pooled + half, n, undefined, "sectioning")


def _contrast(sides: Sequence[Sequence[Durations]]) -> float | None:
    """The pooled quantile of one side, or of the first less the second; None where one is not determined."""
    quantiles = [_pooled_quantile(side) for side in sides]
    if any(quantile is None for quantile in quantiles):
        return None
    first, *rest = [quantile for quantile in quantiles if quantile is not None]
    return first - sum(rest)


def _pooled_quantile(runs: Sequence[Durations]) -> float | None:
    values = np.concatenate([run.values for run in runs])
    censored = np.concatenate([run.censored for run in runs])
    return survival_quantile(values, censored, runs[0].probability)


def _episodes_min(probability: float, confidence: float) -> int:
    """Fewest episodes of which the largest exceeds the quantile with the wanted one-sided certainty."""
    return math.ceil(math.log((1.0 - confidence) / 2.0) / math.log(probability))
