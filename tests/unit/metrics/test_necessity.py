"""Which cause, removed alone, would have closed which gap: by hand, and against asking point by point."""

from __future__ import annotations

import builder as b
import numpy as np
import pytest
from test_orphan import THEFT, value
from test_probe import random_trace

from churnsim.metrics import evaluate
from churnsim.metrics.trust import Cause, GapFamily, Side, gaps, necessities
from churnsim.trace.intervals import Spans, difference

PROBES = 40


def closed(trace, side=None):
    """Point, removed cause, start and end of every stretch that the removal closes, in order."""
    found = necessities(trace)
    if side is not None:
        found = found.where(found.side == side)
    columns = (found.point, [Cause(code).word for code in found.cause], found.start, found.end)
    return sorted(zip(*(list(column) for column in columns), strict=True))


def test_leeway_and_a_slow_clock_each_carry_an_orphan_as_far_as_they_reach():
    """Gone at 10, expires at 20, leeway 3 s, a clock 2 s behind: accepted until 25.

    Without leeway until 22, with a true clock until 23, revoked at 10 not at all. From 23 on any of the three
    would do, from 22 on no leeway; the headline gives 20 to 22 to the clock and the rest to the leeway.
    """
    trace = b.trace(
        issuers=(b.issuer(leeway=3.0),),
        points=b.points(-2.0),
        units=[b.unit(0, stopped=10.0)],
        credentials=[b.credential(0, 1, 0, 20)],
    )
    assert closed(trace) == [
        (0, "clock_skew", 23.0, 25.0),
        (0, "leeway", 22.0, 25.0),
        (0, "orphan_credential", 10.0, 25.0),
    ]
    assert value(trace, "overtrust.necessity") == value(trace, "overtrust.pair_seconds") == 15.0


def test_a_revocation_in_time_would_end_what_was_revoked_with_its_unit():
    """Revoked as the unit goes at 5, learned at 9: a faster list is all that helps, for it was revoked."""
    trace = b.trace(
        issuers=(b.issuer(),),
        points=b.points(0.0),
        units=[b.unit(0, stopped=5.0)],
        credentials=[b.credential(0, 1, 0, 20, revoked=5.0)],
        learned=[b.learned(0, 9.0)],
    )
    assert closed(trace) == [(0, "revocation_not_propagated", 5.0, 9.0)]


def test_two_credentials_kept_alive_by_different_causes_need_both_removed():
    """Gone at 10; the first was revoked then and is not learned of until 18, the second is not revoked.

    Until 18 either alone keeps the unit trusted; then the second alone.
    """
    trace = b.trace(
        issuers=(b.issuer(),),
        points=b.points(0.0),
        units=[b.unit(0, stopped=10.0)],
        credentials=[b.credential(0, 1, 0, 20, revoked=10.0), b.credential(0, 2, 5, 25)],
        learned=[b.learned(0, 18.0)],
    )
    assert closed(trace) == [(0, "orphan_credential", 18.0, 25.0)]
    assert value(trace, "overtrust.pair_seconds") == 15.0
    assert value(trace, "overtrust.necessity") == 7.0


def test_a_theft_detected_at_once_would_have_been_revoked_as_much_earlier():
    """Stolen at 4, detected and revoked at 15, refused from 17: detected at once, from 6; else from 15."""
    trace = b.trace(
        issuers=(b.issuer(ttl=50.0),),
        points=b.points(0.0),
        units=[b.unit(0)],
        credentials=[b.credential(0, 1, 0, 50, revoked=15.0), b.credential(0, 2, 17, 117, asked=15.0)],
        learned=[b.learned(0, 17.0)],
        thefts=[THEFT],
    )
    assert closed(trace) == [
        (0, "revocation_not_propagated", 15.0, 17.0),
        (0, "undetected_theft", 6.0, 17.0),
    ]


def test_where_nothing_can_be_revoked_detection_ends_only_what_the_thief_renews():
    """Stolen at 4, the copy expires at 20; the thief renewed to 28, detected at 15."""
    issuer = b.issuer()
    trace = b.trace(
        issuers=(type(issuer)(issuer.name, issuer.ttl, revocable=False),),
        points=b.points(0.0),
        units=[b.unit(0)],
        credentials=[
            b.credential(0, 1, 0, 20),
            b.credential(0, 2, 10, 110),
            b.credential(0, 1, 8, 28, bearer=0),
        ],
        thefts=[THEFT],
    )
    assert closed(trace) == [(0, "awaiting_expiry", 15.0, 28.0), (0, "undetected_theft", 20.0, 28.0)]


def test_a_lockout_by_a_fast_clock_in_an_outage_has_two_remedies_until_expiry():
    """Due at 10 in an outage, a point 5 s ahead refuses from 15, truly expired at 20, answered at 22."""
    trace = b.trace(
        issuers=(b.issuer(),),
        points=b.points(5.0),
        units=[b.unit(0)],
        credentials=[b.credential(0, 1, 0, 20), b.credential(0, 2, 22, 200, asked=10.0)],
        intervals=[b.outage(9.0, 22.0)],
    )
    assert closed(trace) == [(0, "clock_skew", 15.0, 20.0), (0, "expired_issuer_outage", 15.0, 22.0)]
    assert value(trace, "undertrust.share.expired_issuer_outage") == 0.02
    assert value(trace, "undertrust.necessity.expired_issuer_outage") == 0.07


def test_an_answer_helps_no_point_that_is_too_fast_for_any_renewal():
    """15 s ahead of a credential of 20 s renewed every 10 s: asked at 10, its successor is good for 5 s."""
    trace = b.trace(
        issuers=(b.issuer(),),
        points=b.points(15.0),
        units=[b.unit(0, stopped=40.0)],
        credentials=[b.credential(0, 1, 0, 20), b.credential(0, 2, 30, 50, asked=10.0)],
        intervals=[b.outage(9.0, 30.0)],
    )
    assert (0, "expired_issuer_outage", 10.0, 15.0) in closed(trace, Side.UNDER)
    assert sum(end - start for _, cause, start, end in closed(trace) if cause == "expired_issuer_outage") == 5


def test_a_unit_born_into_an_outage_is_helped_by_an_issuer_as_by_a_credential_at_birth():
    """Booted at 10 while the issuer is down, first credential at 16."""
    trace = b.trace(
        issuers=(b.issuer(),),
        points=b.points(0.0),
        units=[b.unit(0, ready=10.0)],
        credentials=[b.credential(0, 1, 16, 200, asked=10.0)],
        intervals=[b.outage(5.0, 16.0)],
    )
    assert closed(trace) == [
        (0, "expired_issuer_outage", 10.0, 16.0),
        (0, "no_credential_at_start", 10.0, 16.0),
    ]


def test_a_unit_that_never_gets_a_credential_waits_for_the_issuer():
    """Booted at 10, down from 5 to the end at 100: there is no credential that could be accepted."""
    trace = b.trace(
        issuers=(b.issuer(),),
        points=b.points(0.0),
        units=[b.unit(0, ready=10.0)],
        intervals=[b.outage(5.0, 100.0)],
    )
    assert (0, "expired_issuer_outage", 10.0, 100.0) in closed(trace)
    assert value(trace, "undertrust.necessity") == 1.0


def test_a_queue_is_what_a_holder_waits_in_once_it_has_come_to_the_desk():
    """Due at 10 in an outage until 22, expired at 20; refused at 25, came again at 30, signed at 40.

    Without the outage nobody would have been locked out, without the queue only from 20 to 25.
    """
    request = {"issuer": 0, "unit": 0, "bearer": -1, "serial": 2}
    trace = b.trace(
        issuers=(b.issuer(),),
        points=b.points(0.0),
        units=[b.unit(0)],
        credentials=[b.credential(0, 1, 0, 20), b.credential(0, 2, 40, 200, asked=10.0)],
        intervals=[b.outage(9.0, 22.0)],
        signings=[
            request | {"arrived": 25.0, "began": b.NAN, "ended": 25.0, "concluded": 25.0, "outcome": 3},
            request | {"arrived": 30.0, "began": 38.0, "ended": 40.0, "concluded": 40.0, "outcome": 1},
        ],
    )
    assert closed(trace) == [(0, "expired_issuer_outage", 20.0, 40.0), (0, "expired_queue", 25.0, 40.0)]


def test_a_false_revocation_would_have_lasted_until_expiry():
    """Revoked at 5 and learned at once, expires at 20, the next came at 30: so 5 to 20."""
    trace = b.trace(
        issuers=(b.issuer(),),
        points=b.points(0.0),
        units=[b.unit(0)],
        credentials=[b.credential(0, 1, 0, 20, revoked=5.0), b.credential(0, 2, 30, 200, asked=5.0)],
        learned=[b.learned(0, 5.0)],
    )
    assert closed(trace) == [(0, "false_revocation", 5.0, 20.0)]
    assert value(trace, "undertrust.share.false_revocation") == 0.25


def test_a_lapse_with_a_version_as_wrong_needs_both_removed():
    """Granted at 20, not adopted; the unit denies by rote from 10 to 40: until 20 the lapse alone errs."""
    trace = b.trace(
        policies=(b.policy(2),),
        units=[b.unit(0)],
        commits=[*b.permissions(0, 1), b.commit(1, 20.0, 1)],
        adoptions=[b.adoption(0, 0, 0.0), b.adoption(0, 1, 60.0)],
        lapses=[{"policy": 0, "unit": 0, "start": 10.0, "end": 40.0, "mode": 0}],
    )
    # Principal 1 is denied for all 30 s of the lapse, principal 0 from 20 to 60, of which 20 to 40 lapsed.
    found = evaluate(trace, ["undertrust.policy_share", "undertrust.policy_necessity"])
    seconds = {name: one.numerator for name, one in found.items() if one.numerator}
    assert seconds == {
        "undertrust.policy_share": 70.0,
        "undertrust.policy_share.stale_policy": 20.0,
        "undertrust.policy_share.fail_closed": 50.0,
        "undertrust.policy_necessity": 50.0,
        "undertrust.policy_necessity.stale_policy": 20.0,
        "undertrust.policy_necessity.fail_closed": 30.0,
    }


def keyed(found):
    """Rows about credentials by side, family, holder and point."""
    of = found.where(found.family != GapFamily.POLICY)
    holder = np.where(of.family == GapFamily.THEFT, of.theft, of.unit)
    return of, ((holder * 3 + of.point) * 3 + of.family) * 2 + of.side


@pytest.mark.parametrize("seed", range(25))
def test_nothing_is_closed_that_was_not_open(seed):
    """For each cause, what its removal closes lies within the gap."""
    trace = random_trace(seed)
    found, pair = keyed(gaps(trace))
    whole = Spans.of(found.start, found.end, pair)
    removed, where = keyed(necessities(trace))
    for cause in np.unique(removed.cause):
        mine = removed.cause == cause
        assert len(difference(Spans.of(removed.start[mine], removed.end[mine], where[mine]), whole)) == 0


@pytest.mark.parametrize("seed", range(25))
def test_no_cause_closes_more_than_all_of_a_gap(seed):
    measured = evaluate(random_trace(seed))
    for total, part in (
        ("overtrust.pair_seconds", "overtrust.necessity"),
        ("undertrust.share", "undertrust.necessity"),
        ("undertrust.policy_share", "undertrust.policy_necessity"),
    ):
        for name, one in measured.items():
            if name.startswith(part):
                assert one.value <= measured[total].value * (1 + 1e-12)
                assert one.value <= measured[part].value * (1 + 1e-12)


@pytest.mark.parametrize("seed", range(25))
def test_what_one_cause_closes_is_what_points_without_it_would_say(seed):
    """At random instants, ask again with leeway 0, true clocks, revocations known at once or to nobody."""
    trace = random_trace(seed)
    table, points, units = trace["credentials"], trace["points"], trace["units"]
    rows = zip(*(trace["learned"][name] for name in ("credential", "point", "at")), strict=True)
    learned = {(credential, point): at for credential, point, at in rows}

    silent, kept = trace["unanswered"], trace["connections"]

    def is_open(unit, point, t):
        mine = (kept["unit"] == unit) & (kept["bearer"] == -1) & (kept["point"] == point)
        return np.any(mine & (kept["start"] <= t) & (t < kept["end"]))

    def answered(row, point, t):
        mine = (silent["credential"] == row) & (silent["point"] == point)
        return not np.any(mine & (silent["start"] <= t) & (t < silent["end"]))

    def accepts(
        unit, point, t, *, leeway=1.0, skewed=True, known=True, at_once=False, asked=True, begun=False
    ):
        if is_open(unit, point, t):
            return True
        for row in np.flatnonzero((table["unit"] == unit) & (table["bearer"] == -1)):
            refused = learned.get((row, point), np.inf) if known else np.inf
            if at_once and table["revoked"][row] <= t:
                refused = -np.inf
            gained = points["drift"][point] * ((t - points["synced"][point]) % points["sync"][point])
            clock = t + (points["skew"][point] + gained if skewed else 0.0)
            begins, ends = table["issued"][row] - 0.5 - leeway, table["expires"][row] + leeway
            valid = clock < ends and (begun or clock >= begins)
            if table["issued"][row] <= t < refused and valid and (not asked or answered(row, point, t)):
                return True
        return False

    otherwise = {
        Side.OVER: {
            Cause.LEEWAY: {"leeway": 0.0},
            Cause.CLOCK_SKEW: {"skewed": False},
            Cause.REVOCATION_NOT_PROPAGATED: {"at_once": True},
        },
        Side.UNDER: {
            Cause.CLOCK_SKEW: {"skewed": False},
            Cause.FALSE_REVOCATION: {"known": False},
            Cause.STATUS_UNKNOWN: {"asked": False},
            Cause.NOT_YET_VALID: {"begun": True},
        },
    }
    found = necessities(trace)
    found = found.where(found.family == GapFamily.CREDENTIAL)
    for t in np.random.default_rng([seed, 3]).uniform(-30, 100, PROBES):
        holds = found.where((found.start <= t) & (t < found.end))
        told = set(zip(holds.side, holds.cause, holds.unit, holds.point, strict=True))
        for unit in range(5):
            side = Side.OVER if units["gone"][unit] <= t else Side.UNDER
            for point in range(3):
                wrong = accepts(unit, point, t) == (side == Side.OVER) and units["booted"][unit] <= t
                for cause, options in otherwise[side].items():
                    flips = wrong and accepts(unit, point, t, **options) == (side == Side.UNDER)
                    assert ((side, cause, unit, point) in told) == flips, (t, cause)
