"""Doubts about policies: copies that grow too old of themselves, caches that never forget."""

from __future__ import annotations

from collections.abc import Iterator
from math import expm1, isfinite

from churnsim.base.distribution import Distribution
from churnsim.base.quantity import format_duration
from churnsim.base.readable import counted
from churnsim.checks.doubt.doubt import Doubt, rate_text
from churnsim.checks.volume import ready
from churnsim.model.cache.sliding import SlidingCache
from churnsim.model.failure.policy_brownout import PolicyBrownout
from churnsim.model.failure.policy_outage import PolicyOutage
from churnsim.model.refresh.pull import PullRefresh
from churnsim.model.refresh.push import PushRefresh
from churnsim.model.refresh.stream import StreamRefresh
from churnsim.model.workload import Workload
from churnsim.scenario import Scenario

HITS_MANY = 100.0


def stale_between_polls(scenario: Scenario) -> Iterator[Doubt]:
    """Copies that grow too old although every poll is answered."""
    for name, policy in scenario.policies.items():
        stale, refresh = policy.when_stale, policy.refresh
        if stale is None or not isinstance(refresh, PullRefresh):
            continue
        period, apart = _longest(refresh.every)
        delay, late = _longest(refresh.delay)
        if stale.budget < period + delay:
            yield Doubt(
                ("policies", name, "when_stale", "after"),
                f"a copy is too old before the next poll answers: {format_duration(stale.budget)} is less "
                f"than {format_duration(period + delay)}, for polls come {format_duration(period)} "
                f"apart{apart} and take {format_duration(delay)}{late}",
                "wait longer or poll more often",
            )


def stale_between_changes(scenario: Scenario) -> Iterator[Doubt]:
    """Pushed copies that grow too old because nothing new is there to be pushed."""
    for name, policy in scenario.policies.items():
        stale, changes = policy.when_stale, policy.changes
        refresh = policy.refresh
        if stale is None or not isinstance(refresh, PushRefresh | StreamRefresh):
            continue
        if isinstance(refresh, PushRefresh) and refresh.heartbeat is not None:
            continue
        period, apart = (float("inf"), "") if changes is None else _longest(changes.every)
        if stale.budget < period:
            comes = f"versions come {format_duration(period)} apart{apart}" if changes else "none ever comes"
            yield Doubt(
                ("policies", name, "when_stale", "after"),
                f"a copy is too old after {format_duration(stale.budget)} though nothing newer is there: the "
                f"age of a pushed copy counts from when its version was sent, and {comes}",
                "wait longer, send heartbeats, or pull",
            )


def stream_overloaded(scenario: Scenario) -> Iterator[Doubt]:
    """Versions that come faster than a stream carries them."""
    for name, policy in scenario.policies.items():
        if isinstance(policy.refresh, StreamRefresh) and policy.changes is not None:
            service, every = policy.refresh.service.mean, policy.changes.every.mean
            if service >= every:
                yield Doubt(
                    ("policies", name, "refresh", "service"),
                    f"copies fall behind without end: a version takes {format_duration(service)} on average "
                    f"and the next comes after {format_duration(every)}",
                    "shorten the service, or change the policy less often",
                )


def slowness_unfelt(scenario: Scenario) -> Iterator[Doubt]:
    """Answers that take no time, and take no time either when they are slow."""
    for i, failure in enumerate(scenario.failures):
        if not isinstance(failure, PolicyBrownout):
            continue
        refresh = scenario.policies[failure.policy].refresh
        first = scenario.policies[failure.policy].first_read
        delay = getattr(refresh, "service", getattr(refresh, "delay", None))
        if (delay is None or delay.high == 0) and (first is None or first.takes.high == 0):
            yield Doubt(
                ("failures", i, "factor"),
                f"nobody feels this brown-out: what is read from {failure.policy} or sent by it takes no "
                "time anyway",
                "give its refresh a delay, or add a policy-outage",
            )


def never_without_policy(scenario: Scenario) -> Iterator[Doubt]:
    """Units that would serve before their first policy, and always find its source up."""
    for name, policy in scenario.policies.items():
        failing = {each.policy for each in scenario.failures if isinstance(each, PolicyOutage)}
        is_immediate = policy.first_read is None or policy.first_read.takes.high == 0
        if policy.before_first != "wait" and is_immediate and name not in failing:
            yield Doubt(
                ("policies", name, "before_first"),
                f"no unit ever serves before its first policy: {name} is never down, and read at once",
                "add a first_read or a policy-outage, or leave before_first out",
            )


def never_read_in_time(scenario: Scenario) -> Iterator[Doubt]:
    """First reads that take longer than any unit waits for them."""
    for name, policy in scenario.policies.items():
        first = policy.first_read
        if first is not None and first.timeout is not None and first.takes.low > first.timeout:
            yield Doubt(
                ("policies", name, "first_read", "timeout"),
                f"no unit ever gets its first policy: it gives up after {format_duration(first.timeout)}, an "
                f"answer takes at least {format_duration(first.takes.low)}",
                "lengthen the timeout, or shorten the answer",
            )


def cache_never_filled(scenario: Scenario) -> Iterator[Doubt]:
    """A decision cache that nobody asks."""
    for name, policy in scenario.policies.items():
        users = _enforcing(scenario, name)
        if policy.cache is not None and users and not any(each.requests for each in users.values()):
            yield Doubt(
                ("policies", name, "cache"),
                f"this cache stays empty: nobody asks {', '.join(users)} anything",
                "give the workload traffic, or leave the cache out",
            )


def cache_renewed_for_ever(scenario: Scenario) -> Iterator[Doubt]:
    """A sliding cache of decisions to allow that requests keep alive."""
    for name, policy in scenario.policies.items():
        cache = policy.cache
        if not isinstance(cache, SlidingCache):
            continue
        for workload, each in _enforcing(scenario, name).items():
            rate = each.requests.mean_rate if each.requests else 0.0
            rate /= ready(scenario, workload) * policy.permissions
            hits = expm1(min(rate * cache.allow, 700.0))
            if hits > HITS_MANY:
                yield Doubt(
                    ("policies", name, "cache", "allow"),
                    f"a right that was revoked is used about {hits:.2g} more times before it runs out: each "
                    f"principal asks a unit of {workload} {rate_text(rate)}, and each request renews a "
                    f"decision of {format_duration(cache.allow)}, e^({rate * cache.allow:.3g}) - 1 of "
                    "them in a row",
                    "write 'kind: fixed', or shorten the time to live",
                )


def all_tenants_gone(scenario: Scenario) -> Iterator[Doubt]:
    """Tenants that leave so often that none is left long before the end."""
    for name, policy in scenario.policies.items():
        rule = policy.offboarding
        if rule is not None and rule.every is not None:
            lasting = rule.tenants * rule.every.mean
            if lasting < scenario.horizon / 2:
                yield Doubt(
                    ("policies", name, "offboarding", "every"),
                    f"no tenant is left after about {format_duration(lasting)}: "
                    f"{counted(rule.tenants, 'tenant')}, one of them leaves every "
                    f"{format_duration(rule.every.mean)} on average",
                    "add tenants, or let them leave less often",
                )


def reads_beyond_capacity(scenario: Scenario) -> Iterator[Doubt]:
    """Points that ask more often than their source answers."""
    for name, policy in scenario.policies.items():
        refresh, capacity = policy.refresh, policy.refresh.reads_per_s
        if capacity is None:
            continue
        points = sum(ready(scenario, workload) for workload in _enforcing(scenario, name))
        field: tuple[str, ...] = ("capacity",)
        if isinstance(refresh, PullRefresh):
            act, apart = "poll", refresh.every.mean
        elif isinstance(refresh, PushRefresh) and refresh.connection is not None:
            field, act = ("connection", "capacity"), "connect again"
            apart = refresh.connection.lasts.mean + refresh.connection.reconnect.mean
        else:
            continue
        asked = points / apart
        if asked >= capacity:
            yield Doubt(
                ("policies", name, "refresh", *field),
                f"the line before {name} grows without end: {points:.3g} points {act} every "
                f"{format_duration(apart)} on average, which is {rate_text(asked)}, and {name} answers "
                f"{rate_text(capacity, like=asked)}, so that each is read to every "
                f"{format_duration(round(points / capacity, 3))} only",
                "raise the capacity, or ask less often",
            )


DOUBTS = (
    reads_beyond_capacity,
    all_tenants_gone,
    slowness_unfelt,
    never_without_policy,
    never_read_in_time,
    stale_between_polls,
    stale_between_changes,
    stream_overloaded,
    cache_never_filled,
    cache_renewed_for_ever,
)


def _enforcing(scenario: Scenario, policy: str) -> dict[str, Workload]:
    """The workloads that enforce a policy, by name."""
    return {name: each for name, each in scenario.workloads.items() if each.policy == policy}


def _longest(law: Distribution) -> tuple[float, str]:
    """The greatest value of a law [s], its mean where there is no greatest, and a word on which it is."""
    if law.is_constant:
        return law.mean, ""
    return (law.high, " at most") if isfinite(law.high) else (law.mean, " on average")
