"""A cohort issued together: how it spreads as it renews, and as it asks again after an outage."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from churnsim.model.renewal.per_check import PerCheckRenewal
from churnsim.model.retry import RETRIES
from churnsim.testing.example import examples
from tests.theory import credential
from tests.theory.oracle import ALPHA, exp, run

TESTS = 5
LEVEL = ALPHA / TESTS
LOW, HIGH, CHECK = 0.45, 0.55, 5.0
SPIRE = {"kind": "per-check", "low": "45%", "high": "55%", "check": "5s"}


def law(ttl: float) -> tuple[Any, Any]:
    """Ages of the looks, and the chance of having renewed by each: 1 - ∏ (1 - p), p rising from 0 to 1."""
    ages = np.arange(1, ttl / CHECK + 1) * CHECK
    chance = np.clip((ages / ttl - LOW) / (HIGH - LOW), 0.0, 1.0)
    return ages, 1.0 - np.cumprod(1.0 - chance)


def spread(ages: Any, chance: Any) -> float:
    """From the first to the last percent [s]."""
    return float(np.subtract(*ages[np.searchsorted(chance, [0.99, 0.01])]))


@pytest.mark.parametrize(("hours", "known"), [(1, 114.0), (24, 596.0)])
def test_jitter_drawn_at_every_look_spreads_a_cohort_by_a_fraction_of_its_range(
    hours: int, known: float
) -> None:
    """F101, to a look; the range says 361 s and 8,641 s. The recipe's table is the closed form."""
    ttl = hours * 3600.0
    ages, chance = law(ttl)
    assert abs(spread(ages, chance) - known) <= CHECK
    rule = PerCheckRenewal.model_validate(SPIRE)
    u = (np.arange(100_000) + 0.5) / 100_000
    assert np.array_equal(rule.interval(ttl, u), ages[np.searchsorted(chance, u)])
    assert rule.mean(ttl) == pytest.approx(float(ages @ np.diff(chance, prepend=0.0)), rel=1e-12)


@pytest.mark.parametrize("hours", [1, 24])
def test_a_simulated_cohort_spreads_by_that_law(hours: int) -> None:
    """F101: 4,000 certificates issued at 0, and when they were renewed, against the closed form."""
    issuer = {"ttl": f"{hours}h", "renewal": SPIRE}
    scenario = credential.identified(issuer, {"replicas": 4000}, start="fresh", horizon=f"{hours}h")
    table = run(scenario, 0)["credentials"]
    first, second = (np.sort(table["issued"][table["serial"] == serial]) for serial in (1, 2))
    assert np.all(first == 0.0)
    assert second.size == 4000
    ages, chance = law(hours * 3600.0)
    edges = np.unique(np.searchsorted(chance, np.arange(0.02, 0.98, 0.02)))  # bins of 80 or more
    observed = np.histogram(np.searchsorted(ages, second), np.array([0, *(edges + 1), ages.size]))[0]
    expected = np.diff([0.0, *chance[edges], 1.0]) * 4000
    assert stats.chisquare(observed, expected).pvalue >= LEVEL


def test_before_expiry_with_jitter_is_the_same_run_as_shares_drawn_once() -> None:
    """Of an hour, 18 to 27 min before expiry is 55 % to 70 % of the life: two ways to say one thing."""
    rules = (
        {"kind": "before-expiry", "by": "18m", "jitter": "9m"},
        {"kind": "once", "low": "55%", "high": "70%"},
    )
    tables = [
        run(credential.identified({"ttl": "1h", "renewal": rule}, {"replicas": 50}), 0)["credentials"]
        for rule in rules
    ]
    for column in ("unit", "serial", "issued", "due"):
        np.testing.assert_allclose(tables[0][column], tables[1][column], rtol=1e-12, atol=1e-6)


def test_whoever_asks_once_per_window_asks_at_a_uniform_point_of_it() -> None:
    """F106: 4,000 ask in vain at 0; answered from 300 s on, they are spread over the next window of 30 s."""
    issuer = {"ttl": "1h", "retry": {"kind": "window", "every": "30s"}}
    failure = {"kind": "issuer-outage", "issuer": "mesh", "at": ["0s"], "lasts": "300s"}
    scenario = credential.identified(
        issuer, {"replicas": 4000}, start="fresh", horizon="1h", failures=[failure]
    )
    table = run(scenario, 0)["credentials"]
    first = table["serial"] == 1
    assert set(table["tries"][first].tolist()) == {10}  # at 0 and in each of the nine windows that follow
    assert stats.kstest((table["issued"][first] - 300.0) / 30.0, "uniform").pvalue >= LEVEL


def test_whoever_waits_for_a_share_of_what_is_left_asks_at_the_powers_of_the_rest() -> None:
    """F038, F039: due 3 h before the expiry and asked in vain; then when 0.9 h is left, 0.27 h, 0.081 h."""
    issuer = {
        "ttl": "10h",
        "renewal": {"kind": "fixed", "at": "70%"},
        "retry": {"kind": "remaining", "share": "70%", "least": "10s"},
    }
    failure = {"kind": "issuer-outage", "issuer": "mesh", "at": ["6h"], "lasts": "3h45m"}
    scenario = credential.identified(
        issuer, {"replicas": 1}, start="fresh", horizon="12h", failures=[failure]
    )
    table = run(scenario, 0)["credentials"]
    renewed = table["serial"] == 2
    # Asked at 7 h, 9.1 h, 9.73 h (in vain until 9.75 h) and 9.919 h.
    assert table["issued"][renewed].tolist() == pytest.approx([(10 - 3 * 0.3**3) * 3600.0])
    assert table["tries"][renewed].tolist() == [3]


@pytest.mark.parametrize("kind", RETRIES.all())
def test_no_retry_rule_is_felt_where_every_ask_is_answered(kind: str) -> None:
    """Null: an issuer that never fails, and the same run to the bit whatever the rule."""
    scenario = credential.identified({"ttl": "1h"}, {"replicas": 20, "lifetime": exp("30m")}, horizon="3h")
    (written, *_) = examples(RETRIES.find(kind))
    other = scenario.with_({"issuers.mesh.retry": {"kind": kind, **written}})
    assert run(other, 0).digest(workload="web") == run(scenario, 0).digest(workload="web")
