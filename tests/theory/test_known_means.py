"""The simulated means agree with theory, each by the one rule of `tests.theory.oracle`."""

from importlib import import_module

import numpy as np
import pytest
from scipy import stats

from tests.theory.oracle import ORACLES, Oracle, hold, outcome

for module in (
    "call",
    "churn",
    "credential",
    "environment",
    "evidence",
    "function",
    "injector",
    "issuer",
    "key",
    "node",
    "policy",
    "reliability",
    "runner",
    "tenant",
    "storm",
    "tradeoff",
    "traffic",
    "verification",
    "version",
    "work",
):
    import_module(f"tests.theory.{module}")  # declares its oracles

# Long by nature: rare losses counted over months, jobs done one by one, waits within rare outages.
LONG = {"tests.theory.node", "tests.theory.runner", "tests.theory.work"}


def is_long(oracle: Oracle) -> bool:
    named = (
        "orphans that",
        "units of orphans",
        "O02",
        "O12",
        "O22 measured on orphans",
        "O30 lockout an",
        "O30 time without",
        "O36 one at a time, kept for Exp(600 s)",
        "O37",
        "requests with tokens that an outage leaves unanswered",
    )
    return oracle.sample.__module__ in LONG or oracle.name.startswith(named)


@pytest.mark.parametrize(
    "oracle",
    [pytest.param(one, id=one.name, marks=[pytest.mark.nightly] if is_long(one) else []) for one in ORACLES],
)
def test_the_simulated_mean_agrees_with_the_known_one(oracle: Oracle) -> None:
    hold(oracle)


@pytest.mark.nightly
def test_the_deviations_together_look_standard_normal() -> None:
    """Catches a small common bias, and agreement too good to be true (methods 2.0)."""
    z = np.array([outcome(oracle).z(oracle.theta) for oracle in ORACLES])
    low, high = stats.chi2.ppf([0.001, 0.999], z.size)
    assert low <= float(z @ z) <= high
