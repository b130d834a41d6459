"""Cold starts: requests to functions that no unit was ready for, and how long they wait."""

from __future__ import annotations

import numpy as np

from churnsim.metrics.measurement import Durations, Ratio
from churnsim.metrics.overlap import Floats, Mask
from churnsim.metrics.registry import measure
from churnsim.trace import Trace

PHASES = ("placement", "image", "startup", "credential", "policy")


@measure("cold_start.share", unit="share", better="lower")
def share(trace: Trace) -> Ratio:
    """Share of the requests to functions that no ready unit had a place for, of those not turned away."""
    cold, came = _cold(trace), _came(trace)
    return Ratio(float(np.count_nonzero(cold)), float(np.count_nonzero(came)))


@measure("cold_start.mean", unit="s", better="lower", parts="phase", members=PHASES)
def mean(trace: Trace) -> dict[str, Ratio]:
    """Mean time that a cold request waits until a unit begins with it, by what the unit does meanwhile.

    Placement, the pull of its image, start-up, getting its first credential, getting its first policy.
    """
    taken, units = trace["invocations"], trace["units"]
    chosen = _cold(trace) & ~np.isnan(taken["began"])
    arrived, unit = taken["arrived"][chosen], taken["unit"][chosen]
    ready = units["ready"][unit]
    first = np.array(units["booted"])
    table = trace["credentials"]
    own = (table["bearer"] == -1) & (table["serial"] == 1)
    first[table["unit"][own]] = np.fmax(table["issued"][own], first[table["unit"][own]])
    imaged = np.array(units["placed"])
    imaged[trace["placements"]["unit"]] = np.fmax(trace["placements"]["pulled"], trace["placements"]["time"])
    bounds = (
        units["created"][unit], units["placed"][unit], imaged[unit], units["booted"][unit], first[unit], ready
    )  # fmt: skip
    waited = {
        phase: float(np.maximum(np.fmin(end, ready) - np.fmax(begin, arrived), 0.0).sum())
        for phase, begin, end in zip(PHASES, bounds[:-1], bounds[1:], strict=True)
    }
    number = float(arrived.size)
    parts = {phase: Ratio(seconds, number) for phase, seconds in waited.items()}
    return {"": Ratio(sum(waited.values()), number)} | parts


@measure("cold_start.p50", unit="s", better="lower")
def p50(trace: Trace) -> Durations:
    """Median time that a cold request waits until a unit begins with it; given up or cut short: censored."""
    return _wait(trace, 0.5)


@measure("cold_start.p95", unit="s", better="lower")
def p95(trace: Trace) -> Durations:
    """95th percentile of the time that a cold request waits until a unit begins with it."""
    return _wait(trace, 0.95)


def _came(trace: Trace) -> Mask:
    arrived, meta = trace["invocations"]["arrived"], trace.meta
    return np.asarray((arrived >= meta.t0) & (arrived < meta.t1))


def _cold(trace: Trace) -> Mask:
    """Requests of the window that came before their unit was ready, or the instant it was."""
    taken = trace["invocations"]
    is_warm = trace["units"]["ready"][taken["unit"]] < taken["arrived"]
    return np.asarray(_came(trace) & ~is_warm)


def _wait(trace: Trace, probability: float) -> Durations:
    taken, chosen = trace["invocations"], _cold(trace)
    until: Floats = np.fmin(np.where(np.isnan(taken["began"]), taken["ended"], taken["began"]), trace.meta.t1)
    waited = (until - taken["arrived"])[chosen]
    return Durations(waited, np.isnan(taken["began"])[chosen], probability)
