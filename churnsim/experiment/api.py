"""Running a scenario, or its sweep, from Python."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from churnsim.base.errors import UsageError
from churnsim.experiment.conduct import Progress, by_processes, conduct
from churnsim.experiment.layout import laid_out
from churnsim.experiment.plan import Plan, planned
from churnsim.experiment.shard import Shard
from churnsim.experiment.stopping import Goal, in_rounds
from churnsim.experiment.work import Work
from churnsim.metrics.registry import evaluate

if TYPE_CHECKING:
    from churnsim.experiment.cluster import Cluster
    from churnsim.experiment.result import Results
    from churnsim.scenario import Scenario


def run(
    scenario: Scenario,
    *,
    replications: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    cluster: Cluster | None = None,
    shard: Shard | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
) -> Results:
    """Simulate a scenario as it stands, several times, and measure every run.

    Parameters
    ----------
    scenario : Scenario
        What to simulate; its sweep is left aside.
    replications, seed : int, optional
        Independent runs, and the root of their random numbers; as the study says where not given. A number
        that is given also replaces the precision at which the study would stop.
    workers : int, optional
        Runs at a time; as many as this process may use processors where not given. With more than one, worker
        processes are started: a script must then call this under ``if __name__ == "__main__":``.
    cluster : Cluster, optional
        A Dask cluster that makes the runs instead of processes on this machine.
    shard : Shard, optional
        The share of the runs to make here; all of them where not given.
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
        If a number makes no sense, or a study that stops at a precision is sharded.
    StoreError
        If results cannot be stored.
    EngineLost
        If no worker lives to make runs, with every finished run kept.
    Interrupted
        On Ctrl-C, with every finished run kept.
    """
    plan = planned(scenario, replications=replications, seed=seed, shard=shard)
    return _Making(scenario, workers, cluster, out, progress).results(plan, is_fixed=replications is not None)


def sweep(
    scenario: Scenario,
    *,
    replications: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    cluster: Cluster | None = None,
    shard: Shard | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
) -> Results:
    """Simulate the points of a scenario's study.

    Parameters, returns and raises are those of `run`; further, `ScenarioError` if a point is not a valid
    scenario, before anything runs. All points begin with the history that the longest needs, so that the same
    things happen at the same times at each (common random numbers).
    """
    shared, points = laid_out(scenario)
    plan = planned(shared, points, replications=replications, seed=seed, shard=shard)
    return _Making(shared, workers, cluster, out, progress).results(plan, is_fixed=replications is not None)


class _Making:
    """Who makes the runs, where they are kept, and whom to tell."""

    def __init__(
        self,
        scenario: Scenario,
        workers: int | None,
        cluster: Cluster | None,
        out: str | Path | None,
        progress: Progress | None,
    ) -> None:
        self._scenario = scenario
        self._hire = by_processes(workers) if cluster is None else cluster.crew
        self._out = None if out is None else Path(out)
        self._progress = progress

    def results(self, plan: Plan, *, is_fixed: bool) -> Results:
        """Make the runs of a plan; where the number of replications is not fixed, until they are enough."""
        goals = () if is_fixed else tuple(map(Goal.of, self._scenario.study.until))
        if not goals:
            return self._conduct(plan)
        if plan.shard is not None:
            raise UsageError(
                "a shard cannot tell when all shards together are precise enough; give a number of "
                "replications, which sets study.until aside"
            )
        began = time.monotonic()
        tell, self._progress = self._progress, None
        if tell is not None:  # the rounds are one experiment to whoever watches
            self._progress = lambda done, total, _: tell(done, total, time.monotonic() - began)
        return in_rounds(plan, goals, self._conduct)

    def _conduct(self, plan: Plan, known: Results | None = None) -> Results:
        from churnsim.simulate import simulate

        work = Work(self._scenario, plan, simulate, evaluate)
        return conduct(work, hire=self._hire, out=self._out, progress=self._progress, known=known)
