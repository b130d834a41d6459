"""Which runs a study asks for: a grid of points, each replicated with the same random numbers."""

from __future__ import annotations

import hashlib
import itertools
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from churnsim.base.errors import UsageError
from churnsim.experiment.code import code_version

if TYPE_CHECKING:
    from churnsim.scenario import Scenario

BASE = "base"
POINTS_MOST = 100_000


class Run(NamedTuple):
    """One run of a plan: a point and a replication of it."""

    point: str
    replication: int


@dataclass(frozen=True, slots=True)
class Point:
    """One design: the scenario with some settings replaced.

    Parameters
    ----------
    id : str
        ``base`` without settings, else a short hash of them: equal settings have one id in every plan.
    settings : mapping of str to any
        Dotted path to value, as written in the study.
    """

    id: str
    settings: Mapping[str, Any]

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Point:
        """The point of these settings; their order does not matter."""
        if not settings:
            return cls(BASE, {})
        text = json.dumps(settings, sort_keys=True, separators=(",", ":"), default=str)
        return cls(hashlib.sha256(text.encode()).hexdigest()[:8], dict(settings))


@dataclass(frozen=True, slots=True)
class Plan:
    """The runs a study asks for, and all they depend on.

    Seed and replication are the same at every point, so that points share their random numbers wherever they
    share their parts, and differences between points can be paired.

    Parameters
    ----------
    scenario : str
        Name of the scenario.
    scenario_hash : str
        Hash of its world part.
    version : str
        Version of churnsim that makes the runs.
    seed : int
        Root seed.
    replications : int
        Runs of every point; at least 1.
    points : tuple of Point
        Without duplicates, in the order of the study.
    """

    scenario: str
    scenario_hash: str
    version: str
    seed: int
    replications: int
    points: tuple[Point, ...]

    @property
    def runs(self) -> tuple[Run, ...]:
        """All runs, replication by replication, so that a broken-off experiment is balanced over points."""
        return tuple(Run(point.id, r) for r in range(self.replications) for point in self.points)

    @property
    def axes(self) -> tuple[str, ...]:
        """The dotted paths that some point sets, in order of first appearance."""
        return tuple(dict.fromkeys(path for point in self.points for path in point.settings))

    def point(self, id: str) -> Point:
        """The point with this id."""
        return next(point for point in self.points if point.id == id)


def single(scenario: Scenario, replications: int | None = None, seed: int | None = None) -> Plan:
    """Plan of the scenario as it stands, its sweep left aside.

    Parameters
    ----------
    scenario : Scenario
        What to run.
    replications, seed : int, optional
        Instead of what the study says.

    Raises
    ------
    UsageError
        If `replications` is below 1 or `seed` is negative.
    """
    return _plan(scenario, [Point.of({})], replications, seed)


def grid(scenario: Scenario, replications: int | None = None, seed: int | None = None) -> Plan:
    """Plan of every combination of the values on the study's sweep axes, the last axis varying fastest.

    Parameters
    ----------
    scenario : Scenario
        What to run; without a sweep the grid is the scenario alone.
    replications, seed : int, optional
        Instead of what the study says.

    Raises
    ------
    ScenarioError
        If a combination is not a valid scenario: all of them are validated before anything runs.
    UsageError
        If `replications` is below 1 or `seed` is negative.
    """
    points = {point.id: point for point in map(Point.of, combinations(scenario))}
    for point in points.values():
        scenario.with_(dict(point.settings))
    return _plan(scenario, list(points.values()), replications, seed)


def combinations(scenario: Scenario) -> list[dict[str, Any]]:
    """Settings of every point of the study's sweep, the last axis varying fastest.

    Raises
    ------
    UsageError
        If there are more than 100,000.
    """
    sweep = scenario.study.sweep
    if (points := math.prod(map(len, sweep.values()))) > POINTS_MOST:
        raise UsageError(f"the sweep has {points:,} points, more than {POINTS_MOST:,}; try fewer values")
    return [dict(zip(sweep, values, strict=True)) for values in itertools.product(*sweep.values())]


def _plan(scenario: Scenario, points: list[Point], replications: int | None, seed: int | None) -> Plan:
    runs = scenario.study.replications if replications is None else replications
    root = scenario.study.seed if seed is None else seed
    if runs < 1:
        raise UsageError(f"replications must be at least 1, got {runs}")
    if root < 0:
        raise UsageError(f"a seed cannot be negative, got {root}")
    return Plan(scenario.name, scenario.hash, code_version(), root, runs, tuple(points))
