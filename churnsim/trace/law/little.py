"""L05: Little's law with edge terms, exactly: time counted by state equals time counted by entity."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from churnsim.trace.code import STATES, Family, LapseMode, UnitState
from churnsim.trace.intervals import clipped_length, steps
from churnsim.trace.law.statement import Violation, differ, first, law
from churnsim.trace.trace import Trace


@law(
    "L05",
    "For every family and state, the integral over [t0, t1) of the number of entities in it equals the sum "
    "of their durations in it, clipped to the window; for units the number follows from the instants in "
    "`units`, the durations from `intervals`. The seconds in `polls` are those from its first "
    "policy, or ready if that is later, to gone.",
)
def little(trace: Trace) -> Iterator[Violation]:
    """Integrate the count of one account, sum the durations of the other."""
    t0, t1 = trace.meta.t0, trace.meta.t1
    for family in Family:
        table = trace.intervals(family)
        for state in STATES[family]:
            entered, left = (
                _stays(trace, UnitState(state)) if family == Family.UNIT else _passages(table, state)
            )
            chosen = table["state"] == state
            durations = float(clipped_length(table["start"][chosen], table["end"][chosen], t0, t1).sum())
            integral = steps(entered, left).integral(t0, t1)
            if differ(integral, durations, t1 - t0):
                name = f"{family.name} {state.name}".lower()
                yield Violation(f"{name}: integral of the count {integral} s, sum of durations {durations} s")
    polls, units, lapses = trace["polls"], trace["units"], trace["lapses"]
    gone = np.where(np.isnan(units["gone"]), t1, units["gone"])
    began = units["ready"].copy()
    lacking = np.isin(lapses["mode"], [mode for mode in LapseMode if mode.lacks_policy])
    began[lapses["unit"][lacking]] = lapses["end"][lacking]
    served = np.where(np.isnan(began), 0.0, clipped_length(began, gone, t0, t1))[polls["unit"]]
    for i in first(differ(polls["seconds"], served, t1 - t0)):
        yield Violation(
            f"{polls['seconds'][i]} s as enforcement point, first policy to gone {served[i]} s",
            entity=trace.label(Family.UNIT, int(polls["unit"][i])),
        )


def _stays(trace: Trace, state: UnitState) -> tuple[NDArray[Any], NDArray[Any]]:
    """Enter and leave instants of one state by the instants of the units' lives."""
    units = trace["units"]
    later = [units[name] for name in ("created", "placed", "ready", "stopped", "gone")]
    entered = later[state]
    left = np.fmin.reduce([*later[state + 1 :], np.full(len(entered), trace.meta.t1)])
    been = ~np.isnan(entered)
    return entered[been], left[been]


def _passages(table: dict[str, NDArray[Any]], state: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Enter and leave instants of one state by where the next interval of the entity begins."""
    follows = np.append(table["entity"][1:] == table["entity"][:-1], False)[: len(table["entity"])]
    next_start = np.where(follows, np.roll(table["start"], -1), table["end"])
    chosen = table["state"] == state
    return table["start"][chosen], next_start[chosen]
