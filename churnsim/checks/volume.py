"""What a run is expected to bring, before it is made: units, and credentials to sign."""

from __future__ import annotations

from math import inf

from churnsim.base.distribution import Distribution
from churnsim.model.competing import competing
from churnsim.model.failure.crash import Crash
from churnsim.model.pipeline import arriving
from churnsim.scenario import Scenario


def ends(scenario: Scenario, workload: str) -> tuple[Distribution, ...]:
    """The laws of all that ends a unit of a workload, counted from ready [s]; none: it stays for ever."""
    crashes = [
        failure.hastened(scenario.churn).every
        for failure in scenario.failures
        if isinstance(failure, Crash) and failure.workload == workload
    ]
    lifetime = scenario.workloads[workload].hastened(scenario.churn).stay
    return (*crashes, *([] if lifetime is None else [lifetime]))


def stay(scenario: Scenario, workload: str) -> float:
    """Mean time [s] that a unit of a workload is ready; infinite where nothing ends it."""
    laws = ends(scenario, workload)
    return competing(laws).mean if laws else inf


def coming(scenario: Scenario, workload: str) -> float:
    """Units created per second because something comes for them to do [1/s]; 0: only to replace others."""
    units = scenario.workloads[workload]
    if units.terms is not None and units.terms.units:
        return arriving(scenario.workloads, workload)
    return units.coming


def births(scenario: Scenario, workload: str) -> float:
    """Units created per second in the long run, while nothing waits for an outage or is asked for [1/s].

    Source: renewal reward; docs/theory.md O01.
    """
    units, comes = scenario.workloads[workload], coming(scenario, workload)
    if comes:
        return comes
    issuer = scenario.issuers.get(units.issuer or "")
    proof = 0.0 if issuer is None else issuer.attestation.mean
    away = units.pending.mean + units.startup.mean + proof
    return units.usual / (away + stay(scenario, workload))


def ready(scenario: Scenario, workload: str) -> float:
    """Mean number of ready units of a workload, while nothing waits for an outage."""
    units, lasts = scenario.workloads[workload], stay(scenario, workload)
    comes = coming(scenario, workload)
    if comes and units.terms is not None:
        each = units.pending.mean + units.startup.mean + units.terms.busy
        return min(comes * each, float(units.slots))
    return units.usual if comes or lasts == inf else births(scenario, workload) * lasts


def holders(scenario: Scenario, issuer: str) -> tuple[str, ...]:
    """Names of the workloads that hold credentials of an issuer."""
    return tuple(name for name, each in scenario.workloads.items() if each.issuer == issuer)


def renewals(scenario: Scenario, issuer: str) -> float:
    """Credentials renewed per second at an issuer [1/s]: ready units over the mean interval of renewal."""
    rule = scenario.issuers[issuer]
    units = sum(ready(scenario, name) for name in holders(scenario, issuer))
    return units / rule.renewal.mean(rule.ttl)
