"""The system under study: a world with its issuers, policies, fleets and failures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

import numpy as np

from churnsim.engine import Order, Streams, World
from churnsim.engine.world import Sink
from churnsim.model import cluster, deployer
from churnsim.model.call import reached
from churnsim.model.cluster import Cluster
from churnsim.model.control_plane import ControlPlane
from churnsim.model.failure import Failure
from churnsim.model.fleet import Fleet
from churnsim.model.issuer import Authority, Issuer, Needs
from churnsim.model.line import Line
from churnsim.model.pipeline import chain
from churnsim.model.policy import Policy, PolicySource
from churnsim.model.pool import Pool
from churnsim.model.reader import Readers
from churnsim.model.refresh import Source
from churnsim.model.shared_service import SharedService
from churnsim.model.sink import Sink as SinkRecipe
from churnsim.model.sink import Store
from churnsim.model.unit import Unit
from churnsim.model.workload import Workload
from churnsim.trace.recorder import Recorder

CAUSES = (
    "start",
    "replacement",
    "scheduled",
    "admitted",
    "lifetime",
    "drained",
    "endpoint-added",
    "endpoint-removed",
    "needs-met",
)

SCALING = ("scaled-up", "scaled-down")


@dataclass(frozen=True)
class Design:
    """What a scenario says of the system: recipes by name, and when the record begins and ends."""

    issuers: Mapping[str, Issuer]
    policies: Mapping[str, Policy]
    sinks: Mapping[str, SinkRecipe]
    workloads: Mapping[str, Workload]
    failures: Sequence[Failure]
    is_fresh: bool
    t0: float
    t1: float
    history: float | None = None
    pools: Mapping[str, Pool] = field(default_factory=dict)
    control: ControlPlane = field(default_factory=ControlPlane)

    @property
    def memory(self) -> float:
        """How long before 0 the world must begin [s] for the past to be complete at 0."""
        if self.is_fresh:
            return 0.0
        if self.history is not None:
            return self.history
        parts: tuple[Issuer | Policy, ...] = (*self.issuers.values(), *self.policies.values())
        lasting = max((float(part.memory) for part in parts), default=0.0)
        for name in self.workloads:
            # What comes to a stage now began as long ago as all the stages before it matter.
            stages = chain(self.workloads, name)
            lasting = max(lasting, sum(float(self.workloads[each].memory) for each in stages))
        failing = max((failure.memory for failure in self.failures), default=0.0)
        if self.pools and failing:
            failing += self.control.memory + max(pool.boot.longest for pool in self.pools.values())
        lasting += max((pool.settling for pool in self.pools.values()), default=0.0)
        return lasting + failing + max(map(self._hopeless, self.workloads.values()), default=0.0)

    def _hopeless(self, workload: Workload) -> float:
        """For how long a unit can go without a credential after an outage, if it never asks again [s]."""
        if not any(failure.memory for failure in self.failures):
            return 0.0
        issuer, lifetime = self.issuers.get(workload.issuer or ""), workload.stay
        if issuer is None or lifetime is None or not issuer.retry.gives_up:
            return 0.0
        return float(lifetime.inverse(0.999))

    def mean_rate(self, workload: str) -> float:
        """Requests and calls that come to a workload in the long run if nothing fails [1/s]."""
        sources = reached({name: each.callees for name, each in self.workloads.items()})[workload]
        traffics = {name: self.workloads[name].requests for name in sources}
        return sum(sources[name] * each.mean_rate for name, each in traffics.items() if each is not None)

    @property
    def causes(self) -> tuple[str, ...]:
        """Names of every cause that can appear in the record."""
        parts: tuple[Workload | Failure, ...] = (*self.workloads.values(), *self.failures)
        nodes = cluster.CAUSES if self.pools else ()
        sizing = cluster.SCALING if any(pool.is_elastic for pool in self.pools.values()) else ()
        scaling = SCALING if any(each.scaler is not None for each in self.workloads.values()) else ()
        releases = any(each.releases is not None for each in self.workloads.values())
        versions = deployer.CAUSES if releases else ()
        of_parts = (cause for part in parts for cause in part.causes)
        return tuple(dict.fromkeys((*CAUSES, *nodes, *sizing, *of_parts, *scaling, *versions)))

    @property
    def failure_names(self) -> tuple[str, ...]:
        """A name for each failure: kind and target, numbered where both recur."""
        names: list[str] = []
        for failure in self.failures:
            name = f"{failure.kind}/{failure.target}"  # type: ignore[attr-defined]
            seen = sum(n == name or n.startswith(f"{name}/") for n in names)
            names.append(f"{name}/{seen + 1}" if seen else name)
        return tuple(names)

    @property
    def deadly(self) -> tuple[str, ...]:
        """Kinds of failures that end units, each once."""
        kinds = (each.kind for each in self.failures if each.is_deadly)  # type: ignore[attr-defined]
        return tuple(dict.fromkeys(kinds))


class System:
    """The system at work in one world.

    Parameters
    ----------
    design : Design
        What is built.
    streams : Streams
        The random streams of this replication.
    recorder : Recorder
        Who remembers.
    sinks : sequence of Sink
        Who else hears of every fact.
    """

    def __init__(
        self, design: Design, streams: Streams, recorder: Recorder, sinks: Sequence[Sink] = ()
    ) -> None:
        self.design = design
        self.memory = design.memory
        self.recorder = recorder
        self.world = World(
            start=-self.memory,
            end=design.t1,
            streams=streams,
            sinks=(recorder.fact, *sinks),
            causes=design.causes,
        )
        self._numbers, self._thefts, self._owners, self._jobs = count(), count(), count(), 0
        self.issuers = {
            n: Authority(i, n, r, self.world, design.is_fresh and r.needs != Needs())
            for i, (n, r) in enumerate(design.issuers.items())
        }
        self.policies = {
            n: PolicySource(i, n, r, self.world) for i, (n, r) in enumerate(design.policies.items())
        }
        self.sinks = {n: Store(i, n, self.world) for i, n in enumerate(design.sinks)}
        self._connect()
        self.cluster: Cluster | None = None
        if design.pools:
            workloads = list(design.workloads.values())
            self.cluster = Cluster(design.pools, design.control, workloads, self.world, recorder)
        self.fleets: dict[str, Fleet] = {
            name: Fleet(i, name, recipe, self) for i, (name, recipe) in enumerate(design.workloads.items())
        }

    def number(self) -> int:
        """A number for the next unit."""
        return next(self._numbers)

    def stolen(self) -> int:
        """A number for the next theft."""
        return next(self._thefts)

    def owned(self) -> int:
        """A number for the next owner of credentials."""
        return next(self._owners)

    def jobs(self, number: int) -> int:
        """Number of the first of the next so many jobs."""
        first, self._jobs = self._jobs, self._jobs + number
        return first

    def readers(self, policy: str, workload: str, crash: Callable[[Unit, int], object]) -> Readers:
        """The readers of a policy source in one workload, whose units `crash` ends for a cause."""
        return Readers(self.policies[policy], workload, self.world, crash)

    def _connect(self) -> None:
        """Tell every issuer what it needs, and those who have yet to start to look for it."""
        for issuer in self.issuers.values():
            needs = issuer.recipe.needs
            services: list[SharedService] = []
            if needs.issuer is not None:
                services.append(self.issuers[needs.issuer])
            if needs.policy is not None:
                services.append(self.policies[needs.policy])
            issuer.need(services)
            if not issuer.is_up:
                # Once what fails at the start has failed.
                self.world.at(self.world.start, Order.RECOVERY, issuer.look)

    def run(self) -> None:
        """Live from the start of the history to the horizon, and settle what is left to settle."""
        for failure, name in zip(self.design.failures, self.design.failure_names, strict=True):
            failure.arm(self, f"failures/{name}")
        if self.cluster is not None:
            self.cluster.begin(self.design.is_fresh)
        for fleet in self.fleets.values():
            fleet.duty.begin()
            if self.design.is_fresh:
                fleet.begin_fresh()
            else:
                fleet.begin_stationary()
        self.world.run()
        for fleet in self.fleets.values():
            fleet.finish()
        if self.cluster is not None:
            self.cluster.finish()
        for issuer in self.issuers.values():
            self._settle_credentials(issuer)
        for source in self.policies.values():
            self.recorder.block("commits", **source.versions.columns(source.id, self.world.start))
            self.recorder.block("offboardings", policy=source.id, **source.versions.departed)
        histories = {source: self._history(source) for source in self.policies.values()}
        readers = [each for source in self.policies.values() for each in source.readers]
        for each in sorted(readers, key=lambda each: list(self.fleets).index(each.name)):
            self._settle_copies(each, histories[each.source])

    def _settle_credentials(self, issuer: Authority) -> None:
        if issuer.desk is not None:
            self.recorder.block("signings", issuer=issuer.id, **issuer.desk.finish())
        for wallet in issuer.wallets:
            columns = wallet.finish(self.world.end)
            if not columns["unit"].size:
                continue
            revoked = np.full(columns["unit"].size, np.nan)
            if issuer.keyring is not None:
                number, end = np.array(self.fleets[wallet.name].gone).reshape(-1, 2).T
                until = np.full(int(max(number.max(initial=0), columns["unit"].max())) + 1, np.inf)
                until[number.astype(np.int64)] = end
                issuer.keyring.hold(columns, until[columns["unit"]])
            if wallet.revocations:
                names = (columns[name].tolist() for name in ("unit", "bearer", "serial"))
                row = {key: i for i, key in enumerate(zip(*names, strict=True))}
                for key, when in wallet.revocations.items():
                    i = row[key]
                    if when < columns["expires"][i]:  # What has run out need not be revoked.
                        revoked[i] = when
            self.recorder.block("credentials", issuer=issuer.id, revoked=revoked, **columns)

        if issuer.keyring is not None:
            issuer.keyring.record(self.recorder, issuer.recipe.points)

    def _history(self, source: PolicySource) -> Source:
        """What happened at a source, and who was read to when where they have to wait for it."""
        history = source.history(self.design.t0, self.design.t1)
        capacity = source.recipe.refresh.reads_per_s
        if capacity is None:
            return history
        readers = sorted(source.readers, key=lambda each: each.name)
        asks = [each.asks(self.fleets[each.name].living, history) for each in readers]
        return replace(history, line=Line.of(capacity, history, asks))

    def _settle_copies(self, readers: Readers, history: Source) -> None:
        recorder, source = self.recorder, readers.source
        for mode, columns in readers.without():
            recorder.block("lapses", policy=source.id, mode=mode, **columns)
        for lives in readers.lives(self.fleets[readers.name].living, self.world.end).lots(history):
            copies = readers.settle(lives, history)
            recorder.block("adoptions", **copies.adoptions)
            recorder.block("polls", policy=source.id, **copies.polls)
            for mode, columns in readers.lapses(lives, copies, history):
                recorder.block("lapses", policy=source.id, mode=mode, **columns)
            if source.recipe.cache is not None:
                # A cache fills as fast as requests come to a point when none is missing from the list.
                recipe = self.fleets[readers.name].recipe
                rate = self.design.mean_rate(readers.name) / recipe.slots
                rate *= 1.0 - source.recipe.tokens  # the others neither use nor fill it
                recorder.block("cached", policy=source.id, **readers.outlive(lives, copies.adoptions, rate))
