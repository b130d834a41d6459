"""The rolling update: old units make room for new ones a few at a time."""

from __future__ import annotations

from typing import Literal

from churnsim.model.rollout import Bounds, Course, Rollout, Sight, Step, rolled


class RollingRollout(Bounds, Rollout):
    """A few at a time, as Kubernetes' deployments do: new units come first, old ones go as they are ready."""

    kind: Literal["rolling"] = "rolling"

    @property
    def surge(self) -> float:
        return self.max_surge

    @property
    def unavailable(self) -> float:
        return self.max_unavailable

    def course(self, is_back: bool) -> Course:
        return _Rolling(self)


class _Rolling:
    """One rolling update, which remembers nothing."""

    def __init__(self, recipe: RollingRollout) -> None:
        self._recipe = recipe

    def step(self, sight: Sight) -> Step:
        return rolled(sight, sight.desired, self._recipe.max_surge, self._recipe.max_unavailable)
