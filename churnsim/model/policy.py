"""The policy source: who may do what, as it is committed over time, and whether it can be read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf, prod
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from churnsim.base.distribution import Law
from churnsim.base.errors import located, refusal
from churnsim.base.quantity import Duration, PositiveDuration, Share
from churnsim.base.readable import counted
from churnsim.base.recipe import Recipe
from churnsim.model.cache import CACHES, Cache
from churnsim.model.first_read import FirstRead, ReadingDesk
from churnsim.model.gap import Gap
from churnsim.model.offboarding import Offboarding
from churnsim.model.refresh import REFRESHES, Refresh, Source
from churnsim.model.shared_service import SharedService
from churnsim.model.version import Versions
from churnsim.model.wave import Waves
from churnsim.model.when_stale import WhenStale
from churnsim.trace.code import Family
from churnsim.trace.intervals import Spans

if TYPE_CHECKING:
    from churnsim.engine import World
    from churnsim.model.reader import Readers


_PERMISSIONS_MOST = 1_000_000


class Changes(Recipe):
    """How the policy changes: each commit decides anew about one permission, or principal, picked at random.

    A permission is that of one principal to use one resource.
    """

    every: Gap = Field(description="time between commits")
    revoking: Share = Field(
        "50%", validate_default=True, description="chance that a commit denies what it is about"
    )
    about: Literal["permission", "principal"] = Field(
        "permission",
        description="what a commit decides about: one permission, or all of one principal in one version",
    )


class Policy(Recipe):
    """A policy, how it changes, and how its copies are refreshed."""

    principals: int = Field(
        100, strict=True, ge=1, le=100_000, description="callers the policy decides about, equally busy"
    )
    resources: int = Field(
        1,
        strict=True,
        ge=1,
        le=10_000,
        description="resources, asked for alike, each of which a principal may use or not",
    )
    refresh: Annotated[Refresh, REFRESHES] = Field(description="how enforcement points refresh their copies")
    first_read: FirstRead | None = Field(
        None, description="how units that start are given the policy; at once by default"
    )
    before_first: Literal["wait", "deny", "allow"] = Field(
        "wait",
        description="what a unit does that has started and has no policy yet: wait until it has before it "
        "serves, or serve and refuse everybody, or admit everybody",
    )
    when_stale: WhenStale | None = Field(
        None, description="what to do when a copy is too old; nothing by default"
    )
    tokens: Share = Field(
        "0%",
        validate_default=True,
        description="share of requests that carry a token: no version older than it says decides about them",
    )
    token_age: Duration = Field(
        "0s",
        validate_default=True,
        description="how long before a request its token was the newest version",
    )
    replication: Law = Field(
        "0s",
        validate_default=True,
        description="time from commit until readers see a version, drawn for each, in order: replica lag",
    )
    rollout: Waves | None = Field(None, description="which points see a version when; all at once by default")
    cache: Annotated[Cache, CACHES] | None = Field(
        None, description="decisions that points answer again before they look at their copy; none by default"
    )
    changes: Changes | None = Field(None, description="how the policy changes; never by default")
    offboarding: Offboarding | None = Field(
        None, description="tenants that leave, with all their principals at once; none by default"
    )
    agreed_exposure: PositiveDuration | None = Field(
        None, description="how long at most a principal is to be allowed wrongly, as agreed; for its measures"
    )

    @model_validator(mode="after")
    def _has_principals_for_all(self) -> Self:
        if self.offboarding is not None and self.offboarding.tenants > self.principals:
            tenants, whom = counted(self.offboarding.tenants, "tenant"), counted(self.principals, "principal")
            said = f"a tenant has a principal at least (got {tenants} and {whom})"
            raise located(
                refusal("offboarding", said, f"take {self.principals} tenants at most, or add principals"),
                "offboarding", "tenants", value=self.offboarding.tenants,
            )  # fmt: skip
        if self.permissions > _PERMISSIONS_MOST:
            said = (
                f"{counted(self.principals, 'principal')} and {counted(self.resources, 'resource')} are "
                f"{self.permissions:,} permissions, more than {_PERMISSIONS_MOST:,}"
            )
            raise located(
                refusal("permissions", said, "let those stand for one that are granted and revoked together"),
                "resources", value=self.resources,
            )  # fmt: skip
        return self

    @property
    def permissions(self) -> int:
        """How many there are: of each principal for each resource, those of one principal together."""
        return self.principals * self.resources

    @property
    def memory(self) -> float:
        """How long the past matters [s]."""
        waves = self.rollout.last if self.rollout is not None else 0.0
        waves += self.replication.longest
        return float(self.refresh.memory) + waves + (self.cache.memory if self.cache is not None else 0.0)


@dataclass(frozen=True)
class Poison:
    """A poisoned version: committed `at`, `halted` once noticed, ignored from `killed` on [s].

    Its `effect` on who goes by it: deny or allow everybody, or crash.
    """

    at: float
    halted: float
    killed: float
    effect: str


class PolicySource(SharedService):
    """A policy source at work.

    Parameters
    ----------
    index : int
        Position among the scenario's policies.
    name : str
        Its name.
    recipe : Policy
        What it is.
    world : World
        Where it stands.
    """

    FAMILY: ClassVar[int] = int(Family.SOURCE)

    def __init__(self, index: int, name: str, recipe: Policy, world: World) -> None:
        super().__init__(index, name, world)
        self.recipe = recipe
        self.readers: list[Readers] = []
        self.spells: list[tuple[float, float]] = []
        self.poisons: list[Poison] = []
        self.outages: list[tuple[float, float]] = []  # all there will be, from, to [s]; they may overlap
        self.brownouts: list[tuple[float, float, float]] = []  # from, to [s], how many times as slow
        self.versions = Versions.of(name, recipe, world)
        self.desk: ReadingDesk | None = None
        if recipe.first_read is not None:
            self.desk = ReadingDesk(recipe.first_read, world, self._slowness)

    def failed(self) -> None:
        self.spells.append((self._world.now, inf))
        if self.desk is not None:
            self.desk.fail()

    def recovered(self) -> None:
        self.spells[-1] = (self.spells[-1][0], self._world.now)

    def history(self, t0: float, t1: float) -> Source:
        """What happened here, for the copies to be settled by."""
        stale = self.recipe.when_stale
        # What is still down at the horizon is down until then: nobody asks later.
        down = np.minimum(np.array(self.spells, float).reshape(-1, 2), self._world.end)
        budget = stale.budget if stale is not None else inf
        slow = np.array(self.brownouts, float).reshape(-1, 3)
        return Source(self.replicated(self.versions.times, 0), down, budget, self._world.start, t0, t1, slow)

    def ahead(self, t0: float, t1: float) -> Source:
        """What has happened and will happen here, known to the simulator and to nobody simulated."""
        down = Spans.of([begin for begin, _ in self.outages], [end for _, end in self.outages])
        return replace(self.history(t0, t1), down=np.column_stack([down.start, down.end]))

    def _slowness(self, at: float) -> float:
        return prod(sorted(factor for begin, end, factor in self.brownouts if begin <= at < end))

    def replicated(self, commits: NDArray[np.float64], lane: int) -> NDArray[np.float64]:
        """When readers see what was committed at these instants, in this order [s]."""
        stream = self._world.stream(f"policies/{self.name}/replication")
        uniform = stream.uniform(stream.lane(lane), np.arange(commits.size))
        lag = np.asarray(self.recipe.replication.inverse(uniform), float)
        seen: NDArray[np.float64] = np.maximum.accumulate(commits + lag)
        return seen

    @property
    def waves(self) -> int:
        """How many there are."""
        return 1 if self.recipe.rollout is None else len(self.recipe.rollout.waves)

    def sickness(self, place: int, wave: int) -> NDArray[np.float64]:
        """From when a wave can read a poisoned version, and from when one without it [s]; empty for never."""
        poison, rollout = self.poisons[place], self.recipe.rollout
        seen = poison.at + (0.0 if rollout is None else wave * rollout.bake)
        if seen >= poison.halted:
            return np.empty(0)
        return self.replicated(np.array([seen, poison.halted]), place + 1)
