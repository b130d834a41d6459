"""The points of a study's design that meet its conditions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from churnsim.base.errors import UsageError
from churnsim.base.readable import counted
from churnsim.scenario.condition import conditions

if TYPE_CHECKING:
    from churnsim.scenario.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Candidates:
    """The points worth running.

    Parameters
    ----------
    settings : tuple of mapping
        Value by dotted path of each, in the order of the design.
    left_out : int
        How many points of the design do not meet the conditions.
    """

    settings: tuple[dict[str, Any], ...]
    left_out: int


def candidates(scenario: Scenario) -> Candidates:
    """Points of the design of a scenario's study that meet its conditions; not validated further.

    Raises
    ------
    UsageError
        If no point meets them.
    ScenarioError
        If a condition makes no sense at some point.
    """
    study = scenario.study
    every = list(study.design.settings(study.sweep))
    if not study.where:
        return Candidates(tuple(every), 0)
    meets = conditions(scenario)
    kept = tuple(settings for settings in every if meets(settings))
    if not kept:
        written = "; ".join(study.where)
        raise UsageError(
            f"none of the {counted(len(every), 'point')} of the study meets its conditions ({written}); "
            "loosen study.where or widen study.sweep"
        )
    return Candidates(kept, len(every) - len(kept))
