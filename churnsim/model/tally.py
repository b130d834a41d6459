"""The tally: what became of requests that are handled one by one, each by what was true when it began."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from churnsim.engine import Stream
from churnsim.model.account import OUTCOMES, by_outcome
from churnsim.model.history import QUANTITIES, History
from churnsim.trace.code import InvocationOutcome
from churnsim.trace.lot import lots

Floats = NDArray[np.float64]
Rows = dict[str, NDArray[Any]]

_LOT = 1 << 15  # requests looked at together


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
    requests, buckets = _requests(history), edges.size - 1
    found = {name: np.zeros(buckets) for name in OUTCOMES}
    for part in lots(requests["number"].size, _LOT):
        some = {name: column[part] for name, column in requests.items()}
        outcomes = _met(history, some)
        if chances is not None:
            uniform = np.asarray(chances.uniform(chances.lane(3), some["number"]), float)
            outcomes = _drawn(outcomes, uniform)
        inside = (some["arrived"] >= edges[0]) & (some["arrived"] < edges[-1])
        bucket = np.searchsorted(edges, some["arrived"][inside], side="right") - 1
        for name in OUTCOMES:
            found[name] += np.bincount(bucket, weights=outcomes[name][inside], minlength=buckets)
    return found


def _requests(history: History) -> Rows:
    """All requests of the workload, those that were turned away last."""
    taken, refused = (
        {name: column[table["workload"] == history.workload] for name, column in table.items()}
        for table in (history.trace["invocations"], history.trace["throttles"])
    )
    is_refused = np.arange(taken["number"].size + refused["number"].size) >= taken["number"].size
    without = np.zeros(refused["number"].size)
    return {
        "number": np.append(taken["number"], refused["number"]),
        "unit": np.append(taken["unit"], np.full(without.size, -1)),
        "arrived": np.append(taken["arrived"], refused["time"]),
        "began": np.append(taken["began"], without * np.nan),
        "is_cut": np.append(taken["outcome"] == InvocationOutcome.CUT_SHORT, without > 0),
        "is_refused": is_refused,
    }


def _met(history: History, requests: Rows) -> dict[str, Floats]:
    """What becomes of each of some requests, by outcome."""
    began, is_cut, is_refused = (requests[name] for name in ("began", "is_cut", "is_refused"))
    waits = np.isnan(began)
    # Who never began is judged as they came.
    judged = np.where(waits, requests["arrived"], began)
    head = history.head
    wished = head.share[np.searchsorted(head.committed, judged, side="right")]
    met = {name: np.zeros(began.size) for name in (*QUANTITIES, "shed")}
    handled = np.flatnonzero(~waits & ~is_cut)
    for name, share in history.at(requests["unit"][handled], began[handled]).items():
        met[name][handled] = share
    met |= {"throttled": is_refused.astype(float), "dead": is_cut.astype(float)}
    unready = (waits & ~is_cut & ~is_refused).astype(float)
    total = {name: (each, each * wished) for name, each in met.items()}
    return by_outcome(history, total, (unready * wished, unready * (1.0 - wished)))


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
