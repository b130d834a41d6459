"""Windows: how long a pair is trusted wrongly or not at all, credentials and policies apart.

Apart, for a policy of a hundred principals has a hundred times the episodes of the unit that enforces it.
"""

from __future__ import annotations

import numpy as np

from churnsim.metrics.measurement import Durations, Peak, Ratio
from churnsim.metrics.overlap import Mask
from churnsim.metrics.registry import measure
from churnsim.metrics.trust import Episodes, GapFamily, Side, episodes
from churnsim.trace import Trace

Families = tuple[GapFamily, ...]
HOLDERS = (GapFamily.CREDENTIAL, GapFamily.THEFT)
PRINCIPALS = (GapFamily.POLICY,)


@measure("overtrust.window.mean", unit="s", better="lower")
def credential_exposure_mean(trace: Trace) -> Ratio:
    """Mean time some point trusts a unit or a thief wrongly: seconds in the window / episodes begun in it."""
    return _mean(trace, Side.OVER, HOLDERS)


@measure("overtrust.window.p50", unit="s", better="lower")
def credential_exposure_p50(trace: Trace) -> Durations:
    """Median over-trust of a unit or a thief at any point, begun in the window; open episodes censored."""
    return _durations(trace, Side.OVER, HOLDERS, 0.5)


@measure("overtrust.window.p95", unit="s", better="lower")
def credential_exposure_p95(trace: Trace) -> Durations:
    """95th percentile of over-trust of a unit or a thief at any point, begun in the window; open censored."""
    return _durations(trace, Side.OVER, HOLDERS, 0.95)


@measure("overtrust.window.p99", unit="s", better="lower")
def credential_exposure_p99(trace: Trace) -> Durations:
    """99th percentile of over-trust of a unit or a thief at any point, begun in the window; open censored."""
    return _durations(trace, Side.OVER, HOLDERS, 0.99)


@measure("overtrust.window.max", unit="s", better="lower")
def credential_exposure_max(trace: Trace) -> Peak:
    """Longest over-trust of a unit or a thief at any point, begun in the window; open ones as far as seen."""
    return _longest(trace, Side.OVER, HOLDERS)


@measure("overtrust.policy_window.mean", unit="s", better="lower")
def policy_exposure_mean(trace: Trace) -> Ratio:
    """Mean time some unit of a workload allows a principal wrongly: seconds in the window / begun in it."""
    return _mean(trace, Side.OVER, PRINCIPALS)


@measure("overtrust.policy_window.p50", unit="s", better="lower")
def policy_exposure_p50(trace: Trace) -> Durations:
    """Median over-trust of a principal anywhere in a workload, begun in the window; open ones censored."""
    return _durations(trace, Side.OVER, PRINCIPALS, 0.5)


@measure("overtrust.policy_window.p95", unit="s", better="lower")
def policy_exposure_p95(trace: Trace) -> Durations:
    """95th percentile of over-trust of a principal in a workload, begun in the window; open ones censored."""
    return _durations(trace, Side.OVER, PRINCIPALS, 0.95)


@measure("overtrust.policy_window.p99", unit="s", better="lower")
def policy_exposure_p99(trace: Trace) -> Durations:
    """99th percentile of over-trust of a principal in a workload, begun in the window; open ones censored."""
    return _durations(trace, Side.OVER, PRINCIPALS, 0.99)


@measure("overtrust.policy_window.max", unit="s", better="lower")
def policy_exposure_max(trace: Trace) -> Peak:
    """Longest over-trust of a principal in a workload, begun in the window; open ones as far as seen."""
    return _longest(trace, Side.OVER, PRINCIPALS)


@measure("undertrust.window.mean", unit="s", better="lower")
def lockout_mean(trace: Trace) -> Ratio:
    """Mean time a running unit is refused at some point: seconds in the window / lockouts begun in it."""
    return _mean(trace, Side.UNDER, HOLDERS)


@measure("undertrust.window.p99", unit="s", better="lower")
def lockout_p99(trace: Trace) -> Durations:
    """99th percentile of lockouts of a unit from some point, begun in the window; open ones censored."""
    return _durations(trace, Side.UNDER, HOLDERS, 0.99)


@measure("undertrust.window.max", unit="s", better="lower")
def lockout_max(trace: Trace) -> Peak:
    """Longest lockout of a unit from some point, begun in the window; open ones as far as seen."""
    return _longest(trace, Side.UNDER, HOLDERS)


@measure("undertrust.policy_window.mean", unit="s", better="lower")
def denial_mean(trace: Trace) -> Ratio:
    """Mean time some unit of a workload denies a principal wrongly: seconds in the window / begun in it."""
    return _mean(trace, Side.UNDER, PRINCIPALS)


@measure("undertrust.policy_window.p99", unit="s", better="lower")
def denial_p99(trace: Trace) -> Durations:
    """99th percentile of wrong denials of a principal in a workload, begun in the window; open censored."""
    return _durations(trace, Side.UNDER, PRINCIPALS, 0.99)


@measure("undertrust.policy_window.max", unit="s", better="lower")
def denial_max(trace: Trace) -> Peak:
    """Longest wrong denial of a principal in a workload, begun in the window; open ones as far as seen."""
    return _longest(trace, Side.UNDER, PRINCIPALS)


def _mean(trace: Trace, side: Side, families: Families) -> Ratio:
    """Seconds in the window over episodes begun in it.

    The estimator of Little's law: unbiased in a stationary world although episodes are cut at both ends.
    """
    found = episodes(trace)
    chosen = _chosen(found, side, families)
    return Ratio(float(found.seconds[chosen].sum()), float(np.count_nonzero(chosen & found.begins)))


def _durations(trace: Trace, side: Side, families: Families, probability: float) -> Durations:
    found = episodes(trace)
    begun = _chosen(found, side, families) & found.begins
    return Durations((found.end - found.start)[begun], found.open[begun], probability)


def _longest(trace: Trace, side: Side, families: Families) -> Peak:
    values = _durations(trace, side, families, 0.5).values
    return Peak(float(values.max()) if values.size else None)


def _chosen(found: Episodes, side: Side, families: Families) -> Mask:
    return np.asarray((found.side == side) & np.isin(found.family, families))
