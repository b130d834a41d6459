"""Validation errors in the words and with the places of the scenario file."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError

from churnsim.base.errors import Problem
from churnsim.base.recipe import Recipe
from churnsim.base.registry import did_you_mean
from churnsim.scenario.node import Branch, Node, child
from churnsim.scenario.path import Path
from churnsim.scenario.place import Place
from churnsim.scenario.preset import presets
from churnsim.scenario.problem import problem_at
from churnsim.scenario.section import NAMED
from churnsim.scenario.shape import keys_of, standings

_EXPECTED = (
    (("string_type",), "a text", "put it in quotes"),
    (
        ("int_type", "int_parsing", "int_from_float", "int_parsing_size"),
        "a whole number",
        "write one such as 3",
    ),
    (("float_type", "float_parsing"), "a number", "write one such as 1.5"),
    (("bool_type", "bool_parsing"), "true or false", "write one of them"),
    (("list_type", "tuple_type", "set_type", "frozen_set_type"), "a list", "put it in brackets: [...]"),
    (("dict_type", "model_type", "model_attributes_type"), "a mapping", "write keys and values below it"),
)
_EXPECTATION = {each: (expected, remedy) for types, expected, remedy in _EXPECTED for each in types}
_BOUNDS = {
    "greater_than": ("must be greater than {gt}", "write a greater one"),
    "greater_than_equal": ("must be at least {ge}", "write a greater one"),
    "less_than": ("must be less than {lt}", "write a smaller one"),
    "less_than_equal": ("must be at most {le}", "write a smaller one"),
    "too_short": ("must hold at least {min_length}", "add one"),
    "too_long": ("must hold at most {max_length}", "take some out"),
    "finite_number": ("must be finite", "write a finite number"),
}


def problems_of(error: ValidationError, model: type[Recipe], tree: Branch) -> list[Problem]:
    """A problem for each mistake in `error`, which arose from validating `tree` as `model`.

    A key that is missing because it is misspelt is one mistake: of the two errors the unknown key is told.
    """
    recipes = {standing.path: standing.recipe for standing in standings(model, tree)}
    found = [_problem(each, recipes, tree) for each in error.errors(include_url=False)]
    unknown = [each.path for each in found if each.rule == "unknown-key"]
    meant = {(*path[:-1], _near(path, recipes.get(path[:-1]))) for path in unknown}
    return [each for each in found if each.rule != "missing-key" or each.path not in meant]


def _problem(error: Any, recipes: dict[Path, type[Recipe]], tree: Branch) -> Problem:
    type_ = error["type"]
    path, node, place = _located(tree, error["loc"])
    if type_ == "missing":
        key = str(error["loc"][-1])
        addition = _addition(key, recipes.get(path))
        return problem_at(place, "missing-key", f"'{key}' is missing", addition, (*path, key))
    if type_ == "extra_forbidden":
        key = str(path[-1])
        return problem_at(
            place, "unknown-key", f"unknown key '{key}'", _known(path, recipes.get(path[:-1])), path
        )
    if error["loc"][-1:] != ("[key]",):
        place = node.place
    said, remedy = _words(type_, error)
    return problem_at(place, _rule(type_), said, remedy, path)


def _located(tree: Branch, loc: Iterable[str | int]) -> tuple[Path, Node, Place]:
    """Path, value and place (of the key, where there is one) that a validation location means.

    A location also names the kind chosen on the way, which is no key of the file: such a step is
    passed over, as is a key that is not there.
    """
    path: tuple[str | int, ...] = ()
    node: Node = tree
    place = tree.place
    for step in loc:
        below = child(node, step)
        if below is None:
            continue
        place = node.entries[str(step)].place if isinstance(node, Branch) else below.place
        path, node = (*path, step), below
    return path, node, place


def _addition(key: str, recipe: type[Recipe] | None) -> str:
    field = keys_of(recipe).get(key) if recipe is not None else None
    meaning = f" ({field.description})" if field is not None and field.description else ""
    return f"add '{key}: ...'{meaning}"


def _known(path: Path, recipe: type[Recipe] | None) -> str | None:
    if recipe is None:
        return None
    near, listed = _near(path, recipe), f"known: {', '.join(_keys(path, recipe))}"
    return f"did you mean '{near}'? {listed}" if near else listed


def _near(path: Path, recipe: type[Recipe] | None) -> str | None:
    """The key that an unknown one is probably meant to be, None where none is like it."""
    return None if recipe is None else did_you_mean(str(path[-1]), _keys(path, recipe))


def _keys(path: Path, recipe: type[Recipe]) -> list[str]:
    return [*keys_of(recipe), *_reading_keys(path[:-1])]


def _reading_keys(path: Path) -> tuple[str, ...]:
    """Keys that are gone once the file has been read, so that no recipe has them."""
    if not path:
        return ("extends",)
    depth = 2 if path[0] in NAMED else 1
    return ("preset",) if path[0] in presets() and len(path) == depth else ()


def _words(type_: str, error: Any) -> tuple[str, str | None]:
    context, got = error.get("ctx", {}), _shown(error["input"])
    if type_ in _EXPECTATION:
        expected, remedy = _EXPECTATION[type_]
        return f"{expected} is due here, not {got}", remedy
    if type_ in _BOUNDS:
        said, remedy = _BOUNDS[type_]
        return f"{said.format(**context)} (got {got})", remedy
    if type_ == "literal_error":
        return _choice(error["input"], context["expected"])
    if "remedy" in context:  # a refusal of ours
        return str(context["message"]), str(context["remedy"])
    message = str(context["error"]) if type_ == "value_error" else str(error["msg"])
    said, _, remedy = message.partition("; ")
    return said, remedy or None


def _choice(value: Any, expected: str) -> tuple[str, str]:
    """Words for a literal error; pydantic lists the choices as ``'a', 'b' or 'c'``."""
    choices = [each.strip("' ") for each in expected.replace(" or ", ", ").split(", ")]
    near = did_you_mean(str(value), choices)
    meant = f"did you mean '{near}'? " if near else ""
    return f"{_shown(value)} is not one of the choices", f"{meant}known: {', '.join(choices)}"


def _rule(type_: str) -> str:
    if type_ in _EXPECTATION:
        return "type"
    return {"value_error": "value", "literal_error": "choice"}.get(type_, type_.replace("_", "-"))


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:59]}…"
