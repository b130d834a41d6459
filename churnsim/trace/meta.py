"""What a trace is a trace of: the world, the window and the names behind its codes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True)
class WorkInfo:
    """How a workload's units do jobs.

    Parameters
    ----------
    commit : str
        Kind of the commit.
    attempts : int
        Deliveries of a job at most.
    lease : float
        For how long a delivered job is hidden from the others [s].
    is_extended : bool
        Whether a unit that lives extends its lease.
    retention : float
        For how long it is remembered that a job has been committed [s]; 0: not at all.
    is_acknowledged_first : bool
        Whether the queue is told before the work is done.
    time_limit : float
        How long a delivery may take until its commit [s]; infinite: for ever.
    units : int
        Units at once that are created for jobs, one each; 0: its units take one job after another.
    spare : int
        Units kept ready beyond those for which there are jobs, where units are created for jobs.
    after : str
        Workload whose outcomes bring its jobs; "": they come by themselves.
    each : int
        Jobs that one such outcome brings.
    """

    commit: str
    attempts: int
    lease: float
    is_extended: bool = True
    retention: float = 0.0
    is_acknowledged_first: bool = False
    time_limit: float = float("inf")
    units: int = 0
    spare: int = 0
    after: str = ""
    each: int = 1


@dataclass(frozen=True)
class CallInfo:
    """What a workload asks of another.

    Parameters
    ----------
    callee : int
        Code of the other workload.
    share : float
        Share of the requests it decides to answer that make the call.
    most : float
        Attempts of a call at most, on average.
    timeout : float
        How long it waits for each attempt [s]; infinite: for ever.
    """

    callee: int
    share: float
    most: float
    timeout: float = float("inf")


@dataclass(frozen=True)
class RolloutInfo:
    """How versions of a workload come to its units.

    Parameters
    ----------
    kind : str
        Kind of the rollout.
    surge, unavailable : float
        Units beyond those desired, and ready ones taken away of them, at most, as shares of them.
    keeps_old : bool
        Whether units of the revision before stay for a while, to whom callers are not sent.
    is_lazy : bool
        Whether it leaves it to others to end units.
    """

    kind: str
    surge: float
    unavailable: float
    keeps_old: bool = False
    is_lazy: bool = False


@dataclass(frozen=True)
class EstateInfo:
    """The environments of a workload: units and grants of each, and how many there may be at once."""

    units: int
    most: int
    grants: int = 0


@dataclass(frozen=True)
class WorkloadInfo:
    """One workload, as far as measures need to know it.

    Parameters
    ----------
    name, kind, tenant : str
        Its name, the kind of its recipe, whose it is.
    replicas, needed : int
        Units desired, at the start where that changes; units needed to carry the load.
    issuer, policy : int
        Code of its issuer and of its policy; -1 for none.
    rate : float
        Mean requests [1/s]; NaN for none.
    capacity : float
        Requests that one ready unit serves [1/s]; NaN: without limit.
    slots : int
        Units that there are at most, those of a rollout left out; 0: never other than `replicas`.
    surge : int
        Units that a rollout has beyond them at most.
    kept : int
        Slots, from the first on, that are filled again by themselves whatever the number of units wanted.
    places : int
        Requests that a unit takes at a time, where each is handled by itself; 0: they are not.
    owned : int
        Neighbouring slots for which one owner asks for credentials; 0: every unit for itself.
    estate : EstateInfo or None
        The environments that its units belong to; None where they belong to none.
    work : WorkInfo or None
        How its units do jobs; None where they have none.
    clock_bound : float
        Error of its units' clocks that is reckoned with [s]; NaN: their clocks are right.
    calls : tuple of CallInfo
        Whom it calls.
    rollout : RolloutInfo or None
        How its versions come to its units; None where there is but one.
    agreed : float
        Share of the intended requests that is to be served, as agreed; NaN: nothing agreed.
    price : float
        One of its units for an hour [USD]; NaN: as the price list says.
    discount : float
        Share of that price that is let off.
    hand : int
        Places of its pools that its units may take, dealt to its tenant; 0: all of them.
    has_image : bool
        Whether nodes pull an image before its units start there.
    """

    name: str
    kind: str
    tenant: str
    replicas: int
    needed: int
    issuer: int = -1
    policy: int = -1
    rate: float = float("nan")
    owned: int = 0
    work: WorkInfo | None = None
    capacity: float = float("nan")
    slots: int = 0
    surge: int = 0
    calls: tuple[CallInfo, ...] = ()
    kept: int = 0
    clock_bound: float = float("nan")
    estate: EstateInfo | None = None
    places: int = 0
    rollout: RolloutInfo | None = None
    agreed: float = float("nan")
    price: float = float("nan")
    discount: float = 0.0
    hand: int = 0
    has_image: bool = False

    @property
    def most(self) -> int:
        """Units that there are at most."""
        return (self.slots or self.replicas) + self.surge


@dataclass(frozen=True)
class DeskInfo:
    """The desk of an issuer.

    Parameters
    ----------
    signers : int
        How many requests are signed at the same time.
    queue : str
        Kind of the queue.
    most : int
        How many requests can wait.
    takes_time : bool
        Whether a signature ever takes time.
    rate, burst : float
        Requests admitted per time [1/s] and at once; NaN for no limit.
    timeout : float
        How long a holder waits [s]; infinite for ever.
    """

    signers: int
    queue: str = "fifo"
    most: int = 10_000
    takes_time: bool = True
    rate: float = float("nan")
    burst: float = float("nan")
    timeout: float = float("inf")


@dataclass(frozen=True)
class IssuerInfo:
    """One issuer: time to live [s], leeway [s], mean renewal interval [s], how it signs and starts.

    `desk` is None where it signs at once and without limit; `attests` tells whether new units prove who they
    are before they ask, `has_needs` whether it depends on others to start. `agreed` is how long at most a
    holder is to be trusted wrongly [s, NaN: nothing agreed].
    """

    name: str
    ttl: float
    leeway: float = 0.0
    renew_mean: float = float("nan")
    revocable: bool = False
    desk: DeskInfo | None = None
    attests: bool = False
    has_needs: bool = False
    agreed: float = float("nan")
    backdate: float = 0.0


@dataclass(frozen=True)
class PolicyInfo:
    """One policy: number of permissions, kind of refresh, what stale units do (deny, allow, last-good).

    And its decision cache: its kind ("" for none), times to live of allows and of denials [s]. `agreed` is
    how long at most a principal is to be allowed wrongly [s, NaN: nothing agreed].
    `tokens` is the share of requests that carry a token, of the version that was the newest `token_age` [s]
    ago; `tenants` is how many there are, of whom some may leave. What tables call a principal is one at one
    of the `resources`: ``principal * resources + resource``.
    """

    name: str
    principals: int
    refresh: str
    when_stale: str
    cache: str = ""
    cache_allow: float = 0.0
    cache_deny: float = 0.0
    tokens: float = 0.0
    token_age: float = 0.0
    agreed: float = float("nan")
    tenants: int = 1
    resources: int = 1

    def tenant(self, principal: Any) -> Any:
        """Which tenant a principal, or each of some, belongs to."""
        return principal // self.resources * self.tenants // (self.principals // self.resources)

    def whom(self, principal: int) -> str:
        """Name of a principal, and of the resource where there are several."""
        if self.resources == 1:
            return f"principal {principal}"
        return f"principal {principal // self.resources} for resource {principal % self.resources}"


@dataclass(frozen=True)
class PoolInfo:
    """One pool: zone, machine type, nodes wanted, and what a node holds and costs.

    `units`, `cpu` [cores] and `memory` [B] are what a node takes, infinite where nothing bounds it; `price`
    is that of a node for an hour [USD]. `floor` and `ceiling` bound how many nodes an autoscaler wants; where
    nobody changes their number, both are 0.
    """

    name: str
    zone: str
    machine: str
    count: int
    units: int
    cpu: float = float("inf")
    memory: float = float("inf")
    price: float = 0.0
    floor: int = 0
    ceiling: int = 0


@dataclass(frozen=True)
class SinkInfo:
    """One sink: its name and how long it keeps what is durable [s]."""

    name: str
    retention: float = float("inf")


@dataclass(frozen=True)
class ArtefactInfo:
    """One sort of artefact.

    Parameters
    ----------
    name : str
        Its name.
    outcome, sink : int
        Code of the kind of outcome that makes it, and of its sink.
    size : float
        Size of one [B].
    per_outcome : int
        How many an outcome makes.
    kept : float
        Share of the outcomes of which it is kept.
    shipping : str
        Kind of its shipping.
    kept_in_trouble : float
        Share of the outcomes in trouble of which it is kept.
    """

    name: str
    outcome: int
    sink: int
    size: float
    per_outcome: int = 1
    kept: float = 1.0
    shipping: str = "periodic"
    kept_in_trouble: float = 1.0


@dataclass(frozen=True)
class OutcomeInfo:
    """One kind of outcome: its name, code of its workload, what it is, codes of the artefacts it owes."""

    name: str
    workload: int
    kind: str
    owes: tuple[int, ...]


@dataclass(frozen=True)
class Meta:
    """The world and the window of one run.

    Parameters
    ----------
    scenario, scenario_hash : str
        Name and hash of the scenario.
    seed, replication : int
        What the random streams were keyed with.
    start : float
        The world begins [s]; not after 0. Units may be older.
    t0, t1 : float
        The measured window ``[t0, t1)`` [s]; the world ends at `t1`.
    requests : {"expected", "sampled"}
        Whether `traffic` holds expectations or counts.
    workloads, issuers, policies, pools, sinks, artefacts, outcomes
        What the codes in the columns of these names stand for, by position.
    failures : tuple of str
        The failures of the scenario.
    deadly : tuple of str
        Kinds of those that end units; each is a cause.
    causes : tuple of str
        Cause names; code = position.
    """

    scenario: str
    scenario_hash: str
    seed: int
    replication: int
    start: float
    t0: float
    t1: float
    requests: Literal["expected", "sampled"] = "expected"
    workloads: tuple[WorkloadInfo, ...] = ()
    issuers: tuple[IssuerInfo, ...] = ()
    policies: tuple[PolicyInfo, ...] = ()
    pools: tuple[PoolInfo, ...] = ()
    sinks: tuple[SinkInfo, ...] = ()
    artefacts: tuple[ArtefactInfo, ...] = ()
    outcomes: tuple[OutcomeInfo, ...] = ()
    failures: tuple[str, ...] = ()
    deadly: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()

    @property
    def owners(self) -> tuple[tuple[int, int, int], ...]:
        """Workload, first slot and slot after the last of every owner of credentials, by its index."""
        return tuple(
            (workload, low, min(low + info.owned, info.most))
            for workload, info in enumerate(self.workloads)
            if info.owned
            for low in range(0, info.most, info.owned)
        )

    @property
    def strikes(self) -> tuple[int, ...]:
        """Codes of the causes that are failures."""
        kinds = {name.partition("/")[0] for name in self.failures}
        return tuple(code for code, cause in enumerate(self.causes) if cause in kinds)

    def __post_init__(self) -> None:
        """Refuse a window that is empty or lies outside the world (ValueError)."""
        if not self.start <= self.t0 < self.t1:
            raise ValueError(f"a window needs start <= t0 < t1 (got {self.start}, {self.t0}, {self.t1})")
