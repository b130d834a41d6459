"""Designs of a study."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from churnsim.scenario import Study
from churnsim.scenario.candidate import candidates
from churnsim.scenario.design import DESIGNS
from churnsim.scenario.magnitude import Magnitude

TTL, REPLICAS = "issuers.mesh.ttl", "workloads.web.replicas"


def points(design: dict[str, Any], **axes: Any) -> list[dict[str, Any]]:
    study = Study.model_validate({"sweep": axes, "design": design})
    return list(study.design.settings(study.sweep))


def test_a_grid_is_what_is_meant_where_nothing_is_said() -> None:
    assert Study().design.kind == "grid"  # type: ignore[attr-defined]
    assert points({"kind": "grid"}, x=[1, 2], y=[3, 4]) == [
        {"x": 1, "y": 3}, {"x": 1, "y": 4}, {"x": 2, "y": 3}, {"x": 2, "y": 4},
    ]  # fmt: skip


def test_a_zip_pairs_values_by_place() -> None:
    assert points({"kind": "zip"}, x=[1, 2], y=[3, 4]) == [{"x": 1, "y": 3}, {"x": 2, "y": 4}]


def test_a_zip_of_unequal_axes_is_refused_with_the_counts() -> None:
    with pytest.raises(ValidationError, match=r"equally many values \(got x 2, y 1\)"):
        points({"kind": "zip"}, x=[1, 2], y=[3])


def test_one_at_a_time_begins_with_the_scenario_itself() -> None:
    """Each setting says only what differs, so its id does not depend on the other axes."""
    assert points({"kind": "one-at-a-time"}, x=[1, 2], y=[3]) == [{}, {"x": 1}, {"x": 2}, {"y": 3}]


def test_a_latin_hypercube_uses_every_slice_of_every_axis_once() -> None:
    """By definition: of n points, each n-th of the (logarithmic) range holds one."""
    axis = {"low": "1m", "high": "100m", "scale": "log"}
    found = points({"kind": "latin-hypercube", "points": 16}, x=axis, y={"low": 0.0, "high": 1.0})
    shares = [
        np.log([Magnitude.of(p["x"]).number / 60 for p in found]) / np.log(100),
        [p["y"] for p in found],
    ]  # type: ignore[union-attr]
    for share in shares:
        # Rounding to four digits may carry a point across the edge of its slice, but not farther.
        np.testing.assert_allclose(np.sort(share), (np.arange(16) + 0.5) / 16, atol=0.5 / 16 + 1e-3)


def test_a_sobol_sequence_fills_every_quarter_of_the_square_equally() -> None:
    """By definition of a (t, m, s)-net in two dimensions (t = 0): 16 points, 4 in each quarter."""
    found = points({"kind": "sobol", "points": 16}, x={"low": 0.0, "high": 1.0}, y={"low": 0.0, "high": 1.0})
    quarters = [(p["x"] > 0.5, p["y"] > 0.5) for p in found]
    assert {quarter: quarters.count(quarter) for quarter in set(quarters)} == dict.fromkeys(set(quarters), 4)
    assert len(set(quarters)) == 4


def test_a_sobol_sequence_of_another_length_is_refused_with_the_nearest() -> None:
    with pytest.raises(ValidationError, match="draw 64 or 128 points"):
        points({"kind": "sobol", "points": 100}, x=[1, 2])


def test_a_sample_draws_listed_values_equally_often() -> None:
    """A Latin hypercube of 9 points on 3 values: 3 of each."""
    found = [point["x"] for point in points({"kind": "latin-hypercube", "points": 9}, x=["a", "b", "c"])]
    assert sorted(found) == ["a"] * 3 + ["b"] * 3 + ["c"] * 3


def test_the_seed_of_a_sample_is_its_own() -> None:
    """Other runs of the same points need no other points."""
    axes = {"x": {"low": 0.0, "high": 1.0}}
    once, again, other = (points({"kind": "sobol", "points": 4, "seed": s}, **axes) for s in (0, 0, 1))
    assert once == again != other


def test_a_range_without_steps_needs_a_design_that_draws() -> None:
    with pytest.raises(ValidationError, match="add 'steps: 5', or draw from it"):
        points({"kind": "grid"}, x={"low": 1, "high": 9})


@pytest.mark.parametrize("kind", sorted(DESIGNS.all()))
def test_the_scenario_says_which_of_the_points_are_worth_running(kind: str, tmp_path: Any) -> None:
    """Those that do not meet the condition are left out, in every design, and counted."""
    from churnsim.scenario import Scenario

    size = {"points": 8} if kind in ("sobol", "latin-hypercube") else {}
    scenario = Scenario.model_validate(
        {
            "name": "small",
            "horizon": "1h",
            "issuers": {"mesh": {"ttl": "30m"}},
            "workloads": {"web": {"kind": "service", "replicas": 2, "issuer": "mesh", "lifetime": "1h"}},
            "study": {
                "sweep": {TTL: {"low": "10m", "high": "2h", "steps": 4}},
                "design": {"kind": kind, **size},
                "where": f"{TTL} < workloads.web.lifetime",
            },
        }
    )
    found = candidates(scenario)
    every = list(scenario.study.design.settings(scenario.study.sweep))
    assert 0 < found.left_out < len(every)
    assert len(found.settings) + found.left_out == len(every)
    ttls = [Magnitude.of(point.get(TTL, "30m")) for point in found.settings]
    assert all(ttl is not None and ttl.number < 3600 for ttl in ttls)


def test_a_trajectory_changes_one_axis_at_a_time() -> None:
    """By definition: of three points in a row of two axes, each differs from the next in one."""
    found = points({"kind": "morris", "trajectories": 4}, x={"low": 0.0, "high": 1.0}, y=["a", "b", "c"])
    assert len(found) == 12
    for start in range(0, 12, 3):
        for before, after in zip(found[start : start + 2], found[start + 1 : start + 3], strict=True):
            assert sum(before[axis] != after[axis] for axis in ("x", "y")) == 1
    assert {point["y"] for point in found} <= {"a", "b", "c"}


def test_crossings_take_one_axis_from_the_other_sample() -> None:
    """Blocks of four: a point of A, A with each axis of B in turn, the point of B."""
    found = points(
        {"kind": "saltelli", "samples": 4}, x={"low": 0.0, "high": 1.0}, y={"low": 0.0, "high": 1.0}
    )
    assert len(found) == 16
    for start in range(0, 16, 4):
        a, with_x, with_y, b = found[start : start + 4]
        assert with_x == {"x": b["x"], "y": a["y"]}
        assert with_y == {"x": a["x"], "y": b["y"]}


@pytest.mark.parametrize(
    ("design", "said"),
    [
        ({"kind": "morris", "levels": 5}, r"even number of levels \(got 5\)"),
        ({"kind": "saltelli", "samples": 6}, r"powers of 2 \(got 6\)"),
    ],
)
def test_a_probe_that_would_not_be_fair_is_refused(design: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        points(design, x=[1, 2])
