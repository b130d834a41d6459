"""Running a scenario, or its sweep, from Python."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from churnsim.experiment.conduct import Progress, conduct
from churnsim.experiment.history import common_history
from churnsim.experiment.plan import Plan, grid, single
from churnsim.experiment.work import Work
from churnsim.metrics.registry import evaluate

if TYPE_CHECKING:
    from churnsim.experiment.result import Results
    from churnsim.scenario import Scenario


def run(
    scenario: Scenario,
    *,
    replications: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
) -> Results:
    """Simulate a scenario as it stands, several times, and measure every run.

    Parameters
    ----------
    scenario : Scenario
        What to simulate; its sweep is left aside.
    replications, seed : int, optional
        Independent runs, and the root of their random numbers; as the study says where not given.
    workers : int, optional
        Runs at a time; as many as this process may use processors where not given. With more than one, worker
        processes are started: a script must then call this under ``if __name__ == "__main__":``.
    out : path, optional
        Folder that keeps results, such as ``results``; what it holds of this experiment is not made again. In
        memory only where not given.
    progress : callable, optional
        ``progress(done, total, elapsed)``; elapsed in seconds.

    Returns
    -------
    Results
        Frames of runs, summaries and comparisons.

    Raises
    ------
    UsageError
        If a number makes no sense.
    StoreError
        If results cannot be stored.
    Interrupted
        On Ctrl-C, with every finished run kept.
    """
    return _conduct(scenario, single(scenario, replications, seed), workers, out, progress)


def sweep(
    scenario: Scenario,
    *,
    replications: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
) -> Results:
    """Simulate every combination of the values on the sweep axes of a scenario's study.

    Parameters, returns and raises are those of `run`; further, `ScenarioError` if a combination is not a
    valid scenario, before anything runs. All points begin with the history that the longest needs, so that
    the same things happen at the same times at each (common random numbers).
    """
    shared = common_history(scenario)
    return _conduct(shared, grid(shared, replications, seed), workers, out, progress)


def _conduct(
    scenario: Scenario, plan: Plan, workers: int | None, out: str | Path | None, progress: Progress | None
) -> Results:
    from churnsim.simulate import simulate

    work = Work(scenario, plan, simulate, evaluate)
    return conduct(work, workers=workers, out=None if out is None else Path(out), progress=progress)
