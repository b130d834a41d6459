"""Checks of refresh: copies that follow the source, never ahead of it, never back."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from churnsim.engine import Streams
from churnsim.model.refresh import Copies, Lives, Source
from churnsim.testing.check import checks, require
from churnsim.testing.subject import Subject

_T0, _T1 = 0.0, 14_400.0
_COLUMNS = ("unit", "slot", "incarnation", "since", "until", "aged")


def _lives(start: float) -> Lives:
    """Six points: two that are older than the world, one that ends soon, one that begins late."""
    since = np.array([start - 500.0, start - 7.0, 30.0, 1000.0, 5000.0, 14_000.0])
    until = np.array([_T1, 4000.0, 45.0, _T1, 9000.0, _T1])
    slots, ones = np.arange(6), np.ones(6, np.int64)
    streams = Streams(1)
    return Lives(
        slots, slots, ones, since, until, since < start, streams.named("polls"), streams.named("delays")
    )


def _source(start: float, commits: bool = True, down: bool = True) -> Source:
    times = (
        np.sort(start + (_T1 - start) * (np.arange(1, 60) * 0.6180339887 % 1.0)) if commits else np.empty(0)
    )
    outages = np.array([[2000.0, 2600.0], [7000.0, 7100.0]]) if down else np.empty((0, 2))
    return Source(times, outages, math.inf, start, _T0, _T1)


def _settled(subject: Subject, commits: bool = True, down: bool = True, budget: float = math.inf) -> Copies:
    start = -math.ceil(subject.recipe.memory)
    source = replace(_source(start, commits, down), budget=budget)
    copies: Copies = subject.recipe.settle(_lives(start), source)
    return copies


@checks("refresh")
def remembers_for_a_while_and_asks_again(subject: Subject) -> None:
    """A finite memory; a unit that found the source down asks again after a pause, or is told."""
    memory = subject.recipe.memory
    require(math.isfinite(memory) and memory >= 0, f"{subject.name}: memory {memory}")
    stream = Streams(1).named("first")
    for tries in range(1, 200):
        pause = subject.recipe.first_pause(stream, stream.lane(0, 1), tries)
        require(pause is None or 0 < pause < math.inf, f"{subject.name}: pause {pause} after try {tries}")


@checks("refresh")
def applies_what_had_been_committed_in_order(subject: Subject) -> None:
    """No version before it is committed, none older than the one before, the first by ready."""
    for down in (False, True):
        start = -math.ceil(subject.recipe.memory)
        lives, source, table = _lives(start), _source(start), _settled(subject, down=down).adoptions
        unit, version, read, applied = (table[name] for name in ("unit", "version", "read", "applied"))
        require(np.array_equal(np.unique(unit), lives.unit), f"{subject.name}: somebody has no copy")
        require(np.all(applied >= read), f"{subject.name}: applied before it was read")
        committed = np.concatenate([[-np.inf], source.commits])[version]
        require(np.all(committed <= applied), f"{subject.name}: a version from the future")
        for point in lives.unit:
            mine = unit == point
            require(np.all(np.diff(version[mine]) >= 0), f"{subject.name}: a version that goes back")
            require(np.all(np.diff(applied[mine]) > 0), f"{subject.name}: two copies at once")
            ready = max(lives.since[point], source.start)
            require(applied[mine][0] <= ready, f"{subject.name}: ready without a copy")
            require(np.all(applied[mine] < lives.until[point]), f"{subject.name}: a copy for who is gone")


@checks("refresh")
def adopts_nothing_where_nothing_is_committed(subject: Subject) -> None:
    """Everybody keeps what it began with."""
    table = _settled(subject, commits=False).adoptions
    require(
        np.array_equal(np.sort(table["unit"]), np.arange(6)), f"{subject.name}: adoptions without a commit"
    )
    require(not table["version"].any(), f"{subject.name}: versions without a commit")


@checks("refresh")
def lapses_only_where_a_budget_is_exceeded(subject: Subject) -> None:
    """No lapse without a budget; with one, each within a life and of positive length."""
    require(not _settled(subject).lapses["unit"].size, f"{subject.name}: a lapse without a budget")
    lives, table = _lives(-math.ceil(subject.recipe.memory)), _settled(subject, budget=100.0).lapses
    require(np.all(table["start"] < table["end"]), f"{subject.name}: an empty lapse")
    require(np.all(table["end"] <= lives.until[table["unit"]]), f"{subject.name}: a lapse of who is gone")


@checks("refresh")
def accounts_for_every_point(subject: Subject) -> None:
    """One row each; the time in the window from ready to gone; ages that are not negative."""
    start = -math.ceil(subject.recipe.memory)
    lives, table = _lives(start), _settled(subject).polls
    require(np.array_equal(table["unit"], lives.unit), f"{subject.name}: not one row for each point")
    seconds = np.maximum(np.minimum(lives.until, _T1) - np.maximum(lives.since, _T0), 0.0)
    require(np.allclose(table["seconds"], seconds), f"{subject.name}: seconds are not those of ready to gone")
    for column in ("polls", "age_integral", "peaks", "peak_sum"):
        require(np.all(table[column] >= 0), f"{subject.name}: negative {column}")


@checks("refresh")
def depends_on_nothing_but_what_it_is_given(subject: Subject) -> None:
    """The same twice, and the same for one point whoever else there is."""
    once, again = _settled(subject), _settled(subject)
    start = -math.ceil(subject.recipe.memory)
    lives = _lives(start)
    few = replace(lives, **{name: getattr(lives, name)[3:5] for name in _COLUMNS})
    part: Copies = subject.recipe.settle(few, _source(start))
    for name, column in once.adoptions.items():
        require(np.array_equal(column, again.adoptions[name]), f"{subject.name}: remembers something")
        mine = np.isin(once.adoptions["unit"], few.unit)
        require(
            np.array_equal(column[mine], part.adoptions[name]), f"{subject.name}: depends on other points"
        )
