"""Renewal rules: how long after its issue a credential's successor falls due."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from churnsim.base.recipe import Recipe
from churnsim.base.registry import Kinds


class Renewal(Recipe):
    """A renewal rule; the interval from issue to due renewal is a law, drawn once per credential."""

    @abstractmethod
    def interval(self, ttl: float, u: Any) -> Any:
        """Return the interval [s] from issue to due renewal at the uniform(s) `u`."""

    @abstractmethod
    def mean(self, ttl: float) -> float:
        """Return the mean interval [s]."""

    @abstractmethod
    def least(self, ttl: float) -> float:
        """Return the shortest interval [s]: within it no holder renews twice."""

    @abstractmethod
    def inspected(self, ttl: float, u: Any) -> Any:
        """Return the length-biased interval [s], found around a random instant (docs/theory.md O07)."""

    def objection(self, ttl: float) -> tuple[str, str] | None:
        """Return why the rule makes no sense for such a time to live [s], and a remedy; None if it does."""
        return None


RENEWALS = Kinds("renewal", "churnsim.model.renewal", Renewal)
