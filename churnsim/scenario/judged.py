"""Words of a scenario that only those above it understand: invariants, and measures to show."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from churnsim.base.errors import ChurnsimError, Problem
from churnsim.scenario.node import Branch, Items, Leaf, find
from churnsim.scenario.path import Path
from churnsim.scenario.problem import problem_at

Judges = Mapping[Path, Callable[[str], object]]
"""For each path to a list of words, who refuses a word by raising ValueError or ChurnsimError."""


def judged(tree: Branch, judges: Judges) -> Iterator[Problem]:
    """Problems of the words in `tree` that their judge refuses, each at its place."""
    for path, judge in judges.items():
        words = find(tree, path)
        for index, item in enumerate(words.items if isinstance(words, Items) else ()):
            if isinstance(item, Leaf) and isinstance(item.value, str):
                try:
                    judge(item.value)
                except (ValueError, ChurnsimError) as error:
                    yield problem_at(item.place, "word", str(error), None, (*path, index))
