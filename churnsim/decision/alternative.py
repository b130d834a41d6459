"""One design among those to choose from, with its measurements by replication."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from churnsim.base.errors import UsageError
from churnsim.base.readable import setting
from churnsim.experiment.plan import Point, Run
from churnsim.metrics import ANY, MEASURES, Measurement, Range
from churnsim.statistics import Estimate, summarise

if TYPE_CHECKING:
    from churnsim.experiment import Results


@dataclass(frozen=True, eq=False)
class Alternative:
    """A design and what its runs gave.

    Parameters
    ----------
    name : str
        What tells it from the others: the name of its scenario, or its settings in a sweep.
    runs : mapping of int to mapping of str to Measurement
        By replication, then by full name of the measure. The same replication of two alternatives shares its
        random numbers.
    settings : mapping of str to any
        What its point of a sweep sets, by dotted path; empty for a scenario as it stands.
    provenance : mapping of str to (str or int)
        How its runs were made: version, scenario, hash, seed, replications.
    """

    name: str
    runs: Mapping[int, Mapping[str, Measurement]]
    settings: Mapping[str, Any] = field(default_factory=dict)
    provenance: Mapping[str, str | int] = field(default_factory=dict)

    def series(self, measure: str) -> dict[int, Measurement]:
        """One measure by replication; a run may not have it (a part that did not occur)."""
        return {run: values[measure] for run, values in self.runs.items() if measure in values}

    def estimate(self, measure: str, confidence: float = 0.95) -> Estimate:
        """What its runs together say about one measure."""
        return summarise(list(self.series(measure).values()), confidence, possible(measure))


def alternatives(results: Results) -> tuple[Alternative, ...]:
    """Every point of an experiment as an alternative, in the order of its plan.

    A single point is named after its scenario, points of a sweep after their settings: the last step of a
    path alone where that is enough to tell axes apart.
    """
    plan = results.plan
    return tuple(
        Alternative(
            name,
            {
                replication: results.measurements[Run(point.id, replication)]
                for replication in range(plan.replications)
                if Run(point.id, replication) in results.measurements
            },
            dict(point.settings),
            plan.provenance,
        )
        for name, point in zip(names(plan.points, plan.scenario), plan.points, strict=True)
    )


def names(points: Sequence[Point], scenario: str) -> list[str]:
    """What each point is called: its settings, or the scenario where it has none."""
    axes = tuple(dict.fromkeys(path for point in points for path in point.settings))
    steps = [path.rpartition(".")[2] for path in axes]
    short = dict(zip(axes, steps if len(set(steps)) == len(steps) else axes, strict=True))
    return [
        ", ".join(f"{short[path]}={setting(value)}" for path, value in point.settings.items()) or scenario
        for point in points
    ]


def find(among: Sequence[Alternative], name: str) -> Alternative:
    """The alternative of that name.

    Raises
    ------
    UsageError
        If there is none; says which there are.
    """
    for one in among:
        if one.name == name or name in (f"{path}={setting(value)}" for path, value in one.settings.items()):
            return one
    raise UsageError(f"there is no design {name!r}; there are: {'; '.join(one.name for one in among)}")


def check_rankable(measure: str) -> None:
    """Refuse a measure in which no design is better than another.

    Raises
    ------
    UsageError
        If neither direction of it is better.
    """
    if MEASURES.find(measure).better == "neither":
        raise UsageError(f"{measure} has no better direction, so designs cannot be ranked by it")


def possible(measure: str) -> Range:
    """What values a measure can take; anything, where its plug-in is not installed."""
    try:
        return MEASURES.find(measure).possible
    except UsageError:
        return ANY
