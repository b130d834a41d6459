"""Units that decide by an old version of their policy, or by rote."""

from __future__ import annotations

import builder as b
import pytest
from test_orphan import value
from test_probe import pointwise

from churnsim.metrics.trust import Cause, episodes


def stretches(trace):
    """Unit, principal, cause, start and end of every gap of a single unit, sorted."""
    found = pointwise(trace)
    words = [Cause(code).word for code in found.cause]
    columns = (list(found.unit), list(found.principal), words, list(found.start), list(found.end))
    return sorted(zip(*columns, strict=True))


def test_a_revoked_permission_works_until_each_unit_has_the_version():
    """Denied at 10, applied at 15 and 30; two units of equal weight: (5 + 20) / 2 pair-seconds."""
    trace = b.trace(
        policies=(b.policy(1),),
        units=[b.unit(0), b.unit(1)],
        commits=[*b.permissions(1), b.commit(1, 10.0, 0)],
        adoptions=[
            b.adoption(0, 0, 0.0),
            b.adoption(0, 1, 15.0),
            b.adoption(1, 0, 0.0),
            b.adoption(1, 1, 30.0),
        ],
    )
    assert stretches(trace) == [(0, 0, "stale_policy", 10.0, 15.0), (1, 0, "stale_policy", 10.0, 30.0)]
    assert value(trace, "overtrust.pair_seconds") == pytest.approx(12.5)
    assert value(trace, "overtrust.policy_window.max") == 20.0
    assert value(trace, "propagation.p50") == 5.0
    assert value(trace, "propagation.all") == 20.0
    assert value(trace, "staleness.share") == 25 / 200
    assert value(trace, "staleness.version_lag") == 25 / 200
    assert value(trace, "staleness.behind.mean") == (5**2 / 2 + 20**2 / 2) / 200


def test_the_weight_of_a_point_follows_the_number_of_points():
    """Alone until the second unit is ready at 20: 10 s at weight 1, then 10 s at 1/2."""
    trace = b.trace(
        policies=(b.policy(1),),
        units=[b.unit(0), b.unit(1, created=20.0)],
        commits=[*b.permissions(0), b.commit(1, 10.0, 1)],
        adoptions=[b.adoption(0, 0, 0.0), b.adoption(0, 1, 30.0), b.adoption(1, 1, 20.0)],
    )
    assert value(trace, "undertrust.policy_share") == pytest.approx(15 / 90)


def test_two_missed_changes_that_cancel_are_no_gap():
    """Denied at 10, allowed again at 20; the unit reads neither until 40."""
    trace = b.trace(
        policies=(b.policy(1),),
        units=[b.unit(0)],
        commits=[*b.permissions(1), b.commit(1, 10.0, 0), b.commit(2, 20.0, 1)],
        adoptions=[b.adoption(0, 0, 0.0), b.adoption(0, 2, 40.0)],
    )
    assert stretches(trace) == [(0, 0, "stale_policy", 10.0, 20.0)]


def test_a_copy_that_missed_a_change_back_is_wrong_about_it():
    """The unit holds the denial of 10 from 12 on; allowed again at 20, read at 40."""
    trace = b.trace(
        policies=(b.policy(1),),
        units=[b.unit(0)],
        commits=[*b.permissions(1), b.commit(1, 10.0, 0), b.commit(2, 20.0, 1)],
        adoptions=[b.adoption(0, 0, 0.0), b.adoption(0, 1, 12.0), b.adoption(0, 2, 40.0)],
    )
    assert stretches(trace) == [(0, 0, "stale_policy", 10.0, 12.0), (0, 0, "stale_policy", 20.0, 40.0)]
    assert list(episodes(trace).side) == [0, 1]


def test_a_commit_that_changes_nothing_opens_no_gap():
    trace = b.trace(
        policies=(b.policy(1),),
        units=[b.unit(0)],
        commits=[*b.permissions(1), b.commit(1, 10.0, 1)],
        adoptions=[b.adoption(0, 0, 0.0), b.adoption(0, 1, 40.0)],
    )
    assert stretches(trace) == []
    assert value(trace, "staleness.share") == 0.3


def test_the_first_fetch_of_a_new_unit_may_be_stale():
    """Ready at 50 with the version of before 45; refreshed at 60."""
    trace = b.trace(
        policies=(b.policy(1),),
        units=[b.unit(0, created=40.0, ready=50.0)],
        commits=[*b.permissions(1), b.commit(1, 45.0, 0)],
        adoptions=[b.adoption(0, 0, 44.0), b.adoption(0, 1, 60.0)],
    )
    assert stretches(trace) == [(0, 0, "stale_policy", 50.0, 60.0)]


def test_a_lapse_overrides_the_stored_version():
    """Of two principals one is denied at 10, read at 60; everybody is denied from 20 to 40.

    Over-trust 10 to 20 and 40 to 60; while lapsed the other principal is locked out for 20 s.
    """
    trace = b.trace(
        policies=(b.policy(2),),
        units=[b.unit(0)],
        commits=[*b.permissions(1, 1), b.commit(1, 10.0, 0)],
        adoptions=[b.adoption(0, 0, 0.0), b.adoption(0, 1, 60.0)],
        lapses=[{"policy": 0, "unit": 0, "start": 20.0, "end": 40.0, "mode": 0}],
    )
    assert stretches(trace) == [
        (0, -1, "fail_closed", 20.0, 40.0),
        (0, 0, "stale_policy", 10.0, 20.0),
        (0, 0, "stale_policy", 40.0, 60.0),
    ]
    assert value(trace, "overtrust.pair_seconds") == 30.0
    assert value(trace, "undertrust.policy_share") == 20 / (10 + 100)
    assert value(trace, "undertrust.policy_window.mean") == 20.0


def test_a_decision_taken_back_at_once_harms_nobody_while_lapsed():
    """Allowed and denied again at 10: denying everybody wrongs nobody."""
    trace = b.trace(
        policies=(b.policy(1),),
        units=[b.unit(0)],
        commits=[*b.permissions(0), b.commit(1, 10.0, 1), b.commit(2, 10.0, 0)],
        adoptions=[b.adoption(0, 0, 0.0)],
        lapses=[{"policy": 0, "unit": 0, "start": 5.0, "end": 25.0, "mode": 0}],
    )
    assert value(trace, "overtrust.pair_seconds") == 0.0
    assert value(trace, "undertrust.policy_share") is None


def test_failing_open_lets_in_every_principal_that_is_denied():
    """Three principals, one denied, a second one from 30: 10 s with one and 10 s with two of them."""
    trace = b.trace(
        policies=(b.policy(3),),
        units=[b.unit(0)],
        commits=[*b.permissions(1, 0, 1), b.commit(1, 30.0, 0)],
        adoptions=[b.adoption(0, 0, 0.0), b.adoption(0, 1, 40.0)],
        lapses=[{"policy": 0, "unit": 0, "start": 20.0, "end": 40.0, "mode": 1}],
    )
    assert value(trace, "overtrust.pair_seconds.fail_open") == 30.0
    assert value(trace, "overtrust.pair_seconds.stale_policy") == 0.0
    assert value(trace, "overtrust.policy_window.mean") == 15.0


def test_a_point_that_dies_without_a_version_no_longer_holds_it_up():
    """Committed at 10; one unit applies it at 12, the other is gone at 33."""
    trace = b.trace(
        policies=(b.policy(1),),
        units=[b.unit(0), b.unit(1, stopped=33.0)],
        commits=[*b.permissions(1), b.commit(1, 10.0, 0)],
        adoptions=[b.adoption(0, 0, 0.0), b.adoption(0, 1, 12.0), b.adoption(1, 0, 0.0)],
    )
    assert value(trace, "propagation.all") == 23.0


def test_a_birth_with_the_newest_version_can_complete_a_share():
    """Committed at 10; one of three points has it at 12, a fourth is born with it at 25: two of four."""
    trace = b.trace(
        policies=(b.policy(1),),
        units=[b.unit(0), b.unit(1), b.unit(2), b.unit(3, created=25.0)],
        commits=[*b.permissions(1), b.commit(1, 10.0, 0)],
        adoptions=[
            *(b.adoption(unit, 0, 0.0) for unit in range(2)),
            b.adoption(0, 1, 70.0),
            b.adoption(2, 0, 0.0),
            b.adoption(2, 1, 12.0),
            b.adoption(3, 1, 25.0),
        ],
    )
    assert value(trace, "propagation.p50") == 15.0
    assert value(trace, "propagation.all") is None  # unit 1 never gets it


def test_age_of_information_comes_from_the_polls():
    """Two points: (300 + 500) s² over (100 + 60) s; peaks (12 + 18) s over 3."""
    polls = {
        "policy": 0,
        "unit": 0,
        "polls": 3,
        "seconds": 100.0,
        "age_integral": 300.0,
        "peaks": 1,
        "peak_sum": 12.0,
    }
    more = {"unit": 1, "seconds": 60.0, "age_integral": 500.0, "peaks": 2, "peak_sum": 18.0}
    trace = b.trace(policies=(b.policy(1),), units=[b.unit(0), b.unit(1)], polls=[polls, polls | more])
    assert value(trace, "staleness.age.mean") == 5.0
    assert value(trace, "staleness.age.peak") == 10.0


def test_a_cached_decision_is_to_blame_once_the_version_in_force_is_right():
    """Denied at 10, applied at 15, answered from the cache until 40; a second one allowed alike until 20."""
    trace = b.trace(
        policies=(b.policy(2),),
        units=[b.unit(0)],
        commits=[*b.permissions(1, 0), b.commit(1, 10.0, 0), b.commit(2, 10.0, 1, principal=1)],
        adoptions=[b.adoption(0, 0, 0.0), b.adoption(0, 2, 15.0)],
        cached=[
            {"policy": 0, "unit": 0, "principal": 0, "start": 15.0, "end": 40.0, "allowed": 1},
            {"policy": 0, "unit": 0, "principal": 1, "start": 15.0, "end": 20.0, "allowed": 0},
        ],
    )
    assert stretches(trace) == [
        (0, 0, "decision_cache", 15.0, 40.0),
        (0, 0, "stale_policy", 10.0, 15.0),
        (0, 1, "negative_cache", 15.0, 20.0),
        (0, 1, "stale_policy", 10.0, 15.0),
    ]
    assert value(trace, "overtrust.policy_window.max") == 30.0
    assert value(trace, "undertrust.policy_window.max") == 10.0
    assert value(trace, "overtrust.necessity.decision_cache") == 25.0


def test_a_cache_that_is_right_by_luck_spares_a_gap():
    """Allowed until 20 and again from 30; the unit learns of the denial at 35, when it is out of date."""
    trace = b.trace(
        policies=(b.policy(1),),
        units=[b.unit(0)],
        commits=[*b.permissions(1), b.commit(1, 20.0, 0), b.commit(2, 30.0, 1)],
        adoptions=[b.adoption(0, 0, 0.0), b.adoption(0, 1, 35.0, read=25.0), b.adoption(0, 2, 60.0)],
        cached=[{"policy": 0, "unit": 0, "principal": 0, "start": 35.0, "end": 50.0, "allowed": 1}],
    )
    assert stretches(trace) == [
        (0, 0, "stale_policy", 20.0, 30.0),
        (0, 0, "stale_policy", 50.0, 60.0),
    ]


def test_a_unit_that_has_lapsed_asks_no_cache():
    """Allowed by the cache from 15 to 40, but from 20 to 30 the unit denies everybody."""
    trace = b.trace(
        policies=(b.policy(1),),
        units=[b.unit(0)],
        commits=[*b.permissions(1), b.commit(1, 10.0, 0)],
        adoptions=[b.adoption(0, 0, 0.0), b.adoption(0, 1, 15.0)],
        cached=[{"policy": 0, "unit": 0, "principal": 0, "start": 15.0, "end": 40.0, "allowed": 1}],
        lapses=[{"policy": 0, "unit": 0, "start": 20.0, "end": 30.0, "mode": 0}],
    )
    assert value(trace, "overtrust.pair_seconds.decision_cache") == 15.0
