"""Copies where little happens: nobody there, nothing committed, no outage, no connection that breaks."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from churnsim.engine import Streams
from churnsim.model.policy import Policy
from churnsim.model.refresh import REFRESHES, Lives, Refresh, Source

RARELY = {"kind": "exponential", "mean": "9000d"}
WRITTEN: tuple[dict[str, Any], ...] = (
    {"kind": "pull", "every": "10s"},
    {"kind": "pull", "every": RARELY, "delay": "1s", "loss": "50%", "retry": {"kind": "immediate"}},
    {"kind": "push", "delay": "1s"},
    {"kind": "push", "delay": "1s", "heartbeat": "7s"},
    {"kind": "push", "delay": "1s", "connection": {"lasts": RARELY, "reconnect": "5s"}},
    {"kind": "push", "delay": "1s", "connection": {"lasts": RARELY, "reconnect": "5s"}, "heartbeat": "7s"},
    {"kind": "stream", "service": "2s"},
    {"kind": "query"},
    {"kind": "snapshot", "every": "10s", "lag": "3s"},
    {"kind": "long-poll", "timeout": "20s", "delay": "1s", "pause": "3s"},
)


def read(written: dict[str, Any]) -> Refresh:
    return Policy.model_validate({"refresh": written}).refresh


def lives(since: list[float]) -> Lives:
    """Points that are ready at these instants [s] and stay until 100 s."""
    ready = np.array(since, float)
    number = np.arange(ready.size)
    polls, delays = (Streams(1, 0).named(name) for name in ("poll", "delay"))
    until = np.full(ready.size, 100.0)
    return Lives(number, number, np.zeros_like(number), ready, until, ready < 0, polls, delays)


def source(commits: list[float], down: list[tuple[float, float]]) -> Source:
    spells: NDArray[np.float64] = np.array(down, float).reshape(-1, 2)
    return Source(np.array(commits, float), spells, budget=30.0, start=0.0, t0=0.0, t1=100.0)


def test_every_kind_is_looked_at() -> None:
    """A kind that is new must be written above, too."""
    assert {each["kind"] for each in WRITTEN} == set(REFRESHES.all())


@pytest.mark.parametrize("written", WRITTEN, ids=lambda each: "-".join(each))
def test_where_little_happens_everybody_has_what_there_is(written: dict[str, Any]) -> None:
    """Each point that is there starts with a version, and none is newer than the last commit."""
    refresh = read(written)
    for since, commits, down in product(
        ([], [-5.0], [40.0], [-5.0, 40.0]), ([], [50.0]), ([], [(60.0, 70.0)], [(0.0, 10.0)])
    ):
        copies = refresh.settle(lives(since), source(commits, down))
        adopted = copies.adoptions
        assert np.unique(adopted["unit"]).tolist() == copies.polls["unit"].tolist() == list(range(len(since)))
        assert adopted["version"].max(initial=0) <= len(commits)
        assert np.all(adopted["read"] <= adopted["applied"])
        assert np.all(copies.lapses["start"] < copies.lapses["end"])


def test_a_connection_that_never_breaks_is_as_good_as_none() -> None:
    """The same copies, number by number: breaking has random numbers of its own."""
    plain = {"kind": "push", "delay": {"kind": "exponential", "mean": "9s"}}
    news = [3.0, 20.0, 21.0, 50.0]
    one, other = (
        read(each).settle(lives([-5.0, 0.0, 40.0]), source(news, [(15.0, 30.0)]))
        for each in (plain, plain | {"connection": {"lasts": RARELY, "reconnect": "5s"}})
    )
    for table in ("adoptions", "polls", "lapses"):
        for name, column in getattr(one, table).items():
            np.testing.assert_array_equal(column, getattr(other, table)[name])


def test_versions_that_take_no_time_on_a_stream_arrive_when_they_are_sent() -> None:
    """Whatever sums of times are rounded to: none arrives before it was sent, none overtakes another."""
    spread = {"kind": "exponential", "mean": "30ms"}
    mixed = {"kind": "mixture", "parts": [{"weight": "60%", "law": "0s"}, {"weight": "40%", "law": spread}]}
    commits = (np.arange(1, 800) / 7.0 % 97.0 + 1e-3).tolist()
    made = read({"kind": "stream", "service": mixed}).settle(
        lives([-5.0, 0.1, 0.3]), source(sorted(commits), [])
    )
    table = made.adoptions
    assert table["unit"].size > 1000
    assert (table["applied"] >= table["read"]).all()
    for unit in range(3):
        assert (np.diff(table["applied"][table["unit"] == unit]) >= 0).all()
