"""A scenario file together with the files it extends."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path as FilePath

from churnsim.base.errors import Problem, ScenarioError
from churnsim.scenario.compose import compose
from churnsim.scenario.merge import merged
from churnsim.scenario.node import Branch, Entry, Items, Leaf, Node
from churnsim.scenario.place import How, Place
from churnsim.scenario.problem import problem_at
from churnsim.scenario.text import text_of

LEVELS_MAX = 20


@dataclass(frozen=True)
class Reading:
    """What the files say: one merged tree and the mistakes found while reading."""

    tree: Branch
    problems: tuple[Problem, ...]


def read(path: FilePath) -> Reading:
    """The file at `path` laid over what it extends, level by level.

    Raises
    ------
    ScenarioError
        If a file cannot be read at all, is not a mapping, or extends itself in a circle.
    """
    return _read(path, (), None)


def _read(path: FilePath, above: tuple[FilePath, ...], named_at: Place | None) -> Reading:
    how: How = "extends" if above else "file"
    text = text_of(path, named_at)
    root, problems = compose(text, Place(how, str(path)))
    tree = _mapping(root, problems, str(path))
    base = tree.get("extends")
    if base is None:
        return Reading(tree, tuple(problems))
    tree = tree.drop("extends")
    target = _target(base, path)
    if isinstance(target, Problem):
        return Reading(tree, (*problems, target))
    chain = (*above, path)
    _refuse_circle(target, chain, base.place)
    try:
        below = _read(target, chain, base.place)
    except ScenarioError as error:
        raise ScenarioError([*problems, *error.problems]) from None
    below_tree = _rebased(below.tree, os.path.relpath(target.parent, path.parent))
    whole = merged(below_tree, tree)
    assert isinstance(whole, Branch)
    return Reading(whole, (*problems, *below.problems))


def _mapping(root: Node | None, problems: list[Problem], file: str) -> Branch:
    if isinstance(root, Branch):
        return root
    if root is None and problems:
        raise ScenarioError(problems)
    is_empty = root is None or (isinstance(root, Leaf) and root.value is None)
    kind = "list" if isinstance(root, Items) else "single word"
    message = "the file is empty" if is_empty else f"a scenario is a mapping of keys to values, not a {kind}"
    place = Place("file", file, 1, 1) if root is None else root.place
    remedy = "start with 'churnsim: 1', 'name: ...' and 'horizon: ...'"
    raise ScenarioError([*problems, problem_at(place, "mapping", message, remedy)])


def _target(base: Node, path: FilePath) -> FilePath | Problem:
    if isinstance(base, Leaf) and isinstance(base.value, str) and base.value and "\0" not in base.value:
        return FilePath(os.path.normpath(path.parent / base.value))
    remedy = "write its path relative to this one, as in 'extends: base.yaml'"
    return problem_at(base.place, "extends", "extends names one file", remedy, ("extends",))


def _refuse_circle(target: FilePath, chain: tuple[FilePath, ...], place: Place) -> None:
    real = [each.resolve() for each in chain]
    if target.resolve() in real:
        circle = (*chain[real.index(target.resolve()) :], target)
        said = "extends goes in a circle: " + " -> ".join(str(each) for each in circle)
        remedy = "take one of these 'extends' out"
        raise ScenarioError([problem_at(place, "extends", said, remedy, ("extends",))])
    if len(chain) >= LEVELS_MAX:
        said = f"more than {LEVELS_MAX} levels of extends"
        raise ScenarioError([problem_at(place, "extends", said, "merge some of these files", ("extends",))])


def _rebased(tree: Branch, folder: str) -> Branch:
    """`tree` with each ``file:`` it names seen from the extending file instead of from its own folder."""
    if folder == ".":
        return tree
    entries = {
        key: Entry(entry.place, _moved(key, entry.node, folder)) for key, entry in tree.entries.items()
    }
    return Branch(entries, tree.place)


def _moved(key: str, node: Node, folder: str) -> Node:
    if isinstance(node, Branch):
        return _rebased(node, folder)
    if isinstance(node, Items):
        return Items(tuple(_moved(key, item, folder) for item in node.items), node.place)
    if key == "file" and isinstance(node.value, str):
        return Leaf(os.path.normpath(FilePath(folder) / node.value), node.place)
    return node
