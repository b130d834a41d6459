"""Examples of a kind, guessed from its fields: the fewest parameters that make a valid recipe."""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from churnsim.base.quantity import Quantity
from churnsim.base.reference import reference_of
from churnsim.base.registry import Kinds

#: What the world in which kinds are tried calls its parts.
NAMES = {
    "issuers": "mesh",
    "policies": "authz",
    "nodes": "rack",
    "zones": "here",
    "tenants": "default",
    "workloads": "web",
    "sinks": "archive",
    "evidence": "answer",
    "artefacts": "log",
}

_MORE_MOST = 3  # optional parameters added to the required ones
_SHARES = ("20%", "40%", "60%", "80%")


class Unguessable(Exception):
    """A field of which no value can be guessed."""


def examples(kind: type[BaseModel]) -> list[dict[str, Any]]:
    """Return examples of a kind as they would stand in a scenario, without ``kind``.

    Required parameters and as few optional ones as make it valid: every smallest choice gives an example.
    Later parameters get greater values than earlier ones, so that a `low` lies below a `high`.
    """
    fields = {name: field for name, field in kind.model_fields.items() if name != "kind"}
    guessed: dict[str, Any] = {}
    for ordinal, (name, field) in enumerate(fields.items()):
        try:
            guessed[name] = _guess(field, ordinal)
        except Unguessable:
            continue
    required = [name for name, field in fields.items() if field.is_required()]
    if not set(required) <= set(guessed):
        return []
    optional = [name for name in guessed if name not in required]
    for more in range(_MORE_MOST + 1):
        tried = [
            {name: guessed[name] for name in (*required, *chosen)} for chosen in combinations(optional, more)
        ]
        valid = [written for written in tried if _is_valid(kind, written)]
        if valid:
            return valid
    return []


def _is_valid(kind: type[BaseModel], written: Mapping[str, Any]) -> bool:
    try:
        kind.model_validate(dict(written))
    except ValidationError:
        return False
    return True


def _guess(field: FieldInfo, ordinal: int) -> Any:
    if field.examples:
        return field.examples[0]
    reference = reference_of(field)
    if reference is not None:
        name = NAMES.get(reference.noun, "example")
        return [name] if get_origin(field.annotation) in (tuple, list, Sequence) else name
    return _value(field.annotation, field.metadata, ordinal)


def _value(annotation: Any, metadata: Sequence[Any], ordinal: int) -> Any:
    for mark in metadata:
        if isinstance(mark, Quantity):
            return _quantity(mark, ordinal)
        if isinstance(mark, Kinds):
            return _recipe(mark, ordinal)
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _value(inner[0], inner[1:], ordinal)
    if origin in (Union, types.UnionType):
        return _value(next(choice for choice in inner if choice is not type(None)), (), ordinal)
    if origin is Literal:
        return inner[0]
    if origin in (tuple, list, Sequence):
        return [_value(inner[0], (), ordinal)]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        found = examples(annotation)
        if found:
            return found[0]
    plain: dict[Any, Any] = {bool: True, int: _within(3, metadata), float: _within(1.5, metadata)}
    if annotation in plain:
        return plain[annotation]
    raise Unguessable(annotation)


def _quantity(quantity: Quantity, ordinal: int) -> str:
    units = {
        "s": f"{30 * 2**ordinal}s",
        "1/s": f"{2**ordinal}/s",
        "1": _SHARES[ordinal % 4],
        "USD": "$0.01",
        "B": "1kB",
        "x": f"x{1 + ordinal}",
    }
    return units[quantity.unit]


def _recipe(kinds: Kinds[Any], ordinal: int) -> Any:
    if kinds.group == "law":
        return {"kind": "exponential", "mean": f"{60 * 2**ordinal}s"}
    for name, kind in kinds.all().items():
        # A kind that is made of others of its group would be guessed for ever.
        nests = any(kinds in field.metadata for field in kind.model_fields.values())
        found = [] if nests else examples(kind)
        if found:
            return {"kind": name, **found[0]}
    raise Unguessable(kinds.group)


def _within(value: Any, metadata: Sequence[Any]) -> Any:
    for mark in metadata:
        low, high = (
            getattr(mark, "ge", getattr(mark, "gt", None)),
            getattr(mark, "le", getattr(mark, "lt", None)),
        )
        if low is not None and value <= low:
            value = type(value)(low + 1)
        if high is not None and value >= high:
            value = high
    return value
