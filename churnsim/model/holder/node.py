"""Agents that hold the artefacts of all units on their node."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal
from zlib import crc32

import numpy as np

from churnsim.model.holder import Holder, Holders, Indices, Mask
from churnsim.trace.code import Family, NodeState

if TYPE_CHECKING:
    from churnsim.engine import Streams
    from churnsim.trace.trace import Trace

_SLOTS = 1 << 24  # more than a pool has


class NodeHolder(Holder):
    """One agent on every node buffers for the units on it, from when the node is up.

    It outlives the units. What it holds is lost with the node, unless that was told to drain: then the agent
    ends with notice.
    """

    kind: Literal["node"] = "node"

    needs_nodes: ClassVar[bool] = True

    def holders(self, trace: Trace, workload: int, abrupt: frozenset[int], streams: Streams) -> Holders:
        nodes, units = trace["nodes"], trace["units"]
        states = trace.intervals(Family.NODE)
        node, state = states["entity"], states["state"]
        works = np.isin(state, (NodeState.UP, NodeState.DRAINING))
        same = np.append(False, node[1:] == node[:-1])[: node.size]
        begins = np.flatnonzero(works & ~(same & np.append(False, works[:-1])[: node.size]))
        ends = np.flatnonzero(works & ~np.append(same[1:] & works[1:], False)[: node.size])
        group, birth, end = node[begins], states["start"][begins], states["end"][ends]
        is_alive = states["open"][ends]
        first = np.searchsorted(group, group)
        names = np.array([crc32(pool.name.encode()) for pool in trace.meta.pools], np.int64)
        slot = names[nodes["pool"][group]] * _SLOTS + nodes["slot"][group]
        lives = np.arange(group.size) - first + _SLOTS * nodes["incarnation"][group]
        group_of = np.full(units["unit"].size, -1)
        mine = units["workload"][trace["placements"]["unit"]] == workload
        group_of[trace["placements"]["unit"][mine]] = trace["placements"]["node"][mine]
        return Holders(
            group=group,
            birth=birth,
            end=np.where(is_alive, trace.meta.t1, end),
            is_stopped=~is_alive & (state[ends] == NodeState.DRAINING) & _are_gone_next(node, state, ends),
            is_alive=is_alive,
            is_older=birth <= trace.meta.start,
            lane=(slot, lives),
            group_of=group_of,
        )


def _are_gone_next(node: Indices, state: Indices, ends: Indices) -> Mask:
    """Whether the state of a node after each of some rows is that it is gone."""
    following = np.minimum(ends + 1, node.size - 1)
    return np.asarray((node[following] == node[ends]) & (state[following] == NodeState.GONE))
