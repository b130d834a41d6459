"""The account of a world of two units, worked by hand: every outcome there is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from churnsim.model.account import OUTCOMES, account, sampled
from churnsim.model.history import History
from churnsim.model.traffic import Load
from churnsim.trace import Family, IssuerInfo, Meta, PolicyInfo, Trace, WorkloadInfo

NAN = float("nan")

META = Meta(
    scenario="by-hand", scenario_hash="0", seed=1, replication=0, start=0.0, t0=0.0, t1=100.0,
    workloads=(WorkloadInfo("web", "service", "a", replicas=2, needed=1, issuer=0, policy=0, rate=10.0),),
    issuers=(IssuerInfo("mesh", ttl=1000.0),),
    policies=(PolicyInfo("authz", principals=2, refresh="pull", when_stale="deny"),),
)  # fmt: skip

# Ten requests a second from A and B alike. Unit 0 is listed from 10 to 80 and gone at 70; unit 1 is listed
# from 20 to 90. Unit 1 has no good credential from 30 to 40. At 40 version 2 denies A and allows B; unit 0
# follows at once, unit 1 at 50. Unit 1 denies everybody from 50 to 60 and admits everybody from 60 to 70.
TABLES: dict[str, dict[str, Any]] = {
    "units": {
        "unit": [0, 1], "workload": 0, "slot": [0, 1], "incarnation": 1, "created": 0.0,
        "placed": 0.0, "booted": 0.0, "ready": [5.0, 15.0], "stopped": [70.0, NAN], "gone": [70.0, NAN],
        "listed": [10.0, 20.0], "unlisted": [80.0, 90.0],
    },
    "intervals": {
        "family": int(Family.ENDPOINT), "entity": [0, 0, 1, 1], "state": [1, 0, 1, 0], "cause": 0,
        "start": [10.0, 80.0, 20.0, 90.0], "end": [80.0, 100.0, 90.0, 100.0],
        "open": [False, True, False, True],
    },
    "credentials": {
        "issuer": 0, "unit": [0, 1, 1], "bearer": -1, "serial": [1, 1, 2], "asked": [0.0, 0.0, 30.0],
        "issued": [0.0, 0.0, 40.0], "expires": [1000.0, 30.0, 1040.0], "due": [500.0, 30.0, 540.0],
    },
    "points": {"issuer": 0, "point": [0, 1], "skew": 0.0, "weight": 0.5},
    "commits": {"policy": 0, "version": [0, 0, 1, 2], "time": [0.0, 0.0, 40.0, 40.0],
                "principal": [0, 1, 0, 1], "allowed": [1, 0, 0, 1]},
    "adoptions": {"unit": [0, 0, 1, 1], "version": [0, 2, 0, 2], "read": [0.0, 40.0, 0.0, 50.0],
                  "applied": [0.0, 40.0, 0.0, 50.0]},
    "lapses": {"policy": 0, "unit": 1, "start": [50.0, 60.0], "end": [60.0, 70.0], "mode": [0, 1]},
}  # fmt: skip

# Requests in each 10 s: 100, of which 50 are intended.
BY_HAND = {
    # from:              0    10   20   30   40   50   60   70   80   90
    "served":              [0, 50, 50, 25, 25, 25, 50, 25, 50, 0],
    "no_endpoint":         [50, 0, 0, 0, 0, 0, 0, 0, 0, 50],
    "dead_endpoint":       [0, 0, 0, 0, 0, 0, 0, 25, 0, 0],
    "credential_rejected": [0, 0, 0, 25, 0, 0, 0, 0, 0, 0],
    "stale_deny":          [0, 0, 0, 0, 25, 0, 0, 0, 0, 0],
    "fail_closed":         [0, 0, 0, 0, 0, 25, 0, 0, 0, 0],
    "denied":              [50, 50, 50, 50, 25, 50, 25, 50, 50, 50],
    "stale_allow":         [0, 0, 0, 0, 25, 0, 0, 0, 0, 0],
    "fail_open":           [0, 0, 0, 0, 0, 0, 25, 0, 0, 0],
    "cached_deny":         [0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    "evidence_blocked":    [0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    "cached_allow":        [0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    "throttled":           [0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    "dependency":          [0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    "shed":                [0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    "bad_version":         [0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
}  # fmt: skip


ten_a_second = Load(lambda start, end: 10.0 * (end - start))


def counted(trace: Trace, edges: Any) -> dict[str, Any]:
    return account(History(trace, 0, float(edges[-1])), edges, ten_a_second)


def edited(table: str, **columns: Any) -> Trace:
    return Trace.of(META, TABLES | {table: TABLES[table] | columns})


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_every_outcome_is_as_worked_by_hand(outcome: str) -> None:
    """A listed unit gets an equal share of the requests; half of them are the allowed principal's."""
    found = counted(Trace.of(META, TABLES), np.arange(0.0, 101.0, 10.0))
    assert found[outcome] == pytest.approx(BY_HAND[outcome], abs=1e-9)


def test_buckets_may_be_cut_anywhere() -> None:
    """One bucket over all, or buckets that cut through every interval, hold the same requests."""
    trace = Trace.of(META, TABLES)
    whole, cut = (
        counted(trace, np.array([0.0, 100.0])),
        counted(trace, np.linspace(0.0, 100.0, 37)),
    )
    for outcome, by_hand in BY_HAND.items():
        assert whole[outcome].sum() == pytest.approx(sum(by_hand), abs=1e-9)
        assert cut[outcome].sum() == pytest.approx(sum(by_hand), abs=1e-9)


def test_a_cached_decision_stands_in_for_the_version_in_force() -> None:
    """Unit 1 adopts version 2 at 50; until 70 it remembers that A was allowed, until 58 that B was not.

    Half of its 50 requests in 10 s are A's, not intended, half are B's. While it has lapsed, from 50 to 70,
    it would ask no cache at all.
    """
    lapses = {"lapses": {"policy": 0, "unit": 1, "start": [90.0], "end": [95.0], "mode": [0]}}
    cached = {"cached": {"policy": 0, "unit": 1, "principal": [0, 1], "start": 50.0, "end": [70.0, 58.0],
                         "allowed": [1, 0]}}  # fmt: skip
    edges = np.arange(0.0, 101.0, 10.0)
    found = counted(Trace.of(META, TABLES | lapses | cached), edges)
    assert found["cached_allow"].tolist() == [0, 0, 0, 0, 0, 25, 25, 0, 0, 0]
    assert found["cached_deny"].tolist() == [0, 0, 0, 0, 0, 20, 0, 0, 0, 0]
    assert found["served"][5:7].tolist() == [30, 50]
    asleep = counted(Trace.of(META, TABLES | cached), edges)
    assert asleep["cached_allow"].sum() == asleep["cached_deny"].sum() == 0.0


def test_a_cache_may_be_right_by_luck() -> None:
    """From 40 to 50 unit 1 is behind: it would allow A and deny B. What its cache says at odds is right."""
    cached = {"cached": {"policy": 0, "unit": 1, "principal": [0, 1], "start": 42.0, "end": 46.0,
                         "allowed": [0, 1]}}  # fmt: skip
    found = counted(Trace.of(META, TABLES | cached), np.arange(0.0, 101.0, 10.0))
    assert (found["stale_allow"][4], found["stale_deny"][4]) == (15.0, 15.0)
    assert found["cached_allow"].sum() == found["cached_deny"].sum() == 0.0


def test_a_point_whose_clock_is_fast_refuses_its_share_of_the_callers_early() -> None:
    """One of two points is 5 s fast: from 25 to 30 half of unit 1's half of 5 s × 10/s × ½ intended, 6.25."""
    trace = edited("points", skew=[0.0, 5.0])
    found = counted(trace, np.arange(0.0, 101.0, 10.0))
    assert found["credential_rejected"] == pytest.approx([0, 0, 6.25, 25, 0, 0, 0, 0, 0, 0], abs=1e-9)
    assert found["served"][2] == pytest.approx(43.75)


def test_a_unit_that_is_told_to_stop_serves_until_it_is_gone() -> None:
    """Stopped at 60 and gone at 70 is as good as stopped at 70."""
    trace = edited("units", stopped=[60.0, NAN])
    found = counted(trace, np.arange(0.0, 101.0, 10.0))
    for outcome, by_hand in BY_HAND.items():
        assert found[outcome] == pytest.approx(by_hand, abs=1e-9)


def test_sampled_requests_are_the_quantiles_of_poisson_counts() -> None:
    """The greater the uniform the greater the count, around the mean; nothing comes of nothing."""
    means = {"served": np.array([100.0, 0.0, 0.5]), "denied": np.array([4.0, 4.0, 4.0])}
    low, middle, high = (sampled(means, np.full((2, 3), u)) for u in (0.01, 0.5, 0.99))
    assert middle["served"].tolist() == [100.0, 0.0, 0.0]
    assert low["served"].tolist() == [77.0, 0.0, 0.0]
    assert high["served"].tolist() == [124.0, 0.0, 3.0]
    assert [low["denied"][0], middle["denied"][0], high["denied"][0]] == [0.0, 4.0, 9.0]


def test_a_bad_version_fails_its_share_of_what_its_units_let_through() -> None:
    """Unit 1 is of a version that fails a fifth, from ready at 15 on.

    It lets through half of the 50 intended requests from 20 to 30, and none from 30 to 40, where its
    credential is refused; from 40 to 50 it would deny B, who alone is intended; from 50 to 60 it denies
    everybody, from 60 to 70 it admits everybody, and from 80 on it is alone.
    """
    tables = {
        "units": TABLES["units"] | {"revision": [0, 1]},
        "revisions": {
            "workload": 0,
            "revision": 1,
            "committed": 0.0,
            "began": 0.0,
            "bad": True,
            "failing": 0.2,
        },
    }
    found = counted(Trace.of(META, TABLES | tables), np.arange(0.0, 101.0, 10.0))
    assert found["bad_version"] == pytest.approx([0, 0, 5, 0, 0, 0, 5, 5, 10, 0], abs=1e-9)
    lost = np.array(BY_HAND["served"]) - found["bad_version"]
    assert found["served"] == pytest.approx(lost, abs=1e-9)
