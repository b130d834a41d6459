"""Noisy neighbours: units that take more than they asked for, from whoever stands beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from churnsim.base.quantity import Share
from churnsim.base.reference import Reference
from churnsim.model.failure import Failure
from churnsim.model.spell import Spells

if TYPE_CHECKING:
    from churnsim.model.system import System


class NoisyNeighbour(Spells, Failure):
    """While it lasts, units on a node with a unit of the workload have but a share of their capacity.

    Those of the workload itself are not slowed, nor are units without a capacity. Where several are noisy,
    the worst of them counts.
    """

    kind: Literal["noisy-neighbour"] = "noisy-neighbour"
    workload: Annotated[str, Reference("workloads")] = Field(description="whose units are noisy")
    left: Share = Field(gt=0, description="share of its capacity that is left to a unit beside one of them")

    @property
    def target(self) -> str:
        return self.workload

    def arm(self, system: System, stream: str) -> None:
        world, workload = system.world, list(system.fleets).index(self.workload)
        for begin, end in self.periods(world, stream):
            if begin < min(end, world.end):
                system.recorder.row(
                    "noises", workload=workload, start=begin, end=min(end, world.end), left=self.left
                )
