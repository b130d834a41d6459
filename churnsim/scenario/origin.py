"""Where each value of a scenario comes from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from churnsim.base.errors import ScenarioError
from churnsim.base.registry import did_you_mean
from churnsim.scenario.node import Branch, Leaf, Node, trail
from churnsim.scenario.override import path_at
from churnsim.scenario.path import Path, path_text
from churnsim.scenario.place import DEFAULT, PYTHON, How, Place
from churnsim.scenario.problem import problem_at


@dataclass(frozen=True, slots=True)
class Origin:
    """A value and where it was written.

    Attributes
    ----------
    value : object
        The value in force, as a scenario file would hold it.
    how : How
        ``file``, ``extends``, ``--set``, ``preset``, ``python`` or ``default``.
    file, line, column
        Where it stands; None where it stands nowhere.
    source : str or None
        Fact ids behind a preset's value.
    """

    value: object
    how: How
    file: str | None
    line: int | None
    column: int | None
    source: str | None


def origin_of(value: object, tree: Node, path: Path) -> Origin:
    """Origin of `value`, which is in force at `path` of the scenario written in `tree`."""
    place = _place(tree, path)
    return Origin(value, place.how, place.file, place.line, place.column, place.source)


def _place(tree: Node, path: Path) -> Place:
    nodes = list(trail(tree, path))
    last = nodes[-1]
    if len(nodes) == len(path) + 1:
        return last.place
    if isinstance(last, Leaf):  # a shorthand: `startup: 4s` stands for the whole law
        return last.place
    if isinstance(last, Branch) and "file" in last.entries:  # numbers that came out of a data file
        return last.entries["file"].node.place
    return DEFAULT


def value_at(data: object, address: str) -> tuple[Path, object]:
    """Path and value of a dotted `address` in plain data; an empty address means all of it.

    Raises
    ------
    ScenarioError
        If there is no such value.
    """
    path = path_at(address, PYTHON) if address else ()
    for depth, step in enumerate(path):
        known = {str(key): each for key, each in _parts(data)}
        if step not in known:
            near = did_you_mean(step, known)
            said = f"there is no {path_text(path[: depth + 1])}"
            meant = path_text((*path[:depth], near, *path[depth + 1 :])) if near else None
            listed = f"known here: {', '.join(known)}" if known else "nothing stands below it"
            remedy = f"did you mean '{meant}'?" if meant else listed
            raise ScenarioError([problem_at(PYTHON, "path", said, remedy, path)])
        data = known[step]
    return path, data


def _parts(data: object) -> Iterator[tuple[object, object]]:
    if isinstance(data, dict):
        yield from data.items()
    elif isinstance(data, list):
        yield from enumerate(data)


def leaves(value: object, path: Path = ()) -> Iterator[tuple[Path, object]]:
    """The words in `value` with their paths; a list of words counts as one."""
    if isinstance(value, dict) and value:
        for key, each in value.items():
            yield from leaves(each, (*path, str(key)))
    elif isinstance(value, list) and any(isinstance(each, dict | list) for each in value):
        for index, each in enumerate(value):
            yield from leaves(each, (*path, index))
    else:
        yield path, value
