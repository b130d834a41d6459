"""Churn: how fast units come and go, how long they live and how old they are."""

from __future__ import annotations

import numpy as np

from churnsim.metrics.measurement import Durations, Ratio
from churnsim.metrics.overlap import Floats, Mask, inside
from churnsim.metrics.registry import measure
from churnsim.trace import Trace


@measure("churn.rate", unit="1/h", better="neither")
def rate(trace: Trace) -> Ratio:
    """Births and deaths per unit-hour: (units created + units gone) / unit-hours from created to gone."""
    units, meta = trace["units"], trace.meta
    events = sum(np.count_nonzero(_within(trace, units[name])) for name in ("created", "gone"))
    hours = inside(units["created"], units["gone"], meta.t0, meta.t1).sum() / 3600.0
    return Ratio(float(events), float(hours))


@measure("unit.life.mean", unit="s", better="neither")
def life_mean(trace: Trace) -> Ratio:
    """Mean time a unit is ready: ready seconds in the window / units that became ready in it.

    The estimator of Little's law: unbiased in a stationary world although lives are cut at both ends.
    """
    units, meta = trace["units"], trace.meta
    seconds = inside(units["ready"], units["stopped"], meta.t0, meta.t1)
    return Ratio(float(seconds.sum()), float(np.count_nonzero(_within(trace, units["ready"]))))


@measure("unit.life.p50", unit="s", better="neither")
def life_p50(trace: Trace) -> Durations:
    """Median time a unit is ready, of those that became so in the window; still ready ones are censored."""
    units = trace["units"]
    begun = _within(trace, units["ready"])
    end = np.fmin(units["stopped"], trace.meta.t1)[begun]
    return Durations(end - units["ready"][begun], np.isnan(units["stopped"][begun]), 0.5)


@measure("unit.age.mean", unit="s", better="neither")
def age_mean(trace: Trace) -> Ratio:
    """Mean time since a unit became ready, of a ready unit at a random instant: ∫Σ age dt / ready seconds."""
    units, meta = trace["units"], trace.meta
    ready = units["ready"]
    seconds = inside(ready, units["stopped"], meta.t0, meta.t1)
    # The age runs evenly from its value when the unit enters the window.
    age = np.maximum(meta.t0 - ready, 0.0) + seconds / 2
    return Ratio(float((age * seconds)[seconds > 0].sum()), float(seconds.sum()))


def _within(trace: Trace, time: Floats) -> Mask:
    return np.asarray((time >= trace.meta.t0) & (time < trace.meta.t1))
