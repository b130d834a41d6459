"""Doubts about issuers: renewals that come too late or never, and more to sign than can be signed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import inf, isfinite, nextafter

from churnsim.base.quantity import format_duration, format_share
from churnsim.checks.doubt.doubt import Doubt, about, has_spells, rate_text
from churnsim.checks.volume import births, holders, ready, renewals, stay
from churnsim.model.capacity import Capacity
from churnsim.model.failure.issuer_outage import IssuerOutage
from churnsim.model.retry import Retry
from churnsim.scenario import Scenario

ATTEMPTS_MOST = 10_000


def renewal_after_expiry(scenario: Scenario) -> Iterator[Doubt]:
    """A renewal that can fall due when its credential has run out."""
    for name, issuer in scenario.issuers.items():
        latest = float(issuer.renewal.interval(issuer.ttl, nextafter(1.0, 0.0)))
        if latest > issuer.ttl * (1 + 1e-9):  # by more than a rounding
            yield Doubt(
                ("issuers", name, "renewal"),
                f"a credential can fall due {format_duration(latest)} after its issue and lasts "
                f"{format_duration(issuer.ttl)}, leeway {format_duration(issuer.verification.leeway)}: its "
                "unit can be left without, though the issuer answers",
                "renew at a smaller share, check more often, or lengthen the ttl",
            )


def never_renewed(scenario: Scenario) -> Iterator[Doubt]:
    """Holders that never ask again after an outage."""
    for name, issuer in scenario.issuers.items():
        attempts, patience = _patience(issuer.retry) if issuer.retry.gives_up else (0, inf)
        outages = filter(_comes(scenario, name), scenario.failures)
        if not any(has_spells(each) and each.lasts.high > patience for each in outages):
            continue
        often = f"asks {attempts} times within {about(patience)} and never again"
        asks = "never asks again" if attempts == 1 else often
        for workload in holders(scenario, name):
            lasts = stay(scenario, workload)
            until = "for ever, for nothing ends it"
            if isfinite(lasts):
                until = f"until its unit is replaced (a unit lives {about(lasts)} on average)"
            yield Doubt(
                ("issuers", name, "retry"),
                f"a unit of {workload} whose renewal falls into an outage of {name} {asks}: it is locked out "
                f"from expiry on, {until}",
                "write 'retry: {kind: exponential}'",
            )


def capacity_below_demand(scenario: Scenario) -> Iterator[Doubt]:
    """An issuer that is to sign more than it can."""
    for name, issuer in scenario.issuers.items():
        if issuer.capacity is None:
            continue
        units = sum(ready(scenario, workload) for workload in holders(scenario, name))
        born = sum(births(scenario, workload) for workload in holders(scenario, name))
        demand = renewals(scenario, name) + born
        able = issuer.capacity.per_second
        if demand > able:
            interval = about(issuer.renewal.mean(issuer.ttl))
            born_text = rate_text(born, like=demand)
            account = f"{units:,.0f} units renew every {interval} on average, {born_text} are born"
            yield Doubt(
                ("issuers", name, "capacity"),
                f"{name} needs {rate_text(demand)}, can sign {rate_text(able, like=demand)}: "
                f"{_overload(issuer.capacity, units)}; {account}",
                "give it more signers or a higher rate, lengthen the ttl or renew later",
            )


def never_signed_in_time(scenario: Scenario) -> Iterator[Doubt]:
    """Holders that give up before any signature can be done."""
    for name, issuer in scenario.issuers.items():
        capacity = issuer.capacity
        if capacity is not None and capacity.timeout is not None and capacity.service.low > capacity.timeout:
            yield Doubt(
                ("issuers", name, "capacity", "timeout"),
                f"nobody is ever given a credential by {name}: a holder gives up after "
                f"{format_duration(capacity.timeout)}, a signature takes at least "
                f"{format_duration(capacity.service.low)}",
                "let holders wait longer or sign faster",
            )


def bootstrap_loop(scenario: Scenario) -> Iterator[Doubt]:
    """Issuers that need each other to start, directly or through others."""
    for name in scenario.issuers:
        chain = [name]
        while (need := scenario.issuers[chain[-1]].needs.issuer) is not None and need not in chain:
            chain.append(need)
        if need == name and name == min(chain, key=list(scenario.issuers).index):
            wants = ", ".join(f"{each} needs {scenario.issuers[each].needs.issuer}" for each in chain)
            start = scenario.start == "fresh"
            said = "none ever starts" if start else "none starts again once all have been down together"
            if len(chain) == 1:
                said = "it never starts" if start else "once down, it never starts again"
            yield Doubt(
                ("issuers", name, "needs", "issuer"),
                f"a bootstrap loop: {wants}, so that {said}; the measure issuer.blocked tells",
                "let one of them start without the others",
            )


def leeway_beyond_half_ttl(scenario: Scenario) -> Iterator[Doubt]:
    """A leeway that makes credentials last half as long again, or more."""
    for name, issuer in scenario.issuers.items():
        leeway = issuer.verification.leeway
        if leeway > issuer.ttl / 2:
            longer = format_share(round(leeway / issuer.ttl, 3))
            yield Doubt(
                ("issuers", name, "verification", "leeway"),
                f"a credential of {format_duration(issuer.ttl)} is accepted for "
                f"{format_duration(issuer.ttl + leeway)}: a leeway of {format_duration(leeway)} is {longer} "
                "of its time to live",
                "lower the leeway to what clocks differ by, or lengthen the ttl",
            )


DOUBTS = (
    renewal_after_expiry,
    never_renewed,
    capacity_below_demand,
    never_signed_in_time,
    bootstrap_loop,
    leeway_beyond_half_ttl,
)


def _comes(scenario: Scenario, issuer: str) -> Callable[[object], bool]:
    """Whether a failure is an outage of that issuer within the run."""
    return lambda failure: (
        isinstance(failure, IssuerOutage)
        and failure.issuer == issuer
        and (failure.at is None or any(at < scenario.horizon for at in failure.at))
    )


def _patience(retry: Retry) -> tuple[int, float]:
    """How often a holder asks until it gives up, and for how long [s], at jitter's middle."""
    attempts, waited = 1, 0.0
    while attempts < ATTEMPTS_MOST and isfinite(pause := retry.delay(attempts, waited, 0.0, 0.5)):
        attempts, waited = attempts + 1, waited + pause
    return attempts, waited


def _overload(capacity: Capacity, units: float) -> str:
    """What becomes of the requests that an issuer cannot sign."""
    if capacity.rate is not None and capacity.per_second >= capacity.rate:
        return "it refuses the rest"
    if capacity.timeout is not None:
        return f"the queue grows until holders give up after {format_duration(capacity.timeout)}"
    if units > capacity.queue.most:
        return f"the queue grows to {capacity.queue.most:,}, and it refuses the rest"
    return f"the queue grows without bound, until all {units:,.0f} wait in it"
