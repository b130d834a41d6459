"""What each part of a scenario may say, and all of them together cannot mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import inf

import numpy as np

from churnsim.base.errors import Problem
from churnsim.base.quantity import format_duration, format_size
from churnsim.base.readable import counted
from churnsim.base.recipe import Recipe
from churnsim.model.failure.noisy_neighbour import NoisyNeighbour
from churnsim.model.failure.poison_policy import PoisonPolicy
from churnsim.model.hand import roomy
from churnsim.model.instants import MOST
from churnsim.model.outcome import Outcome
from churnsim.model.outcome.request import RequestOutcome
from churnsim.model.policy import Policy
from churnsim.model.pool import Pool
from churnsim.model.workload import Workload
from churnsim.scenario.node import Branch, find
from churnsim.scenario.path import Path
from churnsim.scenario.problem import problem_at
from churnsim.scenario.uncallable import uncallable
from churnsim.scenario.unfed import unfed
from churnsim.scenario.unkept import unkept


def impossible(scenario: Recipe, tree: Branch) -> Iterator[Problem]:
    """Problems of a valid scenario whose parts contradict each other, each at its place in `tree`."""
    found = {
        "unreachable": _unreachable(scenario),
        "no-room": _homeless(scenario),
        "hand": _undealt(scenario),
        "endless": _endless(scenario),
        "in-line": _unforeseen(scenario),
        "requests": _innumerable(scenario),
        "cache": _uncached(scenario),
        "evidence": unkept(scenario),
        "calls": uncallable(scenario),
        "stages": unfed(scenario),
        "noise": _indistinct(scenario),
    }
    for rule, contradictions in found.items():
        for path, said, remedy in contradictions:
            node = find(tree, path)
            yield problem_at(tree.place if node is None else node.place, rule, said, remedy, path)


def _unreachable(scenario: Recipe) -> Iterator[tuple[Path, str, str]]:
    """Times to live of caches that no cached decision lives to see."""
    policies: Mapping[str, Policy] = getattr(scenario, "policies", {})
    written: Mapping[str, Workload] = getattr(scenario, "workloads", {})
    churn: float = getattr(scenario, "churn", 1.0)
    workloads = {name: workload.hastened(churn) for name, workload in written.items()}
    for name, policy in policies.items():
        lives = {each: _longest(workload) for each, workload in workloads.items() if workload.policy == name}
        if policy.cache is None or not lives:
            continue
        where = max(lives, key=lambda each: lives[each])
        for field, ttl in (("allow", policy.cache.allow), ("deny", policy.cache.deny)):
            if ttl >= lives[where]:
                yield (
                    ("policies", name, "cache", field),
                    f"a time to live of {format_duration(ttl)} can never be reached: no unit that enforces "
                    f"{name} lives longer than {format_duration(lives[where])} (the units of {where})",
                    "shorten it, or lengthen the lifetime",
                )


def _homeless(scenario: Recipe) -> Iterator[tuple[Path, str, str]]:
    """Workloads whose units are too large for every node that may take them."""
    pools: Mapping[str, Pool] = getattr(scenario, "nodes", {})
    workloads: Mapping[str, Workload] = getattr(scenario, "workloads", {})
    for name, workload in workloads.items():
        placement = workload.placement
        allowed = {
            each: pool for each, pool in pools.items() if not placement.pools or each in placement.pools
        }
        if not allowed or roomy(placement, pools):
            continue
        nodes = "; ".join(f"{each} has {_amounts(pool.cpu, pool.memory)}" for each, pool in allowed.items())
        yield (
            ("workloads", name, "placement"),
            f"no node can hold a unit of {name}, which takes {_amounts(placement.cpu, placement.memory)}: "
            f"a node of {nodes}",
            "take larger nodes or let the unit take less",
        )


def _undealt(scenario: Recipe) -> Iterator[tuple[Path, str, str]]:
    """Workloads whose tenants are to be dealt more places than there are, or places that come and go."""
    pools: Mapping[str, Pool] = getattr(scenario, "nodes", {})
    workloads: Mapping[str, Workload] = getattr(scenario, "workloads", {})
    for name, workload in workloads.items():
        large = roomy(workload.placement, pools)
        places = sum(pool.count for pool in large.values())
        if workload.placement.hand > places > 0:
            yield (
                ("workloads", name, "placement"),
                f"{counted(workload.placement.hand, 'place')} of {', '.join(large)} cannot be dealt: "
                f"{places} can hold a unit of {name}",
                "deal fewer, or give a pool more nodes",
            )
        elastic = [each for each, pool in large.items() if pool.is_elastic]
        if workload.placement.hand and elastic:
            yield (
                ("workloads", name, "placement"),
                f"places of {', '.join(elastic)} cannot be dealt: an autoscaler adds and removes them",
                f"leave the autoscaler out, or let {name} take other pools or another placement",
            )


def _amounts(cpu: float | None, memory: float | None) -> str:
    cores = "any number of cores" if cpu is None else f"{cpu:g} core{'' if cpu == 1 else 's'}"
    if memory == 0:
        return cores
    return f"{cores} and {'any amount of memory' if memory is None else format_size(memory)}"


def _endless(scenario: Recipe) -> Iterator[tuple[Path, str, str]]:
    """Units that would crash without end in no time, for they start and read a poisoned version at once."""
    policies: Mapping[str, Policy] = getattr(scenario, "policies", {})
    workloads: Mapping[str, Workload] = getattr(scenario, "workloads", {})
    for number, failure in enumerate(getattr(scenario, "failures", ())):
        if not isinstance(failure, PoisonPolicy) or failure.effect != "crash":
            continue
        first = policies[failure.policy].first_read
        reading = 0.0 if first is None else first.takes.mean
        for name, workload in workloads.items():
            takes = workload.pending.mean + workload.startup.mean + reading
            if workload.policy == failure.policy and takes == 0:
                yield (
                    ("failures", number, "effect"),
                    f"units of {name} would crash endlessly often in no time: they start, and read the "
                    f"version of {failure.policy} that makes them crash, at once",
                    f"give {name} a startup time",
                )


def _innumerable(scenario: Recipe) -> Iterator[tuple[Path, str, str]]:
    """Functions with more requests than can be handled one by one."""
    horizon: float = getattr(scenario, "horizon", 0.0)
    history: float | None = getattr(scenario, "history", None)
    workloads: Mapping[str, Workload] = getattr(scenario, "workloads", {})
    for name, workload in workloads.items():
        if workload.requests is None or not workload.places:
            continue
        before = workload.memory if history is None else history
        number = float(workload.requests.between(np.array([-before]), np.array([horizon]))[0])
        if number > MOST:
            yield (
                ("workloads", name, "traffic"),
                f"{number:.3g} requests come in {format_duration(horizon)} and the {format_duration(before)} "
                f"of history before, and those of a function are handled one by one, up to {MOST:,} of them",
                "shorten the horizon or the history, offer fewer, or let a service stand for it",
            )


def _uncached(scenario: Recipe) -> Iterator[tuple[Path, str, str]]:
    """Functions that enforce a policy through a cache of decisions."""
    policies: Mapping[str, Policy] = getattr(scenario, "policies", {})
    workloads: Mapping[str, Workload] = getattr(scenario, "workloads", {})
    for name, workload in workloads.items():
        policy = policies.get(workload.policy or "")
        if workload.places and policy is not None and policy.cache is not None:
            yield (
                ("workloads", name, "policy"),
                f"units of {name} cannot have the decision cache of {workload.policy}: how fast theirs would "
                "fill depends on which of them is handed each request",
                "let a function enforce a policy without a cache",
            )


def _indistinct(scenario: Recipe) -> Iterator[tuple[Path, str, str]]:
    """Noise beside units that have to be alike: requests queue in them, or evidence is made of these."""
    workloads: Mapping[str, Workload] = getattr(scenario, "workloads", {})
    evidence: Mapping[str, Outcome] = getattr(scenario, "evidence", {})
    for number, failure in enumerate(getattr(scenario, "failures", ())):
        if not isinstance(failure, NoisyNeighbour) or not getattr(scenario, "nodes", {}):
            continue
        for name, workload in workloads.items():
            if workload.staff is not None and name != failure.workload:
                yield (
                    ("failures", number),
                    f"how long requests queue in {name} would hang on whom the noise slows; this is not "
                    "simulated",
                    f"leave the noise, or the workers of {name}, out",
                )
        for name, outcome in evidence.items():
            limited = np.isfinite(workloads[outcome.workload].capacity_of_unit)
            if isinstance(outcome, RequestOutcome) and limited and outcome.workload != failure.workload:
                yield (
                    ("failures", number),
                    f"'{name}' is evidence of requests to {outcome.workload}, and how much of it each unit "
                    "makes would hang on whom the noise slows; this is not simulated",
                    f"leave the noise, the evidence, or the capacity of {outcome.workload} out",
                )


def _unforeseen(scenario: Recipe) -> Iterator[tuple[Path, str, str]]:
    """Versions that make units crash while others wait in line: who is in line hangs on who crashes."""
    policies: Mapping[str, Policy] = getattr(scenario, "policies", {})
    for number, failure in enumerate(getattr(scenario, "failures", ())):
        if not isinstance(failure, PoisonPolicy) or failure.effect != "crash":
            continue
        if policies[failure.policy].refresh.reads_per_s is not None:
            yield (
                ("failures", number, "effect"),
                f"who reads when from {failure.policy}, which has a capacity, hangs on who crashes, and "
                "who crashes on who reads when; this is not simulated",
                "take another effect, or leave the capacity out and limit first reads with first_read",
            )


def _longest(workload: Workload) -> float:
    """How long a unit decides at most [s]: from ready to gone."""
    return inf if workload.stay is None else float(workload.stay.high) + float(workload.drain.high)
