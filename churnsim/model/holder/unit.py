"""Units that hold their own artefacts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from churnsim.model.holder import Holder, Holders
from churnsim.trace.code import Family, UnitState

if TYPE_CHECKING:
    from churnsim.engine import Streams
    from churnsim.trace.trace import Trace


class UnitHolder(Holder):
    """Every unit buffers what it makes, from when it has booted until it is gone."""

    kind: Literal["unit"] = "unit"

    def holders(self, trace: Trace, workload: int, abrupt: frozenset[int], streams: Streams) -> Holders:
        units = trace["units"]
        mine = np.flatnonzero(units["workload"] == workload)
        ends = trace.intervals(Family.UNIT, UnitState.GONE)
        crashed = np.zeros(units["unit"].size, bool)
        crashed[ends["entity"]] = np.isin(ends["cause"], sorted(abrupt))
        booted, gone = units["booted"][mine], units["gone"][mine]
        is_alive = np.isnan(gone)
        birth = np.where(np.isnan(booted), units["created"][mine], booted)
        group_of = np.full(units["unit"].size, -1)
        group_of[mine] = np.arange(mine.size)
        return Holders(
            group=np.arange(mine.size),
            birth=birth,
            # Lives are half-open, and who is gone as it has booted may have been issued a credential.
            end=np.where(is_alive, trace.meta.t1, np.maximum(gone, np.nextafter(birth, np.inf))),
            is_stopped=~is_alive & ~crashed[mine],
            is_alive=is_alive,
            is_older=np.zeros(mine.size, bool),
            lane=(units["slot"][mine], units["incarnation"][mine]),
            group_of=group_of,
        )
