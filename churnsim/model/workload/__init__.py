"""Workloads: durable intent for units of one sort."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from churnsim.base.recipe import Recipe
from churnsim.base.registry import Kinds
from churnsim.model.traffic import Traffic

if TYPE_CHECKING:
    from churnsim.model.fleet import Fleet
    from churnsim.model.system import System


class Workload(Recipe):
    """A workload."""

    def open(self, index: int, name: str, system: System) -> Fleet:
        """Return the fleet that carries this intent out."""
        raise NotImplementedError

    def info(self, name: str, issuers: list[str], policies: list[str]) -> Any:
        """Return what measures need to know of it, a `WorkloadInfo`."""
        raise NotImplementedError

    @property
    def requests(self) -> Traffic | None:
        """What it is offered, if anything."""
        return None

    @property
    def memory(self) -> float:
        """How long the past matters [s]."""
        raise NotImplementedError


WORKLOADS = Kinds("workload", "churnsim.model.workload", Workload)
