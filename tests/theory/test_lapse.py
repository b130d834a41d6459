"""Points that decide by rote, for want of a first policy or of a fresh one, where theory knows how long."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from churnsim.metrics import evaluate
from churnsim.trace import LapseMode, Trace
from tests.theory import policy
from tests.theory.oracle import run
from tests.theory.policy import held_up

OUTAGE = {"kind": "policy-outage", "policy": "authz", "at": ["1h"], "lasts": "30m"}


def lengths(trace: Trace, mode: LapseMode) -> np.ndarray[Any, Any]:
    lapses = trace["lapses"]
    mine = lapses["mode"] == mode
    return np.asarray(lapses["end"][mine] - lapses["start"][mine])


def in_outage(when_stale: dict[str, Any]) -> Trace:
    scenario = policy.enforced(policy.pull("60s"), replicas=50, horizon="3h", when_stale=when_stale)
    return run(scenario.with_({"failures": [OUTAGE]}), 0)


def test_each_stage_begins_at_its_own_age() -> None:
    """Polled every 60 s, last before 1 h, next after 1 h 30 min: 31 min old, from 10 to 20 denied."""
    trace = in_outage({"after": "10m", "then": "deny", "later": [{"after": "20m", "then": "allow"}]})
    assert lengths(trace, LapseMode.DENY) == pytest.approx(600.0)
    lapses = trace["lapses"]
    allowing = lapses["mode"] == LapseMode.ALLOW
    assert lengths(trace, LapseMode.ALLOW) == pytest.approx(1860.0 - 1200.0)
    assert np.all((lapses["end"][allowing] >= 5400.0) & (lapses["end"][allowing] < 5460.0))


def test_a_later_stage_may_go_back_to_the_last_good_version() -> None:
    """Denied from 10 to 20 min of age, and never again."""
    trace = in_outage({"after": "10m", "then": "deny", "later": [{"after": "20m", "then": "last-good"}]})
    assert set(trace["lapses"]["mode"]) == {LapseMode.DENY}
    assert lengths(trace, LapseMode.DENY) == pytest.approx(600.0)


@pytest.mark.parametrize(
    "when_stale",
    [
        {"after": "10m", "then": "deny", "later": [{"after": "20m", "then": "deny"}]},
        {"after": "5m", "then": "last-good", "later": [{"after": "10m", "then": "deny"}]},
        {"after": "10m", "then": "deny", "later": [{"after": "10h", "then": "allow"}]},
    ],
)
def test_a_stage_that_changes_nothing_changes_nothing(when_stale: dict[str, Any]) -> None:
    """Null: the same again, as good as before, or never reached; requests are equal to the bit."""
    plain, staged = in_outage({"after": "10m", "then": "deny"}), in_outage(when_stale)
    for column, array in plain["traffic"].items():
        np.testing.assert_allclose(array, staged["traffic"][column], rtol=1e-12, err_msg=column)


@pytest.mark.parametrize("choice", ["allow", "deny"])
def test_a_source_that_always_answers_leaves_nobody_without_a_first_policy(choice: str) -> None:
    """O47: without an outage the choice is none, to the bit."""
    waiting, bold = (run(held_up(each, failures=[]), 0) for each in ("wait", choice))
    assert bold.count("lapses") == 0
    for table in ("units", "adoptions", "polls", "traffic"):
        for column, array in waiting[table].items():
            np.testing.assert_array_equal(array, bold[table][column], err_msg=f"{table}.{column}")


def test_who_does_not_wait_for_its_first_policy_wrongs_only_the_other_side() -> None:
    """Half of the principals are denied: admitting all wrongs these, refusing all the others."""
    for choice, measure, other in (
        ("allow", "overtrust.pair_seconds.no_policy_at_start", "undertrust.policy_share.no_policy_at_start"),
        ("deny", "undertrust.policy_share.no_policy_at_start", "overtrust.pair_seconds.no_policy_at_start"),
    ):
        found = evaluate(run(held_up(choice), 0), [measure, other])
        assert found[measure].value
        assert found[other].value == 0.0
