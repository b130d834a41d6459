"""Agents that hold the artefacts of a group of units, such as one on every node."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from pydantic import Field

from churnsim.engine.arrivals import arrivals
from churnsim.model.gap import Gap
from churnsim.model.holder import Holder, Holders

if TYPE_CHECKING:
    from churnsim.engine import Streams
    from churnsim.trace.trace import Trace


class AgentHolder(Holder):
    """One agent buffers for every so many neighbouring slots; it outlives the units, and may crash itself.

    What it holds when it crashes is lost; the next one takes over at that instant.
    """

    kind: Literal["agent"] = "agent"
    units: int = Field(description="slots that share one agent", strict=True, ge=1, le=1_000_000)
    crashes: Gap | None = Field(
        None, description="time from one crash of an agent to the next; never by default"
    )

    can_stop: ClassVar[bool] = False

    def holders(self, trace: Trace, workload: int, abrupt: frozenset[int], streams: Streams) -> Holders:
        info, units, meta = trace.meta.workloads[workload], trace["units"], trace.meta
        source = streams.named(f"workloads/{info.name}/agents")
        mine = units["workload"] == workload
        group_of = np.where(mine, units["slot"] // self.units, -1)
        group, number, birth, end = list[int](), list[int](), list[float](), list[float]()
        for agent in range(int(group_of.max(initial=-1)) + 1):
            crashes: list[float] = []
            if self.crashes is not None:
                lane = source.lane(agent, self.units)
                crashes = arrivals(self.crashes, source, lane, meta.start, meta.t1).tolist()
            bounds = [meta.start, *crashes, meta.t1]
            group += [agent] * (len(bounds) - 1)
            number += range(len(bounds) - 1)
            birth += bounds[:-1]
            end += bounds[1:]
        is_alive = np.array(end, float) >= meta.t1
        return Holders(
            group=np.array(group, np.int64),
            birth=np.array(birth, float),
            end=np.array(end, float),
            is_stopped=np.zeros(len(group), bool),
            is_alive=is_alive,
            is_older=np.array(number, np.int64) == 0,
            lane=(np.array(group, np.int64), np.array(number, np.int64)),
            group_of=group_of,
        )
