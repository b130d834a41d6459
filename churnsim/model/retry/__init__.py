"""Retry rules: when a holder asks again after the issuer did not answer."""

from __future__ import annotations

from typing import ClassVar

from churnsim.base.recipe import Recipe
from churnsim.base.registry import Kinds


class Retry(Recipe):
    """A retry rule."""

    waits_for_recovery: ClassVar[bool] = False
    gives_up: ClassVar[bool] = False

    def delay(self, tries: int, u: float) -> float:
        """Return the pause [s] after failure number `tries` (from 1) at the uniform `u`; inf: give up."""
        raise NotImplementedError


RETRIES = Kinds("retry", "churnsim.model.retry", Retry)
