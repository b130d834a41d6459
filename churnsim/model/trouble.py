"""The trouble: which of the requests that a unit decides about it refuses, fails, or decides by rote."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from churnsim.model.copies import ragged
from churnsim.model.history import History, lasting
from churnsim.trace.trace import Trace

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

_ROUNDING = 1e-9


def troubled(trace: Trace, workload: int) -> tuple[Indices, Floats, Floats, Floats]:
    """Return when requests are in trouble: at whom, from, to [s], and which share of all sent there.

    Parameters
    ----------
    trace : Trace
        The run, complete but for its traffic; what holds requests up is respected.
    workload : int
        Which workload.

    Returns
    -------
    (n,) arrays
        In order of unit and time. Of what a unit decides about: what it denies, rightly or not, what it lets
        through by rote, and what fails for its version is bad. Not what fails for a call of its own.
    """
    history = History(trace, workload, trace.meta.t1)
    commits, allowed = history.head.committed, history.head.share
    found: list[tuple[Indices, Floats, Floats, Floats]] = []
    for who, time, level in history.states():
        start, end = lasting(who, time, trace.meta.start)
        low = np.searchsorted(commits, start, side="right")
        row, newest = ragged(low, np.where(start < end, np.searchsorted(commits, end, side="left") + 1, low))
        since = np.maximum(np.append(-np.inf, commits)[newest], start[row])
        until = np.minimum(np.append(commits, np.inf)[newest], end[row])
        weight = _weight({name: each[row] for name, each in level.items()}, allowed[newest], history)
        some = (weight > _ROUNDING) & (since < until)
        found.append((who[row][some], since[some], until[some], weight[some]))
    none = np.empty(0, np.int64), np.empty(0), np.empty(0), np.empty(0)
    unit, start, end, weight = (np.concatenate(column) for column in zip(none, *found, strict=True))
    return unit, start, end, weight


def _weight(level: dict[str, Floats], allowed: Floats, history: History) -> Floats:
    """Which share of what is sent to a listed unit is in trouble there, given which share is allowed."""
    decided = level["able"] + level["opened"]
    right = allowed * level["able"]
    wrong = level["over"] + level["held_over"] - level["under"] - level["held_under"]
    told = np.clip(right + wrong / history.head.principals, 0.0, level["able"])
    failing = level.get("failing", np.zeros(told.size))
    sound = 1.0 - np.divide(failing, decided, out=np.zeros(told.size), where=decided > 0)
    return np.asarray(level["closed"] + decided - told * sound)
