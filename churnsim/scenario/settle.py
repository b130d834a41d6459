"""From what is written to a validated model, or to everything that is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Generic, TypeVar

from pydantic import ValidationError

from churnsim.base.errors import Problem
from churnsim.base.recipe import Recipe
from churnsim.scenario.impossible import impossible
from churnsim.scenario.names import name_problems, targets
from churnsim.scenario.node import Branch, plain
from churnsim.scenario.preset import expanded
from churnsim.scenario.translate import problems_of

M = TypeVar("M", bound=Recipe)


@dataclass(frozen=True)
class Source:
    """What a scenario was made from.

    Attributes
    ----------
    tree : Branch
        As written: files merged, overrides laid over, presets still names.
    full : Branch
        The same with the values of the presets.
    folder : Path
        Where relative data files are looked for.
    """

    tree: Branch
    full: Branch
    folder: FilePath


@dataclass(frozen=True)
class Settled(Generic[M]):
    """The validated model, or None and the problems."""

    value: M | None
    source: Source
    problems: tuple[Problem, ...]


def settle(model: type[M], tree: Branch, folder: FilePath) -> Settled[M]:
    """Expand presets in `tree`, validate it as `model` and check its references."""
    full, problems = expanded(tree)
    value = None
    try:
        value = model.model_validate(
            plain(full), context={"folder": folder, "judged": True, "names": targets(full)}
        )
    except ValidationError as error:
        unfilled = [problem.path[:-1] for problem in problems]
        problems += [each for each in problems_of(error, model, full) if not _moot(each, unfilled)]
    problems += name_problems(model, full)
    if value is not None:
        problems += impossible(value, full)
    return Settled(None if problems else value, Source(tree, full, folder), tuple(problems))


def _moot(problem: Problem, unfilled: list[tuple[str | int, ...]]) -> bool:
    """Whether a key is missing only because the preset that should give it is not known."""
    return problem.rule == "missing-key" and problem.path[:-1] in unfilled
