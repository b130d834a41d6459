"""The points of a study, each validated, and the one history that all of them share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from churnsim.base.quantity import format_duration
from churnsim.experiment.plan import Point
from churnsim.scenario.candidate import candidates

if TYPE_CHECKING:
    from churnsim.scenario import Scenario


def laid_out(scenario: Scenario) -> tuple[Scenario, tuple[Point, ...]]:
    """The points that a scenario's study asks for, and the scenario with the longest history any needs.

    A point whose credentials live longer has to begin earlier to be stationary at 0. If each began when it
    must, the same outage would come at another time at each point, and their differences would be noise.

    Returns
    -------
    tuple of Scenario and tuple of Point
        The scenario to run them of; each point once.

    Raises
    ------
    ScenarioError
        If a point is not a valid scenario: all of them are validated before anything runs.
    UsageError
        If no point meets the conditions of the study.
    """
    from churnsim.simulate import design

    points = {point.id: point for point in map(Point.of, candidates(scenario).settings)}
    memories = [design(scenario.with_(dict(point.settings))).memory for point in points.values()]
    sweep = scenario.study.sweep
    keeps_its_own = (
        not sweep
        or scenario.history is not None
        or {"history", "start"} & set(sweep)
        or scenario.start == "fresh"
    )
    shared = scenario if keeps_its_own else scenario.with_({"history": format_duration(max(memories))})
    return shared, tuple(points.values())
