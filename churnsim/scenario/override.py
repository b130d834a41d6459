"""One value of a scenario set from outside: ``--set issuers.mesh.ttl=15m`` or a point of a sweep."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from churnsim.base.errors import Problem, ScenarioError
from churnsim.base.registry import did_you_mean
from churnsim.scenario.compose import compose
from churnsim.scenario.node import Branch, Items, Leaf, Node
from churnsim.scenario.path import Path, parse_path, path_text
from churnsim.scenario.place import Place
from churnsim.scenario.problem import problem_at
from churnsim.scenario.section import NAMED

Seed = Callable[[Path], Node | None]
"""What stands at a path the user left to presets and defaults; None where nothing does."""


@dataclass(frozen=True)
class Override:
    """A path, and the node to put there."""

    path: tuple[str, ...]
    node: Node


def parse_override(text: str) -> Override | list[Problem]:
    """Override from ``PATH=VALUE``, the value read as YAML; or what is wrong with it."""
    place = Place("--set", f"--set {text}")
    address, equals, value = text.partition("=")
    if not equals:
        return [problem_at(place, "override", "an override is a path and a value", "write PATH=VALUE")]
    try:
        path = path_at(address.strip(), place)
    except ScenarioError as error:
        return list(error.problems)
    if path[0] == "extends":
        said = "extends cannot be set from outside"
        return [problem_at(place, "override", said, "write it in the file", path)]
    node, problems = compose(value, place)
    return problems or Override(path, node or Leaf(None, place))


def path_at(address: str, place: Place) -> tuple[str, ...]:
    """Steps of a dotted `address` written at `place`.

    Raises
    ------
    ScenarioError
        If it is no such address.
    """
    try:
        return parse_path(address)
    except ValueError as error:
        remedy = "name the keys from the top, with dots between"
        raise ScenarioError([problem_at(place, "path", str(error), remedy)]) from None


def laid(tree: Branch, override: Override, seed: Seed) -> Branch:
    """`tree` with the override's node at its path, as if the file had been edited there.

    Keys on the way that the file leaves out are taken from `seed`, so that setting one parameter of
    a recipe leaves its other parameters as they were.

    Raises
    ------
    ScenarioError
        If the path goes through a named thing or a list item that does not exist. Keys of recipes
        are judged by the validation that follows.
    """
    _refuse_unknown_name(tree, override)
    whole = _replaced(tree, override, 0, seed)
    assert isinstance(whole, Branch)
    return whole


def _refuse_unknown_name(tree: Branch, override: Override) -> None:
    path = override.path
    section = tree.get(path[0])
    known = list(section.entries) if isinstance(section, Branch) else []
    if path[0] not in NAMED or len(path) == 1 or path[1] in known:
        return
    near = did_you_mean(path[1], known)
    said = f"there is no {path_text(path[:2])}"
    remedy = f"did you mean '{path_text((path[0], near, *path[2:]))}'?" if near else _listed(path[0], known)
    raise ScenarioError([problem_at(override.node.place, "unknown-name", said, remedy, path)])


def _replaced(node: Node | None, override: Override, depth: int, seed: Seed) -> Node:
    if depth == len(override.path):
        return override.node
    at, step, place = override.path[:depth], override.path[depth], override.node.place
    if not isinstance(node, Branch | Items):
        node = seed(at) or Branch({}, place)
    if isinstance(node, Items):
        index = _index(node, override, depth)
        below = _replaced(node.items[index], override, depth + 1, seed)
        return Items((*node.items[:index], below, *node.items[index + 1 :]), node.place)
    assert isinstance(node, Branch)
    return node.put(step, _replaced(node.get(step), override, depth + 1, seed), place)


def _index(node: Items, override: Override, depth: int) -> int:
    step, count = override.path[depth], len(node.items)
    if step.isdecimal() and int(step) < count:
        return int(step)
    said = f"{path_text(override.path[:depth])} is a list of {count} and has no item '{step}'"
    remedy = f"count from 0 to {count - 1}" if count else "set the whole list"
    raise ScenarioError([problem_at(override.node.place, "unknown-item", said, remedy, override.path)])


def _listed(section: str, known: list[str]) -> str:
    return f"{section}: {', '.join(known)}" if known else f"the scenario has no {section}"
