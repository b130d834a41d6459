"""Points of a sweep share what happens to them."""

import numpy as np
import pytest
from pydantic import ValidationError

from churnsim.experiment.layout import laid_out
from churnsim.scenario import Scenario, Study
from churnsim.simulate import simulate

FIELDS = {
    "name": "shared",
    "horizon": "12h",
    "issuers": {"mesh": {"ttl": "1h"}},
    "workloads": {"web": {"kind": "service", "replicas": 3, "issuer": "mesh", "lifetime": "2h"}},
    "failures": [
        {
            "kind": "issuer-outage",
            "issuer": "mesh",
            "every": {"kind": "exponential", "mean": "2h"},
            "lasts": "5m",
        }
    ],
    "study": {"sweep": {"issuers.mesh.ttl": ["10m", "6h"]}},
}


def test_all_points_of_a_sweep_see_the_same_outages() -> None:
    shared, _ = laid_out(Scenario.model_validate(FIELDS))
    seen = []
    for ttl in ("10m", "6h"):
        trace = simulate(shared.with_({"issuers.mesh.ttl": ttl}), seed=3)
        assert trace.meta.start == -(6 * 3600.0 + 300.0)
        seen.append(trace.intervals(2, 1)["start"])
    assert len(seen[0]) > 2
    np.testing.assert_array_equal(*seen)


def test_a_history_that_is_given_is_kept() -> None:
    scenario = Scenario.model_validate({**FIELDS, "history": "1h"})
    assert laid_out(scenario)[0] == scenario


def test_nothing_swept_needs_no_common_history() -> None:
    scenario = Scenario.model_validate({**FIELDS, "study": {}})
    assert laid_out(scenario)[0] == scenario


def test_a_sweep_of_too_many_points_is_refused_before_any_is_made() -> None:
    values = [f"{minute}m" for minute in range(1, 402)]
    axes = {"issuers.mesh.ttl": values, "workloads.web.lifetime": values}
    with pytest.raises(ValidationError, match="the study has 160,801 points, more than 100,000"):
        Study(sweep=axes)
