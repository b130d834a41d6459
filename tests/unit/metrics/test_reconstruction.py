"""What survives of the evidence against what happened, in worlds small enough to be worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from churnsim.metrics import evaluate
from churnsim.scenario import Scenario
from churnsim.simulate import simulate

AGENT = {"holder": {"kind": "agent", "units": 10}}
NAME = "reconstruction.share"


def measured(artefact: dict[str, Any], of: str, **more: Any) -> dict[str, float | None]:
    """The share by cause in two hours of units that crash every 100 s, and keep one sort of artefact.

    Credentials for 60 s are issued 0 s, 30 s, 60 s and 90 s after each birth; what is kept is shipped every
    40 s unless said otherwise. A principal is denied at the source a minute before the units hear of it.
    """
    tree: dict[str, Any] = {
        "name": "by-hand",
        "horizon": "2h",
        "start": "fresh",
        "issuers": {"mesh": {"ttl": "60s", "renewal": {"kind": "fixed", "at": "50%"}}},
        "policies": {
            "authz": {
                "principals": 3,
                "refresh": {"kind": "push", "delay": "1m"},
                "changes": {"every": {"kind": "exponential", "mean": "5m"}, "revoking": "50%"},
            }
        },
        "workloads": {
            "web": {
                "kind": "service",
                "replicas": 2,
                "issuer": "mesh",
                "policy": "authz",
                "traffic": {"kind": "constant", "rate": "2/s"},
                "endpoints": {"removal": "0s"},
            }
        },
        "failures": [{"kind": "crash", "workload": "web", "every": "100s"}],
        "sinks": {"archive": {}},
        "evidence": {"event": {"kind": of, "workload": "web", "owes": ["record"]}},
        "artefacts": {
            "record": {
                "of": "event",
                "sink": "archive",
                "shipping": {"kind": "periodic", "every": "40s"},
                **artefact,
            }
        },
        **more,
    }
    found = evaluate(simulate(Scenario.model_validate(tree)), [NAME])
    return {full.removeprefix(NAME).lstrip("."): each.value for full, each in found.items()}


@pytest.mark.parametrize("of", ["issuance", "adoption", "request"])
def test_a_perfect_archive_tells_the_whole_truth(of: str) -> None:
    """The null: an agent outlives everybody, so nothing is lost and every cause is found again."""
    found = measured(AGENT, of)
    assert found[""] == pytest.approx(1.0, rel=1e-12)
    assert found["orphan_credential"] == found["stale_policy"] == 1.0


def test_what_is_sampled_out_entirely_tells_nothing() -> None:
    """No decision is in any log; credentials that outlive their unit are told by other means."""
    found = measured(AGENT | {"sampling": {"kind": "head", "keep": "0%"}}, "request")
    assert found["stale_policy"] == 0.0
    assert found["orphan_credential"] == 1.0


def test_of_decisions_as_much_can_be_told_as_is_kept() -> None:
    """A quarter of the log."""
    found = measured(AGENT | {"sampling": {"kind": "head", "keep": "25%"}}, "request")
    assert found["stale_policy"] == pytest.approx(0.25)


def test_an_orphan_whose_record_died_with_its_unit_is_told_of_too_short() -> None:
    """Issued at 90 s, lost at 100 s: trusted until 150 s, and the one before is told of until 120 s."""
    found = measured({}, "issuance")
    assert found["orphan_credential"] == pytest.approx(20 / 50)
    assert found["stale_policy"] == 1.0


def test_who_adopted_what_cannot_be_told_of_units_that_kept_no_record() -> None:
    """Nothing is shipped before the end, and nobody is told of that: no version is known to be in force."""
    found = measured({"shipping": {"kind": "on-stop"}}, "adoption")
    assert found["stale_policy"] == 0.0
    assert found["orphan_credential"] == 1.0


def test_where_no_fact_of_trust_owes_evidence_nothing_is_defined() -> None:
    """Nobody said what would have to survive."""
    found = measured({}, "issuance", sinks={}, evidence={}, artefacts={})
    assert set(found.values()) == {None}
