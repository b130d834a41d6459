"""Sources that lag, gather what they send, or answer slowly, where theory knows exactly what that does."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from churnsim.model.debounce import Debounce
from churnsim.trace import Trace
from tests.theory import policy
from tests.theory.oracle import exp, run

SLOW = {"kind": "policy-brownout", "policy": "authz", "at": ["0s"], "lasts": "9h", "factor": 4}


def traced(refresh: dict[str, Any], failures: tuple[dict[str, Any], ...] = (), **fields: Any) -> Trace:
    scenario = policy.enforced(refresh, horizon="6h", **fields)
    return run(scenario.with_({"failures": list(failures), "start": "fresh"}), 0)


def same(one: Trace, other: Trace, *tables: str) -> None:
    for table in tables:
        for column, array in one[table].items():
            np.testing.assert_allclose(array, other[table][column], rtol=1e-12, err_msg=f"{table}.{column}")


@pytest.mark.parametrize(
    ("refresh", "slower"),
    [
        (policy.pull("60s", "5s"), policy.pull("60s", "20s")),
        ({"kind": "push", "delay": exp("5s")}, {"kind": "push", "delay": exp("20s")}),
        ({"kind": "stream", "service": exp("5s")}, {"kind": "stream", "service": exp("20s")}),
        (
            {"kind": "long-poll", "timeout": "1m", "delay": exp("5s")},
            {"kind": "long-poll", "timeout": "1m", "delay": exp("20s")},
        ),
    ],
    ids=lambda each: each["kind"],
)
def test_a_brownout_without_end_multiplies_delays(refresh: dict[str, Any], slower: dict[str, Any]) -> None:
    """Four times as slow all the time is a delay four times as long."""
    same(traced(refresh, (SLOW,)), traced(slower), "adoptions", "polls", "traffic")


def test_a_brownout_of_factor_one_is_none() -> None:
    """Null, though every poll is drawn where else only those that matter would be worked out."""
    refresh = policy.pull("60s", "5s")
    same(traced(refresh, (SLOW | {"factor": 1},)), traced(refresh), "adoptions", "polls", "traffic")


def test_a_replica_that_lags_by_a_constant_is_read_as_one_that_is_further_away() -> None:
    """Asked at each decision, a version comes into force as late as it is replicated, at every point."""
    trace = traced({"kind": "query"}, replication="40s", replicas=3)
    commits, adoptions = trace["commits"], trace["adoptions"]
    news = adoptions["version"] > 0
    when = commits["time"][commits["version"] > 0][adoptions["version"][news] - 1]
    assert adoptions["applied"][news] - when == pytest.approx(40.0)


def test_versions_are_published_once_it_is_quiet_or_has_been_long() -> None:
    """Quiet of 10, 25 at most: three within 10 of each other, then one alone, then a burst of 7 each 9 s."""
    debounce = Debounce.model_validate({"quiet": "10s", "most": "25s"})
    burst = 100.0 + 9.0 * np.arange(7)
    commits = np.concatenate([[0.0, 4.0, 13.0], [40.0], burst])
    #   0, 4, 13: quiet at 23; 40: at 50; 100, 109, 118: 25 s after 100; 127, 136, 145: after 127; 154: at 164
    published = [23.0] * 3 + [50.0] + [125.0] * 3 + [152.0] * 3 + [164.0]
    assert debounce.published(commits).tolist() == published
    assert debounce.published(np.empty(0)).tolist() == []


def test_changes_that_never_come_close_are_sent_a_quiet_time_later() -> None:
    """Every 5 min: pushed 10 s after each, so the same as with 10 s more of delay."""
    every = {"changes": {"every": "5m"}}
    gathered = traced({"kind": "push", "delay": "3s", "debounce": {"quiet": "10s", "most": "1m"}}, **every)
    late = traced({"kind": "push", "delay": "13s"}, **every)
    np.testing.assert_allclose(gathered["adoptions"]["applied"], late["adoptions"]["applied"], rtol=1e-12)
    np.testing.assert_array_equal(gathered["adoptions"]["version"], late["adoptions"]["version"])
