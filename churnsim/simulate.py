"""Simulate: run one replication of a scenario and return its trace, with every law checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf, nan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from churnsim.engine import Streams
from churnsim.engine.world import Sink
from churnsim.model.account import INTENDED, OUTCOMES, account, sampled
from churnsim.model.bill import bill
from churnsim.model.capacity import Capacity
from churnsim.model.clock import stamped
from churnsim.model.evidence import Duties, evidenced
from churnsim.model.history import History
from churnsim.model.issuer import Issuer, Needs
from churnsim.model.policy import Policy
from churnsim.model.pool import Pool
from churnsim.model.system import Design, System
from churnsim.model.tally import tally
from churnsim.model.traffic import Load
from churnsim.model.verifier import verified
from churnsim.scenario import Scenario
from churnsim.trace import law
from churnsim.trace.meta import (
    ArtefactInfo,
    DeskInfo,
    IssuerInfo,
    Meta,
    OutcomeInfo,
    PolicyInfo,
    PoolInfo,
    SinkInfo,
)
from churnsim.trace.recorder import Recorder
from churnsim.trace.trace import Trace


def simulate(
    scenario: Scenario,
    *,
    seed: int | None = None,
    replication: int = 0,
    sinks: Sequence[Sink] = (),
    check: bool = True,
) -> Trace:
    """Run one replication of a scenario.

    Parameters
    ----------
    scenario : Scenario
        What the world is.
    seed : int, optional
        Root seed; the scenario's own by default.
    replication : int
        Which replication, from 0. The trace is a pure function of scenario, seed and replication.
    sinks : sequence of Sink
        Callables told of every fact as it happens: ``sink(time, family, entity, state, cause)``.
    check : bool
        Whether the laws are checked; leave it on.

    Returns
    -------
    Trace
        Facts, intervals and traffic of the run.

    Raises
    ------
    LawBroken
        If the run breaks a law: a bug in churnsim, never a result.
    """
    seed = scenario.study.seed if seed is None else seed
    built = design(scenario)
    streams = Streams(seed, replication)
    recorder = Recorder()
    system = System(built, streams, recorder, sinks)
    system.run()
    trace = recorder.finish(_meta(scenario, built, seed, replication, system.world.start))
    trace = verified(trace, scenario.issuers, streams)
    trace = stamped(trace, {name: each.clock for name, each in built.workloads.items()}, streams)
    loads = _loads(scenario, trace.meta, streams)
    trace = evidenced(trace, _duties(scenario, built, trace.meta, loads), streams)
    trace = _with(trace, "traffic", _traffic(scenario, trace, streams, loads))
    trace = _with(trace, "bill", bill(trace, scenario.prices))
    if check:
        law.check(trace)
    return trace


def design(scenario: Scenario) -> Design:
    """Return what a scenario says of the system, without the study."""
    return Design(
        issuers=scenario.issuers,
        policies=scenario.policies,
        sinks=scenario.sinks,
        workloads={name: each.hastened(scenario.churn) for name, each in scenario.workloads.items()},
        pools=scenario.nodes,
        control=scenario.control_plane,
        failures=[failure.hastened(scenario.churn) for failure in scenario.failures],
        is_fresh=scenario.start == "fresh",
        t0=scenario.warmup,
        t1=scenario.horizon,
        history=scenario.history,
    )


def _with(trace: Trace, table: str, columns: dict[str, Any]) -> Trace:
    return Trace(trace.meta, {**trace.tables, table: columns})


def _meta(scenario: Scenario, design: Design, seed: int, replication: int, start: float) -> Meta:
    issuers, policies = list(design.issuers), list(design.policies)
    return Meta(
        scenario=scenario.name,
        scenario_hash=scenario.hash,
        seed=seed,
        replication=replication,
        start=start,
        t0=design.t0,
        t1=design.t1,
        requests=scenario.requests,
        workloads=tuple(recipe.info(name, issuers, policies) for name, recipe in design.workloads.items()),
        issuers=tuple(_issuer_info(name, recipe) for name, recipe in design.issuers.items()),
        policies=tuple(_policy_info(name, recipe) for name, recipe in design.policies.items()),
        pools=tuple(_pool_info(name, pool, scenario.prices.node_hour) for name, pool in design.pools.items()),
        **_evidence_infos(scenario),
        failures=design.failure_names,
        causes=design.causes,
    )


def _issuer_info(name: str, recipe: Issuer) -> IssuerInfo:
    return IssuerInfo(
        name=name,
        ttl=recipe.ttl,
        leeway=recipe.verification.leeway,
        renew_mean=recipe.renewal.mean(recipe.ttl),
        revocable=recipe.revocation.revokes,
        desk=None if recipe.capacity is None else _desk_info(recipe.capacity),
        attests=recipe.attestation.high > 0,
        has_needs=recipe.needs != Needs(),
        agreed=nan if recipe.agreed_exposure is None else recipe.agreed_exposure,
        backdate=recipe.backdate,
    )


def _desk_info(recipe: Capacity) -> DeskInfo:
    limit = (nan, nan) if recipe.rate is None else (recipe.rate, float(recipe.burst))
    return DeskInfo(
        recipe.signers,
        getattr(recipe.queue, "kind", ""),
        recipe.queue.most,
        recipe.service.high > 0,
        *limit,
        timeout=inf if recipe.timeout is None else recipe.timeout,
    )


def _policy_info(name: str, recipe: Policy) -> PolicyInfo:
    stale, cache = recipe.when_stale, recipe.cache
    return PolicyInfo(
        name,
        recipe.principals,
        getattr(recipe.refresh, "kind", ""),
        "last-good" if stale is None else ", ".join(stage.then for stage in stale.stages),
        agreed=nan if recipe.agreed_exposure is None else recipe.agreed_exposure,
        cache=getattr(cache, "kind", ""),
        cache_allow=0.0 if cache is None else cache.allow,
        cache_deny=0.0 if cache is None else cache.deny,
        tokens=recipe.tokens,
        tenants=1 if recipe.offboarding is None else recipe.offboarding.tenants,
    )


def _pool_info(name: str, recipe: Pool, price: float) -> PoolInfo:
    return PoolInfo(
        name,
        recipe.zone,
        recipe.machine,
        recipe.count,
        recipe.units,
        inf if recipe.cpu is None else recipe.cpu,
        inf if recipe.memory is None else recipe.memory,
        price if recipe.price is None else recipe.price,
    )


def _evidence_infos(scenario: Scenario) -> dict[str, Any]:
    sinks, outcomes, artefacts = list(scenario.sinks), list(scenario.evidence), list(scenario.artefacts)
    workloads = list(scenario.workloads)
    return {
        "sinks": tuple(
            SinkInfo(name, inf if each.retention is None else each.retention)
            for name, each in scenario.sinks.items()
        ),
        "artefacts": tuple(
            ArtefactInfo(
                name,
                outcomes.index(each.of),
                sinks.index(each.sink),
                each.size,
                each.per_outcome,
                each.kept,
                getattr(each.shipping, "kind", ""),
            )
            for name, each in scenario.artefacts.items()
        ),
        "outcomes": tuple(
            OutcomeInfo(
                name,
                workloads.index(each.workload),
                getattr(each, "kind", ""),
                tuple(artefacts.index(owed) for owed in each.owes),
            )
            for name, each in scenario.evidence.items()
        ),
    }


def _loads(scenario: Scenario, meta: Meta, streams: Streams) -> dict[str, Load]:
    traffics = {name: each.requests for name, each in scenario.workloads.items()}
    return {
        name: each.load(streams.named(f"workloads/{name}/traffic"), meta.start, meta.t1)
        for name, each in traffics.items()
        if each is not None
    }


def _duties(scenario: Scenario, design: Design, meta: Meta, loads: Mapping[str, Load]) -> Duties:
    window = _edges(scenario, meta)
    before = max(int(np.ceil((meta.t0 - meta.start) / scenario.window - 1e-9)), 0)
    earlier = np.maximum(meta.t0 - np.arange(before, 0, -1) * scenario.window, meta.start)
    return Duties(
        scenario.sinks,
        scenario.artefacts,
        scenario.evidence,
        loads,
        frozenset(cause for failure in design.failures for cause in failure.causes),
        np.concatenate([earlier, window]),
    )


def _edges(scenario: Scenario, meta: Meta) -> NDArray[np.float64]:
    count = max(int(np.ceil((meta.t1 - meta.t0) / scenario.window - 1e-9)), 1)
    edges = np.minimum(meta.t0 + np.arange(count + 1, dtype=float) * scenario.window, meta.t1)
    edges[-1] = meta.t1
    return np.asarray(edges)


def _outcomes(
    history: History, edges: NDArray[np.float64], load: Load, streams: Streams
) -> dict[str, NDArray[np.float64]]:
    """Requests of one workload per bucket, by outcome."""
    meta, count = history.trace.meta, edges.size - 1
    info, is_sampled = meta.workloads[history.workload], meta.requests == "sampled"
    if info.places:
        return tally(
            history, edges, streams.named(f"workloads/{info.name}/invocations") if is_sampled else None
        )
    outcomes = account(history, edges, load)
    if not is_sampled:
        return outcomes
    stream = streams.named(f"workloads/{info.name}/requests")
    uniform = stream.uniform(stream.lane(np.arange(count))[None, :], np.arange(len(OUTCOMES))[:, None])
    return sampled(outcomes, uniform)


def _traffic(scenario: Scenario, trace: Trace, streams: Streams, loads: Mapping[str, Load]) -> dict[str, Any]:
    meta = trace.meta
    edges = _edges(scenario, meta)
    count = edges.size - 1
    parts: list[dict[str, Any]] = []
    for index, info in enumerate(meta.workloads):
        load = loads.get(info.name)
        if load is None:
            continue
        outcomes = _outcomes(History(trace, index, meta.t1), edges, load, streams)
        columns: dict[str, Any] = {
            "workload": np.full(count, index, np.int16),
            "start": edges[:-1],
            "end": edges[1:],
            "load": load.between(edges[:-1], edges[1:]),
        }
        columns["offered"] = np.sum([outcomes[name] for name in OUTCOMES], axis=0)
        columns["intended"] = np.sum([outcomes[name] for name in INTENDED], axis=0)
        parts.append(columns | outcomes)
    if not parts:
        return {name: column[:0] for name, column in trace.tables["traffic"].items()}
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
