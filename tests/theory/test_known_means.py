"""The simulated means agree with theory, each by the one rule of `tests.theory.oracle`."""

import numpy as np
import pytest
from scipy import stats

from tests.theory import (
    churn,
    credential,
    evidence,
    issuer,
    key,
    node,
    policy,
    reliability,
    tradeoff,
    traffic,
    verification,
    work,
)
from tests.theory.oracle import ORACLES, Oracle, hold, outcome

DECLARED = (
    churn,
    credential,
    evidence,
    issuer,
    key,
    node,
    policy,
    reliability,
    tradeoff,
    traffic,
    verification,
    work,
)


@pytest.mark.parametrize("oracle", ORACLES, ids=str)
def test_the_simulated_mean_agrees_with_the_known_one(oracle: Oracle) -> None:
    hold(oracle)


@pytest.mark.nightly
def test_the_deviations_together_look_standard_normal() -> None:
    """Catches a small common bias, and agreement too good to be true (methods 2.0)."""
    z = np.array([outcome(oracle).z(oracle.theta) for oracle in ORACLES])
    low, high = stats.chi2.ppf([0.001, 0.999], z.size)
    assert low <= float(z @ z) <= high
