"""Requests one by one against the integral of what would become of them."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from scipy.stats import chi2, t

from churnsim.engine import Streams
from churnsim.model.account import OUTCOMES
from churnsim.scenario import Scenario
from churnsim.simulate import design, simulate
from tests.twin.slow import World
from tests.twin.worlds import CACHED, world

RUNS = 20
LEAST = 25.0  # expected requests from which on a standardised count is near enough to normal (O43)
TAIL = 0.001
# What the busy world has none of: caches, functions and calls have worlds of their own, what is shed, or
# failed by a bad version, is probed (probe.py), and what is blocked for want of evidence is held by theory.
ELSEWHERE = {
    "cached_allow", "cached_deny", "shed", "evidence_blocked", "throttled", "dependency", "bad_version",
}  # fmt: skip


def expected(replication: int, name: str = "busy") -> dict[tuple[int, str], float]:
    """Requests by workload and outcome, integrated."""
    return totals(simulate(world(name), replication=replication))


def totals(trace) -> dict[tuple[int, str], float]:
    traffic = trace["traffic"]
    return {
        (workload, outcome): float(traffic[outcome][traffic["workload"] == workload].sum())
        for workload in range(len(trace.meta.workloads))
        for outcome in OUTCOMES
    }


def counted(replication: int, name: str = "busy") -> dict[tuple[int, str], float]:
    """Requests by workload and outcome, each an event of its own in the slow twin."""
    scenario = world(name)
    slow = World(design(scenario), Streams(scenario.study.seed, replication), probe=False)
    callers = slow.call(np.random.default_rng([20, replication]))
    slow.run()
    return {(i, outcome): each.counts[outcome] for i, each in enumerate(callers) for outcome in OUTCOMES}


def sampled(replication: int) -> dict[tuple[int, str], float]:
    """Requests by workload and outcome, drawn as whole numbers."""
    return totals(simulate(world("busy").with_(requests="sampled"), replication=replication))


@pytest.mark.parametrize("count", [counted, sampled])
def test_counted_requests_agree_with_integrated_ones(count):
    """O43, O49: given the world, each count is Poisson about its integral, independent of the others.

    So the standardised counts are near normal: their squares add up to chi-square, neither too large (a
    bias) nor too small (the answer leaked), no outcome is off on average, and none is left untested.
    """
    z: dict[tuple[int, str], list[float]] = {}
    for replication in range(RUNS):
        means, counts = expected(replication), count(replication)
        for key, mean in means.items():
            assert mean > 0 or counts[key] == 0
            if mean >= LEAST:
                z.setdefault(key, []).append((counts[key] - mean) / np.sqrt(mean))
    assert {outcome for _, outcome in z} == set(OUTCOMES) - ELSEWHERE
    errors = np.concatenate([np.array(each) for each in z.values()])
    low, high = chi2.ppf([TAIL, 1 - TAIL], errors.size)
    assert low < np.sum(errors**2) < high
    for key, each in z.items():
        most = chi2.ppf(1 - TAIL / len(z), 1)
        assert np.sum(each) ** 2 / len(each) < most, key


@pytest.mark.parametrize("name", CACHED)
def test_requests_that_fill_caches_meet_them_as_expected(name: str) -> None:
    """O28 without its assumptions: what caches hold is drawn in the engine, filled by requests in the twin.

    The two draw by different numbers, so only means agree: for each outcome the paired differences over 40
    runs have a mean of nothing, at a level of 1 % shared by all outcomes of both worlds.
    """
    runs = 40
    outcomes = ("served", "stale_allow", "stale_deny", "cached_allow", "cached_deny", "denied")
    pairs = [(expected(r, name), counted(r, name)) for r in range(runs)]
    for outcome in outcomes:
        fast, slow = (np.array([pair[i][0, outcome] for pair in pairs]) for i in (0, 1))
        error = float(np.std(fast - slow, ddof=1)) / np.sqrt(runs)
        assert slow.mean() >= LEAST
        assert error <= 0.05 * slow.mean(), f"{outcome}: too few to tell"
        limit = t.ppf(1 - 0.01 / (2 * len(outcomes) * len(CACHED)), runs - 1)
        assert abs(float(np.mean(fast - slow))) <= limit * error, outcome


def _fast_calls(scenario: Scenario, replication: int) -> dict[tuple[str, str], float]:
    trace = simulate(scenario, replication=replication)
    names, found = trace.names("workload"), {}
    for table, edge in (("traffic", "{0}"), ("calls", "{0} -> {1}")):
        rows = trace[table]
        pairs = zip(rows["workload"].tolist(), rows.get("callee", rows["workload"]).tolist(), strict=True)
        edges = np.array([edge.format(names[one], names[other]) for one, other in pairs])
        counted = OUTCOMES if table == "traffic" else ("first", "attempts", "failed", *OUTCOMES)
        for each in np.unique(edges):
            found |= {(str(each), name): float(rows[name][edges == each].sum()) for name in counted}
    return found


def _slow_calls(scenario: Scenario, replication: int) -> Counter[tuple[str, str]]:
    slow = World(design(scenario), Streams(scenario.study.seed, replication), probe=False)
    callers = slow.call(np.random.default_rng([25, replication]))
    slow.run()
    found = Counter[tuple[str, str]]()
    for each in callers:
        found.update({(each.fleet.name, outcome): number for outcome, number in each.counts.items()})
        found.update(each.calls)
    return found


@pytest.mark.parametrize("runs", [12, pytest.param(80, marks=pytest.mark.nightly)])
def test_calls_made_one_by_one_agree_with_rates(runs: int) -> None:
    """Calls that are made, tried again and given up one by one have the means that the solved rates have.

    Requests that take a call in common are not independent, so that counts are not Poisson: paired
    differences have a mean of nothing, at a level of 1 % shared by all that is counted.
    """
    scenario = world("calling")
    pairs = [(_fast_calls(scenario, each), _slow_calls(scenario, each)) for each in range(runs)]
    often = [key for key in pairs[0][0] if np.mean([slow[key] for _, slow in pairs]) >= LEAST]
    assert {"dependency", "credential_rejected", "failed", "stale_deny", "dead_endpoint"} <= {
        name for edge, name in often if "->" in edge
    }
    for key in often:
        fast, slow = (np.array([float(pair[which][key]) for pair in pairs]) for which in (0, 1))
        error = float(np.std(fast - slow, ddof=1)) / np.sqrt(runs)
        limit = t.ppf(1 - 0.01 / (2 * len(often)), runs - 1)
        assert abs(float(np.mean(fast - slow))) <= limit * error, key
    never = [key for key, mean in pairs[0][0].items() if mean == 0.0]
    assert all(slow[key] == 0 for _, slow in pairs[:1] for key in never)
