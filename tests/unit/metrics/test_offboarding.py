"""How long a tenant that has left is let in."""

from __future__ import annotations

from dataclasses import replace

import builder as b
import pytest
from test_orphan import value


def left(policy=0, tenant=1, at=10.0, version=2):
    return {"policy": policy, "tenant": tenant, "left": at, "version": version}


def departed(*offboardings, t1=100.0):
    """Two units, two tenants of two; version 1 at 15 denies principal 2, version 2 at 20 both 2 and 3."""
    return b.trace(
        window=(0.0, t1),
        policies=(replace(b.policy(4), tenants=2),),
        units=[b.unit(0), b.unit(1)],
        commits=[
            *b.permissions(1, 1, 1, 1), b.commit(1, 15.0, 0, principal=2),
            b.commit(2, 20.0, 0, principal=2), b.commit(2, 20.0, 0, principal=3),
        ],
        adoptions=[
            b.adoption(0, 0, 0.0), b.adoption(0, 2, 25.0),
            b.adoption(1, 0, 0.0), b.adoption(1, 1, 30.0), b.adoption(1, 2, 50.0),
        ],
        offboardings=list(offboardings),
    )  # fmt: skip


def test_a_tenant_that_left_is_let_in_until_the_last_unit_knows():
    """Left at 10, an orphan until 20 although one of two is denied at 15; unit 1 lets one in until 50."""
    trace = departed(left())
    assert value(trace, "offboarding.mean.orphan_grant") == pytest.approx(10.0)
    assert value(trace, "offboarding.mean.propagation") == pytest.approx(30.0)
    assert value(trace, "offboarding.mean") == pytest.approx(40.0)
    assert value(trace, "offboarding.p95") == pytest.approx(40.0)
    assert value(trace, "offboarding.max") == pytest.approx(40.0)
    # Orphans are no over-trust: 10 s and 5 s at unit 0, 15 s and 30 s at unit 1, each unit half of all.
    assert value(trace, "overtrust.pair_seconds") == pytest.approx((10 + 5 + 15 + 30) / 2)


def test_one_who_is_let_in_at_the_end_is_seen_for_so_long():
    """The record ends at 40, while unit 1 still lets principal 3 in."""
    assert value(departed(left(), t1=40.0), "offboarding.max") == pytest.approx(30.0)


def test_where_nobody_leaves_it_is_undefined():
    """No tenant, no mean."""
    trace = departed()
    assert value(trace, "offboarding.mean") is None
    assert value(trace, "offboarding.max") is None
