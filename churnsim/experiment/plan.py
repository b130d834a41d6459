"""Which runs a study asks for: points, each replicated with the same random numbers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from churnsim.base.errors import UsageError
from churnsim.experiment.code import code_version
from churnsim.experiment.shard import Shard

if TYPE_CHECKING:
    from churnsim.scenario import Scenario

BASE = "base"


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


@dataclass(frozen=True)
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
    shard : Shard or None
        The share of the runs that are made here; None for all of them.
    is_open : bool
        Whether replications are added until results are precise enough.
    """

    scenario: str
    scenario_hash: str
    version: str
    seed: int
    replications: int
    points: tuple[Point, ...]
    shard: Shard | None = None
    is_open: bool = False

    @property
    def runs(self) -> tuple[Run, ...]:
        """The runs to make, replication by replication: one broken off is balanced over points."""
        return tuple(
            Run(point.id, r)
            for r in range(self.replications)
            for position, point in enumerate(self.points)
            if self.shard is None or self.shard.takes(position, r)
        )

    @property
    def axes(self) -> tuple[str, ...]:
        """The dotted paths that some point sets, in order of first appearance."""
        return tuple(dict.fromkeys(path for point in self.points for path in point.settings))

    @property
    def provenance(self) -> dict[str, str | int]:
        """How results of this plan are made: what goes with every frame, under ``attrs["provenance"]``."""
        return {
            "churnsim": self.version,
            "scenario": self.scenario,
            "hash": self.scenario_hash,
            "seed": self.seed,
            "replications": self.replications,
        }

    def point(self, id: str) -> Point:
        """The point with this id."""
        return self._by_id[id]

    @cached_property
    def _by_id(self) -> dict[str, Point]:
        return {point.id: point for point in self.points}


def planned(
    scenario: Scenario,
    points: Iterable[Point] = (),
    *,
    replications: int | None = None,
    seed: int | None = None,
    shard: Shard | None = None,
) -> Plan:
    """Plan of some points of a scenario, or of the scenario as it stands.

    Parameters
    ----------
    scenario : Scenario
        What to run.
    points : iterable of Point
        Each id counts once; the scenario alone where there is none.
    replications, seed : int, optional
        Instead of what the study says.
    shard : Shard, optional
        The share of the runs to make; all of them where not given.

    Raises
    ------
    UsageError
        If `replications` is below 1 or `seed` is negative.
    """
    runs = scenario.study.replications if replications is None else replications
    root = scenario.study.seed if seed is None else seed
    if runs < 1:
        raise UsageError(f"replications must be at least 1, got {runs}")
    if root < 0:
        raise UsageError(f"a seed cannot be negative, got {root}")
    distinct = {point.id: point for point in points} or {BASE: Point.of({})}
    return Plan(scenario.name, scenario.hash, code_version(), root, runs, tuple(distinct.values()), shard)
