"""Every value under a path of a scenario, or of a preset, with its origin."""

from __future__ import annotations

from churnsim.scenario.node import Leaf, find, plain
from churnsim.scenario.origin import Origin, leaves, origin_of, value_at
from churnsim.scenario.override import path_at
from churnsim.scenario.path import path_text
from churnsim.scenario.place import PYTHON
from churnsim.scenario.preset import preset
from churnsim.scenario.scenario import Scenario


def explain(scenario: Scenario, path: str = "") -> list[tuple[str, object, Origin]]:
    """Dotted path, value and origin of everything at or below `path`, defaults and presets included.

    The path of a ``preset`` gives its name, though the scenario in force holds its values instead.

    Raises
    ------
    ScenarioError
        If there is no such path.
    """
    if path.endswith("preset"):
        written, key = scenario.written.tree, path_at(path, PYTHON)
        name = find(written, key)
        if isinstance(name, Leaf):
            return [(path, name.value, origin_of(name.value, written, key))]
    steps, value = value_at(scenario.canonical(), path)
    tree = scenario.written.full
    return [(path_text(below), word, origin_of(word, tree, below)) for below, word in leaves(value, steps)]


def explain_preset(section: str, name: str) -> list[tuple[str, object, Origin]]:
    """Dotted path, value and origin, fact ids included, of everything that a preset gives."""
    tree = preset(section, name)
    return [(path_text(path), word, origin_of(word, tree, path)) for path, word in leaves(plain(tree))]
