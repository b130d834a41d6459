"""Whatever the renewal rule, what it says of its own law is true."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from churnsim.base.quantity import format_duration
from churnsim.model.renewal import RENEWALS

RULE: TypeAdapter[Any] = TypeAdapter(RENEWALS.annotation())
U = (np.arange(40_000) + 0.5) / 40_000

shares = st.integers(1, 100)
pairs = st.tuples(shares, shares).map(sorted)
seconds = st.integers(1, 4000).map(format_duration)

rules = st.one_of(
    shares.map(lambda at: {"kind": "fixed", "at": f"{at}%"}),
    pairs.map(lambda pair: {"kind": "once", "low": f"{pair[0]}%", "high": f"{pair[1]}%"}),
    st.tuples(pairs, seconds).map(
        lambda p: {"kind": "per-check", "low": f"{p[0][0]}%", "high": f"{p[0][1]}%", "check": p[1]}
    ),
    st.tuples(seconds, seconds | st.just("0s")).map(
        lambda p: {"kind": "before-expiry", "by": p[0], "jitter": p[1]}
    ),
).map(RULE.validate_python)
lives = st.integers(60, 100_000).map(float)


@given(rule=rules, ttl=lives)
def test_mean_least_and_the_interval_found_are_those_of_the_interval(rule: Any, ttl: float) -> None:
    """Over a fine grid of uniforms: E X, min X; and E X² / E X, the mean of one found at random (O07)."""
    assume(rule.objection(ttl) is None)
    intervals = np.asarray(rule.interval(ttl, U), float)
    found = np.asarray(rule.inspected(ttl, U), float)
    coarse = np.ptp(intervals) / 1000 + 1e-9 * ttl  # the grid's own error, and rounding
    assert rule.mean(ttl) == pytest.approx(intervals.mean(), abs=coarse)
    assert found.mean() == pytest.approx((intervals**2).mean() / intervals.mean(), abs=coarse)
    shortest, longest = float(rule.interval(ttl, 2.0**-53)), float(rule.interval(ttl, 1 - 2.0**-53))
    assert rule.least(ttl) == pytest.approx(shortest, rel=1e-12)
    assert 0 < shortest <= found.min() * (1 + 1e-12)
    assert found.max() <= longest * (1 + 1e-12)


@given(rule=rules, ttl=lives, u=st.floats(1e-9, 1 - 1e-9), v=st.floats(1e-9, 1 - 1e-9))
def test_a_greater_uniform_never_renews_sooner(rule: Any, ttl: float, u: float, v: float) -> None:
    """One uniform through the inverse law, which is what common random numbers need."""
    assume(rule.objection(ttl) is None)
    early, late = sorted((u, v))
    assert rule.interval(ttl, early) <= rule.interval(ttl, late)
    assert rule.inspected(ttl, early) <= rule.inspected(ttl, late)
