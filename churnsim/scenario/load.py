"""A scenario file, read and validated."""

from __future__ import annotations

from collections.abc import Iterable
from os import PathLike
from pathlib import Path as FilePath

from churnsim.base.errors import ScenarioError
from churnsim.scenario.extends import read
from churnsim.scenario.judged import Judges, judged
from churnsim.scenario.override import laid, parse_override
from churnsim.scenario.scenario import Scenario
from churnsim.scenario.seed import seed_of


def load(
    path: str | PathLike[str], overrides: Iterable[str] = (), *, judges: Judges | None = None
) -> Scenario:
    """Scenario in the file at `path`.

    Parameters
    ----------
    path : path-like
        YAML file; what it ``extends`` is laid below it.
    overrides : iterable of str
        ``PATH=VALUE`` each, laid over the file in turn, as if it had been edited there.
    judges : mapping, optional
        For each path to a list of words that only a caller understands, who refuses a word of it.

    Raises
    ------
    ScenarioError
        With every mistake found, in the order of the file.
    """
    file = FilePath(path)
    reading = read(file)
    tree, problems = reading.tree, list(reading.problems)
    for text in overrides:
        override = parse_override(text)
        if isinstance(override, list):
            problems += override
            continue
        try:
            tree = laid(tree, override, seed_of(Scenario, tree, file.parent))
        except ScenarioError as error:
            problems += error.problems
    problems += judged(tree, judges or {})
    return Scenario.grown(tree, file.parent, problems)
