"""The public verbs `run`, `sweep`, `compare` and `simulate`: each takes a scenario, or the file it is in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import update_wrapper
from os import PathLike
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from churnsim import experiment
from churnsim.base.errors import UsageError
from churnsim.checks import load, shown
from churnsim.decision import Comparison
from churnsim.decision import compare as compare_designs
from churnsim.decision.alternative import find
from churnsim.decision.front import OBJECTIVES
from churnsim.decision.trial import labels, trial
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


def compare(
    *scenarios: Scenario | str | PathLike[str],
    measures: Sequence[str] | None = None,
    baseline: str | None = None,
    replications: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    out: str | PathLike[str] | None = None,
) -> Comparison:
    """Run designs alike and compare them, paired by replication.

    Parameters
    ----------
    *scenarios : Scenario or path
        One, the points of whose sweep are the designs; or several, each as it stands.
    measures : sequence of str, optional
        What to compare in; where not given what the study of the first scenario shows, or else availability,
        cost, over-trust and under-trust.
    baseline : str, optional
        Name of the design to compare with; the first where not given.
    replications, seed : int, optional
        Of every design; as the study of the first scenario says where not given.
    workers, out
        As for `run`.

    Returns
    -------
    Comparison
        Its `frame` has a row for each measure and design; its `designs` go into `churnsim.decision.front`,
        `screen` and `choose`.

    Raises
    ------
    UsageError
        If there is nothing to compare, or a measure or design is unknown.
    ScenarioError
        If a file is not a valid scenario.
    """
    if not scenarios:
        raise UsageError("name at least one scenario to compare")
    read = [each if isinstance(each, Scenario) else load(each) for each in scenarios]
    files = [each.name if isinstance(each, Scenario) else str(each) for each in scenarios]
    study = read[0].study
    runs = study.replications if replications is None else replications
    root = study.seed if seed is None else seed

    def made_by(verb: Callable[..., experiment.Results]) -> Callable[[Scenario], experiment.Results]:
        place = None if out is None else Path(out)
        return lambda scenario: verb(scenario, replications=runs, seed=root, workers=workers, out=place)

    designs, _ = trial(
        dict(zip(labels(read, files), read, strict=True)),
        run=made_by(experiment.run),
        sweep=made_by(experiment.sweep),
    )
    base = None if baseline is None else find(designs, baseline)
    chosen = tuple(measures or shown(read[0]) or OBJECTIVES)
    return compare_designs(designs, chosen, baseline=base)
