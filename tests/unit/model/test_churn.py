"""The dial of churn: shorter lives by the same random numbers, and the load as it was."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from churnsim.base.distribution.exponential import Exponential
from churnsim.base.distribution.scaled import hastened
from churnsim.metrics import evaluate
from churnsim.metrics.measurement import Ratio
from churnsim.scenario import Scenario
from churnsim.simulate import simulate
from churnsim.trace import Trace

TREE: dict[str, Any] = {
    "name": "dial",
    "horizon": "6h",
    "workloads": {
        "web": {
            "kind": "service",
            "replicas": 40,
            "lifetime": {"kind": "exponential", "mean": "30m"},
            "traffic": {"kind": "diurnal", "mean": "20/s"},
        }
    },
    "failures": [
        {"kind": "crash", "workload": "web", "every": {"kind": "uniform", "low": "1m", "high": "1h"}}
    ],
}


def dialled(churn: str) -> Trace:
    return simulate(Scenario.model_validate(TREE | {"churn": churn}))


def test_a_dial_at_one_is_no_dial() -> None:
    """The law itself, not one that is multiplied by 1."""
    law = Exponential(mean="30m")
    assert hastened(law, 1.0) is law
    assert dialled("x1").digest() == simulate(Scenario.model_validate(TREE)).digest()


@pytest.mark.parametrize(("churn", "factor"), [("x2", 2.0), ("4x", 4.0), ("×0.5", 0.5)])
def test_every_life_is_so_many_times_shorter(churn: str, factor: float) -> None:
    """Drawn by the same numbers, the lives of an incarnation differ by the factor and by nothing else."""
    slow, fast = dialled("x1")["units"], dialled(churn)["units"]
    lives: list[dict[tuple[int, int], float]] = []
    for units in (slow, fast):
        whole = np.isfinite(units["stopped"]) & (units["incarnation"] > 1)
        keys = zip(units["slot"][whole].tolist(), units["incarnation"][whole].tolist(), strict=True)
        lives.append(dict(zip(keys, (units["stopped"] - units["ready"])[whole].tolist(), strict=True)))
    both = lives[0].keys() & lives[1].keys()
    assert len(both) > 100
    for key in both:
        assert lives[0][key] == pytest.approx(factor * lives[1][key], rel=1e-9, abs=1e-8)


def test_lives_of_one_length_are_counted_exactly() -> None:
    """40 units that live for 30 min: in 6 h at x2 each is born and dies 24 times, whatever its phase."""
    web = TREE["workloads"]["web"] | {"lifetime": "30m"}
    tree = TREE | {"workloads": {"web": web}, "failures": [], "churn": "x2"}
    found = evaluate(simulate(Scenario.model_validate(tree)), ["churn.rate"])["churn.rate"]
    assert isinstance(found, Ratio)
    assert found.numerator == 40 * 24 * 2
    assert found.denominator == pytest.approx(40 * 6)


def test_the_load_offered_is_left_alone() -> None:
    """Bucket by bucket, although units come and go nearly eight times as often."""
    slow, fast = dialled("x1"), dialled("x8")
    for column in ("start", "load"):
        assert slow["traffic"][column].tolist() == fast["traffic"][column].tolist()
    # What is offered is the same but for rounding: it is added up over more states of the world.
    assert fast["traffic"]["offered"] == pytest.approx(slow["traffic"]["offered"], rel=1e-12)
    assert fast.count("units") > 6 * slow.count("units")
