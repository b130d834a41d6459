"""Every value under a path of a scenario, with its origin."""

from __future__ import annotations

from churnsim.scenario.origin import Origin, leaves, origin_of, value_at
from churnsim.scenario.path import path_text
from churnsim.scenario.scenario import Scenario


def explain(scenario: Scenario, path: str = "") -> list[tuple[str, object, Origin]]:
    """Dotted path, value and origin of everything at or below `path`, defaults and presets included.

    Raises
    ------
    ScenarioError
        If there is no such path.
    """
    steps, value = value_at(scenario.canonical(), path)
    tree = scenario.written.full
    return [(path_text(below), word, origin_of(word, tree, below)) for below, word in leaves(value, steps)]
