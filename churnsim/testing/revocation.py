"""Checks of revocation: nobody refuses too early, and whoever is revoked later is refused no earlier."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from churnsim.engine import Streams
from churnsim.testing.check import checks, require
from churnsim.testing.subject import Subject

_START, _END, _POINTS = -600.0, 7200.0, 3
_REVOKED = np.array([-500.0, 0.0, 0.0, 17.5, 900.0, 3600.0, 7199.0])


def _refusals(subject: Subject, revoked: NDArray[np.float64], points: int = _POINTS) -> NDArray[np.float64]:
    stream = Streams(1).named("issuers/mesh/revocation")
    return np.asarray(subject.recipe.refusals(revoked, points, stream, _START, _END))


@checks("revocation")
def refuses_after_the_revocation_and_before_the_end(subject: Subject) -> None:
    """One instant for each credential and point; infinite where the run is over before."""
    refused = _refusals(subject, _REVOKED)
    require(refused.shape == (_REVOKED.size, _POINTS), f"{subject.name}: shape {refused.shape}")
    require(np.all(refused >= _REVOKED[:, None]), f"{subject.name}: refused before it was revoked")
    require(np.all((refused < _END) | np.isinf(refused)), f"{subject.name}: an instant beyond the horizon")
    if not subject.recipe.revokes:
        require(np.isinf(refused).all(), f"{subject.name}: says that it does not revoke, and does")


@checks("revocation")
def refuses_in_the_order_of_revocation(subject: Subject) -> None:
    """At every point whatever was revoked later is refused no earlier."""
    refused = _refusals(subject, _REVOKED)
    late = np.where(np.isinf(refused), np.finfo(float).max, refused)
    require(np.all(np.diff(late, axis=0) >= 0), f"{subject.name}: refused out of order")


@checks("revocation")
def judges_every_credential_by_itself(subject: Subject) -> None:
    """The same twice; and the same with another credential or point left out."""
    refused = _refusals(subject, _REVOKED)
    require(np.array_equal(refused, _refusals(subject, _REVOKED)), f"{subject.name}: remembers something")
    require(
        np.array_equal(refused[::2], _refusals(subject, _REVOKED[::2])),
        f"{subject.name}: depends on the others",
    )
    fewer = _refusals(subject, _REVOKED, _POINTS - 1)
    require(np.array_equal(refused[:, :-1], fewer), f"{subject.name}: depends on the number of points")
    require(_refusals(subject, np.empty(0)).shape == (0, _POINTS), f"{subject.name}: cannot revoke nothing")
