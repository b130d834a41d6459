"""The tally: what became of requests that are handled one by one, each by what was true when it began."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from churnsim.engine import Stream
from churnsim.model.account import OUTCOMES, by_outcome
from churnsim.model.history import QUANTITIES, History
from churnsim.trace.code import InvocationOutcome

Floats = NDArray[np.float64]


def tally(history: History, edges: Floats, chances: Stream | None = None) -> dict[str, Floats]:
    """Return requests of a workload per bucket in which they came, by outcome.

    Parameters
    ----------
    history : History
        What is true of the units of a workload.
    edges : (b + 1,) array
        Edges [s] of the buckets.
    chances : Stream, optional
        Lane 3 draws who sends each request, and by which point it is checked; without it every request
        counts by the share of those who would meet each outcome.

    Returns
    -------
    dict of (b,) arrays
        One array for each of `OUTCOMES`. Evaluation order: a unit has a place, is ready in time and not gone
        before the request is done; then as for the account of requests that are not told apart, at the
        instant at which the unit begins with it.
    """
    trace, workload, head = history.trace, history.workload, history.head
    taken, refused = (
        {name: column[table["workload"] == workload] for name, column in table.items()}
        for table in (trace["invocations"], trace["throttles"])
    )
    throttled = np.arange(taken["number"].size + refused["number"].size) >= taken["number"].size
    number = np.concatenate([taken["number"], refused["number"]])
    arrived = np.concatenate([taken["arrived"], refused["time"]])
    began = np.concatenate([taken["began"], np.full(refused["number"].size, np.nan)])
    cut = np.append(taken["outcome"] == InvocationOutcome.CUT_SHORT, np.zeros(refused["number"].size, bool))
    # Who never began is judged as they came.
    judged = np.where(np.isnan(began), arrived, began)
    wished = head.share[np.searchsorted(head.committed, judged, side="right")]
    met = {name: np.zeros(number.size) for name in QUANTITIES}
    handled = np.flatnonzero(~np.isnan(began) & ~cut)
    for name, share in history.at(taken["unit"][handled], began[handled]).items():
        met[name][handled] = share
    met |= {"shed": np.zeros(number.size), "throttled": throttled.astype(float), "dead": cut.astype(float)}
    unready = (np.isnan(began) & ~cut & ~throttled).astype(float)
    total = {name: (each, each * wished) for name, each in met.items()}
    outcomes = by_outcome(history, total, (unready * wished, unready * (1.0 - wished)))
    if chances is not None:
        uniform = np.asarray(chances.uniform(chances.lane(3), number), float)
        outcomes = _drawn(outcomes, uniform)
    inside = (arrived >= edges[0]) & (arrived < edges[-1])
    bucket = np.searchsorted(edges, arrived[inside], side="right") - 1
    buckets = edges.size - 1
    return {
        name: np.asarray(np.bincount(bucket, weights=outcomes[name][inside], minlength=buckets), float)
        for name in OUTCOMES
    }


def _drawn(chance: dict[str, Floats], uniform: Floats) -> dict[str, Floats]:
    """Let each request meet one outcome, with its chance."""
    left = uniform * np.sum(list(chance.values()), axis=0)
    is_open = np.ones(uniform.size, bool)
    found: dict[str, Floats] = {}
    for name, each in chance.items():
        met = is_open & (left < each)
        found[name], is_open, left = met.astype(float), is_open & ~met, left - each
    # Where rounding has left something over.
    found["served"][is_open] = 1.0
    return found
