"""The parameters of a recipe as people see them: name, type with unit, default, meaning."""

from __future__ import annotations

import types
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from churnsim.base.quantity import Quantity
from churnsim.base.registry import Kinds

_WORDS: dict[Any, str] = {
    bool: "true or false",
    int: "whole number",
    float: "number",
    str: "text",
    type(None): "nothing",
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter.

    Attributes
    ----------
    name : str
        As it is written in a scenario.
    type : str
        Such as ``duration``, ``law``, ``list of text`` or ``immediate | fixed``.
    unit : str
        SI unit of the number inside (``s``); empty where it has none.
    default : str or None
        As it would be written; None: the parameter must be given.
    meaning : str
        Its description.
    """

    name: str
    type: str
    unit: str
    default: str | None
    meaning: str


def parameters(recipe: type[BaseModel]) -> tuple[Parameter, ...]:
    """Parameters of a recipe in the order of its declaration, without ``kind``."""
    return tuple(_parameter(name, field) for name, field in recipe.model_fields.items() if name != "kind")


def summary(recipe: type[BaseModel]) -> str:
    """First line of the docstring of a recipe."""
    return (recipe.__doc__ or "").strip().partition("\n")[0]


def _parameter(name: str, field: FieldInfo) -> Parameter:
    described = _describe(field.annotation, field.metadata)
    unit = next((data.unit for data in _metadata(field.annotation, field.metadata)), "")
    default = None if field.is_required() else _written(field.get_default(call_default_factory=True))
    return Parameter(field.alias or name, described, unit, default, field.description or "")


def _metadata(annotation: Any, metadata: Iterable[Any]) -> list[Quantity]:
    inner = list(metadata) + [
        data for part in get_args(annotation) for data in getattr(part, "__metadata__", ())
    ]
    return [data for data in inner if isinstance(data, Quantity)]


def _describe(annotation: Any, metadata: Iterable[Any] = ()) -> str:
    """Words for a type."""
    for data in metadata:
        if isinstance(data, Quantity):
            return data.name
        if isinstance(data, Kinds):
            return data.group
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _describe(arguments[0], arguments[1:])
    if origin is Literal:
        return " | ".join(map(str, arguments))
    if origin in (Union, types.UnionType):
        return " | ".join(_describe(part) for part in arguments if part is not type(None))
    if origin in (tuple, list, frozenset, set):
        return f"list of {_describe(arguments[0])}"
    if origin is dict:
        return f"mapping from {_describe(arguments[0])} to {_describe(arguments[1])}"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return f"mapping ({', '.join(annotation.model_fields)})"
    return _WORDS.get(annotation, getattr(annotation, "__name__", str(annotation)))


def _written(default: Any) -> str:
    if default is None:
        return "none"
    if isinstance(default, BaseModel):
        inner = ", ".join(f"{name}: {_written(value)}" for name, value in default)
        return f"{{{inner}}}"
    if isinstance(default, bool):
        return "true" if default else "false"
    if isinstance(default, list | tuple):
        return f"[{', '.join(map(_written, default))}]"
    if isinstance(default, dict):
        return f"{{{', '.join(f'{key}: {_written(value)}' for key, value in default.items())}}}"
    return str(default)
