"""Simulate: run one replication of a scenario and return its trace, with every law checked."""

from __future__ import annotations

import gc
from collections.abc import Mapping, Sequence
from math import inf, nan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from churnsim.base.collection import no_collection
from churnsim.engine import Streams
from churnsim.engine.world import Sink
from churnsim.model.account import INTENDED, OUTCOMES, Passage, account, sampled
from churnsim.model.bill import bill
from churnsim.model.capacity import Capacity
from churnsim.model.clock import stamped
from churnsim.model.evidence import Duties, evidenced
from churnsim.model.history import History
from churnsim.model.issuer import Issuer, Needs
from churnsim.model.policy import Policy
from churnsim.model.pool import Pool
from churnsim.model.route import Routes, routed
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

_LARGE = 300_000  # rows


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
    trace = _lived(scenario, built, streams, sinks)
    trace = verified(trace, scenario.issuers, streams)
    trace = stamped(trace, {name: each.clock for name, each in built.workloads.items()}, streams)
    loads = _loads(scenario, trace.meta, streams)
    trace, routes = _explained(scenario, built, trace, streams, loads)
    trace = _with(trace, "traffic", _traffic(scenario, trace, streams, loads, routes))
    trace = _with(trace, "calls", _calls(scenario, trace, routes))
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


def _lived(scenario: Scenario, built: Design, streams: Streams, sinks: Sequence[Sink]) -> Trace:
    """Let the system live, and return what was recorded; who lived is forgotten."""
    recorder = Recorder()
    system = System(built, streams, recorder, sinks)
    with no_collection():
        system.run()
    start = system.world.start
    del system
    if len(recorder) > _LARGE:
        gc.collect()  # what lived holds itself in circles; of a large world that is as much again
    return recorder.finish(_meta(scenario, built, streams.seed, streams.replication, start))


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
        workloads=tuple(
            recipe.info(name, issuers, policies, list(design.workloads))
            for name, recipe in design.workloads.items()
        ),
        issuers=tuple(_issuer_info(name, recipe) for name, recipe in design.issuers.items()),
        policies=tuple(_policy_info(name, recipe) for name, recipe in design.policies.items()),
        pools=tuple(_pool_info(name, pool, scenario.prices.node_hour) for name, pool in design.pools.items()),
        **_evidence_infos(scenario),
        failures=design.failure_names,
        deadly=design.deadly,
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
        recipe.permissions,
        getattr(recipe.refresh, "kind", ""),
        "last-good" if stale is None else ", ".join(stage.then for stage in stale.stages),
        agreed=nan if recipe.agreed_exposure is None else recipe.agreed_exposure,
        cache=getattr(cache, "kind", ""),
        cache_allow=0.0 if cache is None else cache.allow,
        cache_deny=0.0 if cache is None else cache.deny,
        tokens=recipe.tokens,
        token_age=recipe.token_age,
        resources=recipe.resources,
        tenants=1 if recipe.offboarding is None else recipe.offboarding.tenants,
    )


def _pool_info(name: str, recipe: Pool, price: float) -> PoolInfo:
    scaler = recipe.autoscaler if recipe.is_elastic else None
    return PoolInfo(
        name,
        recipe.zone,
        recipe.machine,
        recipe.count,
        recipe.units,
        inf if recipe.cpu is None else recipe.cpu,
        inf if recipe.memory is None else recipe.memory,
        (price if recipe.price is None else recipe.price) * (1.0 - recipe.discount),
        floor=0 if scaler is None else scaler.floor,
        ceiling=0 if scaler is None else scaler.ceiling,
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
                each.kept_in_trouble,
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


def _explained(
    scenario: Scenario, design: Design, trace: Trace, streams: Streams, loads: Mapping[str, Load]
) -> tuple[Trace, Routes]:
    """Complete a run by its evidence, and find what workloads that call each other are sent."""
    routes = _routes(scenario, trace, loads)
    found = evidenced(
        trace, _duties(scenario, design, trace.meta, _whole(trace.meta, loads, routes)), streams
    )
    if routes.loads and found["obstructions"]["unit"].size:
        # When a sink is down hangs on nobody's load, but units that refuse requests for it let others retry.
        routes = _routes(scenario, found, loads)
        whole = _whole(trace.meta, loads, routes)
        found = evidenced(trace, _duties(scenario, design, trace.meta, whole), streams)
    return found, routes


def _routes(scenario: Scenario, trace: Trace, loads: Mapping[str, Load]) -> Routes:
    code = {name: number for number, name in enumerate(scenario.workloads)}
    calls = {
        (code[name], code[callee]): call
        for name, each in scenario.workloads.items()
        for callee, call in each.callees.items()
    }
    workers = {code[name]: each.staff for name, each in scenario.workloads.items() if each.staff is not None}
    outside = {code[name]: load for name, load in loads.items()}
    return routed(trace, calls, workers, outside, _all_edges(scenario, trace.meta))


def _whole(meta: Meta, loads: Mapping[str, Load], routes: Routes) -> dict[str, Load]:
    """All that comes to each workload, calls included."""
    return {**loads, **{meta.workloads[code].name: load for code, load in routes.loads.items()}}


def _duties(scenario: Scenario, design: Design, meta: Meta, loads: Mapping[str, Load]) -> Duties:
    return Duties(
        scenario.sinks,
        scenario.artefacts,
        scenario.evidence,
        loads,
        frozenset(cause for failure in design.failures for cause in failure.causes),
        _all_edges(scenario, meta),
    )


def _all_edges(scenario: Scenario, meta: Meta) -> NDArray[np.float64]:
    """Edges [s] of buckets of the traffic table, and of others before them back to the world's start."""
    before = max(int(np.ceil((meta.t0 - meta.start) / scenario.window - 1e-9)), 0)
    earlier = np.maximum(meta.t0 - np.arange(before, 0, -1) * scenario.window, meta.start)
    return np.concatenate([earlier, _edges(scenario, meta)])


def _edges(scenario: Scenario, meta: Meta) -> NDArray[np.float64]:
    count = max(int(np.ceil((meta.t1 - meta.t0) / scenario.window - 1e-9)), 1)
    edges = np.minimum(meta.t0 + np.arange(count + 1, dtype=float) * scenario.window, meta.t1)
    edges[-1] = meta.t1
    return np.asarray(edges)


def _outcomes(
    history: History, edges: NDArray[np.float64], load: Load, streams: Streams, passage: Passage | None
) -> dict[str, NDArray[np.float64]]:
    """Requests of one workload per bucket, by outcome."""
    meta, count = history.trace.meta, edges.size - 1
    info, is_sampled = meta.workloads[history.workload], meta.requests == "sampled"
    if info.places:
        return tally(
            history, edges, streams.named(f"workloads/{info.name}/invocations") if is_sampled else None
        )
    outcomes = account(history, edges, load, passage)
    if not is_sampled:
        return outcomes
    stream = streams.named(f"workloads/{info.name}/requests")
    uniform = stream.uniform(stream.lane(np.arange(count))[None, :], np.arange(len(OUTCOMES))[:, None])
    return sampled(outcomes, uniform)


def _traffic(
    scenario: Scenario, trace: Trace, streams: Streams, loads: Mapping[str, Load], routes: Routes
) -> dict[str, Any]:
    meta = trace.meta
    edges = _edges(scenario, meta)
    count = edges.size - 1
    parts: list[dict[str, Any]] = []
    for index, info in enumerate(meta.workloads):
        load = loads.get(info.name)
        if load is None:
            continue
        passage = routes.passages.get(index)
        outcomes = _outcomes(History(trace, index, meta.t1), edges, load, streams, passage)
        columns: dict[str, Any] = {
            "workload": np.full(count, index, np.int16),
            "start": edges[:-1],
            "end": edges[1:],
            "load": load.between(edges[:-1], edges[1:]),
        }
        columns["offered"] = np.sum([outcomes[name] for name in OUTCOMES], axis=0)
        columns["intended"] = np.sum([outcomes[name] for name in INTENDED], axis=0)
        parts.append(columns | outcomes)
    return _joined(trace, "traffic", parts)


def _calls(scenario: Scenario, trace: Trace, routes: Routes) -> dict[str, Any]:
    edges = _edges(scenario, trace.meta)
    start, end = edges[:-1], edges[1:]
    parts: list[dict[str, Any]] = []
    for (caller, callee), sent in routes.sent.items():
        columns: dict[str, Any] = {
            "workload": np.full(start.size, caller, np.int16),
            "callee": np.full(start.size, callee, np.int16),
            "start": start,
            "end": end,
            "first": routes.first[caller, callee].between(start, end),
            "failed": routes.failed[caller, callee].between(start, end),
            "attempts": sent.between(start, end),
        }
        history, passage = History(trace, callee, trace.meta.t1), routes.passages[callee]
        outcomes = account(history, edges, sent, passage)
        columns["timed_out"] = np.zeros(start.size)
        prompt = routes.prompt.get((caller, callee))
        if prompt is not None:
            in_time = account(history, edges, sent, passage.within(prompt))["served"]
            columns["timed_out"] = np.maximum(outcomes["served"] - in_time, 0.0)
            outcomes["served"] = in_time
        parts.append(columns | outcomes)
    return _joined(trace, "calls", sorted(parts, key=lambda part: (part["workload"][0], part["callee"][0])))


def _joined(trace: Trace, table: str, parts: list[dict[str, Any]]) -> dict[str, Any]:
    if not parts:
        return {name: column[:0] for name, column in trace.tables[table].items()}
    return {name: np.concatenate([part[name] for part in parts]) for name in trace.tables[table]}
