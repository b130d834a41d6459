"""Recreation: all old units go before the first new one comes."""

from __future__ import annotations

from typing import Literal

from churnsim.model.rollout import Course, Rollout, Sight, Step


class RecreateRollout(Rollout):
    """All old units are told to stop; once the last is gone all new ones are created."""

    kind: Literal["recreate"] = "recreate"

    def course(self, is_back: bool) -> Course:
        return _Recreation()


class _Recreation:
    """One recreation, which remembers nothing."""

    def step(self, sight: Sight) -> Step:
        create = 0 if sight.old or sight.leaving else max(sight.desired - sight.there, 0)
        return Step(create, sight.old, is_complete=sight.is_replaced, is_over=sight.is_replaced)
