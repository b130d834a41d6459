"""A scenario file, read and validated down to the measures it names."""

from __future__ import annotations

from collections.abc import Iterable
from os import PathLike

from churnsim import scenario
from churnsim.checks.bound import Bound
from churnsim.metrics import MEASURES
from churnsim.scenario import Scenario
from churnsim.scenario.invariant import parse_invariant


def load(path: str | PathLike[str], overrides: Iterable[str] = ()) -> Scenario:
    """Scenario in the file at `path`, with every measure it names known to exist.

    Parameters
    ----------
    path : path-like
        YAML file; what it ``extends`` is laid below it.
    overrides : iterable of str
        ``PATH=VALUE`` each, laid over the file in turn, as if it had been edited there.

    Raises
    ------
    ScenarioError
        With every mistake found, in the order of the file.
    """
    return scenario.load(
        path, overrides, judges={("invariants",): _promise, ("study", "show"): MEASURES.find}
    )


def _promise(text: str) -> None:
    try:
        invariant = parse_invariant(text)
    except ValueError:
        return  # No invariant at all: the scenario itself says so.
    Bound.of(invariant)
