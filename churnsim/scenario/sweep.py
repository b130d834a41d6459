"""Whether every point of a scenario's sweep is a valid scenario."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path as FilePath

from churnsim.base.errors import Problem, ScenarioError
from churnsim.base.recipe import Recipe
from churnsim.scenario.node import Branch, Items, Leaf, Node, find
from churnsim.scenario.override import Override, laid, path_at
from churnsim.scenario.path import Path
from churnsim.scenario.place import Place
from churnsim.scenario.problem import problem_at
from churnsim.scenario.seed import seed_of
from churnsim.scenario.settle import settle

# Rules that say how a value stands to another one, which may be swept as well.
_BETWEEN = ("order", "size")
_ASKED = ("churnsim", "name", "question", "invariants", "study")


@dataclass(frozen=True)
class _Axis:
    key: str
    place: Place
    path: tuple[str, ...]
    values: tuple[Node, ...]

    @property
    def home(self) -> Path:
        return ("study", "sweep", self.key)


def sweep_problems(
    model: type[Recipe], tree: Branch, folder: FilePath, known: tuple[Problem, ...]
) -> Iterator[Problem]:
    """Problems of single sweep values and of the axes' paths, without those `known` of the scenario itself.

    In a grid without conditions each value is tried with the first value of every other axis: that is a
    point which will be run, whereas the value in the scenario body need not be. Elsewhere each value is tried
    in the scenario body and only what is wrong with the value itself is told: which points will be run is
    known once the design is laid out, and each is validated then.
    """
    sweep = find(tree, ("study", "sweep"))
    if not isinstance(sweep, Branch):
        return
    world = tree.drop("study", "invariants")
    axes = []
    is_grid = _is_plain_grid(tree)
    for key, entry in sweep.entries.items():
        if (values := _tried(entry.node)) is None:
            continue  # told by the validation of the study
        try:
            axis = _Axis(key, entry.place, _path(key, entry.place), values)
            if not axis.values:
                raise _refusal(axis.place, key, "a sweep needs at least one value", "write a list of values")
            laid_first = _laid(model, world, folder, axis, axis.values[0])
            world = laid_first if is_grid else world
        except ScenarioError as error:
            yield from error.problems
        else:
            axes.append(axis)
    yield from _trials(model, world, folder, axes, known, is_grid=is_grid)


def _tried(node: Node) -> tuple[Node, ...] | None:
    """The values on an axis that are tried by themselves: those listed, or the ends of a range."""
    if isinstance(node, Items):
        return node.items
    ends = [node.get("low"), node.get("high")] if isinstance(node, Branch) else []
    return tuple(end for end in ends if isinstance(end, Leaf)) or None


def _is_plain_grid(tree: Branch) -> bool:
    design, where = find(tree, ("study", "design")), find(tree, ("study", "where"))
    return where is None and (not isinstance(design, Branch) or design.word("kind") in (None, "grid"))


def _trials(
    model: type[Recipe],
    first: Branch,
    folder: FilePath,
    axes: list[_Axis],
    known: tuple[Problem, ...],
    *,
    is_grid: bool,
) -> Iterator[Problem]:
    seen = {(problem.path, problem.message) for problem in known}
    for axis in axes:
        for index, value in enumerate(axis.values):
            if is_grid and index == 0 and axis is not axes[0]:
                continue  # the point of all first values has been tried
            settled = settle(model, _laid(model, first, folder, axis, value), folder)
            for problem in settled.problems:
                told = _told(problem, axes)
                # In a scenario with other mistakes, what a value does elsewhere may be their doing.
                is_its_own = told is not None and (is_grid or problem.rule not in _BETWEEN)
                if (problem.path, problem.message) not in seen and (is_its_own or (is_grid and not known)):
                    yield told or _elsewhere(problem, axis, index)
                if problem.rule == "unknown-key":
                    seen.add((problem.path, problem.message))


def _told(problem: Problem, axes: list[_Axis]) -> Problem | None:
    """`problem` at the key of the axis whose path does not exist, or as it is if a swept value is wrong."""
    for axis in axes:
        if problem.rule == "unknown-key" and problem.path == axis.path[: len(problem.path)]:
            return problem_at(axis.place, problem.rule, problem.message, problem.remedy, axis.home)
        if problem.path[: len(axis.path)] == axis.path:
            return problem
    return None


def _elsewhere(problem: Problem, tried: _Axis, index: int) -> Problem:
    """`problem` of another part of the scenario, at the value that brings it about."""
    place = tried.values[index].place
    message = f"with this value of {tried.key}: {problem.message}"
    return replace(problem, message=message, file=place.file, line=place.line, column=place.column)


def _path(key: str, place: Place) -> tuple[str, ...]:
    path = path_at(key, place)
    if path[0] in _ASKED:
        raise _refusal(place, key, f"{path[0]} is not part of the world", "sweep what the world is made of")
    return path


def _laid(model: type[Recipe], tree: Branch, folder: FilePath, axis: _Axis, value: Node) -> Branch:
    try:
        return laid(tree, Override(axis.path, value), seed_of(model, tree, folder))
    except ScenarioError as error:
        (problem,) = error.problems
        raise _refusal(axis.place, axis.key, problem.message, problem.remedy or "") from None


def _refusal(place: Place, key: str, message: str, remedy: str) -> ScenarioError:
    return ScenarioError([problem_at(place, "sweep", message, remedy, ("study", "sweep", key))])
