"""Which point accepts which credential when, against asking at many instants, and block by block."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from churnsim.trace import IssuerInfo, Meta, Trace, WorkloadInfo, acceptance
from churnsim.trace.acceptance import Acceptance, Guard, acceptances
from churnsim.trace.intervals import Spans

META = Meta(
    scenario="by-hand", scenario_hash="0", seed=1, replication=0, start=0.0, t0=0.0, t1=100.0,
    workloads=(WorkloadInfo("web", "service", "a", replicas=2, needed=1, issuer=0),),
    issuers=(IssuerInfo("mesh", ttl=20.0, leeway=1.0),),
)  # fmt: skip

# Unit 0 holds credentials [0, 20), [15, 35) and [50, 70), unit 1 [0, 20) and [40, 60), unit 2 [10, 30).
# Point 0 is right, point 1 is 4 s ahead and learns at 5 that the first of unit 1 is revoked, point 2 is 30 s
# ahead.
TABLES = {
    "credentials": {
        "issuer": 0, "unit": [0, 0, 0, 1, 1, 2], "bearer": -1, "serial": [1, 2, 3, 1, 2, 1],
        "asked": [0, 15, 50, 0, 40, 10], "issued": [0, 15, 50, 0, 40, 10],
        "expires": [20, 35, 70, 20, 60, 30], "due": [10, 25, 60, 10, 50, 20],
        "revoked": [np.nan, np.nan, np.nan, 3, np.nan, np.nan],
    },
    "points": {"issuer": 0, "point": [0, 1, 2], "skew": [0.0, 4.0, 30.0], "weight": 1 / 3},
    "learned": {"issuer": 0, "credential": 3, "point": 1, "at": [5.0]},
}  # fmt: skip
GONE = np.array([100.0, 55.0, 100.0])

HOLES = {
    Guard.NOT_YET_VALID: Spans(np.array([15.0, 50.0]), np.array([16.0, 53.0]), np.array([3, 7])),
    Guard.REVOKED: Spans(np.array([1.0, 4.0, 12.0]), np.array([2.0, 18.0, 14.0]), np.array([0, 0, 15])),
    Guard.UNKNOWN_KEY: Spans(np.array([51.0, 13.0]), np.array([56.0, 20.0]), np.array([7, 15])),
}


def by_hand(holes: bool) -> Acceptance:
    trace = Trace.of(META, TABLES)
    (found,) = acceptances(trace, 0, np.arange(6), trace["credentials"]["unit"])
    return replace(found, holes=HOLES) if holes else found


def asked(found: Acceptance, instant: float) -> np.ndarray:
    """Whether each point accepts each credential at an instant, shape (c, e)."""
    skew = np.array([0.0, 4.0, 30.0])
    good = (found.issued[:, None] <= instant) & (instant + skew < found.expires[:, None] + 1.0)
    good[3, 1] &= instant < 5.0
    for spans in found.holes.values():
        for start, end, group in zip(spans.start, spans.end, spans.group, strict=True):
            if start <= instant < end:
                good[divmod(group, 3)] = False
    return good


@pytest.mark.parametrize("holes", [False, True])
def test_acceptance_at_any_instant_is_what_the_point_would_say(holes):
    """Every half second, each point is asked about each credential; a holder needs one that is accepted."""
    found = by_hand(holes)
    accepted, refused, anywhere = found.accepted(), found.refused(GONE[found.holder]), found.anywhere()
    first = np.array([0.0, 0.0, 10.0])
    for instant in np.arange(-1.0, 99.0, 0.5):
        said = asked(found, instant)
        for unit in range(3):
            at_points = said[found.holder == unit].any(axis=0)
            pair = unit * 3 + np.arange(3)
            assert np.array_equal(accepted.contains(instant, pair), at_points)
            assert anywhere.contains(instant, unit) == at_points.any()
            looked_at = first[unit] <= instant < GONE[unit]
            assert np.array_equal(refused.contains(instant, pair), looked_at & ~at_points)


@pytest.mark.parametrize("guard", HOLES)
def test_a_guard_refuses_alone_what_would_be_accepted_without_it(guard):
    """Every half second: without the guard the point would accept a credential that the guard refuses."""
    found = by_hand(True)
    without = replace(found, holes={other: spans for other, spans in HOLES.items() if other != guard})
    alone, hole = found.barred(guard, alone=True), HOLES[guard]
    assert len(alone)
    for instant in np.arange(-1.0, 99.0, 0.5):
        barred = asked(without, instant) & ~asked(found, instant)
        for unit in range(3):
            pair = unit * 3 + np.arange(3)
            assert np.array_equal(alone.contains(instant, pair), barred[found.holder == unit].any(axis=0))
    assert float(np.sum(alone.end - alone.start)) < float(np.sum(hole.end - hole.start))


def test_of_each_credential_only_a_part_may_count():
    """Of what point 0 accepts of unit 1, what lies in [10, 30) of the first and [50, inf) of the second."""
    since = np.array([10.0, 10.0, 10.0, 10.0, 50.0, 10.0])[:, None]
    until = np.array([30.0, 30.0, 30.0, 30.0, np.inf, 30.0])[:, None]
    part = by_hand(False).accepted(since, until)
    mine = part.where(part.group == 3)
    assert (mine.start.tolist(), mine.end.tolist()) == ([10.0, 50.0], [21.0, 61.0])


@pytest.mark.parametrize("most", [1, 7, 12])
def test_blocks_never_part_a_holder_and_leave_nothing_out(monkeypatch, most):
    """However few pairs fit into a block, all blocks together hold what one would."""
    trace, whole = Trace.of(META, TABLES), by_hand(False)
    monkeypatch.setattr(acceptance, "PAIRS_MOST", most)
    parts = list(acceptances(trace, 0, np.arange(6), trace["credentials"]["unit"]))
    assert len(parts) > 1
    assert np.concatenate([part.row for part in parts]).tolist() == whole.row.tolist()
    assert np.array_equal(np.concatenate([part.until for part in parts]), whole.until)
    holders = [set(part.holder.tolist()) for part in parts]
    assert sum(map(len, holders)) == 3


def test_no_credentials_at_all_still_tell_the_points():
    """An empty block says who the points are."""
    nobody = np.empty(0, np.int64)
    (found,) = acceptances(Trace.of(META, TABLES), 0, nobody, nobody)
    assert found.point.tolist() == [0, 1, 2]
    assert len(found.accepted()) == len(found.refused(np.empty(0))) == len(found.anywhere()) == 0
