"""Outages: when they begin and end, and who is served at their edges."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from churnsim.engine import Order, Streams, World
from churnsim.model.spell import Spells
from churnsim.scenario import Scenario
from churnsim.simulate import simulate
from churnsim.trace import Family, ServiceState


def world() -> World:
    return World(start=-50.0, end=1000.0, streams=Streams(1), sinks=(), causes=("outage",))


def test_outages_are_where_they_are_said_to_be() -> None:
    """Fixed times, fixed length."""
    spells = Spells.model_validate({"at": ["1m", "5m"], "lasts": "20s"})
    assert spells.periods(world(), "x") == [(60.0, 80.0), (300.0, 320.0)]


def test_lengths_follow_the_law_one_for_each_outage() -> None:
    """Outage k has uniform k of lane 2, whatever comes before it."""
    lasts = {"kind": "uniform", "low": "10s", "high": "30s"}
    both = Spells.model_validate({"at": ["1m", "5m"], "lasts": lasts}).periods(world(), "x")
    first = Spells.model_validate({"at": ["1m"], "lasts": lasts}).periods(world(), "x")
    assert both[0] == first[0]
    lengths = [end - begin for begin, end in both]
    assert 10 <= min(lengths) < max(lengths) <= 30


def test_each_outage_may_have_a_length_of_its_own() -> None:
    """As listed; whoever asks for the law is told what was listed."""
    spells = Spells.model_validate({"at": ["1m", "5m"], "lengths": ["20s", "40s"]})
    assert spells.periods(world(), "x") == [(60.0, 80.0), (300.0, 340.0)]
    assert spells.lasts.mean == 30.0
    with pytest.raises(ValidationError, match="1 length for 2 fixed times; give a length for each time"):
        Spells.model_validate({"at": ["1m", "5m"], "lengths": ["20s"]})


@pytest.mark.parametrize(
    ("written", "mistake"),
    [
        ({"lasts": "1s"}, r"it is not said when; add either 'at: \[...\]' .* or 'every: ...'"),
        ({"lasts": "1s", "at": ["1s"], "every": "1h"}, "at and every are both given; keep either"),
    ],
)
def test_outages_come_at_times_or_by_law(written: dict[str, Any], mistake: str) -> None:
    """Not both and not neither."""
    with pytest.raises(ValidationError, match=mistake):
        Spells.model_validate(written)


def test_an_outage_is_half_open() -> None:
    """Down for whoever comes at its first instant, up for whoever comes at its last."""
    here, heard, is_down = world(), list[tuple[float, bool]](), list[int]()
    Spells.model_validate({"at": ["1m"], "lasts": "20s"}).schedule(
        here, "x", is_down.append, lambda _: is_down.pop(), "outage"
    )
    for when in (59.0, 60.0, 79.0, 80.0):
        here.at(when, Order.LIFECYCLE, lambda _: heard.append((here.now, bool(is_down))))
    here.run()
    assert heard == [(59.0, False), (60.0, True), (79.0, True), (80.0, False)]


@pytest.mark.parametrize("first", [0, 1])
def test_outages_that_touch_leave_no_instant_in_between(first: int) -> None:
    """Whichever is written first: one hour and the next are two hours, in which nobody is served."""
    outages = [{"kind": "issuer-outage", "issuer": "mesh", "at": [at], "lasts": "1h"} for at in ("1h", "2h")]
    scenario = Scenario.model_validate(
        {
            "name": "touching",
            "horizon": "5h",
            "issuers": {"mesh": {"ttl": "20m", "retry": {"kind": "immediate"}}},
            "workloads": {"web": {"kind": "service", "replicas": 5, "issuer": "mesh"}},
            "failures": [outages[first], outages[1 - first]],
        }
    )
    trace = simulate(scenario)
    down = trace.intervals(Family.ISSUER, ServiceState.DOWN)
    assert (down["start"].tolist(), down["end"].tolist()) == ([3600.0], [10800.0])
    issued = trace["credentials"]["issued"]
    assert not np.any((issued >= 3600.0) & (issued < 10800.0))
    assert np.count_nonzero(issued == 10800.0) == 5
