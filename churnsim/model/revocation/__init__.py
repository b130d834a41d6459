"""Revocation: how enforcement points learn that a credential must no longer be accepted."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from pydantic import BeforeValidator, Field

from churnsim.base.distribution import Distribution, Law
from churnsim.base.errors import refusal
from churnsim.base.recipe import Recipe
from churnsim.base.registry import Kinds
from churnsim.engine import Stream

Floats = NDArray[np.float64]


def _after_a_time(value: Any) -> Any:
    if isinstance(value, bool):
        said = f"on_end is the time from the end to the revocation, not {str(value).lower()}"
        raise refusal("on-end", said, "write 0s for at once, or leave it out for never")
    return value


OnEnd: TypeAlias = Annotated[
    Law | None,
    BeforeValidator(_after_a_time),
    Field(
        description="time from the end of a unit to the revocation of its credentials; without it they are "
        "left to expire, as most issuers do"
    ),
]
"""Field type of what becomes of the credentials of a unit that is gone."""


@dataclass(frozen=True, eq=False)
class Cases:
    """Credentials that points may have to learn something about.

    Parameters
    ----------
    lane : (n,) array of uint64
        Random lane of each, the same whoever else is there.
    issued, expires, revoked : (n,) array
        Instants [s]; `revoked` is inf where it is not.
    shown, refused : (n,) array
        Until when it is presented: superseded, its unit gone or it has expired; from when on the slowest
        clock takes it for expired [s].
    """

    lane: NDArray[np.uint64]
    issued: Floats
    expires: Floats
    revoked: Floats
    shown: Floats
    refused: Floats

    def __len__(self) -> int:
        return self.issued.size

    def where(self, chosen: NDArray[Any] | slice) -> Cases:
        """Return the cases that a mask, slice or index array picks."""
        return Cases(
            self.lane[chosen],
            self.issued[chosen],
            self.expires[chosen],
            self.revoked[chosen],
            self.shown[chosen],
            self.refused[chosen],
        )


@dataclass(frozen=True)
class Audience:
    """The points that have to learn, and their issuer.

    Parameters
    ----------
    points : int
        Number of enforcement points.
    stream : Stream
        What is random about each point, whatever is revoked.
    start, t0, end : float
        The world's first instant, where the measured window begins, and the horizon [s].
    outages : sequence of (float, float)
        When the issuer is down [s]; disjoint and in order.
    """

    points: int
    stream: Stream
    start: float
    t0: float
    end: float
    outages: Sequence[tuple[float, float]] = ()


class Unanswered(NamedTuple):
    """Which case, which point, from when and until when [s]; arrays of one length."""

    case: NDArray[np.int64]
    point: NDArray[np.int64]
    start: Floats
    end: Floats


class Revocation(Recipe):
    """A way of revoking."""

    revokes: ClassVar[bool] = False

    @property
    def at_end(self) -> Distribution | None:
        """Time from a unit's end to the revocation of its credentials [s]; None: they are left to expire."""
        return None

    @abstractmethod
    def refusals(self, cases: Cases, audience: Audience) -> Floats:
        """Return when each point first refuses each credential as revoked.

        Returns
        -------
        (n, points) array
            Instants [s]; infinite where the point does not learn of it before the horizon.
        """

    def unanswered(self, cases: Cases, audience: Audience) -> Unanswered:
        """Return when a point refuses a credential for want of an answer about it; never, for most kinds."""
        return Unanswered(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0), np.empty(0))

    def load(self, cases: Cases, audience: Audience) -> tuple[Floats, Floats]:
        """Return how often each point pulls, is told or asks in the window, and how many bytes that takes.

        Returns
        -------
        two (points,) arrays
            Messages and bytes in ``[t0, end)``.
        """
        return np.zeros(audience.points), np.zeros(audience.points)


REVOCATIONS = Kinds("revocation", "churnsim.model.revocation", Revocation)
