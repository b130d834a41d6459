"""Whether the measures that a scenario's invariants name exist."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from churnsim.base.errors import Problem, ScenarioError
from churnsim.base.registry import did_you_mean
from churnsim.scenario.invariant import parse_invariant
from churnsim.scenario.node import find
from churnsim.scenario.place import DEFAULT
from churnsim.scenario.problem import problem_at
from churnsim.scenario.scenario import Scenario


def check_measures(scenario: Scenario, known: Iterable[str]) -> None:
    """Refuse metric invariants about measures that do not exist.

    Parameters
    ----------
    scenario : Scenario
        Whose invariants are looked at.
    known : iterable of str
        Names of all measures. A dotted part of one (``unserved.share.crash``) counts as known.

    Raises
    ------
    ScenarioError
        With a problem for each unknown measure.
    """
    problems = list(_unknown(scenario, sorted(known)))
    if problems:
        raise ScenarioError(problems)


def _unknown(scenario: Scenario, known: list[str]) -> Iterator[Problem]:
    for index, invariant in enumerate(scenario.invariants):
        if not isinstance(invariant, str):
            continue  # a kind of its own, judged by whoever evaluates it
        measure = parse_invariant(invariant).measure
        if any(measure == each or measure.startswith(f"{each}.") for each in known):
            continue
        path = ("invariants", index)
        node = find(scenario.written.full, path)
        near = did_you_mean(measure, known)
        remedy = f"did you mean '{near}'?" if near else f"known: {', '.join(known)}"
        place = DEFAULT if node is None else node.place
        yield problem_at(place, "unknown-measure", f"there is no measure '{measure}'", remedy, path)
