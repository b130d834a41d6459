"""What theory knows exactly: class D, to rounding."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from churnsim.metrics import evaluate
from tests.theory import credential, policy
from tests.theory.oracle import exp, run, world


def value(trace: Any, measure: str) -> float:
    found = evaluate(trace, [measure])[measure].value
    assert found is not None
    return float(found)


def test_a_long_lived_unit_holds_one_over_f_credentials() -> None:
    """O16: over whole cycles, two at half-life."""
    scenario = credential.identified(credential.RENEWED_AT_HALF, {"replicas": 7}, horizon="5h")
    table = run(scenario, 0)["credentials"]
    span = np.clip(table["expires"], 0, 5 * 3600.0) - np.clip(table["issued"], 0, 5 * 3600.0)
    assert span.sum() / (7 * 5 * 3600.0) == pytest.approx(2.0, rel=1e-9)


def test_what_is_measured_of_long_lived_units_is_exact_over_whole_cycles() -> None:
    """O13 and O16: 1/f held at once; median validity left τ(1 - f/2) of the newest, τ/2 of all."""
    trace = run(credential.identified(credential.RENEWED_AT_HALF, {"replicas": 7}, horizon="5h"), 0)
    assert value(trace, "credential.overlap") == pytest.approx(2.0, rel=1e-9)
    assert value(trace, "credential.residual.half_life") == pytest.approx(2700.0, rel=1e-9)
    assert value(trace, "credential.residual.all.half_life") == pytest.approx(1800.0, rel=1e-9)
    assert value(trace, "credential.coverage") == 1.0


def test_an_outage_shorter_than_the_slack_locks_nobody_out() -> None:
    """O19: D = s = 1,200 s."""
    assert credential.outage("1200s", 0) == 0.0


def test_those_due_in_an_outage_are_the_outage_s_share_of_a_cycle() -> None:
    """O19: min(1, D/R), by whom the issuer kept waiting, over many phases."""
    issuer = {"ttl": "1h", "renewal": {"kind": "fixed", "at": "2/3"}, "retry": {"kind": "immediate"}}
    failure = {"kind": "issuer-outage", "issuer": "mesh", "at": ["1h"], "lasts": "1200s"}
    scenario = credential.identified(issuer, {"replicas": 20_000}, failures=[failure], horizon="3h")
    share = float((run(scenario, 0)["credentials"]["tries"] > 0).sum()) / 20_000
    assert abs(share - 0.5) <= 4 * np.sqrt(0.25 / 20_000)


def test_a_constant_poll_gives_the_sawtooth_s_mean_and_peak() -> None:
    """O23: R/2 + d = 32 s and R + d = 62 s, exactly, over whole periods."""
    trace = run(policy.enforced(policy.pull("60s", "2s"), horizon="6h"), 0)
    assert value(trace, "staleness.age.mean") == pytest.approx(32.0, rel=1e-9)
    assert value(trace, "staleness.age.peak") == pytest.approx(62.0, rel=1e-9)


def test_snapshots_age_like_a_constant_poll() -> None:
    """O23 with R between snapshots and d until they are served; all points alike."""
    refresh = {"kind": "snapshot", "every": "60s", "lag": "2s"}
    trace = run(policy.enforced(refresh, horizon="6h"), 0)
    assert value(trace, "staleness.age.mean") == pytest.approx(32.0, rel=1e-9)
    assert value(trace, "staleness.age.peak") == pytest.approx(62.0, rel=1e-9)


def test_who_asks_the_source_is_never_wrong_while_it_answers() -> None:
    """O47 for queries: no copy, no staleness, no gap; no age but in outages."""
    trace = run(policy.enforced({"kind": "query"}, horizon="6h"), 0)
    assert trace.count("commits") > 100
    for name in (
        "staleness.age.mean",
        "staleness.share",
        "overtrust.pair_seconds",
        "undertrust.policy_share",
    ):
        assert value(trace, name) == 0.0, name


def test_long_polls_hear_of_a_change_one_way_later() -> None:
    """A request that waits is answered at once: d = 3 s, at most 2d more if the change finds none waiting."""
    refresh = {"kind": "long-poll", "timeout": "10m", "delay": "3s"}
    found = policy.lags(run(policy.enforced(refresh, horizon="24h"), 0))
    assert found.min() == pytest.approx(3.0)
    assert found.max() <= 9.0 + 1e-9
    assert np.mean(found < 3.0 + 1e-9) == pytest.approx(np.exp(-6.0 / 300.0), abs=0.02)


def test_the_closed_form_of_regular_polls_equals_every_poll_drawn() -> None:
    """The sawtooth against the general way, outages, delay and lapses included."""
    from churnsim.model.refresh.pull import PullRefresh

    scenario = world(
        horizon="6h",
        policies={
            "authz": {
                "refresh": policy.pull("45s", "3s"),
                "changes": {"every": exp("2m")},
                "when_stale": {"after": "2m", "then": "deny"},
            }
        },
        workloads={
            "web": {"kind": "service", "replicas": 30, "policy": "authz", "lifetime": exp("20m"),
                    "traffic": {"kind": "constant", "rate": "10/s"}},
        },
        failures=[{"kind": "policy-outage", "policy": "authz", "at": ["1h", "2h", "5h"], "lasts": "7m"}],
    )  # fmt: skip
    fast = run(scenario, 0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PullRefresh, "_is_regular", lambda self, source: False)
        slow = run(scenario, 0)
    assert fast.count("lapses") > 0
    for table in ("adoptions", "polls", "lapses", "traffic"):
        for column in fast[table]:
            left, right = fast[table][column], slow[table][column]
            np.testing.assert_allclose(left, right, rtol=1e-9, atol=1e-5, err_msg=f"{table}.{column}")
