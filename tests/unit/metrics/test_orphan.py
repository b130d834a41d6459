"""Credentials that outlive their unit, or are stolen from it."""

from __future__ import annotations

import builder as b
import pytest

from churnsim.metrics import evaluate
from churnsim.metrics.trust import Cause, episodes, gaps


def stretches(trace):
    """Point, cause, start and end of every gap, in order of point and start."""
    found = gaps(trace)
    columns = (found.point, [Cause(code).word for code in found.cause], found.start, found.end)
    return sorted(zip(*(list(column) for column in columns), strict=True), key=lambda row: (row[0], row[2]))


def value(trace, name):
    return evaluate(trace, [name])[name].value


def test_a_credential_outlives_its_unit_until_it_expires():
    """Gone at 12, newest credential expires at 30: 18 s of one pair."""
    trace = b.trace(
        issuers=(b.issuer(),),
        points=b.points(0.0),
        units=[b.unit(0, stopped=12.0)],
        credentials=[b.credential(0, 1, 0, 20), b.credential(0, 2, 10, 30)],
    )
    assert stretches(trace) == [(0, "orphan_credential", 12.0, 30.0)]
    assert value(trace, "overtrust.pair_seconds") == 18.0
    assert value(trace, "overtrust.mean_open") == 0.18
    assert value(trace, "orphan.mean") == 0.18
    assert value(trace, "orphan.all.mean") == 0.26  # the superseded one adds 12 to 20
    assert value(trace, "orphan.window.mean") == 18.0


def test_a_revoked_credential_is_accepted_until_each_point_has_learned_of_it():
    """Revoked when the unit goes at 5; the points refuse it at 7 and 9, without that at 20."""
    trace = b.trace(
        issuers=(b.issuer(),),
        points=b.points(0.0, 0.0),
        units=[b.unit(0, stopped=5.0)],
        credentials=[b.credential(0, 1, 0, 20, revoked=5.0)],
        learned=[b.learned(0, 7.0), b.learned(0, 9.0, point=1)],
    )
    cause = "revocation_not_propagated"
    assert stretches(trace) == [(0, cause, 5.0, 7.0), (1, cause, 5.0, 9.0)]
    assert value(trace, "overtrust.pair_seconds") == pytest.approx(0.5 * 2 + 0.5 * 4)
    assert value(trace, "overtrust.window.max") == 4.0  # until no point accepts it
    assert value(trace, "orphan.mean") == 0.04


def test_leeway_and_a_slow_clock_lengthen_an_orphan_one_after_the_other():
    """Expires at 20, leeway 3: a true clock goes on to 23, one 2 s behind to 25, one 5 s ahead to 18."""
    trace = b.trace(
        issuers=(b.issuer(leeway=3.0),),
        points=b.points(0.0, -2.0, 5.0),
        units=[b.unit(0, stopped=10.0)],
        credentials=[b.credential(0, 1, 0, 20)],
    )
    assert stretches(trace) == [
        (0, "orphan_credential", 10.0, 20.0),
        (0, "leeway", 20.0, 23.0),
        (1, "orphan_credential", 10.0, 20.0),
        (1, "clock_skew", 20.0, 22.0),
        (1, "leeway", 22.0, 25.0),
        (2, "orphan_credential", 10.0, 18.0),
    ]
    assert list(episodes(trace).end) == [25.0]
    assert value(trace, "orphan.mean") == 0.1  # by true time


def test_an_orphan_from_before_the_window_counts_in_the_integral_but_not_as_an_episode():
    """Gone at -5 and accepted until 10: 10 s inside the window, an episode that began outside."""
    trace = b.trace(
        start=-20.0,
        issuers=(b.issuer(),),
        points=b.points(0.0),
        units=[b.unit(0, created=-20.0, stopped=-5.0), b.unit(1, created=-20.0, stopped=95.0)],
        credentials=[b.credential(0, 1, -10, 10), b.credential(1, 1, 90, 110)],
    )
    assert value(trace, "overtrust.pair_seconds") == 15.0
    window = evaluate(trace, ["overtrust.window.mean"])["overtrust.window.mean"]
    assert (window.numerator, window.denominator) == (15.0, 1.0)
    lengths = evaluate(trace, ["overtrust.window.p50"])["overtrust.window.p50"]
    assert (list(lengths.values), list(lengths.censored)) == ([5.0], [True])


THEFT = {"theft": 0, "workload": 0, "unit": 0, "serial": 1, "time": 4.0, "detected": 15.0, "decided": 15.0}
THEFT |= {"can_renew": True}


def test_a_thief_who_renews_is_accepted_until_the_last_credential_expires():
    """Stolen at 4, renewed to 28, detected at 15, never revoked: 11 s undetected, then 13 s."""
    trace = b.trace(
        issuers=(b.issuer(),),
        points=b.points(0.0),
        units=[b.unit(0)],
        credentials=[
            b.credential(0, 1, 0, 20),
            b.credential(0, 2, 10, 110),
            b.credential(0, 1, 8, 28, bearer=0),
        ],
        thefts=[THEFT],
    )
    assert stretches(trace) == [(0, "undetected_theft", 4.0, 15.0), (0, "awaiting_expiry", 15.0, 28.0)]
    assert value(trace, "dwell.mean") == 24.0
    assert value(trace, "dwell.p95") == 24.0


def test_a_revoked_theft_waits_for_the_revocation_to_arrive():
    """Detected and revoked at 15, refused from 17: the unit itself is locked out by it until its next one."""
    trace = b.trace(
        issuers=(b.issuer(ttl=50.0),),
        points=b.points(0.0),
        units=[b.unit(0)],
        credentials=[b.credential(0, 1, 0, 50, revoked=15.0), b.credential(0, 2, 22, 122, asked=15.0)],
        learned=[b.learned(0, 17.0)],
        thefts=[THEFT],
    )
    assert stretches(trace) == [
        (0, "undetected_theft", 4.0, 15.0),
        (0, "revocation_not_propagated", 15.0, 17.0),
        (0, "false_revocation", 17.0, 22.0),
    ]


def test_a_theft_stays_undetected_even_if_the_credential_is_revoked_for_another_reason():
    """Stolen at 4, revoked with the end of its unit at 8, detected at 10, refused from 12."""
    trace = b.trace(
        issuers=(b.issuer(),),
        points=b.points(0.0),
        units=[b.unit(0, stopped=8.0)],
        credentials=[b.credential(0, 1, 0, 20, revoked=8.0)],
        learned=[b.learned(0, 12.0)],
        thefts=[THEFT | {"detected": 10.0, "decided": 10.0}],
    )
    assert [row for row in stretches(trace) if row[2] < 8.0 or row[1] == "undetected_theft"] == [
        (0, "undetected_theft", 4.0, 10.0)
    ]
    assert value(trace, "dwell.mean") == 8.0
    assert value(trace, "overtrust.pair_seconds") == 8.0 + 4.0  # the thief's and the orphan


def test_one_credential_may_be_stolen_twice():
    """Two thieves are two pairs: 4 to 20 and 6 to 20."""
    trace = b.trace(
        issuers=(b.issuer(),),
        points=b.points(0.0),
        units=[b.unit(0, stopped=30.0)],
        credentials=[b.credential(0, 1, 0, 20)],
        thefts=[THEFT, THEFT | {"theft": 1, "time": 6.0}],
    )
    assert value(trace, "overtrust.pair_seconds") == 30.0
    assert value(trace, "dwell.mean") == 15.0


def test_a_theft_of_an_expired_credential_dwells_for_no_time():
    """Stolen at 40, expired at 20."""
    trace = b.trace(
        issuers=(b.issuer(),),
        points=b.points(0.0),
        units=[b.unit(0, stopped=50.0)],
        credentials=[b.credential(0, 1, 0, 20)],
        thefts=[THEFT | {"time": 40.0}],
    )
    assert value(trace, "dwell.mean") == 0.0
    assert value(trace, "dwell.p95") == 0.0
