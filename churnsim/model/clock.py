"""Clocks of units: how far off they are, and how far off whoever reads their stamps takes them to be."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from pydantic import Field

from churnsim.base.distribution import SignedLaw
from churnsim.base.quantity import Duration
from churnsim.base.recipe import Recipe
from churnsim.engine import Streams
from churnsim.trace.trace import Trace, typed_table


class Clock(Recipe):
    """The clock by which a unit stamps what it logs; services stamp by the true time.

    Nothing behaves otherwise for it: it is in the way of whoever puts logs in order.
    """

    error: SignedLaw = Field(
        "0s", validate_default=True, description="its error: a unit's clock shows true time plus this"
    )
    bound: Duration = Field(
        "0s",
        validate_default=True,
        description="error that is reckoned with: of stamps that are closer nobody says which came first",
    )


def stamped(trace: Trace, clocks: Mapping[str, Clock | None], streams: Streams) -> Trace:
    """Complete a run by the clocks of its units.

    Parameters
    ----------
    trace : Trace
        The lives.
    clocks : mapping of str to Clock
        By workload, in the order of their codes; None: they are right.
    streams : Streams
        The random streams of this replication.

    Returns
    -------
    Trace
        With `clocks`.
    """
    units, error = trace["units"], np.zeros(trace.count("units"))
    has_clock = np.zeros(error.size, bool)
    for code, (name, clock) in enumerate(clocks.items()):
        if clock is not None:
            mine = np.flatnonzero(units["workload"] == code)
            source = streams.named(f"workloads/{name}/clock")
            lane = source.lane(units["slot"][mine], units["incarnation"][mine])
            has_clock[mine] = True
            error[mine] = clock.error.inverse(source.uniform(lane, 0))
    rows = {"unit": units["unit"][has_clock], "error": error[has_clock]}
    return Trace(trace.meta, {**trace.tables, "clocks": typed_table("clocks", rows)})
