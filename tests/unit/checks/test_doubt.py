"""Questionable scenarios are told with their arithmetic; sound ones are left alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import churnsim
from churnsim.checks import doubts
from churnsim.scenario import Scenario

SOUND: dict[str, Any] = {
    "name": "sound",
    "horizon": "6h",
    "issuers": {"mesh": {"ttl": "1h"}},
    "policies": {
        "authz": {"refresh": {"kind": "pull", "every": "1m"}, "when_stale": {"after": "10m", "then": "deny"}}
    },
    "workloads": {"web": {"kind": "service", "replicas": 3, "issuer": "mesh", "policy": "authz"}},
    "failures": [
        {"kind": "issuer-outage", "issuer": "mesh", "at": ["1h"], "lasts": "5m"},
        {"kind": "theft", "workload": "web", "every": "1h", "detected": "1h"},
    ],
}

QUESTIONABLE = {
    "this outage never comes: it begins at 7h, the run ends at 6h": {"failures.0.at": ["7h"]},
    "there is nothing to steal: the units of web hold no credentials": {"workloads.web.issuer": None},
    "a copy is too old before the next poll answers: 30s is less than 1m": {
        "policies.authz.when_stale.after": "30s"
    },
    "the past matters for 1h": {"history": "10m"},
}


def test_a_sound_scenario_raises_no_doubt() -> None:
    assert doubts(Scenario.model_validate(SOUND)) == ()


@pytest.mark.parametrize("said", QUESTIONABLE)
def test_a_questionable_scenario_is_told_with_its_numbers(said: str) -> None:
    (doubt,) = doubts(Scenario.model_validate(SOUND).with_(QUESTIONABLE[said]))
    assert doubt.message.startswith(said)
    assert doubt.remedy


@pytest.mark.parametrize("name", ["quickstart", "credential-ttl"])
def test_the_shipped_scenarios_raise_no_doubt(name: str) -> None:
    assert doubts(churnsim.load(Path(__file__).parents[3] / f"scenarios/{name}.yaml")) == ()
