"""Designs run alike: one seed, one history and the same replications, so that they can be paired."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from churnsim.base.errors import UsageError
from churnsim.base.quantity import format_duration
from churnsim.decision.alternative import Alternative, alternatives, names
from churnsim.simulate import design

if TYPE_CHECKING:
    from churnsim.experiment import Results
    from churnsim.scenario import Scenario

# What a scenario says beside its world.
ASIDE = ("name", "question", "invariants", "study")

Make = Callable[["Scenario"], "Results"]


def trial(
    scenarios: Mapping[str, Scenario], *, run: Make, sweep: Make
) -> tuple[tuple[Alternative, ...], tuple[Results, ...]]:
    """Run the designs that are to be compared.

    Parameters
    ----------
    scenarios : mapping of str to Scenario
        By the name that each is to have. One alone gives the points of its sweep as designs; of several each
        is run as it stands, its sweep left aside, and begins with the longest history that any needs.
    run, sweep : callable
        Make a scenario as it stands, or the points of its sweep; with the same seed and as many replications
        each time.

    Returns
    -------
    tuple of Alternative
        The designs, in order.
    tuple of Results
        What was run: one for each scenario.

    Raises
    ------
    UsageError
        If there is nothing to compare: one scenario of one point, or two that are the same.
    """
    if len(scenarios) == 1:
        ((name, scenario),) = scenarios.items()
        if not scenario.study.sweep:
            raise UsageError(
                f"{name} alone is nothing to compare: it sweeps nothing; name a second scenario, or give "
                "values to a path, as in --set 'study.sweep={issuers.mesh.ttl: [15m, 1h]}'"
            )
        results = sweep(scenario)
        return alternatives(results), (results,)
    alike = _with_one_history(scenarios)
    made = tuple(run(scenario) for scenario in alike.values())
    designs = [
        replace(one, name=name)
        for name, results in zip(alike, made, strict=True)
        for one in alternatives(results)
    ]
    return tuple(designs), made


def _with_one_history(scenarios: Mapping[str, Scenario]) -> dict[str, Scenario]:
    """The scenarios with the longest history that any needs, unless one says how long its own is.

    If each began when it must, the same outage would come at another time in each, and differences would be
    noise.
    """
    known: list[tuple[str, dict[str, Any]]] = []
    for name, scenario in scenarios.items():
        world = {key: value for key, value in scenario.canonical().items() if key not in ASIDE}
        for other, seen in known:
            if seen == world:
                raise UsageError(f"{other} and {name} describe the same world: there is nothing to compare")
        known.append((name, world))
    if any(one.history is not None or one.start == "fresh" for one in scenarios.values()):
        return dict(scenarios)
    longest = max(design(one).memory for one in scenarios.values())
    return {name: one.with_({"history": format_duration(longest)}) for name, one in scenarios.items()}


def expected(scenarios: Mapping[str, Scenario]) -> tuple[Alternative, ...]:
    """The designs that `trial` would run, without any runs.

    Raises
    ------
    ScenarioError
        If a point of a sweep is not a valid scenario.
    """
    from churnsim.experiment.layout import laid_out

    if len(scenarios) > 1:
        return tuple(Alternative(name, {}) for name in scenarios)
    ((_, scenario),) = scenarios.items()
    _, points = laid_out(scenario)
    called = names(points, scenario.name)
    return tuple(Alternative(name, {}, point.settings) for name, point in zip(called, points, strict=True))


def labels(scenarios: Sequence[Scenario], files: Sequence[str]) -> list[str]:
    """What to call each scenario: its name; where two have the same, its file, in short if that is enough.

    Raises
    ------
    UsageError
        If a file is named twice.
    """
    for choice in ([one.name for one in scenarios], [Path(file).stem for file in files], list(files)):
        if len(set(choice)) == len(choice):
            return choice
    twice = next(file for file in files if list(files).count(file) > 1)
    raise UsageError(f"{twice} is named twice; a scenario does not differ from itself")
