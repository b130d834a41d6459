"""What stands at a path that the user left to presets and defaults."""

from __future__ import annotations

from functools import cache
from pathlib import Path as FilePath

from churnsim.base.recipe import Recipe
from churnsim.scenario.node import Branch, Items, Leaf, Node, find, planted
from churnsim.scenario.override import Seed
from churnsim.scenario.path import Path
from churnsim.scenario.place import DEFAULT
from churnsim.scenario.preset import expanded
from churnsim.scenario.settle import settle


def seed_of(model: type[Recipe], tree: Branch, folder: FilePath) -> Seed:
    """Seed for overrides of `tree`; the scenario is validated only if a default is asked for."""

    @cache
    def defaults() -> Node:
        value = settle(model, tree, folder).value
        return (
            Leaf(None, DEFAULT)
            if value is None
            else planted(value.model_dump(mode="json", by_alias=True), DEFAULT)
        )

    def seed(path: Path) -> Node | None:
        preset = find(expanded(tree)[0], path)
        if isinstance(preset, Branch):
            return Branch({}, preset.place)  # the preset's own keys come in below it
        below = preset if isinstance(preset, Items) else find(defaults(), path)
        return below if isinstance(below, Branch | Items) else None

    return seed
