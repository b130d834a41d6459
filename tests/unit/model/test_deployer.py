"""Rollouts and what happens at the instant of their steps, or between two of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from churnsim.scenario import Scenario
from churnsim.simulate import simulate
from churnsim.trace import Trace


def lived(**fields: Any) -> Trace:
    """One replication of an hour with two units that do jobs, everything born at 0."""
    processor = {"kind": "processor", "replicas": 2, "jobs": {"count": 1, "work": "1s"}, **fields}
    world = {"name": "rolled", "horizon": "1h", "start": "fresh", "workloads": {"batch": processor}}
    return simulate(Scenario.model_validate(world))


def test_a_new_unit_that_crashes_at_once_lets_no_old_one_go() -> None:
    """Ready and gone at one instant, again after 10 and 20 s, noticed after 25; the old two stay."""
    soon = {"kind": "mixture", "parts": [{"weight": "99.9%", "law": "0s"}, {"weight": "0.1%", "law": "1h"}]}
    bad = {"bad": "100%", "fault": {"kind": "crash-loop", "every": soon}, "detected": "25s"}
    bounds = {"kind": "rolling", "max_surge": "50%", "max_unavailable": "0%", "at": ["600s"]}
    restart = {"kind": "backoff", "initial": "10s", "factor": 1.0, "cap": "10s"}
    trace = lived(rollout=bounds | bad, restart=restart)
    units, revisions = trace["units"], trace["revisions"]
    new = units["revision"] == 1
    assert np.isnan(units["stopped"][~new]).tolist() == [True, True]
    assert units["ready"][new].tolist()[:3] == units["stopped"][new].tolist()[:3] == [600.0, 610.0, 620.0]
    assert (revisions["noticed"][0], revisions["restored"][0]) == (625.0, 625.0)
    assert np.isnan(revisions["completed"][0])


def test_scaling_down_between_old_and_new_takes_nobody_away_again() -> None:
    """Both old ones drain from 60 to 130 s; one of the two that are to follow is not wanted from 100 s on."""
    rollout = {"kind": "recreate", "at": ["60s"]}
    steps = [{"at": "0s", "units": 2}, {"at": "100s", "units": 1}]
    trace = lived(rollout=rollout, drain="70s", autoscaler={"kind": "schedule", "steps": steps})
    targets, units = trace["targets"], trace["units"]
    found = zip(*(targets[name].tolist() for name in ("time", "units", "spare")), strict=True)
    assert list(found)[-3:] == [(60.0, 2, -2), (100.0, 1, -1), (130.0, 1, 0)]
    assert units["created"][units["revision"] == 1].tolist() == [130.0]
    assert trace["revisions"]["completed"].tolist() == [130.0]
