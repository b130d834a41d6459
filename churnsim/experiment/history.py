"""One history for all points of a sweep, so that they share their random numbers from the first instant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from churnsim.base.quantity import format_duration
from churnsim.experiment.plan import combinations

if TYPE_CHECKING:
    from churnsim.scenario import Scenario


def common_history(scenario: Scenario) -> Scenario:
    """The scenario with as long a history as the point of its sweep that needs the longest.

    A point whose credentials live longer has to begin earlier to be stationary at 0. If each began when it
    must, the same outage would come at another time at each point, and their differences would be noise.

    Raises
    ------
    ScenarioError
        If a combination is not a valid scenario.
    UsageError
        If there are too many combinations.
    """
    from churnsim.simulate import design

    sweep = scenario.study.sweep
    if (
        not sweep
        or scenario.history is not None
        or {"history", "start"} & set(sweep)
        or scenario.start == "fresh"
    ):
        return scenario
    points = (scenario.with_(settings) for settings in combinations(scenario))
    return scenario.with_({"history": format_duration(max(design(point).memory for point in points))})
