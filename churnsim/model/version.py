"""Versions: what every commit of a policy decides, and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from churnsim.engine.arrivals import arrivals
from churnsim.model.offboarding import NOBODY, Departures, tenant_of

if TYPE_CHECKING:
    from churnsim.engine import World
    from churnsim.model.policy import Policy

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
Verdict = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Versions:
    """The versions of one policy: known in full beforehand to the simulator, and to nobody simulated.

    Parameters
    ----------
    times : (v,) array
        When versions 1, 2, … are committed [s]; sorted.
    initial : (p,) array of bool
        Whom version 0 allows.
    version : (w,) array
        Versions, each as often as it decides about somebody; sorted.
    principal, allowed : (w,) arrays
        Whom they decide about, and how.
    departures : Departures
        Tenants that leave.
    revoking : (n,) array
        Version that denies the principals of each of them; -1: not before the world ends.
    """

    times: Floats
    initial: Verdict
    version: Indices
    principal: Indices
    allowed: Verdict
    departures: Departures
    revoking: Indices

    @classmethod
    def of(cls, name: str, recipe: Policy, world: World) -> Versions:
        """Draw the versions of the policy called `name`."""
        times, principal, allowed = _changes(name, recipe, world)
        initial, number = _initial(name, recipe, world), np.arange(1, times.size + 1)
        each = principal.size // max(times.size, 1)  # permissions that a commit decides about
        number, when = np.repeat(number, each), np.repeat(times, each)
        if recipe.offboarding is None:
            return cls(times, initial, number, principal, allowed, NOBODY, np.empty(0, np.int64))
        gone = recipe.offboarding.departures(world, f"policies/{name}/offboarding")
        known = np.flatnonzero(gone.revoked < world.end)
        known = known[np.argsort(gone.revoked[known], kind="stable")]
        revoked = gone.revoked[known]
        whose = tenant_of(
            np.arange(recipe.permissions) // recipe.resources, recipe.principals, recipe.offboarding.tenants
        )
        until = np.full(recipe.offboarding.tenants, np.inf)
        until[gone.tenant[known]] = revoked
        allowed = allowed & (when < until[whose[principal]])
        # An off-boarding comes after a change of the same instant, so that nothing is granted after it.
        number = number + np.searchsorted(revoked, when, side="left")
        revoking = np.full(gone.left.size, -1)
        revoking[known] = np.arange(1, known.size + 1) + np.searchsorted(times, revoked, side="right")
        place, members = np.nonzero(whose == gone.tenant[known][:, None])
        version = np.concatenate([number, revoking[known][place]])
        order = np.argsort(version, kind="stable")
        return cls(
            np.sort(np.concatenate([times, revoked])),
            initial,
            version[order],
            np.concatenate([principal, members])[order],
            np.concatenate([allowed, np.zeros(members.size, bool)])[order],
            gone,
            revoking,
        )

    def columns(self, policy: int, start: float) -> dict[str, Any]:
        """Columns of the table commits: version 0 for every principal, then one row a decision."""
        principals = self.initial.size
        return {
            "policy": policy,
            "version": np.concatenate([np.zeros(principals, np.int64), self.version]),
            "time": np.concatenate([np.full(principals, start), self.times[self.version - 1]]),
            "principal": np.concatenate([np.arange(principals), self.principal]),
            "allowed": np.concatenate([self.initial, self.allowed]),
        }

    @property
    def departed(self) -> dict[str, Any]:
        """Columns of the table offboardings."""
        return {"tenant": self.departures.tenant, "left": self.departures.left, "version": self.revoking}


def _changes(name: str, recipe: Policy, world: World) -> tuple[Floats, Indices, Verdict]:
    """When each commit is made; then whom it decides about, as many for each, and how."""
    changes = recipe.changes
    if changes is None:
        return np.empty(0), np.empty(0, np.int64), np.empty(0, bool)
    stream = world.stream(f"policies/{name}/changes")
    times = arrivals(changes.every, stream, stream.lane(0), world.start, world.end)
    index = np.arange(times.size)
    each = recipe.resources if changes.about == "principal" else 1
    picked = (stream.uniform(stream.lane(1), index) * (recipe.permissions // each)).astype(np.int64)
    allowed = stream.uniform(stream.lane(2), index) >= changes.revoking
    return times, (picked[:, None] * each + np.arange(each)).ravel(), np.repeat(allowed, each)


def _initial(name: str, recipe: Policy, world: World) -> Verdict:
    # In the long run a principal is denied with the chance that its last decision denied it.
    if recipe.changes is None:
        return np.ones(recipe.permissions, bool)
    each = recipe.resources if recipe.changes.about == "principal" else 1
    stream = world.stream(f"policies/{name}/changes")
    uniform = stream.uniform(stream.lane(3), np.arange(recipe.permissions // each))
    allowed: Verdict = np.repeat(uniform >= recipe.changes.revoking, each)
    return allowed
