"""Doubts about calls: callees that cannot keep up, retries that multiply from layer to layer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isfinite, prod

from churnsim.checks.doubt.doubt import Doubt, rate_text
from churnsim.model.call import reached
from churnsim.model.workload import Workload
from churnsim.scenario import Scenario

_MANY = 10.0  # attempts of one request, from which on a layer that is out is in for more


def calls_beyond_capacity(scenario: Scenario) -> Iterator[Doubt]:
    """A workload of a fixed number of units that is called more often than these can answer, all day long."""
    workloads = scenario.workloads
    sources = reached({name: each.callees for name, each in workloads.items()})
    for caller, workload in workloads.items():
        for callee in workload.callees:
            able = workloads[callee].capacity_of_unit * workloads[callee].begins
            parts = {
                name: weight * traffic.mean_rate
                for name, weight in sources[callee].items()
                if (traffic := workloads[name].requests) is not None
            }
            asked = sum(parts.values())
            if workloads[callee].scaler is None and isfinite(able) and asked > able:
                yield Doubt(
                    ("workloads", caller, "calls", callee),
                    f"{callee} turns requests away all the time: {rate_text(asked)} come to it if nothing "
                    f"fails, and its {workloads[callee].begins} units serve {rate_text(able)}",
                    "give it more units or more capacity, or call it less often",
                )


def retries_multiply(scenario: Scenario) -> Iterator[Doubt]:
    """Retries in several layers, each of which repeats all that is below it."""
    for caller, workload in scenario.workloads.items():
        for callee, call in workload.callees.items():
            factors = [*_above(scenario.workloads, caller, frozenset()), call.most]
            product = prod(factors)
            if len(factors) > 1 and call.most > 1 and product > _MANY:
                said = " x ".join(f"{factor:g}" for factor in factors)
                yield Doubt(
                    ("workloads", caller, "calls", callee),
                    f"while {callee} is out, one request makes up to {product:g} attempts at it: {said}, "
                    "layer by layer",
                    "let one layer try again, or give the retries a budget",
                )


def _above(workloads: Mapping[str, Workload], name: str, seen: frozenset[str]) -> list[float]:
    """The most attempts per call of the layers above a workload, by the way on which they multiply most."""
    best: list[float] = []
    for caller, workload in workloads.items():
        call = workload.callees.get(name)
        if call is None or caller in seen | {name}:
            continue
        way = [*_above(workloads, caller, seen | {name}), call.most]
        if prod(way) > prod(best):
            best = way
    return best


DOUBTS = (calls_beyond_capacity, retries_multiply)
