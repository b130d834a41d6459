"""The intent gap: desired and actual execution differ."""

from __future__ import annotations

import numpy as np

from churnsim.metrics.measurement import Ratio
from churnsim.metrics.registry import measure
from churnsim.metrics.zombie import run_on
from churnsim.trace import Trace
from churnsim.trace.intervals import steps
from churnsim.trace.target import wanted


@measure("intent.under", unit="share", better="lower")
def under(trace: Trace) -> Ratio:
    """Missing ready units over desired units: ∫(D - X)⁺dt / ∫D dt; a starting or draining unit is missing."""
    return _gap(trace, sign=1.0)


@measure("intent.over", unit="1", better="lower")
def over(trace: Trace) -> Ratio:
    """Surplus ready units over desired units: ∫((X - D)⁺ + Z)dt / ∫D dt; draining units are not counted.

    Z are zombies: units that were evicted, and ready, and run on cut off. They stand in for nobody.
    """
    surplus, ready = _gap(trace, sign=-1.0), trace["units"]["ready"]
    zombies = run_on(trace, np.where(np.isnan(ready), np.inf, ready))
    return Ratio(surplus.numerator + zombies, surplus.denominator)


def _gap(trace: Trace, sign: float) -> Ratio:
    units, meta = trace["units"], trace.meta
    missing = desired = 0.0
    for workload in range(len(meta.workloads)):
        mine = units["workload"] == workload
        ready = steps(units["ready"][mine], np.fmin(units["stopped"][mine], meta.t1)).within(meta.t0, meta.t1)
        target = wanted(trace, workload).within(meta.t0, meta.t1)
        times = np.union1d(ready.times, target.times)
        lacking = np.maximum(sign * (target.at(times[:-1]) - ready.at(times[:-1])), 0.0)
        missing += float(np.dot(lacking, np.diff(times)))
        desired += float(np.dot(target.counts[:-1], np.diff(target.times)))
    return Ratio(missing, desired)
