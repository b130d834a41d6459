"""Checks of revocation: nobody refuses too early, later revocation never means earlier refusal."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from churnsim.engine import Streams
from churnsim.model.revocation import Audience, Cases
from churnsim.testing.check import checks, require
from churnsim.testing.subject import Subject

_END = 7200.0
_AUDIENCE = Audience(
    points=3,
    stream=Streams(1).named("issuers/mesh/revocation"),
    start=-600.0,
    t0=0.0,
    end=_END,
    outages=((1000.0, 1300.0), (4000.0, 4001.0)),
)


def _cases(revoked: NDArray[np.float64], lanes: NDArray[np.int64]) -> Cases:
    issued = np.full(revoked.size, -550.0)
    expires = issued + 9000.0
    lane = Streams(1).named("issuers/mesh/revocation/web").lane(lanes)
    return Cases(np.asarray(lane, np.uint64), issued, expires, revoked, expires, expires + 5.0)


_REVOKED = np.array([-500.0, 0.0, 0.0, 17.5, 900.0, 1100.0, 3600.0, 7199.0])
_CASES = _cases(_REVOKED, np.arange(_REVOKED.size))


def _refusals(subject: Subject, cases: Cases, audience: Audience = _AUDIENCE) -> NDArray[np.float64]:
    return np.asarray(subject.recipe.refusals(cases, audience))


@checks("revocation")
def refuses_after_the_revocation_and_before_the_end(subject: Subject) -> None:
    """One instant for each credential and point; infinite where the run is over before."""
    refused = _refusals(subject, _CASES)
    require(refused.shape == (len(_CASES), _AUDIENCE.points), f"{subject.name}: shape {refused.shape}")
    require(np.all(refused >= _REVOKED[:, None]), f"{subject.name}: refused before it was revoked")
    require(np.all((refused < _END) | np.isinf(refused)), f"{subject.name}: an instant beyond the horizon")
    if not subject.recipe.revokes:
        require(np.isinf(refused).all(), f"{subject.name}: says that it does not revoke, and does")


@checks("revocation")
def refuses_no_earlier_what_is_revoked_later(subject: Subject) -> None:
    """The same credential at the same point: the later it is revoked, the later it is refused."""
    revoked = np.linspace(-500.0, 7100.0, 200)
    refused = _refusals(subject, _cases(revoked, np.zeros(revoked.size, np.int64)))
    late = np.where(np.isinf(refused), np.finfo(float).max, refused)
    require(np.all(np.diff(late, axis=0) >= 0), f"{subject.name}: refused earlier though revoked later")


@checks("revocation")
def judges_every_credential_by_itself(subject: Subject) -> None:
    """The same twice; and the same with another credential or point left out."""
    refused = _refusals(subject, _CASES)
    require(np.array_equal(refused, _refusals(subject, _CASES)), f"{subject.name}: remembers something")
    half = _refusals(subject, _CASES.where(slice(None, None, 2)))
    require(np.array_equal(refused[::2], half), f"{subject.name}: depends on the others")
    fewer = _refusals(subject, _CASES, replace(_AUDIENCE, points=_AUDIENCE.points - 1))
    require(np.array_equal(refused[:, :-1], fewer), f"{subject.name}: depends on the number of points")
    nothing = _refusals(subject, _CASES.where(slice(0)))
    require(nothing.shape == (0, _AUDIENCE.points), f"{subject.name}: cannot revoke nothing")


@checks("revocation")
def lacks_an_answer_only_while_the_issuer_is_down(subject: Subject) -> None:
    """A point refuses what it knows nothing about only from some instant of an outage until its end."""
    found = subject.recipe.unanswered(_CASES, _AUDIENCE)
    for start, end in zip(found.start.tolist(), found.end.tolist(), strict=True):
        inside = any(down <= start < end == min(up, _END) for down, up in _AUDIENCE.outages)
        require(inside, f"{subject.name}: no answer from {start} to {end}")


@checks("revocation")
def says_what_it_costs(subject: Subject) -> None:
    """As many messages and bytes for each point, none of them negative."""
    for numbers in subject.recipe.load(_CASES, _AUDIENCE):
        sound = numbers.shape == (_AUDIENCE.points,) and np.all(np.isfinite(numbers) & (numbers >= 0))
        require(sound, f"{subject.name}: a load of {numbers}")
