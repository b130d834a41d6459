"""The commands that repeat a run or go on with an experiment."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

from churnsim.experiment.plan import Plan, Run
from churnsim.scenario.origin import leaves
from churnsim.scenario.path import path_text

if TYPE_CHECKING:
    from churnsim.scenario import Scenario


def repeat_command(scenario: Scenario, plan: Plan, run: Run) -> str:
    """The command that makes one run of a plan by itself.

    Parameters
    ----------
    scenario : Scenario
        The scenario of the plan.
    plan : Plan
        Gives the seed and the settings of the point.
    run : Run
        Which run.
    """
    words = ["churnsim", "run", *_scenario(scenario)]
    for path, value in plan.point(run.point).settings.items():
        words += ["--set", f"{path}={_text(value)}"]
    return shlex.join([*words, "--seed", str(plan.seed), "--replication", str(run.replication)])


def resume_command(scenario: Scenario, plan: Plan, out: Path | None) -> str:
    """The command that makes what is missing of a plan.

    Parameters
    ----------
    scenario : Scenario
        The scenario of the plan.
    plan : Plan
        Gives verb, seed and replications.
    out : Path or None
        Folder that holds the results of all scenarios.
    """
    words = ["churnsim", "sweep" if plan.axes else "run", *_scenario(scenario)]
    words += ["--seed", str(plan.seed)]
    if not plan.is_open:
        words += ["--replications", str(plan.replications)]
    if plan.shard is not None:
        words += ["--shard", str(plan.shard)]
    return shlex.join(words if out is None else [*words, "--out", str(out)])


def _scenario(scenario: Scenario) -> list[str]:
    """The file it was read from (its name, where it was made in Python) and what was overridden since."""
    file, overrides = None, []
    for path, value in leaves(scenario.canonical()):
        address = path_text(path)
        origin = scenario.origin(address)
        if origin.how == "file":
            file = file or origin.file
        elif origin.how == "--set":
            overrides += ["--set", f"{address}={_text(value)}"]
    return [file or scenario.name, *overrides]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=str)
