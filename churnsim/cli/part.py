"""The parts a scenario is made of: which recipes may stand where, and those that come in no kinds."""

from __future__ import annotations

import re
import types
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from churnsim.base.recipe import Recipe
from churnsim.base.registry import Kinds


@cache
def parts() -> dict[str, type[Recipe]]:
    """Every recipe of a scenario that has no kind, by name, the scenario itself first."""
    from churnsim.scenario import Scenario

    found: dict[type[Recipe], None] = {}
    waiting: list[type[Recipe]] = [Scenario]
    while waiting:
        recipe = waiting.pop(0)
        if recipe not in found:
            found[recipe] = None
            waiting += [each for field in recipe.model_fields.values() for each in _anywhere(whole(field))]
    return {name_of(recipe): recipe for recipe in found if "kind" not in recipe.model_fields}


def presets_of(recipe: type[Recipe]) -> tuple[str, ...]:
    """Names of the presets that may fill the recipe; none for most."""
    from churnsim.scenario import Scenario
    from churnsim.scenario.preset import presets

    sections = {name: whole(field) for name, field in Scenario.model_fields.items()}
    return next((names for name, names in presets().items() if recipe in _anywhere(sections[name])), ())


def name_of(recipe: type[Recipe]) -> str:
    """Its kind; without one, the name of its class as a key would be written (``when_stale``)."""
    kind = recipe.model_fields.get("kind")
    return snake(recipe.__name__) if kind is None else str(kind.default)


def snake(name: str) -> str:
    """The name of a class in the spelling of keys."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def singular(section: str) -> str:
    """One of what a section holds: ``policies`` gives ``policy``."""
    return re.sub("ies$", "y", section) if section.endswith("ies") else section.removesuffix("s")


def whole(field: FieldInfo) -> Any:
    """The annotation of a field with the marks that pydantic took off it."""
    return Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation


def recipes(annotation: Any) -> Iterator[type[Recipe]]:
    """Recipes that may stand where the annotation does."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        kinds = [mark for mark in inner[1:] if isinstance(mark, Kinds)]
        for mark in kinds:
            yield from mark.all().values()
        if not kinds:
            yield from recipes(inner[0])
    elif origin in (Union, types.UnionType):
        for choice in inner:
            yield from recipes(choice)
    elif isinstance(annotation, type) and issubclass(annotation, Recipe):
        yield annotation


def inside(annotation: Any) -> Iterator[Any]:
    """What the values of a mapping or the items of a list are."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        yield from inside(inner[0])
    elif origin in (Union, types.UnionType):
        for choice in inner:
            yield from inside(choice)
    elif origin in (dict, Mapping):
        yield inner[1]
    elif origin in (tuple, list, Sequence):
        yield inner[0]


def _anywhere(annotation: Any) -> Iterator[type[Recipe]]:
    yield from recipes(annotation)
    for each in inside(annotation):
        yield from _anywhere(each)
