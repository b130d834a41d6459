"""Necessity against the counterfactual itself: simulated again without the cause, all else the same.

Where the cause changes no other part of the run, what removing it would close is what it does close, pair by
pair and to the second: random numbers have names, so that both runs share all of them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from churnsim.metrics.trust import Cause, GapFamily, Gaps, Side, gaps, necessities
from churnsim.scenario import Scenario
from churnsim.trace import Trace
from churnsim.trace.intervals import Spans, difference, union
from tests.theory.oracle import exp, run, world

LISTED = {"kind": "list", "every": "5m", "delay": "20s", "on_end": "0s"}
SKEWED = {"points": 4, "leeway": "2m", "skew": {"kind": "normal", "sd": "3m"}}
CHURN = {"kind": "service", "replicas": 10, "issuer": "mesh", "lifetime": exp("20m"), "drain": "0s"}
STEADY = {
    "kind": "service",
    "replicas": 20,
    "issuer": "mesh",
    "owner": {"kind": "agent", "units": 6},
}
THEFT = {"kind": "theft", "workload": "web", "every": exp("10m"), "detected": exp("10m")}
OUTAGE = {"kind": "issuer-outage", "issuer": "mesh", "at": ["2h"], "lasts": "50m"}
UNOWNED = {"kind": "owner-outage", "workload": "web", "owner": 1, "at": ["2h20m"], "lasts": "50m"}


def mesh(workload: dict[str, Any], failures: list[dict[str, Any]], **issuer: Any) -> Scenario:
    rule = {"ttl": "30m", "renewal": {"kind": "fixed", "at": "80%"}, "retry": {"kind": "immediate"}}
    issuer = {**rule, "verification": SKEWED, **issuer}
    return world(
        horizon="6h",
        history="2h",  # the same for both, however far clocks reach back
        issuers={"mesh": issuer},
        workloads={"web": workload},
        failures=failures,
    )


def spans(found: Gaps, side: Side) -> Spans:
    """When each pair of one side was in the rows, credentials and thefts."""
    chosen = found.where((found.side == side) & (found.family != GapFamily.POLICY))
    holder = np.where(chosen.family == GapFamily.THEFT, chosen.theft, chosen.unit)
    return Spans.of(chosen.start, chosen.end, (holder * 4 + chosen.point) * len(GapFamily) + chosen.family)


def closes(trace: Trace, without: Trace, cause: Cause, side: Side) -> float:
    """Hold necessity to the run without the cause; return what it closes [pair s]."""
    before, after = spans(gaps(trace), side), spans(gaps(without), side)
    told = necessities(trace)
    closed = spans(told.where(told.cause == cause), side)
    for one, other in ((closed, difference(before, after)), (difference(before, after), closed)):
        assert difference(one, other).total < 1e-6
    return closed.total


@pytest.mark.parametrize(
    ("cause", "side", "settings"),
    [
        (Cause.LEEWAY, Side.OVER, {"issuers.mesh.verification.leeway": "0s"}),
        (Cause.CLOCK_SKEW, Side.OVER, {"issuers.mesh.verification.skew": "0s"}),
        (Cause.CLOCK_SKEW, Side.UNDER, {"issuers.mesh.verification.skew": "0s"}),
    ],
)
def test_a_cause_at_the_points_closes_what_its_absence_closes(
    cause: Cause, side: Side, settings: dict[str, object]
) -> None:
    """Points only judge: without leeway, or with true clocks, everything else happens all the same."""
    scenario = mesh(CHURN, [THEFT, OUTAGE], revocation=LISTED)
    without = scenario.with_(settings)
    assert sum(closes(run(scenario, r), run(without, r), cause, side) for r in range(5)) > 0


def test_a_theft_detected_at_once_closes_what_its_thief_renews() -> None:
    """Nothing can be revoked, so that only the copy is left to the thief; nobody else notices."""
    unnoticed = THEFT | {"can_renew": True}
    scenario, at_once = (
        mesh(CHURN, [theft], revocation={"kind": "none"})
        for theft in (unnoticed, unnoticed | {"detected": "0s"})
    )
    cause = Cause.UNDETECTED_THEFT
    assert sum(closes(run(scenario, r), run(at_once, r), cause, Side.OVER) for r in range(5)) > 0


@pytest.mark.parametrize("replication", range(5))
def test_a_revocation_known_everywhere_at_once_closes_what_the_list_leaves_open(replication: int) -> None:
    """A list pulled every second, with no delay: of each revocation at most that second is left."""
    scenario = mesh(CHURN, [THEFT], revocation=LISTED)
    at_once = LISTED | {"every": "1s", "delay": "0s"}
    trace, without = run(scenario, replication), run(mesh(CHURN, [THEFT], revocation=at_once), replication)
    before, after = spans(gaps(trace), Side.OVER), spans(gaps(without), Side.OVER)
    told = necessities(trace)
    closed = spans(told.where(told.cause == Cause.REVOCATION_NOT_PROPAGATED), Side.OVER)
    really = difference(before, after)
    assert difference(really, closed).total < 1e-6
    revoked = np.count_nonzero(np.isfinite(trace["credentials"]["revoked"]))
    thefts = trace.count("thefts")
    assert difference(closed, really).total <= 4.0 * 1.0 * (revoked + thefts)
    assert closed.total > 100 * difference(closed, really).total


@pytest.mark.parametrize("replication", range(5))
@pytest.mark.parametrize(
    ("failing", "others", "cause"),
    [
        (OUTAGE, [], Cause.EXPIRED_ISSUER_OUTAGE),
        (UNOWNED, [], Cause.EXPIRED_OWNER_OUTAGE),
        # Each begins or ends while the other is down: what it alone would have spared.
        (OUTAGE, [UNOWNED], Cause.EXPIRED_ISSUER_OUTAGE),
        (UNOWNED, [OUTAGE], Cause.EXPIRED_OWNER_OUTAGE),
    ],
)
def test_an_issuer_or_owner_that_does_not_fail_closes_what_its_outage_opened(
    failing: dict[str, Any], others: list[dict[str, Any]], cause: Cause, replication: int
) -> None:
    """A fixed fleet, so that nobody's life depends on when a credential comes."""
    scenario = mesh(STEADY, [failing, *others])
    without = mesh(STEADY, others)
    trace, calm = run(scenario, replication), run(without, replication)
    before, after = spans(gaps(trace), Side.UNDER), spans(gaps(calm), Side.UNDER)
    told = necessities(trace)
    closed = spans(told.where(told.cause == cause), Side.UNDER)
    # Where a clock is too fast for any renewal, necessity counts the first renewal alone.
    skew = trace["points"]["skew"]
    sound = np.flatnonzero(skew - 120.0 <= 0.2 * 1800.0)
    is_sound = np.isin(closed.group // len(GapFamily) % 4, sound)
    really = difference(before, after)
    mine = really.where(np.isin(really.group // len(GapFamily) % 4, sound))
    assert union(difference(closed.where(is_sound), mine), difference(mine, closed)).total < 1e-6
    assert closed.total > 0


@pytest.mark.parametrize("replication", range(5))
def test_a_limit_that_is_lifted_closes_what_refusals_opened(replication: int) -> None:
    """Eight at once and two a minute more: nobody is refused but after the outage, when all come."""
    limit = {"rate": "2/min", "burst": 8}
    patient = {"retry": {"kind": "exponential"}, "verification": {"points": 4}}
    trace, free = (
        run(mesh(STEADY, [OUTAGE], **patient, **more), replication) for more in ({"capacity": limit}, {})
    )
    assert closes(trace, free, Cause.EXPIRED_QUEUE, Side.UNDER) > 0


KEYS = {
    "every": exp("40m"),
    "prepare": "0s",
    "retire": "2h",
    "bundle": {"kind": "pull", "every": "7m", "delay": "30s"},
}


@pytest.mark.parametrize("replication", range(5))
def test_keys_published_in_time_close_what_points_refuse_that_do_not_know_them(replication: int) -> None:
    """Published for longer than the slowest refresh; the same keys sign the same credentials."""
    scenario = mesh(CHURN, [OUTAGE], keys=KEYS)
    in_time = mesh(CHURN, [OUTAGE], keys=KEYS | {"prepare": "8m"})
    assert closes(run(scenario, replication), run(in_time, replication), Cause.UNKNOWN_KEY, Side.UNDER) > 0


@pytest.mark.parametrize("replication", range(5))
def test_a_key_that_nobody_removes_closes_what_its_removal_opened(replication: int) -> None:
    """Dropped by mistake twice, once while the issuer is down; else only the outage is left."""
    keys = KEYS | {"prepare": "8m"}
    removal = {"kind": "key-removal", "issuer": "mesh", "at": ["1h", "2h10m"], "lasts": "15m"}
    scenario, without = (mesh(STEADY, failures, keys=keys) for failures in ([OUTAGE, removal], [OUTAGE]))
    assert closes(run(scenario, replication), run(without, replication), Cause.KEY_REMOVED, Side.UNDER) > 0
