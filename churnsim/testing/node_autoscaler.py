"""Checks of node autoscalers: they keep to their bounds, and remember nothing of other runs."""

from __future__ import annotations

from math import isnan

import numpy as np

from churnsim.model.node_autoscaler import PoolSight, Resize
from churnsim.testing.check import checks, require
from churnsim.testing.subject import Subject

_LACKING = (0, 3, 1_000_000, 0, 0, 1)
_SCANS = 600


def _decisions(subject: Subject) -> list[tuple[PoolSight, Resize]]:
    """What it sees and decides about nodes that come and go at once, of which every other stands empty."""
    scaler = subject.recipe
    decider, found = scaler.decider(), list[tuple[PoolSight, Resize]]()
    nodes, number = list(range(scaler.floor)), scaler.floor
    for scan in range(_SCANS):
        lacking = _LACKING[scan * len(_LACKING) // _SCANS] if scan % 10 == 0 else 0
        sight = PoolSight(
            now=scan * scaler.scan,
            size=len(nodes),
            lacking=min(lacking, scaler.ceiling - len(nodes)),
            unready=0,
            leaving=0,
            nodes=np.array(nodes, np.int64),
            filled=np.where(np.arange(len(nodes)) % 2, 0.3, 0.0),
            fits=lambda place: place % 3 > 0,
        )
        resize = decider.decide(sight)
        found.append((sight, resize))
        nodes = [node for place, node in enumerate(nodes) if place not in resize.remove]
        nodes += range(number, number + resize.add)
        number += resize.add
    return found


@checks("node_autoscaler")
def keeps_within_its_bounds(subject: Subject) -> None:
    """Never fewer nodes than the floor nor more than the ceiling; it removes nodes that it saw, each once."""
    low, high = subject.recipe.floor, subject.recipe.ceiling
    for sight, resize in _decisions(subject):
        left = sight.size + resize.add - len(resize.remove)
        require(low <= left <= high, f"{subject.name}: {left} nodes at {sight.now:g} s, not {low} to {high}")
        seen = set(resize.remove) <= set(range(len(sight.nodes)))
        require(seen and len(set(resize.remove)) == len(resize.remove), f"{subject.name}: {resize.remove}")


@checks("node_autoscaler")
def looks_again_later(subject: Subject) -> None:
    """When it would decide otherwise is after it has decided."""
    for sight, resize in _decisions(subject):
        later = not isnan(resize.again) and resize.again > sight.now
        require(later, f"{subject.name}: looks at {sight.now:g} s, and again at {resize.again:g} s")


@checks("node_autoscaler")
def decides_the_same_in_another_run(subject: Subject) -> None:
    """What it remembers is in its decider, one for each run."""
    one, other = ([resize for _, resize in _decisions(subject)] for _ in range(2))
    require(one == other, f"{subject.name}: the recipe remembers something")
