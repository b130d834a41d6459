"""Workloads: durable intent for units of one sort."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from math import ceil, nan
from typing import TYPE_CHECKING, Annotated, ClassVar, Self

from pydantic import Field, model_validator

from churnsim.base.distribution import Distribution, Law
from churnsim.base.distribution.scaled import hastened
from churnsim.base.errors import refusal
from churnsim.base.quantity import Money, Share
from churnsim.base.recipe import Recipe
from churnsim.base.reference import Reference
from churnsim.base.registry import Kinds
from churnsim.model.autoscaler import AUTOSCALERS, Autoscaler
from churnsim.model.call import Call
from churnsim.model.clock import Clock
from churnsim.model.duty import Duty
from churnsim.model.estate import Turnover
from churnsim.model.gap import Gap
from churnsim.model.image import Image
from churnsim.model.labour import Terms
from churnsim.model.owner import OWNERS, Owner
from churnsim.model.placement import PLACEMENTS, Placement
from churnsim.model.restart import RESTARTS, Restart
from churnsim.model.rollout import ROLLOUTS, Rollout, most
from churnsim.model.traffic import Traffic
from churnsim.model.worker import Workers
from churnsim.trace.meta import WorkloadInfo

if TYPE_CHECKING:
    from churnsim.model.fleet import Fleet


TENANT = Reference("workloads", "tenant", implied="default")
"""Marks a text as the name of a tenant."""


class Workload(Recipe):
    """A workload: how its units start and end, and whom they trust.

    A kind adds how many units there are (`slots`) and what they do while they are ready (`duty`).
    """

    causes: ClassVar[tuple[str, ...]] = ()
    answers: ClassVar[bool] = False  # whether others can call it
    pending: Law = Field("0s", validate_default=True, description="time from created to placed")
    startup: Law = Field(
        "0s", validate_default=True, description="time from placed to booted: image, process, warm-up"
    )
    image: Image | None = Field(
        None, description="what its node pulls before the first unit starts there, if there are nodes"
    )
    drain: Law = Field(
        "0s", validate_default=True, description="time from told to stop to gone, still serving"
    )
    issuer: Annotated[str, Reference("issuers")] | None = Field(None, description="who signs its credentials")
    owner: Annotated[Owner, OWNERS] = Field(
        {"kind": "unit"}, validate_default=True, description="who asks for its credentials"
    )
    policy: Annotated[str, Reference("policies")] | None = Field(None, description="which policy it enforces")
    placement: Annotated[Placement, PLACEMENTS] = Field(
        {"kind": "spread"},
        validate_default=True,
        description="on which nodes its units stand, if there are any",
    )
    restart: Annotated[Restart, RESTARTS] = Field(
        {"kind": "immediate"}, validate_default=True, description="how long a slot waits after a crash"
    )
    tenant: str = Field(TENANT.implied, description="whose it is")
    agreed_availability: Share | None = Field(
        None, lt=1, description="share of the intended requests to be served, as agreed; for its measures"
    )
    clock: Clock | None = Field(None, description="how far off the clocks of its units are; right by default")
    price: Money | None = Field(
        None, description="one of its units for an hour; that of the price list by default"
    )
    discount: Share = Field(
        "0%",
        validate_default=True,
        description="share of that price that is let off, as on spot capacity (F299)",
    )

    @property
    @abstractmethod
    def slots(self) -> int:
        """How many units it has at most, those of a rollout left out."""

    @property
    def peak(self) -> int:
        """How many units it has at most, those of a rollout included."""
        return self.slots

    @property
    def kept(self) -> int:
        """How many of its slots, from the first on, are filled again by themselves; the others on demand."""
        return self.peak

    @property
    def usual(self) -> float:
        """How many units there are on average, as far as can be told beforehand, while nothing fails."""
        return float(self.slots)

    @property
    def begins(self) -> int:
        """How many units it has at the start."""
        return self.kept

    @property
    @abstractmethod
    def least(self) -> int:
        """How many ready units it takes to do its work."""

    @property
    def scaler(self) -> Autoscaler | None:
        """Who changes how many units it has, if anybody."""
        return None

    @property
    def is_elastic(self) -> bool:
        """Whether the number of units ever changes."""
        return self.scaler is not None or self.releases is not None or self.kept < self.slots

    @property
    def releases(self) -> Rollout | None:
        """How its versions come to its units, if it has more than one."""
        return None

    @property
    def capacity_of_unit(self) -> float:
        """Requests that one unit serves [1/s]; NaN: without limit."""
        return nan

    def hastened(self, factor: float) -> Self:
        """Return it with units that live so many times shorter; itself where nothing ends them."""
        return self

    @property
    def stay(self) -> Distribution | None:
        """The time from ready to told to stop [s]; None: for ever."""
        return None

    @property
    def places(self) -> int:
        """Requests that a unit takes at a time, where each is handled by itself; 0: they are not."""
        return 0

    @property
    def turnover(self) -> Turnover | None:
        """How the environments come and go that its units belong to; None: they belong to none."""
        return None

    @property
    def coming(self) -> float:
        """Units created per time because something comes for them to do [1/s]; 0: only to replace others."""
        return 0.0

    @property
    def requests(self) -> Traffic | None:
        """What it is offered, if anything."""
        return None

    @property
    def staff(self) -> Workers | None:
        """Who works on the requests that come to one of its units; None: they take no time."""
        return None

    @property
    def callees(self) -> Mapping[str, Call]:
        """Whom it calls to answer its requests, by name."""
        return {}

    @property
    def terms(self) -> Terms | None:
        """What jobs its units do, and on which terms; None: they do none."""
        return None

    def duty(self, fleet: Fleet) -> Duty:
        """Return what the units of a fleet of this workload do."""
        return Duty()

    def info(self, name: str, issuers: list[str], policies: list[str], workloads: list[str]) -> WorkloadInfo:
        """Return what measures need to know of it."""
        return WorkloadInfo(
            name=name,
            kind=getattr(self, "kind", ""),
            tenant=self.tenant,
            replicas=self.begins,
            needed=self.least,
            issuer=issuers.index(self.issuer) if self.issuer else -1,
            policy=policies.index(self.policy) if self.policy else -1,
            rate=self.requests.mean_rate if self.requests else nan,
            owned=self.owner.slots(self.peak) if self.issuer else 0,
            capacity=self.capacity_of_unit,
            slots=self.slots if self.is_elastic else 0,
            surge=self.peak - self.slots,
            kept=self.kept if self.scaler is None and self.releases is None else 0,
            places=self.places,
            work=None if self.terms is None else self.terms.info,
            estate=None if self.turnover is None else self.turnover.info,
            clock_bound=nan if self.clock is None else self.clock.bound,
            price=nan if self.price is None else self.price,
            discount=self.discount,
            hand=self.placement.hand,
            has_image=self.image is not None,
            calls=tuple(call.info(workloads.index(callee)) for callee, call in self.callees.items()),
            rollout=None if self.releases is None else self.releases.info,
            agreed=nan if self.agreed_availability is None else self.agreed_availability,
        )

    @property
    def memory(self) -> float:
        """How long the past matters [s]."""
        versions = 0.0 if self.releases is None else self.releases.memory
        return self.drain.longest + self.restart.memory + versions


class Ageing(Workload):
    """A workload whose units are told to stop some time after they are ready, if that is said."""

    lifetime: Gap | None = Field(None, description="time from ready to told to stop; for ever by default")

    def hastened(self, factor: float) -> Self:
        if self.lifetime is None:
            return self
        return self.model_copy(update={"lifetime": hastened(self.lifetime, factor)})

    @property
    def stay(self) -> Distribution | None:
        return self.lifetime


class Replicated(Ageing):
    """A workload of which a number of units is kept: whoever stops is replaced at once."""

    replicas: int = Field(strict=True, ge=1, le=1_000_000, description="units wanted")
    needed: Share = Field(
        "75%", validate_default=True, description="share of the replicas that carries the load (F195)"
    )
    rollout: Annotated[Rollout, ROLLOUTS] | None = Field(
        None, description="how new versions of it come to its units; there is but one by default"
    )

    @property
    def slots(self) -> int:
        return self.replicas

    @property
    def peak(self) -> int:
        return self.slots if self.rollout is None else most(self.slots, self.rollout.surge)

    @property
    def begins(self) -> int:
        return self.replicas

    @property
    def releases(self) -> Rollout | None:
        return self.rollout

    @property
    def least(self) -> int:
        return ceil(self.needed * self.replicas - 1e-9)


class Scalable(Replicated):
    """A replicated workload whose number of units somebody may change; a kind says what it lets one see."""

    autoscaler: Annotated[Autoscaler, AUTOSCALERS] | None = Field(
        None, description="who changes the number of units; replicas are those at the start"
    )

    @abstractmethod
    def lacking(self, scaler: Autoscaler) -> tuple[str, str] | None:
        """What an autoscaler would have to see of it and cannot, and a remedy; None: it sees everything."""

    @model_validator(mode="after")
    def _can_be_scaled(self) -> Self:
        scaler = self.autoscaler
        if scaler is None:
            return self
        if not scaler.lowest <= self.replicas <= scaler.highest:
            said = (
                f"replicas must lie within what the autoscaler wants (got {self.replicas}, not "
                f"{scaler.lowest} to {scaler.highest})"
            )
            raise refusal("order", said, "begin with a number of units in between")
        missing = self.lacking(scaler)
        if missing is not None:
            raise refusal("needs", f"this autoscaler needs the {missing[0]} of the workload", missing[1])
        return self

    @property
    def slots(self) -> int:
        return self.replicas if self.autoscaler is None else self.autoscaler.highest

    @property
    def begins(self) -> int:
        return self.replicas

    @property
    def least(self) -> int:
        # Of a number that changes with the load no share carries it.
        return super().least if self.autoscaler is None else 0

    @property
    def scaler(self) -> Autoscaler | None:
        return self.autoscaler

    @property
    def memory(self) -> float:
        settling = 0.0 if self.autoscaler is None else self.autoscaler.memory + self.startup.longest
        return super().memory + settling


WORKLOADS = Kinds("workload", "churnsim.model.workload", Workload)
