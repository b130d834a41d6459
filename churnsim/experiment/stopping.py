"""Rounds of replications, each as many as the last look asked for, until the results are precise enough."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from churnsim.base.errors import UsageError
from churnsim.experiment.plan import Plan
from churnsim.metrics.registry import MEASURES
from churnsim.statistics.precision import Look, Precision, look, together

if TYPE_CHECKING:
    from churnsim.experiment.result import Results
    from churnsim.scenario.aim import Aim

Conduct = Callable[[Plan, "Results | None"], "Results"]


@dataclass(frozen=True, slots=True)
class Goal:
    """How precise one measure is to be, at every point."""

    measure: str
    precision: Precision

    @classmethod
    def of(cls, aim: Aim) -> Goal:
        """The goal that a study states.

        Raises
        ------
        UsageError
            If there is no such measure, or the precision does not fit it.
        """
        measure = MEASURES.find(aim.measure)
        text = str(aim.half_width)
        try:
            precision = Precision.read(text, measure.unit, first=aim.first, most=aim.most)
        except ValueError as error:
            raise UsageError(f"{aim}: {error}") from error
        return cls(aim.measure, precision)


def in_rounds(plan: Plan, goals: Sequence[Goal], conduct: Conduct) -> Results:
    """Make replications of a plan until every goal is met at every point, or they are as many as allowed.

    When to look, and when what is seen is enough, says `churnsim.statistics.precision`. What is looked at are
    all runs of a round, stored before or not, so that a study broken off and taken up again stops where it
    would have stopped.

    Parameters
    ----------
    plan : Plan
        Its number of replications does not matter.
    goals : sequence of Goal
        At least one.
    conduct : callable
        Makes the runs of a plan that grew out of a former one, given the results of that.

    Returns
    -------
    Results
        With what the last look said in ``look``.
    """
    results, runs = None, max(goal.precision.first for goal in goals)
    while True:
        grown = replace(plan, replications=runs, is_open=True)
        results = conduct(grown, results)
        found = together(_looks(results, goals))
        # Runs that failed are missing from what is looked at, and must not be waited for.
        later = [each for goal in goals for each in goal.precision.looks if each > runs]
        if found.state != "more" or not later:
            return replace(results, look=found)
        runs = min((each for each in later if each >= found.runs), default=max(later))


def _looks(results: Results, goals: Sequence[Goal]) -> Iterator[Look]:
    for goal in goals:
        possible = MEASURES.find(goal.measure).possible
        for point in results.plan.points:
            taken = list(results.series(point, goal.measure).values())
            try:
                yield look(taken, goal.precision, results.confidence, possible)
            except ValueError as error:  # a measure that no number of runs makes precise
                raise UsageError(f"study.until: {goal.measure}: {error}") from error
