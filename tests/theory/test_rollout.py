"""Waves of versions and poisoned ones, where theory knows exactly what they do."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from churnsim.metrics import evaluate
from churnsim.trace import LapseMode, Trace
from tests.theory import policy
from tests.theory.oracle import exp, run

AT_ONCE = {"kind": "push", "delay": "0s"}
WAVES = {"waves": ["10%", "30%", "60%"], "bake": "10m"}


def value(trace: Trace, measure: str) -> float:
    found = evaluate(trace, [measure])[measure].value
    assert found is not None
    return float(found)


def poisoned(refresh: dict[str, Any] = AT_ONCE, replicas: int = 200, **fields: Any) -> Trace:
    failure = {"kind": "poison-policy", "policy": "authz", "at": ["1h"], "detected": "15m"}
    rollout = {"rollout": fields.pop("rollout")} if "rollout" in fields else {}
    scenario = policy.enforced(refresh, replicas=replicas, horizon="3h", changes=None, **rollout)
    return run(scenario.with_({"failures": [failure | fields]}), 0)


def test_each_wave_sees_a_version_a_bake_time_after_the_wave_before() -> None:
    """Pushed without delay, lags are 0, 10 and 20 min, for as many points as the plan says; all: 20 min."""
    scenario = policy.enforced(
        AT_ONCE, replicas=2000, horizon="12h", changes={"every": exp("2h")}, rollout=WAVES
    )
    trace = run(scenario, 0)
    # A later version may overtake in no wave, for all are put off alike.
    commits, adoptions = trace["commits"], trace["adoptions"]
    times = commits["time"][commits["version"] > 0]
    told = adoptions["version"] > 0
    lag = adoptions["applied"][told] - times[adoptions["version"][told] - 1]
    early = times[adoptions["version"][told] - 1] < trace.meta.t1 - 1200.0
    lag = lag[early & (adoptions["applied"][told] > trace.meta.start)].round(6)
    assert set(lag.tolist()) == {0.0, 600.0, 1200.0}
    for minutes, share in ((0.0, 0.1), (600.0, 0.3), (1200.0, 0.6)):
        # One draw a slot, 2,000 of them: four standard errors.
        assert np.mean(lag == minutes) == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / 2000))
    assert value(trace, "propagation.all") == pytest.approx(1200.0)


def test_one_wave_is_no_rollout() -> None:
    """The same to the bit, but for the plan itself."""
    pull = policy.pull({"kind": "uniform", "low": "60s", "high": "120s"}, "2s")
    one = run(policy.enforced(pull, horizon="4h", rollout={"waves": ["100%"], "bake": "1h"}), 0)
    none = run(policy.enforced(pull, horizon="4h"), 0)
    for table in ("adoptions", "polls", "lapses", "traffic"):
        for column, array in none[table].items():
            np.testing.assert_array_equal(array, one[table][column], err_msg=f"{table}.{column}")


@pytest.mark.parametrize("effect", ["deny", "allow"])
def test_a_poisoned_version_hurts_from_applied_until_one_without_it_is(effect: str) -> None:
    """Everybody from 1 h to 1 h 15 min; of denying, 15 min of 3 h are lost; nobody is to be denied here."""
    trace = poisoned(effect=effect)
    lapses = trace["lapses"]
    assert lapses["start"].tolist() == [3600.0] * 200
    assert lapses["end"].tolist() == [4500.0] * 200
    assert set(lapses["mode"]) == {LapseMode.POISON_DENY if effect == "deny" else LapseMode.POISON_ALLOW}
    lost = 900 / 10_800 if effect == "deny" else 0.0
    assert value(trace, "undertrust.policy_share.poison_policy") == pytest.approx(lost)
    assert value(trace, "availability") == pytest.approx(1 - lost)
    assert value(trace, "overtrust.pair_seconds") == 0.0


def test_waves_halt_what_the_first_of_them_has_noticed() -> None:
    """Noticed after 15 min, baked for 10: waves 0 and 1 see it, for 15 and 5 min, wave 2 never does."""
    lapses = poisoned(rollout=WAVES, replicas=2000)["lapses"]
    hurt = lapses["end"] - lapses["start"]
    assert set(hurt.tolist()) == {900.0, 300.0}
    for seconds, share in ((900.0, 0.1), (300.0, 0.3)):
        assert np.mean(hurt == seconds) * hurt.size / 2000 == pytest.approx(
            share, abs=4 * np.sqrt(share * (1 - share) / 2000)
        )


def test_pulled_poison_lasts_as_long_as_it_took_to_notice_on_average() -> None:
    """Polled every 60 s: in force from the next poll until the next one after 15 min, 900 s for everybody."""
    lapses = poisoned(policy.pull("60s"))["lapses"]
    assert np.all((lapses["start"] >= 3600.0) & (lapses["start"] < 3660.0))
    assert lapses["end"] - lapses["start"] == pytest.approx(900.0)


def test_a_kill_switch_frees_every_point_at_one_instant() -> None:
    """Pulled every hour the cure takes up to an hour; the switch, 5 min after it was noticed, ends all."""
    lapses = poisoned(policy.pull("1h"), kill_switch="5m")["lapses"]
    assert 0 < lapses["start"].size < 200
    assert set(lapses["end"].tolist()) == {4800.0}


def test_nobody_who_is_not_wronged_is_counted() -> None:
    """O47: never noticed before its first poll, or no poison at all, and nothing is lost."""
    assert poisoned(policy.pull("60s"), detected="0s").count("lapses") == 0
