"""Measures step by step: how a run goes from one stretch of time to the next."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from churnsim.base.errors import UsageError
from churnsim.metrics.gap.lockout import intentions
from churnsim.metrics.gap.table import GapFamily, Side
from churnsim.metrics.overlap import Floats
from churnsim.metrics.trust import gaps
from churnsim.trace import Trace
from churnsim.trace.schema import UNSERVED


def series(trace: Trace, name: str, edges: Floats) -> Floats:
    """A measure over each of the steps that lie between `edges`.

    Parameters
    ----------
    trace : Trace
        The run.
    name : str
        One of `STEPWISE`.
    edges : ndarray of float, shape (steps + 1,)
        Instants in the measured window, increasing [s]; for shares of requests at ends of traffic buckets.

    Returns
    -------
    ndarray of float, shape (steps,)
        In the unit of the measure; NaN where a step has nothing to measure.

    Raises
    ------
    UsageError
        If the measure is none that a step has by itself, such as a quantile of episodes or a maximum.
    """
    if name not in _SERIES:
        known = ", ".join(STEPWISE)
        raise UsageError(f"{name} is not measured step by step; what is: {known}")
    over, under = _SERIES[name](trace, edges)
    steps: Floats = np.divide(over, under, out=np.full(edges.size - 1, np.nan), where=under > 0)
    return steps


def _requests(*outcomes: str) -> Callable[[Trace, Floats], tuple[Floats, Floats]]:
    """Requests with one of these outcomes, over those intended."""

    def count(trace: Trace, edges: Floats) -> tuple[Floats, Floats]:
        traffic = trace["traffic"]
        # A bucket belongs to the step that its middle lies in, whatever rounding did to its ends.
        middle = (traffic["start"] + traffic["end"]) / 2
        parts = (sum(traffic[outcome] for outcome in outcomes), traffic["intended"])
        over, under = (np.histogram(middle, edges, weights=part)[0] for part in parts)
        return np.minimum(over, under), under  # sums of floats: all of them must not be more than all

    return count


def _overtrust(trace: Trace, edges: Floats) -> tuple[Floats, Floats]:
    found = gaps(trace)
    over = found.where(found.side == Side.OVER)
    return _seconds(over.start, over.end, edges, over.weight), np.diff(edges)


def _undertrust(trace: Trace, edges: Floats) -> tuple[Floats, Floats]:
    found = gaps(trace)
    under = found.where((found.side == Side.UNDER) & (found.family == GapFamily.CREDENTIAL))
    wanted = np.zeros(edges.size - 1)
    for issuer in range(len(trace.meta.issuers)):
        meant = intentions(trace, issuer)
        wanted += _seconds(meant.start, meant.end, edges)
    return _seconds(under.start, under.end, edges, under.weight), wanted


def _issued(trace: Trace, edges: Floats) -> tuple[Floats, Floats]:
    length = np.diff(edges) if trace.meta.issuers else np.zeros(edges.size - 1)
    return np.histogram(trace["credentials"]["issued"], edges)[0].astype(float), length


def _churned(trace: Trace, edges: Floats) -> tuple[Floats, Floats]:
    units = trace["units"]
    events = sum(np.histogram(units[name], edges)[0] for name in ("created", "gone"))
    return np.asarray(events, float), _seconds(units["created"], units["gone"], edges) / 3600.0


def _seconds(start: Floats, end: Floats, edges: Floats, weight: Floats | float = 1.0) -> Floats:
    """Length of all intervals within each step, weighed [s]; a NaN end is open, a NaN start never was."""
    weight = np.broadcast_to(weight, start.shape)
    began = ~np.isnan(start)
    until = np.fmin(end, edges[-1])
    lived = _passed(start[began], weight[began], edges) - _passed(until[began], weight[began], edges)
    return np.maximum(np.diff(lived), 0.0)


def _passed(since: Floats, weight: Floats, times: Floats) -> Floats:
    """Sum of the time since each instant, of those that have come, weighed, at each of `times` [s]."""
    order = np.argsort(since)
    number = np.searchsorted(since[order], times)
    weights = np.append(0.0, np.cumsum(weight[order]))[number]
    moments = np.append(0.0, np.cumsum((weight * since)[order]))[number]
    return np.asarray(times * weights - moments)


_SERIES: dict[str, Callable[[Trace, Floats], tuple[Floats, Floats]]] = {
    "availability": _requests("served"),
    "undertrust.share": _undertrust,
    "issuance.rate": _issued,
    "overtrust.mean_open": _overtrust,
    "churn.rate": _churned,
    "unserved.share": _requests(*UNSERVED),
    **{f"unserved.share.{cause}": _requests(cause) for cause in UNSERVED},
}

#: Names of the measures that every step of a run has by itself.
STEPWISE = tuple(_SERIES)
