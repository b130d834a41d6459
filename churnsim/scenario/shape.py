"""Which recipe stands where in a scenario that need not be valid yet."""

from __future__ import annotations

import types
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from churnsim.base.recipe import Recipe
from churnsim.base.registry import Kinds
from churnsim.scenario.node import Branch, Items, Node
from churnsim.scenario.path import Path


@dataclass(frozen=True)
class Standing:
    """A mapping of the scenario, and the recipe class its keys belong to."""

    path: Path
    branch: Branch
    recipe: type[Recipe]


def standings(model: type[Recipe], tree: Branch) -> Iterator[Standing]:
    """Every mapping in `tree` that is written as a recipe, from the root down, in the order written."""
    return _of_recipe(model, tree, ())


def _of_recipe(recipe: type[Recipe], node: Branch, path: Path) -> Iterator[Standing]:
    yield Standing(path, node, recipe)
    fields = keys_of(recipe)
    for key, entry in node.entries.items():
        field = fields.get(key)
        if field is not None:
            yield from _of_type(field.annotation, field.metadata, entry.node, (*path, key))


def _of_type(annotation: Any, metadata: Iterable[Any], node: Node, path: Path) -> Iterator[Standing]:
    kinds = next((each for each in metadata if isinstance(each, Kinds)), None)
    if kinds is not None:
        recipe = kind_of(kinds, node)
        if recipe is not None and isinstance(node, Branch):
            yield from _of_recipe(recipe, node, path)
        return
    origin, arguments = get_origin(annotation), get_args(annotation)
    if hasattr(annotation, "__metadata__"):
        yield from _of_type(arguments[0], annotation.__metadata__, node, path)
    elif origin in (Union, types.UnionType):
        for each in arguments:
            yield from _of_type(each, (), node, path)
    elif isinstance(annotation, type) and issubclass(annotation, Recipe):
        if isinstance(node, Branch):
            yield from _of_recipe(annotation, node, path)
    elif isinstance(origin, type) and issubclass(origin, Mapping) and isinstance(node, Branch):
        for key, entry in node.entries.items():
            yield from _of_type(arguments[1], (), entry.node, (*path, key))
    elif isinstance(origin, type) and issubclass(origin, Sequence) and isinstance(node, Items):
        for index, item in enumerate(node.items):
            yield from _of_type(arguments[0], (), item, (*path, index))


def keys_of(recipe: type[Recipe]) -> dict[str, FieldInfo]:
    """Fields of a recipe by the key a scenario writes for them."""
    return {field.alias or name: field for name, field in recipe.model_fields.items()}


def kind_of(kinds: Kinds[Any], node: Node) -> type[Recipe] | None:
    """Class of the kind that `node` names, or that is meant where it names none."""
    kind = (node.word("kind") if isinstance(node, Branch) else None) or kinds.default
    return kinds.all().get(kind) if kind is not None else None
