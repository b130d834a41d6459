"""Doubts: what is valid in a scenario and yet may not be what was meant, each with its arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import ceil, expm1, inf, isfinite, nextafter
from typing import TypeGuard

from churnsim.base.distribution import Distribution
from churnsim.base.errors import Problem, UsageError
from churnsim.base.quantity import format_duration, format_share
from churnsim.base.readable import readable
from churnsim.checks.need import missing
from churnsim.checks.volume import births, holders, ready, renewals, stay
from churnsim.metrics import MEASURES
from churnsim.model.cache.sliding import SlidingCache
from churnsim.model.capacity import Capacity
from churnsim.model.failure.crash import Crash
from churnsim.model.failure.issuer_brownout import IssuerBrownout
from churnsim.model.failure.issuer_outage import IssuerOutage
from churnsim.model.failure.key_removal import KeyRemoval
from churnsim.model.failure.key_theft import KeyTheft
from churnsim.model.failure.owner_outage import OwnerOutage
from churnsim.model.failure.policy_outage import PolicyOutage
from churnsim.model.failure.theft import Theft
from churnsim.model.occasion import Occasions
from churnsim.model.refresh.pull import PullRefresh
from churnsim.model.refresh.push import PushRefresh
from churnsim.model.refresh.stream import StreamRefresh
from churnsim.model.retry import Retry
from churnsim.model.revocation.push import PushRevocation
from churnsim.model.revocation.status import StatusRevocation
from churnsim.model.spell import Spells
from churnsim.model.workload import Workload
from churnsim.model.workload.service import Service
from churnsim.scenario import Scenario
from churnsim.scenario.invariant import parse_invariant
from churnsim.scenario.path import Path, path_text
from churnsim.scenario.problem import by_place
from churnsim.simulate import design
from churnsim.statistics.quantile import RUNS_PER_SECTION_MIN, SECTIONS
from churnsim.statistics.summary import NONZERO_MIN

UNITS_MANY = 5_000_000
RENEWALS_MANY = 50_000_000
ATTEMPTS_MOST = 10_000
HITS_MANY = 100.0

# Of one run with its measures, on one core: docs/performance.md, "What costs".
_UNIT_S, _UNIT_BYTES = 25e-6, 1_500
_RENEWAL_S, _RENEWAL_BYTES = 2e-6, 350


@dataclass(frozen=True, slots=True)
class Doubt:
    """A value that causes a doubt, what is questionable about it, and what to do."""

    path: Path
    message: str
    remedy: str


def doubts(scenario: Scenario) -> tuple[Problem, ...]:
    """What is questionable about a valid scenario, each at the value that causes it, in the file's order.

    The points of a sweep are not looked at, only the scenario as it is written. The name of a doubt, such as
    ``outage-after-horizon``, is the rule of its problem.
    """
    found = [_problem(scenario, doubt, each) for doubt in DOUBTS for each in doubt(scenario)]
    return tuple(by_place(found, scenario.written.tree.place.file))


def outage_after_horizon(scenario: Scenario) -> Iterator[Doubt]:
    """An outage that begins when the run is over."""
    for position, failure in enumerate(scenario.failures):
        times = failure.at if _is_occasional(failure) else None
        kind = failure.kind  # type: ignore[attr-defined]
        for index, at in enumerate(times or ()):
            if at >= scenario.horizon:
                yield Doubt(
                    ("failures", position, "at", index),
                    f"this {kind} never comes: it begins at {format_duration(at)}, "
                    f"the run ends at {format_duration(scenario.horizon)}",
                    "begin it earlier or lengthen the horizon",
                )


def outage_unfelt(scenario: Scenario) -> Iterator[Doubt]:
    """An outage of a service that no workload asks."""
    for position, failure in enumerate(scenario.failures):
        if isinstance(failure, IssuerOutage):
            field, does = "issuer", "holds credentials of"
        elif isinstance(failure, PolicyOutage):
            field, does = "policy", "enforces"
        else:
            continue
        if all(getattr(each, field, None) != failure.target for each in scenario.workloads.values()):
            yield Doubt(
                ("failures", position, field),
                f"nobody feels this outage: no workload {does} {failure.target}",
                f"write '{field}: {failure.target}' in a workload",
            )


def owner_outage_unfelt(scenario: Scenario) -> Iterator[Doubt]:
    """An outage of owners of credentials that are not there."""
    for position, failure in enumerate(scenario.failures):
        if not isinstance(failure, OwnerOutage):
            continue
        name, workload = failure.workload, scenario.workloads[failure.workload]
        share = workload.owner.slots(workload.replicas) if isinstance(workload, Service) else 0
        number = ceil(workload.replicas / share) if isinstance(workload, Service) and share else 0
        if _issuer(scenario, name) is None:
            said, remedy = f"the units of {name} hold no credentials", f"write 'issuer: ...' in {name}"
        elif not number:
            said = f"the units of {name} ask for their own credentials"
            remedy = f"write 'owner: {{kind: agent, units: ...}}' or 'owner: {{kind: central}}' in {name}"
        elif failure.owner is not None and failure.owner >= number:
            said = f"{name} has {number} owners of {share} slots each, counted from 0 (got {failure.owner})"
            remedy = "name one that is there, or none for all"
        else:
            continue
        field = "owner" if number and failure.owner is not None else "workload"
        yield Doubt(("failures", position, field), f"nobody feels this outage: {said}", remedy)


def theft_without_issuer(scenario: Scenario) -> Iterator[Doubt]:
    """A theft from units that hold no credentials."""
    for position, failure in enumerate(scenario.failures):
        if isinstance(failure, Theft) and _issuer(scenario, failure.workload) is None:
            yield Doubt(
                ("failures", position, "workload"),
                f"there is nothing to steal: the units of {failure.workload} hold no credentials",
                "give the workload an issuer",
            )


def crash_after_lifetime(scenario: Scenario) -> Iterator[Doubt]:
    """A crash that no unit lives to see."""
    for position, failure in enumerate(scenario.failures):
        if not isinstance(failure, Crash):
            continue
        lifetime = getattr(scenario.workloads[failure.workload], "lifetime", None)
        if lifetime is not None and lifetime.high < failure.every.low:
            yield Doubt(
                ("failures", position, "every"),
                f"nobody crashes: units of {failure.workload} are told to stop after at most "
                f"{format_duration(lifetime.high)}, a crash comes after at least "
                f"{format_duration(failure.every.low)}",
                "'every' counts for each unit, from ready; make it shorter, or a law such as exponential",
            )


def stale_between_polls(scenario: Scenario) -> Iterator[Doubt]:
    """Copies that grow too old although every poll is answered."""
    for name, policy in scenario.policies.items():
        stale, refresh = policy.when_stale, policy.refresh
        if stale is None or stale.then == "last-good" or not isinstance(refresh, PullRefresh):
            continue
        period, apart = _longest(refresh.every)
        delay, late = _longest(refresh.delay)
        if stale.after < period + delay:
            yield Doubt(
                ("policies", name, "when_stale", "after"),
                f"a copy is too old before the next poll answers: {format_duration(stale.after)} is less "
                f"than {format_duration(period + delay)}, for polls come {format_duration(period)} "
                f"apart{apart} and take {format_duration(delay)}{late}",
                "wait longer or poll more often",
            )


def stale_between_changes(scenario: Scenario) -> Iterator[Doubt]:
    """Pushed copies that grow too old because nothing new is there to be pushed."""
    for name, policy in scenario.policies.items():
        stale, changes = policy.when_stale, policy.changes
        refresh = policy.refresh
        if stale is None or stale.then == "last-good" or not isinstance(refresh, PushRefresh | StreamRefresh):
            continue
        if isinstance(refresh, PushRefresh) and refresh.heartbeat is not None:
            continue
        period, apart = (float("inf"), "") if changes is None else _longest(changes.every)
        if stale.after < period:
            comes = f"versions come {format_duration(period)} apart{apart}" if changes else "none ever comes"
            yield Doubt(
                ("policies", name, "when_stale", "after"),
                f"a copy is too old after {format_duration(stale.after)} though nothing newer is there: the "
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
            rate /= ready(scenario, workload) * policy.principals
            hits = expm1(min(rate * cache.allow, 700.0))
            if hits > HITS_MANY:
                yield Doubt(
                    ("policies", name, "cache", "allow"),
                    f"a right that was revoked is used about {hits:.2g} more times before it runs out: each "
                    f"principal asks a unit of {workload} {_rate(rate)}, and each request renews a decision "
                    f"of {format_duration(cache.allow)}, e^({rate * cache.allow:.3g}) - 1 of them in a row",
                    "write 'kind: fixed', or shorten the time to live",
                )


def history_too_short(scenario: Scenario) -> Iterator[Doubt]:
    """A measured window that begins before the past is complete."""
    if scenario.history is None or scenario.start == "fresh":
        return
    lived = scenario.history + scenario.warmup
    needed = design(scenario.model_copy(update={"history": None})).memory
    if lived < needed:
        yield Doubt(
            ("history",),
            f"the past matters for {format_duration(needed)}, but only {format_duration(lived)} are lived "
            f"through before anything is measured (history {format_duration(scenario.history)}, warmup "
            f"{format_duration(scenario.warmup)}): {', '.join(_biased(scenario, lived))} are biased",
            f"leave it out, or make it {format_duration(needed - scenario.warmup)}",
        )


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
        if not any(_is_spells(each) and each.lasts.high > patience for each in outages):
            continue
        often = f"asks {attempts} times within {_about(patience)} and never again"
        asks = "never asks again" if attempts == 1 else often
        for workload in holders(scenario, name):
            lasts = stay(scenario, workload)
            until = "for ever, for nothing ends it"
            if isfinite(lasts):
                until = f"until its unit is replaced (a unit lives {_about(lasts)} on average)"
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
            interval = _about(issuer.renewal.mean(issuer.ttl))
            account = f"{units:,.0f} units renew every {interval} on average, {_rate(born)} are born"
            yield Doubt(
                ("issuers", name, "capacity"),
                f"{name} needs {_rate(demand)}, can sign {_rate(able)}: {_overload(issuer.capacity, units)}; "
                f"{account}",
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


def brownout_unfelt(scenario: Scenario) -> Iterator[Doubt]:
    """A brown-out of an issuer whose signatures take no time."""
    for position, failure in enumerate(scenario.failures):
        if isinstance(failure, IssuerBrownout):
            capacity = scenario.issuers[failure.issuer].capacity
            if capacity is None or capacity.service.high <= 0:
                yield Doubt(
                    ("failures", position, "issuer"),
                    f"nobody feels this brown-out: a signature of {failure.issuer} takes no time, and "
                    f"{failure.factor:g} times nothing is nothing",
                    "give the issuer a service time, such as 'capacity: {service: 50ms}'",
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


def key_outlived(scenario: Scenario) -> Iterator[Doubt]:
    """Keys that are removed while what they have signed is still good."""
    for name, issuer in scenario.issuers.items():
        accepted = issuer.ttl + issuer.verification.leeway
        if issuer.keys is not None and issuer.retire < accepted and _is_replaced(scenario, name):
            yield Doubt(
                ("issuers", name, "keys", "retire"),
                f"credentials outlive their key by {format_duration(accepted - issuer.retire)}: it leaves "
                f"the bundle {format_duration(issuer.retire)} after its last signature, and what it signed "
                f"is good for {format_duration(accepted)}",
                "retire keys later, or leave it out",
            )


def key_unknown(scenario: Scenario) -> Iterator[Doubt]:
    """Keys that sign before every point can know them."""
    for name, issuer in scenario.issuers.items():
        keys = issuer.keys
        if keys is not None and keys.prepare < keys.bundle.slowest and _is_replaced(scenario, name):
            yield Doubt(
                ("issuers", name, "keys", "prepare"),
                "a new key signs before every point knows it: it is published "
                f"{format_duration(keys.prepare)} ahead, and reaches a point after up to "
                f"{_about(keys.bundle.slowest)}",
                "prepare keys for longer, or let points follow faster",
            )


def no_key(scenario: Scenario) -> Iterator[Doubt]:
    """Failures of keys that nobody rotates."""
    for position, failure in enumerate(scenario.failures):
        if isinstance(failure, KeyRemoval | KeyTheft) and scenario.issuers[failure.issuer].keys is None:
            yield Doubt(
                ("failures", position, "issuer"),
                f"nothing comes of this: {failure.issuer} has one key for ever, which everybody knows",
                "give the issuer keys, such as {bundle: {kind: pull, every: 5m}}",
            )


def push_to_nobody(scenario: Scenario) -> Iterator[Doubt]:
    """News of revocations that is lost, and that no point is ever told again."""
    for name, issuer in scenario.issuers.items():
        rule = issuer.revocation
        if isinstance(rule, PushRevocation) and rule.loss > 0 and rule.disconnects is None:
            lost = format_share(rule.loss)
            yield Doubt(
                ("issuers", name, "revocation", "loss"),
                f"of {lost} of the revocations a point never hears: a message is lost with that chance, and "
                "made up for only when the point is back after a disconnect, of which there are none",
                "say how often points are out of touch (disconnects), or lower the loss",
            )


def status_asked_once(scenario: Scenario) -> Iterator[Doubt]:
    """A cache for the status of a credential that lasts longer than the credential."""
    for name, issuer in scenario.issuers.items():
        rule = issuer.revocation
        if isinstance(rule, StatusRevocation) and rule.cache >= issuer.ttl:
            yield Doubt(
                ("issuers", name, "revocation", "cache"),
                f"a point asks about a credential twice in its life at most: an answer is kept for "
                f"{format_duration(rule.cache)}, a credential lasts {format_duration(issuer.ttl)}",
                "shorten the cache, or revoke nothing and shorten the ttl",
            )


def revoked_after_expiry(scenario: Scenario) -> Iterator[Doubt]:
    """Credentials of ended units that are revoked when they have run out."""
    for name, issuer in scenario.issuers.items():
        law = issuer.revocation.at_end
        if law is not None and law.low >= issuer.ttl:
            yield Doubt(
                ("issuers", name, "revocation", "on_end"),
                f"nothing is revoked at the end of a unit: that takes at least {format_duration(law.low)}, a "
                f"credential lasts {format_duration(issuer.ttl)}",
                "shorten on_end, or leave it out",
            )


def many_units(scenario: Scenario) -> Iterator[Doubt]:
    """A run that takes minutes to hours for its units."""
    rates = {name: births(scenario, name) for name in scenario.workloads}
    number = sum(rates.values()) * _span(scenario)
    if number > UNITS_MANY:
        most = max(rates, key=lambda name: rates[name])
        yield Doubt(
            ("workloads", most, "replicas"),
            f"a run has about {number / 1e6:,.0f} million units, {_rate(rates[most])} of {most} over "
            f"{_about(_span(scenario))}, history included: {_effort(number, _UNIT_S, _UNIT_BYTES)}",
            "use fewer replicas, longer lives or a shorter horizon",
        )


def many_renewals(scenario: Scenario) -> Iterator[Doubt]:
    """A run that takes minutes to hours for its renewals."""
    rates = {name: renewals(scenario, name) for name in scenario.issuers}
    number = sum(rates.values()) * _span(scenario)
    if number > RENEWALS_MANY:
        most = max(rates, key=lambda name: rates[name])
        yield Doubt(
            ("issuers", most, "ttl"),
            f"a run has about {number / 1e6:,.0f} million renewals, {_rate(rates[most])} at {most} over "
            f"{_about(_span(scenario))}, history included: {_effort(number, _RENEWAL_S, _RENEWAL_BYTES)}",
            "use fewer replicas, a longer ttl or a shorter horizon",
        )


def few_replications(scenario: Scenario) -> Iterator[Doubt]:
    """Invariants on measures that need more runs to have an interval."""
    runs = scenario.study.replications
    concerned = [each for _, each in _measures(scenario) if runs == 1 or _is_incident_driven(scenario, each)]
    if runs < NONZERO_MIN and concerned:
        said = "one run has no interval" if runs == 1 else "a run in which nothing happens leaves no interval"
        yield Doubt(
            ("study", "replications"),
            f"{runs} of at least {NONZERO_MIN} runs for {', '.join(dict.fromkeys(concerned))}: {said}, "
            "and the invariant stays undecided",
            f"make {NONZERO_MIN} or more",
        )


def few_replications_for_quantile(scenario: Scenario) -> Iterator[Doubt]:
    """Invariants on quantiles, whose interval needs many runs."""
    runs, least = scenario.study.replications, SECTIONS * RUNS_PER_SECTION_MIN
    for position, measure in _measures(scenario):
        if runs < least and missing(scenario, measure) is None and _is_quantile(measure):
            yield Doubt(
                ("invariants", position),
                f"{measure} is a quantile and has no interval with fewer than {least} runs; the study makes "
                f"{runs}, so the invariant stays undecided",
                f"set study.replications to {least} or more, or bound a mean",
            )


def undefined_measure(scenario: Scenario) -> Iterator[Doubt]:
    """Invariants on measures that have nothing to measure here."""
    for position, measure in _measures(scenario):
        need = missing(scenario, measure)
        if need is not None:
            yield Doubt(
                ("invariants", position),
                f"{measure} has nothing to measure here, so the invariant is never decided: {need.lack}",
                need.remedy,
            )


DOUBTS: tuple[Callable[[Scenario], Iterator[Doubt]], ...] = (
    outage_after_horizon,
    outage_unfelt,
    owner_outage_unfelt,
    theft_without_issuer,
    crash_after_lifetime,
    stale_between_polls,
    stale_between_changes,
    stream_overloaded,
    cache_never_filled,
    cache_renewed_for_ever,
    history_too_short,
    renewal_after_expiry,
    never_renewed,
    capacity_below_demand,
    never_signed_in_time,
    brownout_unfelt,
    bootstrap_loop,
    leeway_beyond_half_ttl,
    key_outlived,
    key_unknown,
    no_key,
    push_to_nobody,
    status_asked_once,
    revoked_after_expiry,
    many_units,
    many_renewals,
    few_replications,
    few_replications_for_quantile,
    undefined_measure,
)
"""All doubts; one's name is that of its function, with hyphens."""


def _problem(scenario: Scenario, doubt: Callable[[Scenario], Iterator[Doubt]], found: Doubt) -> Problem:
    origin = scenario.origin(path_text(found.path))
    return Problem(
        message=found.message,
        rule=doubt.__name__.replace("_", "-"),
        remedy=found.remedy,
        path=found.path,
        file=origin.file,
        line=origin.line,
        column=origin.column,
    )


def _measures(scenario: Scenario) -> Iterator[tuple[int, str]]:
    """Position and measure of every invariant that bounds one."""
    for position, written in enumerate(scenario.invariants):
        if isinstance(written, str):
            yield position, parse_invariant(written).measure


def _is_quantile(name: str) -> bool:
    try:
        function = MEASURES.find(name).function
    except UsageError:
        return False  # `checks.load` says so.
    return function.__annotations__.get("return") == "Durations"


def _is_incident_driven(scenario: Scenario, measure: str) -> bool:
    """Whether a run may well show nothing of it: what it measures comes of rare events at random times."""
    family = measure.partition(".")[0]
    outages = any(_is_spells(each) and each.every is not None for each in scenario.failures)
    if family in ("availability", "unserved"):  # dead endpoints, in every run, where units come and go
        churns = any(getattr(each, "lifetime", None) is not None for each in scenario.workloads.values())
        return outages and not churns
    return family == "dwell" or (family == "undertrust" and outages)


def _comes(scenario: Scenario, issuer: str) -> Callable[[object], bool]:
    """Whether a failure is an outage of that issuer within the run."""
    return lambda failure: (
        isinstance(failure, IssuerOutage)
        and failure.issuer == issuer
        and (failure.at is None or any(at < scenario.horizon for at in failure.at))
    )


def _enforcing(scenario: Scenario, policy: str) -> dict[str, Workload]:
    """The workloads that enforce a policy, by name."""
    return {
        name: each for name, each in scenario.workloads.items() if getattr(each, "policy", None) == policy
    }


def _patience(retry: Retry) -> tuple[int, float]:
    """How often a holder asks until it gives up, and for how long [s], at jitter's middle."""
    attempts, waited = 1, 0.0
    while attempts < ATTEMPTS_MOST and isfinite(pause := retry.delay(attempts, waited, 0.0, 0.5)):
        attempts, waited = attempts + 1, waited + pause
    return attempts, waited


def _biased(scenario: Scenario, lived: float) -> Iterator[str]:
    """The measures that miss something of the past, where only so much of it was lived through [s]."""
    if any(each.memory > lived for each in scenario.issuers.values()):
        yield from ("orphan.*", "overtrust.window.*")  # credentials of units gone long ago
    if any(failure.memory for failure in scenario.failures if isinstance(failure, Theft)):
        yield "dwell.*"  # thieves who still renew
    if any(each.memory > lived for each in scenario.policies.values()):
        yield from ("staleness.*", "propagation.*", "overtrust.policy_window.*")  # copies taken for new
    if any(each.memory > lived for each in scenario.workloads.values()):
        yield from ("availability", "cost.*")  # units that still drain, endpoints still listed
    if any(failure.memory for failure in scenario.failures if _is_spells(failure)):
        yield from ("undertrust.*", "rotation.*")  # holders that an outage left without


def _is_replaced(scenario: Scenario, issuer: str) -> bool:
    """Whether keys of an issuer follow each other: by schedule, or after a theft."""
    keys = scenario.issuers[issuer].keys
    thefts = (each for each in scenario.failures if isinstance(each, KeyTheft) and each.issuer == issuer)
    return keys is not None and (keys.every is not None or any(each.response is not None for each in thefts))


def _is_occasional(failure: object) -> TypeGuard[Occasions]:
    return isinstance(failure, Occasions)


def _is_spells(failure: object) -> TypeGuard[Spells]:
    return isinstance(failure, Spells)


def _issuer(scenario: Scenario, workload: str) -> str | None:
    found = getattr(scenario.workloads[workload], "issuer", None)
    return found if isinstance(found, str) else None


def _span(scenario: Scenario) -> float:
    """How long a run lives, its history included [s]."""
    return scenario.horizon + design(scenario).memory


def _longest(law: Distribution) -> tuple[float, str]:
    """The greatest value of a law [s], its mean where there is no greatest, and a word on which it is."""
    if law.is_constant:
        return law.mean, ""
    return (law.high, " at most") if isfinite(law.high) else (law.mean, " on average")


def _effort(number: float, each_s: float, each_bytes: int) -> str:
    """Roughly what so many cost."""
    seconds, size = number * each_s, number * each_bytes / 1e9
    time = f"{seconds / 3600:.0f} h" if seconds > 5400 else f"{max(seconds / 60, 1):.0f} min"
    return f"roughly {time} and {size:,.0f} GB a run"


def _overload(capacity: Capacity, units: float) -> str:
    """What becomes of the requests that an issuer cannot sign."""
    if capacity.rate is not None and capacity.per_second >= capacity.rate:
        return "it refuses the rest"
    if capacity.timeout is not None:
        return f"the queue grows until holders give up after {format_duration(capacity.timeout)}"
    if units > capacity.queue.most:
        return f"the queue grows to {capacity.queue.most:,}, and it refuses the rest"
    return f"the queue grows without bound, until all {units:,.0f} wait in it"


def _about(seconds: float) -> str:
    """A time that was worked out, to three digits."""
    return format_duration(float(f"{seconds:.3g}"))


def _rate(rate: float) -> str:
    return readable(rate, "1/s")
