"""Revocation: how enforcement points learn that a credential must no longer be accepted."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from churnsim.base.recipe import Recipe
from churnsim.base.registry import Kinds
from churnsim.engine import Stream

Floats = NDArray[np.float64]


class Revocation(Recipe):
    """A way of revoking."""

    revokes: ClassVar[bool] = False

    @property
    def at_end(self) -> bool:
        """Whether the credentials of a unit are revoked when it ends."""
        return False

    def refusals(self, revoked: Floats, points: int, stream: Stream, start: float, end: float) -> Floats:
        """Return when each point first refuses each credential.

        Parameters
        ----------
        revoked : (n,) array
            Instants [s] at which revocations were recorded at the issuer.
        points : int
            Number of enforcement points.
        stream : Stream
            This issuer's revocation stream.
        start, end : float
            The world's first instant and horizon [s].

        Returns
        -------
        (n, points) array
            Instants [s]; infinite where the point does not learn of it before the horizon.
        """
        raise NotImplementedError


REVOCATIONS = Kinds("revocation", "churnsim.model.revocation", Revocation)
