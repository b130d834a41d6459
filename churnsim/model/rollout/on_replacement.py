"""Replacement: versions that come only with units that are replaced anyway."""

from __future__ import annotations

from typing import Literal

from churnsim.model.rollout import Course, Rollout, Sight, Step


class OnReplacementRollout(Rollout):
    """Nobody is stopped for it: whoever is replaced anyway is replaced by a unit of the newest version.

    As a configuration that is read at start-up; the next version does not wait for the last.
    """

    kind: Literal["on-replacement"] = "on-replacement"

    @property
    def unavailable(self) -> float:
        return 0.0

    @property
    def is_lazy(self) -> bool:
        return True

    def course(self, is_back: bool) -> Course:
        return _Patience()


class _Patience:
    """One wait for all units to be replaced, which remembers nothing."""

    def step(self, sight: Sight) -> Step:
        return Step(is_complete=sight.is_replaced, is_over=sight.is_replaced)
