"""Outcomes in the ledger that nobody can explain, in worlds small enough to be worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from churnsim.metrics import evaluate
from churnsim.scenario import Scenario
from churnsim.simulate import simulate

AGENT = {"holder": {"kind": "agent", "units": 1}}


def measured(name: str, **artefacts: dict[str, Any]) -> dict[str, float | None]:
    """A measure, whole and by part, of an hour of workloads of a tenant each, whose units end every 100 s.

    Each has a job every 10 s, and keeps a receipt of every commit, shipped every 30 s unless said otherwise.
    """
    processor = {"kind": "processor", "replicas": 1, "jobs": {"every": "10s", "work": "1s"}}
    receipt = {"sink": "archive", "shipping": {"kind": "periodic", "every": "30s"}}
    tree: dict[str, Any] = {
        "name": "by-hand",
        "horizon": "1h",
        "start": "fresh",
        "sinks": {"archive": {}},
        "workloads": {each: processor | {"tenant": f"{each}s"} for each in artefacts},
        "evidence": {
            each: {"kind": "commit", "workload": each, "owes": [f"{each}-receipt"]} for each in artefacts
        },
        "artefacts": {f"{each}-receipt": {"of": each, **receipt, **more} for each, more in artefacts.items()},
        "failures": [{"kind": "crash", "workload": each, "every": "100s"} for each in artefacts],
    }
    found = evaluate(simulate(Scenario.model_validate(tree)), [name])
    return {full.removeprefix(name).lstrip("."): each.value for full, each in found.items()}


def test_who_crashes_takes_the_explanation_of_its_last_outcomes_along() -> None:
    """Of the commits of each life, one in 10 s, the one since the flush at 90 s; the first comes late."""
    found = measured("outcomes.unexplained", bill={})
    assert found[""] == found["died_before_flush"] == pytest.approx(0.1, abs=0.001)


def test_outcomes_are_told_apart_by_workload_and_tenant() -> None:
    """An agent that outlives the units loses nothing, what is shipped at the end only is all lost."""
    kept: dict[str, dict[str, Any]] = {"bill": AGENT, "note": {"shipping": {"kind": "on-stop"}}}
    assert measured("outcomes.workload.unexplained", **kept) == _parts(bill=0.0, note=1.0)
    assert measured("outcomes.tenant.unexplained", **kept) == _parts(bills=0.0, notes=1.0)


def _parts(**parts: float) -> dict[str, float]:
    return {"": pytest.approx(0.5, abs=0.001), **parts}


def test_what_was_sampled_out_cannot_be_explained() -> None:
    """All of it, for nothing is kept."""
    found = measured("outcomes.unexplained", bill={"sampling": {"kind": "head", "keep": "0%"}})
    assert found[""] == found["sampled_out"] == 1.0


def test_where_nothing_is_owed_nothing_is_defined() -> None:
    """No workload, no outcome, no share."""
    tree = {"name": "none", "horizon": "1h", "workloads": {"web": {"kind": "service", "replicas": 1}}}
    found = evaluate(simulate(Scenario.model_validate(tree)), ["outcomes.unexplained"])
    assert found["outcomes.unexplained"].value is None
