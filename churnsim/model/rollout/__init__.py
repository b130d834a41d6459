"""Rollouts: how the versions of a workload come to its units, and how they are taken back."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from math import ceil, floor, inf
from typing import Annotated, Protocol, Self

from pydantic import Field, model_validator

from churnsim.base.distribution import Law
from churnsim.base.errors import refusal
from churnsim.base.quantity import PositiveDuration, Share
from churnsim.base.recipe import Recipe
from churnsim.base.registry import Kinds
from churnsim.model.fault import FAULTS, Fault
from churnsim.model.occasion import Occasions
from churnsim.trace.meta import RolloutInfo

_SLACK = 1e-9  # a share of a whole number that should be whole itself is, whatever rounding made of it


@dataclass(frozen=True)
class Sight:
    """What a rollout sees of the units of a workload, those that drain left out.

    Parameters
    ----------
    now : float
        The present instant [s].
    desired : int
        Units that the workload ought to have.
    ready, coming : int
        Units of the revision that is to come: ready ones, and those that are not yet.
    old_ready, old_coming : int
        Units of other revisions.
    leaving : int
        Units of other revisions that drain.
    """

    now: float
    desired: int
    ready: int
    coming: int
    old_ready: int
    old_coming: int
    leaving: int

    @property
    def old(self) -> int:
        """Units of other revisions."""
        return self.old_ready + self.old_coming

    @property
    def there(self) -> int:
        """Units of the revision that is to come, ready or not."""
        return self.ready + self.coming

    @property
    def is_replaced(self) -> bool:
        """Whether as many units as there ought to be are ready, and none is of another revision."""
        return self.ready >= self.desired and not self.old


@dataclass(frozen=True)
class Step:
    """What a rollout does next.

    Parameters
    ----------
    create, stop : int
        Units of the revision that is to come to create; units of others to stop, first those not ready.
    switch : bool
        Whether callers are sent to the revision that is to come.
    until : float
        Instant [s] up to which it waits on purpose; it looks again then.
    is_complete : bool
        Whether the revision has taken the place of the others.
    is_over : bool
        Whether nothing is left to do.
    """

    create: int = 0
    stop: int = 0
    switch: bool = False
    until: float = inf
    is_complete: bool = False
    is_over: bool = False


class Course(Protocol):
    """What one rollout, or one way back, remembers while it is under way."""

    def step(self, sight: Sight) -> Step:
        """Return what to do next; asked again after every step, until there is none."""


class Rollout(Occasions):
    """Versions of a workload that come at fixed times or by law, each of which may be bad.

    One that comes while another is under way waits until that is over; of several that wait the newest goes
    on. A bad one is noticed some time after its first unit was ready; one that makes no progress for the
    deadline is taken for bad. Either is taken back by the same plan.
    """

    bad: Share = Field("0%", validate_default=True, description="chance that a version is bad")
    fault: Annotated[Fault, FAULTS] = Field(
        {"kind": "errors"}, validate_default=True, description="what is wrong with a bad one"
    )
    detected: Law = Field(
        "5m", validate_default=True, description="time from the first ready unit of a bad one to noticed"
    )
    deadline: PositiveDuration = Field(
        "10m", validate_default=True, description="time without progress after which it is taken back (F195)"
    )

    @property
    def surge(self) -> float:
        """Units that there may be beyond those desired while it is under way, as a share of them."""
        return 0.0

    @property
    def unavailable(self) -> float:
        """Ready units that it may take away of those desired, as a share of them."""
        return 1.0

    @property
    def keeps_old(self) -> bool:
        """Whether units of the revision before stay for a while, to whom callers are not sent."""
        return False

    @property
    def is_lazy(self) -> bool:
        """Whether it leaves it to others to end units."""
        return False

    @property
    def memory(self) -> float:
        """How long the past matters beyond what units remember [s]."""
        if self.every is None:
            return 0.0
        # Nothing is remembered of what was before the last rollout; seldom is that three gaps ago.
        past = float(self.every.inverse(0.95))
        return past + self.deadline + (self.detected.longest if self.bad else 0.0)

    @property
    def info(self) -> RolloutInfo:
        """What measures and laws need to know of it."""
        kind = getattr(self, "kind", "")
        return RolloutInfo(kind, self.surge, self.unavailable, self.keeps_old, self.is_lazy)

    @abstractmethod
    def course(self, is_back: bool) -> Course:
        """Return the course of a rollout, or of the way back, that has just begun."""


class Bounds(Recipe):
    """How many units there may be, and how many may be missing, while some are replaced by others."""

    max_surge: Share = Field(
        "25%", validate_default=True, description="units beyond those desired, rounded up (F195)"
    )
    max_unavailable: Share = Field(
        "25%", validate_default=True, description="units missing of those desired, rounded down (F195)"
    )

    @model_validator(mode="after")
    def _moves(self) -> Self:
        if not self.max_surge and not self.max_unavailable:
            said = "no unit can be replaced while max_surge and max_unavailable are both 0%"
            raise refusal("standstill", said, "let one of them be more, such as 25%")
        return self


def most(desired: int, surge: float) -> int:
    """How many units there may be while so many are desired."""
    return desired + ceil(surge * desired - _SLACK)


def least(desired: int, unavailable: float) -> int:
    """How many ready units a rollout leaves of those desired."""
    return desired - floor(unavailable * desired + _SLACK)


def rolled(sight: Sight, goal: int, surge: float, unavailable: float) -> Step:
    """Return the next step towards `goal` units of the new revision, the rest staying of the old.

    No more than `most` units at a time and, of those that are ready, `least` at the least: old ones that are
    not ready go first, as far as new ones that are not ready are not counted on. Where a share of both rounds
    to nothing one unit may be missing. Source: F195, Kubernetes' deployment controller.
    """
    top, floor_ = most(sight.desired, surge), least(sight.desired, unavailable)
    if top == floor_:
        floor_ -= 1
    create = max(min(top - sight.there - sight.old, goal - sight.there), 0)
    surplus = max(sight.old - (sight.desired - goal), 0)
    spare, ready = sight.ready + sight.old - floor_, sight.ready + sight.old_ready
    stop = min(surplus, min(sight.old_coming, spare) + max(ready - floor_, 0)) if spare > 0 else 0
    return Step(create, stop, is_complete=sight.is_replaced, is_over=sight.is_replaced)


ROLLOUTS = Kinds("rollout", "churnsim.model.rollout", Rollout)
