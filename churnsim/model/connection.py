"""Connections: whom a point has let in stays in until the connection closes or is checked again."""

from __future__ import annotations

from math import inf, isfinite
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from churnsim.base.quantity import PositiveDuration
from churnsim.base.recipe import Recipe
from churnsim.engine import Stream
from churnsim.model.gap import Gap

Floats = NDArray[np.float64]


class Connections(Recipe):
    """Connections that outlive the check made when they open.

    Whoever is accepted at a point is taken to have a connection open there at every instant: one of many, for
    traffic is dense. It is found at a random place of its life when acceptance ends.
    """

    lifetime: Gap | None = Field(
        None, description="how long a connection lasts; without it, until re-authentication"
    )
    reauthenticate: PositiveDuration | None = Field(
        None, description="time after which an open connection is checked again"
    )

    @model_validator(mode="after")
    def _ends(self) -> Self:
        if self.lifetime is None and self.reauthenticate is None:
            raise ValueError(
                "a connection that neither ends nor is checked again stays open for ever; give lifetime, "
                "reauthenticate or both"
            )
        return self

    @property
    def memory(self) -> float:
        """How long acceptance may be outlived [s], but for one connection in a thousand."""
        if self.lifetime is None:
            return float(self.reauthenticate or 0.0)
        rest = self.lifetime.high if isfinite(self.lifetime.high) else self.lifetime.equilibrium(0.999)
        return min(float(rest), self.reauthenticate or inf)

    def remaining(self, lane: NDArray[np.uint64], index: Any) -> Floats:
        """How long what is open at a random instant goes on unchecked [s].

        Parameters
        ----------
        lane : (n,) array
            Random lane of each holder and point.
        index : (n,) array
            First of two indices for each.

        Returns
        -------
        (n,) array
            What is left of a connection, which is found with a chance in proportion to its length, and no
            more than what is left of the time to the next check: the residual of a renewal process of
            ``min(lifetime, reauthenticate)`` if lives have no memory. Source: docs/theory.md O07.
        """
        first, second = Stream.uniform(lane, index), Stream.uniform(lane, index + 1)
        period = self.reauthenticate
        if self.lifetime is None:
            assert period is not None  # one of the two is given
            return np.asarray(first * period)
        age = np.asarray(self.lifetime.equilibrium(first), float)
        rest = np.asarray(self.lifetime.residual(age, second), float)
        return rest if period is None else np.minimum(rest, period - np.fmod(age, period))
