"""Polls and reconnections in line (O05, O21), and where more ask than are answered."""

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np
import pytest

from churnsim.engine import Streams
from churnsim.metrics import evaluate
from churnsim.model.line import Line
from churnsim.model.refresh import Source
from churnsim.scenario import Scenario
from churnsim.simulate import simulate
from tests.theory.oracle import world

OUTAGE = {"kind": "policy-outage", "policy": "authz", "at": ["2h"], "lasts": "10m"}


def polled(points: int, horizon: str = "4h", failures: Any = (), **fields: Any) -> Scenario:
    refresh = {"kind": "pull", "every": "60s", "retry": {"kind": "immediate"}, **fields}
    web = {
        "kind": "service", "replicas": points, "policy": "authz",
        "traffic": {"kind": "constant", "rate": "10/s"},
    }  # fmt: skip
    authz = {"refresh": refresh, "changes": {"every": "5m"}}
    return world(horizon=horizon, policies={"authz": authz}, workloads={"web": web}, failures=list(failures))


def test_the_kth_of_a_herd_is_read_to_after_k_turns() -> None:
    """80 points that ask again as the source is back, 2 a second: 0.5 s, 1 s, … 40 s later, by slot."""
    table = simulate(polled(80, failures=[OUTAGE], every="10m", capacity="2/s"))["adoptions"]
    back = 7800.0
    herd = np.flatnonzero((table["read"] >= back) & (table["read"] < back + 60.0))
    order = herd[np.argsort(table["read"][herd])]
    np.testing.assert_allclose(table["read"][order] - back, 0.5 * np.arange(1, 81), atol=1e-9)
    assert table["unit"][order].tolist() == list(range(80))


def test_more_polls_than_are_answered_slow_all_down() -> None:
    """120 points that poll each minute, 1 answer a second: each is read to every 120 s, not every 60 s."""
    trace = simulate(polled(120, capacity="1/s"))
    found = evaluate(trace, ["staleness.age.mean", "staleness.age.peak"])
    assert found["staleness.age.mean"].value == pytest.approx(60.0, rel=1e-4)
    assert found["staleness.age.peak"].value == pytest.approx(120.0, rel=1e-4)


def test_the_wait_in_line_is_that_of_one_server_with_constant_work() -> None:
    """O05, M/D/1 at half of its capacity of 1/s: a wait of 0.5 s, within 4 standard errors of 50 days."""
    days = 50
    waits = []
    for day in range(days):
        stream = Streams(3, day).named("asks")
        gaps = -2.0 * np.log1p(-stream.uniform(stream.lane(0), np.arange(60_000)))
        at = np.cumsum(gaps)
        at = at[at < 86_400.0]
        calm = Source(np.empty(0), np.empty((0, 2)), inf, 0.0, 0.0, 86_400.0)
        units = np.arange(at.size)
        read = Line.of(1.0, calm, [(units, at)]).of_units(units)
        waits.append(float(np.mean(read - at - 1.0)))
    assert abs(np.mean(waits) - 0.5) < 4.0 * np.std(waits) / np.sqrt(days)
    assert np.std(waits) / np.sqrt(days) < 0.01


def test_a_line_stands_still_in_an_outage_and_is_slow_in_a_brown_out() -> None:
    """By hand: turns of 2 s; the second is held up from 3 to 10, the third takes three times as long."""
    source = Source(
        np.empty(0), np.array([[3.0, 10.0]]), inf, 0.0, 0.0, 100.0, slow=np.array([[11.0, 50.0, 3.0]])
    )
    units = np.array([4, 2, 9])
    line = Line.of(0.5, source, [(units, np.array([0.0, 0.0, 1.0]))])
    assert line.of_units(units).tolist() == [2.0, 11.0, 17.0]


def test_nobody_waits_where_all_are_answered_at_once() -> None:
    """Null: a billion answers a second change no instant by more than a microsecond."""
    fast, none = (simulate(polled(20, failures=[OUTAGE], **more)) for more in ({"capacity": "1e9/s"}, {}))
    for name in ("unit", "version"):
        np.testing.assert_array_equal(fast["adoptions"][name], none["adoptions"][name])
    for name in ("read", "applied"):
        np.testing.assert_allclose(fast["adoptions"][name], none["adoptions"][name], atol=1e-6)
    np.testing.assert_array_equal(fast["polls"]["polls"], none["polls"]["polls"])
