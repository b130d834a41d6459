"""How long a commit takes, by counting who lacks it at every instant."""

from __future__ import annotations

import builder as b
import numpy as np
import pytest
from test_orphan import value
from test_probe import random_trace

from churnsim.metrics.propagation import curve

SHARES = {"propagation.p50": 0.5, "propagation.p99": 0.99, "propagation.all": 1.0}


def counted(trace, share):
    """Mean time until `share` of the live points have each commit, by asking all of them again and again."""
    meta, units, rows = trace.meta, trace["units"], trace["adoptions"]
    times = []
    for version, committed in enumerate(trace["commits"]["time"][trace["commits"]["version"] > 0], start=1):
        if not meta.t0 <= committed < meta.t1:
            continue
        instants = np.concatenate(([committed], rows["applied"], units["ready"], units["gone"]))
        for t in np.unique(instants[(instants >= committed) & (instants < meta.t1)]):
            live = np.flatnonzero((units["ready"] <= t) & ~(units["gone"] <= t))
            has = [
                ((rows["unit"] == unit) & (rows["applied"] <= t) & (rows["version"] >= version)).any()
                for unit in live
            ]
            if len(live) and np.sum(has) >= share * len(live) * (1 - 1e-12):
                times.append(t - committed)
                break
    return np.mean(times) if times else None


@pytest.mark.parametrize("seed", range(25))
def test_propagation_is_what_counting_gives(seed):
    """Units come and go, start with old versions, and miss some."""
    trace = random_trace(seed)
    for measure, share in SHARES.items():
        expected = counted(trace, share)
        assert value(trace, measure) == (expected if expected is None else pytest.approx(expected))


def test_a_unit_that_serves_before_its_first_policy_lacks_every_version():
    """Committed at 10, known to one unit at 15; the other, ready at 12, has its first policy at 40."""
    trace = b.trace(
        policies=(b.policy(1),),
        units=[b.unit(0), b.unit(1, created=12.0)],
        commits=[*b.permissions(1), b.commit(1, 10.0, 0)],
        adoptions=[b.adoption(0, 0, 0.0), b.adoption(0, 1, 15.0), b.adoption(1, 1, 40.0)],
    )
    assert value(trace, "propagation.p50") == 5.0
    assert value(trace, "propagation.all") == 30.0


def test_many_commits_at_once_are_looked_at_some_at_a_time(monkeypatch):
    """However few cells are looked at together, the answer is the same."""
    trace = random_trace(3)
    whole = [value(trace, measure) for measure in SHARES]
    monkeypatch.setattr("churnsim.metrics.reach._CELLS", 1)
    assert [value(random_trace(3), measure) for measure in SHARES] == whole


def test_the_curve_tells_how_many_have_a_commit_so_long_after_it():
    """Committed at 10; two units have it at 15 and at 30, a third is ready with it at 32. Version 2 at 95 is
    too late to be followed for 25 s.
    """
    trace = b.trace(
        policies=(b.policy(1),),
        units=[b.unit(0), b.unit(1), b.unit(2, created=32.0)],
        commits=[*b.permissions(1), b.commit(1, 10.0, 0), b.commit(2, 95.0, 1)],
        adoptions=[
            b.adoption(0, 0, 0.0), b.adoption(0, 1, 15.0), b.adoption(1, 0, 0.0), b.adoption(1, 1, 30.0),
            b.adoption(2, 1, 32.0),
        ],
    )  # fmt: skip
    assert curve(trace, 0, np.array([0.0, 4.0, 5.0, 19.0, 20.0, 25.0])).tolist() == [0, 0, 0.5, 0.5, 1, 1]
    assert np.isnan(curve(trace, 0, np.array([0.0, 95.0]))).all()
