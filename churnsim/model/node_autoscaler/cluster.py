"""Kubernetes' Cluster Autoscaler: nodes for whoever waits, and one node less after ten idle minutes."""

from __future__ import annotations

from math import inf
from typing import Literal

import numpy as np
from pydantic import Field

from churnsim.base.quantity import Duration, Share
from churnsim.model.node_autoscaler import NodeAutoscaler, NodeDecider, PoolSight, Resize

_FEW = 3  # so many nodes that are not ready never make it stop (F201)


class ClusterAutoscaler(NodeAutoscaler):
    """Adds what waiting units need at each scan; drains a node that was unneeded for long, one at a time.

    Unneeded is a node of which less than the threshold is taken and whose units find room on other nodes that
    are up. Empty nodes go several at a time. Source: F197, F198, F200, F201.
    """

    kind: Literal["cluster"] = "cluster"
    threshold: Share = Field(
        "50%", validate_default=True, description="share taken below which a node may be unneeded (F198)"
    )
    unneeded: Duration = Field(
        "10m", validate_default=True, description="time unneeded, at scan after scan, to removed (F198)"
    )
    after_add: Duration = Field(
        "10m", validate_default=True, description="time after an addition without removals (F198)"
    )
    parallel: int = Field(
        10, strict=True, ge=1, le=100_000, description="empty nodes that are removed at one scan (F200)"
    )
    unready: Share = Field(
        "45%",
        validate_default=True,
        description="share of the nodes, if these are more than 3, beyond which it waits for them to be "
        "ready again (F201)",
    )

    @property
    def memory(self) -> float:
        return self.scan + self.unneeded + self.after_add

    @property
    def patience(self) -> float:
        return self.unneeded

    def decider(self) -> NodeDecider:
        return _Watch(self)


class _Watch:
    """Since when which nodes have been unneeded, and when some were added last."""

    def __init__(self, recipe: ClusterAutoscaler) -> None:
        self._recipe = recipe
        self._since: dict[int, float] = {}
        self._added = -inf

    def decide(self, sight: PoolSight) -> Resize:
        recipe = self._recipe
        if sight.unready > max(_FEW, recipe.unready * sight.size):
            self._since.clear()
            return Resize()
        if sight.lacking:
            self._added = sight.now
            return Resize(add=sight.lacking)
        spare = sight.size - recipe.floor
        idle = np.flatnonzero(sight.filled < recipe.threshold).tolist() if spare > 0 else []
        idle = [place for place in idle if sight.fits(place)]
        numbers = {place: int(sight.nodes[place]) for place in idle}
        self._since = {each: self._since.get(each, sight.now) for each in numbers.values()}
        due = {place: self._due(number) for place, number in numbers.items()}
        # Scans stand on a grid: what is due within a hair of one is due at it, whatever was rounded.
        now = sight.now + 1e-6 * recipe.scan
        chosen = sorted((place for place in due if due[place] <= now), key=lambda at: sight.filled[at])
        empty = [place for place in chosen if sight.filled[place] == 0][: min(recipe.parallel, spare)]
        remove = empty or ([] if sight.leaving else chosen[:1])
        later = (when for when in due.values() if when > now)
        return Resize(remove=tuple(remove), again=min(later, default=inf))

    def _due(self, number: int) -> float:
        recipe = self._recipe
        return max(self._since[number] + recipe.unneeded, self._added + recipe.after_add)
