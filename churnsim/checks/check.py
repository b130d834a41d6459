"""The invariants of a scenario held against its runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from churnsim.base.errors import Problem, ScenarioError, UsageError
from churnsim.checks.bound import Bound
from churnsim.checks.verdict import Verdict
from churnsim.experiment.stopping import Goal
from churnsim.metrics import MEASURES
from churnsim.scenario.invariant import parse_invariant
from churnsim.statistics import summarise

if TYPE_CHECKING:
    from churnsim.experiment.result import Results
    from churnsim.scenario import Scenario
    from churnsim.scenario.origin import Origin


@dataclass(frozen=True, slots=True)
class Promise:
    """An invariant where it is written, with the bound it means.

    Parameters
    ----------
    text : str
        As written.
    bound : Bound
        What it means.
    origin : Origin
        File, line and column.
    """

    text: str
    bound: Bound
    origin: Origin


def promises(scenario: Scenario) -> tuple[Promise, ...]:
    """The invariants of a scenario, read and held against the measures there are.

    Raises
    ------
    ScenarioError
        With every invariant that names an unknown measure, or a limit in the wrong unit.
    """
    kept: list[Promise] = []
    problems: list[Problem] = []
    for position, written in enumerate(scenario.invariants):
        origin = scenario.origin(f"invariants.{position}")
        try:
            if not isinstance(written, str):
                kind = next(iter(written))
                raise ValueError(f"unknown invariant kind '{kind}'; write one as in 'availability >= 99.9%'")
            kept.append(Promise(written, Bound.of(parse_invariant(written)), origin))
        except (UsageError, ValueError) as error:
            problems.append(_problem(error, ("invariants", position), scenario))
    if problems:
        raise ScenarioError(problems)
    return tuple(kept)


def shown(scenario: Scenario) -> tuple[str, ...]:
    """The measures that the study of a scenario asks to be shown.

    Raises
    ------
    ScenarioError
        With every name that no measure has.
    """
    problems: list[Problem] = []
    for position, name in enumerate(scenario.study.show):
        try:
            MEASURES.find(name)
        except UsageError as error:
            problems.append(_problem(error, ("study", "show", position), scenario))
    if problems:
        raise ScenarioError(problems)
    return scenario.study.show


def goals(scenario: Scenario) -> tuple[Goal, ...]:
    """How precise the study of a scenario asks its measures to be.

    Raises
    ------
    ScenarioError
        With every precision of an unknown measure, or in the wrong unit.
    """
    kept: list[Goal] = []
    problems: list[Problem] = []
    for position, until in enumerate(scenario.study.until):
        try:
            kept.append(Goal.of(until))
        except UsageError as error:
            problems.append(_problem(error, ("study", "until", position), scenario))
    if problems:
        raise ScenarioError(problems)
    return tuple(kept)


def validate(scenario: Scenario) -> None:
    """Hold every name of a measure in a scenario against the measures there are.

    Raises
    ------
    ScenarioError
        With all that is wrong in its invariants and its study.
    """
    problems: list[Problem] = []
    for names in (promises, shown, goals):
        try:
            names(scenario)
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError(problems)


def check(scenario: Scenario, results: Results) -> tuple[Verdict, ...]:
    """The verdict on every invariant of the scenario, in the order in which they are written.

    Parameters
    ----------
    scenario : Scenario
        Says what must hold.
    results : Results
        Runs of it, all at one point.

    Raises
    ------
    ScenarioError
        As `promises`.
    """
    return tuple(_verdict(promise, results) for promise in promises(scenario))


def _problem(error: Exception, path: tuple[str | int, ...], scenario: Scenario) -> Problem:
    origin = scenario.origin(".".join(map(str, path)))
    return Problem(
        message=str(error),
        rule="measure",
        path=path,
        file=origin.file,
        line=origin.line,
        column=origin.column,
    )


def _verdict(promise: Promise, results: Results) -> Verdict:
    taken = [values.get(promise.bound.measure) for values in results.measurements.values()]
    possible = MEASURES.find(promise.bound.measure).possible
    estimate = summarise([one for one in taken if one is not None], results.confidence, possible)
    ruling, reason = promise.bound.rule(estimate, [None if one is None else one.value for one in taken])
    if taken and all(one is None for one in taken):
        reason = MEASURES.absence(promise.bound.measure, results.measures)
    return Verdict(
        invariant=promise.text,
        ruling=ruling,
        reason=reason,
        file=promise.origin.file,
        line=promise.origin.line,
        column=promise.origin.column,
        mean=estimate.mean,
        low=estimate.low,
        high=estimate.high,
        unit=promise.bound.unit,
    )
