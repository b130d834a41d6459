"""What a dotted key of a scenario takes, found by walking the recipes that a scenario is made of."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Union, get_args, get_origin

from churnsim.base.errors import UsageError
from churnsim.base.recipe import Recipe
from churnsim.base.registry import Kinds, did_you_mean
from churnsim.cli.parameter import Parameter, parameters


def places_of(key: str) -> list[tuple[str, Parameter]]:
    """Every recipe that has the key at that place, by name, and what it takes there.

    Names of things (``mesh`` in ``issuers.mesh.ttl``) and list positions may be anything.

    Raises
    ------
    UsageError
        If no recipe has it; names the nearest key.
    """
    from churnsim.scenario import Scenario

    recipes: list[type[Recipe]] = [Scenario]
    found: list[tuple[str, Parameter]] = []
    waiting: list[Any] = []  # annotations inside a mapping or list whose key has not come yet
    for step in key.split("."):
        if waiting:
            recipes = list(dict.fromkeys(each for inner in waiting for each in _recipes(inner)))
            waiting = []
            found = []
            continue
        found = [(_name(recipe), one) for recipe in recipes for one in parameters(recipe) if one.name == step]
        if not found:
            raise _unknown(step, key, recipes)
        fields = [recipe.model_fields[step] for recipe in recipes if step in recipe.model_fields]
        annotations = [
            Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation
            for field in fields
        ]
        waiting = [inner for annotation in annotations for inner in _inside(annotation)]
        recipes = list(dict.fromkeys(each for annotation in annotations for each in _recipes(annotation)))
    if not found:
        return [(_name(recipe), one) for recipe in recipes for one in parameters(recipe)]
    return found


def _recipes(annotation: Any) -> Iterator[type[Recipe]]:
    """Recipes that may stand where the annotation does."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        kinds = [mark for mark in inner[1:] if isinstance(mark, Kinds)]
        for mark in kinds:
            yield from mark.all().values()
        if not kinds:
            yield from _recipes(inner[0])
    elif origin in (Union, types.UnionType):
        for choice in inner:
            yield from _recipes(choice)
    elif isinstance(annotation, type) and issubclass(annotation, Recipe):
        yield annotation


def _inside(annotation: Any) -> Iterator[Any]:
    """What the values of a mapping or the items of a list are."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        yield from _inside(inner[0])
    elif origin in (dict, Mapping):
        yield inner[1]
    elif origin in (tuple, list, Sequence):
        yield inner[0]


def _name(recipe: type[Recipe]) -> str:
    kind = recipe.model_fields.get("kind")
    return recipe.__name__.lower() if kind is None else str(kind.default)


def _unknown(step: str, key: str, recipes: Sequence[type[Recipe]]) -> UsageError:
    known = sorted({name for recipe in recipes for name in recipe.model_fields})
    if not known:
        return UsageError(f"there is no key '{step}' in '{key}': nothing stands below the key before it")
    meant = did_you_mean(step, known)
    hint = f"did you mean '{meant}'?" if meant else f"known: {', '.join(known)}"
    return UsageError(f"there is no key '{step}' in '{key}'; {hint}")
