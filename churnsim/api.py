"""The public verbs `run`, `sweep` and `simulate`: each takes a scenario, or the file it is in."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from os import PathLike
from typing import Concatenate, ParamSpec, TypeVar

from churnsim import experiment
from churnsim.checks import load
from churnsim.scenario import Scenario
from churnsim.simulate import simulate as simulate_scenario

P = ParamSpec("P")
R = TypeVar("R")


def _reading(
    verb: Callable[Concatenate[Scenario, P], R],
) -> Callable[Concatenate[Scenario | str | PathLike[str], P], R]:
    """The verb with a file allowed in place of its scenario."""

    def read(scenario: Scenario | str | PathLike[str], *args: P.args, **options: P.kwargs) -> R:
        return verb(scenario if isinstance(scenario, Scenario) else load(scenario), *args, **options)

    # The module stays this one, so that the verb can be pickled by its name.
    update_wrapper(read, verb, assigned=("__name__", "__qualname__", "__doc__"))
    return read  # type: ignore[return-value]  # its first argument may be given by name, which no Callable can say


run = _reading(experiment.run)
sweep = _reading(experiment.sweep)
simulate = _reading(simulate_scenario)
