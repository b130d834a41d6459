"""A parameter of a recipe as a person needs to know it: what it takes, its default, what it means."""

from __future__ import annotations

import re
import types
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from churnsim.base.quantity import Quantity
from churnsim.base.recipe import Recipe
from churnsim.base.reference import Reference
from churnsim.base.registry import Kinds
from churnsim.cli.part import parts, presets_of, singular, snake

REQUIRED = "(required)"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One key of a recipe.

    Parameters
    ----------
    name : str
        The key.
    takes : str
        What may stand there: a quantity (``duration``), a group of kinds (``failure``), words, a plain type.
    default : str
        As written in a scenario, `REQUIRED` where there is none.
    meaning : str
        In one line.
    """

    name: str
    takes: str
    default: str
    meaning: str


def parameters(recipe: type[Recipe]) -> tuple[Parameter, ...]:
    """What a scenario file may say of a recipe, in the order of its fields, its kind left out."""
    return (
        *_of_files(recipe),
        *(
            Parameter(
                field.alias or name,
                " | ".join(dict.fromkeys(_takes(field.annotation, field.metadata))),
                _default(field),
                field.description or "",
            )
            for name, field in recipe.model_fields.items()
            if name != "kind"
        ),
    )


def _of_files(recipe: type[Recipe]) -> Iterator[Parameter]:
    """Keys that are gone once a file has been read."""
    if recipe is parts()["scenario"]:
        yield Parameter(
            "extends", "path of a file", "none", "another scenario file, which this one is laid over"
        )
    if names := presets_of(recipe):
        meaning = "values of a real product, laid below the ones given here"
        yield Parameter("preset", " | ".join(names), "none", meaning)


def first_line(thing: object) -> str:
    """First line of a docstring without its full stop."""
    return (thing.__doc__ or "").strip().partition("\n")[0].rstrip(".")


def _takes(annotation: Any, metadata: Sequence[Any] = ()) -> Iterator[str]:
    for mark in metadata:
        if isinstance(mark, Quantity):
            yield mark.name
            return
        if isinstance(mark, Kinds):
            yield mark.group
            return
        if isinstance(mark, Reference):
            yield from mark.words
            yield " or ".join(f"name of {_one(singular(part.noun))}" for part in mark.parts)
            return
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        yield from _takes(inner[0], inner[1:])
    elif origin in (Union, types.UnionType):
        for choice in inner:
            yield from _takes(choice)
    elif origin is Literal:
        yield from (str(word) for word in inner)
    elif origin in (tuple, list, Sequence):
        yield f"list of {' or '.join(map(_several, dict.fromkeys(_takes(inner[0]))))}"
    elif origin in (dict, Mapping):
        yield _by(inner[0], " or ".join(dict.fromkeys(_takes(inner[1]))))
    elif annotation is Any:  # a class of its own in some versions of Python
        yield "value"
    elif isinstance(annotation, type) and annotation is not type(None):
        yield _WORDS.get(annotation, snake(annotation.__name__))


def _by(key: Any, value: str) -> str:
    """A mapping in words: names are marked as such, any other text that leads to something is a path."""
    if value == "value":
        return "mapping"
    return f"{_one(value)} by name" if get_origin(key) is Annotated else f"{value} by path"


def _one(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def _several(noun: str) -> str:
    first, *rest = noun.split(" ", 1)
    plural = re.sub("y$", "ie", first) + "s" if first != "list" else "lists"
    return " ".join([plural, *rest])


_WORDS: dict[type, str] = {bool: "true | false", float: "number", int: "whole number", str: "text"}


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return REQUIRED
    default = field.get_default(call_default_factory=True, validated_data={})
    if isinstance(default, BaseModel):
        kind = {"kind": default.kind} if hasattr(default, "kind") else {}
        return inline({**kind, **default.model_dump(mode="json", exclude_defaults=True)} or "{}")
    return inline(default)


def inline(value: object) -> str:
    """The value on one line, as it would stand in a scenario."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {inline(each)}" for key, each in value.items()) + "}"
    if isinstance(value, tuple | list):
        return "[" + ", ".join(map(inline, value)) + "]"
    if value is None:
        return "none"
    return str(value).lower() if isinstance(value, bool) else str(value) or '""'
