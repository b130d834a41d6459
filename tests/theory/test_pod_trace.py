"""The table of pod lifetimes that ships is what the public trace says, where the trace is at hand.

The trace (openb, 2023: hkust-adsl/kubernetes-scheduler-simulator, Apache-2.0) is too large to ship. Name its
file in CHURNSIM_POD_TRACE, or keep it in ../shared/data beside the project.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import churnsim

ROOT = Path(__file__).parents[2]
TRACE = Path(os.environ.get("CHURNSIM_POD_TRACE", ROOT.parent / "shared/data/openb_pod_list_default.csv"))

pytestmark = pytest.mark.skipif(not TRACE.exists(), reason=f"the raw pod trace is not at {TRACE}")


@pytest.fixture(scope="module")
def lives() -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Seconds from scheduled to deleted of every scheduled pod."""
    pods = pd.read_csv(TRACE)
    pods = pods[pods["scheduled_time"].notna() & pods["deletion_time"].notna()]
    return (pods["deletion_time"] - pods["scheduled_time"]).to_numpy(float)


def test_the_quantile_table_is_that_of_the_trace(lives: np.ndarray) -> None:  # type: ignore[type-arg]
    table = pd.read_csv(ROOT / "scenarios/data/pod-lifetimes.csv", comment="#")
    assert lives.size == 7255
    np.testing.assert_allclose(np.quantile(lives, table["probability"]), table["lifetime_s"], rtol=1e-3)


def test_simulated_lives_follow_the_trace(lives: np.ndarray) -> None:  # type: ignore[type-arg]
    """Lives that begin in the run, against those of the trace; both cut at six hours: most are shorter."""
    scenario = churnsim.load(ROOT / "scenarios/credential-ttl.yaml")
    units = churnsim.simulate(scenario.with_({"failures": [], "workloads.checkout.replicas": 200}), seed=7)[
        "units"
    ]
    # Every life counts that had six hours to end: those cut short by the horizon are not a fair sample.
    begun = (units["ready"] >= 0) & (units["ready"] < scenario.horizon - 6 * 3600.0)
    lived = units["stopped"][begun] - units["ready"][begun]
    cut = 6 * 3600.0
    lived = np.where(np.isnan(lived), cut, np.minimum(lived, cut))
    observed = np.minimum(lives, cut)
    # The trace counts whole seconds, so compare shares within edges rather than ranks.
    edges = np.quantile(observed, np.linspace(0.0, 0.9, 10))[1:]
    shares = [(lived <= edge).mean() for edge in edges]
    known = [(observed <= edge).mean() for edge in edges]
    error = np.sqrt(0.25 / lived.size + 0.25 / observed.size)
    limit = stats.norm.ppf(1 - 0.01 / (2 * edges.size)) * error
    np.testing.assert_allclose(shares, known, atol=limit)
