"""Running what the user asked for, with progress, and saying how to go on if it is broken off."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from churnsim.base.errors import UsageError
from churnsim.base.readable import counted
from churnsim.cli.invocation import Invocation
from churnsim.cli.progress import progress

if TYPE_CHECKING:
    from churnsim.experiment import Results, Shard
    from churnsim.scenario import Scenario


def invocation(
    verb: str,
    scenario: Scenario,
    *,
    file: Path,
    settings: tuple[str, ...],
    seed: int | None,
    replications: int | None,
    workers: int | None,
    out: Path,
    no_store: bool,
    engine: str = "local",
    address: str | None = None,
    scheduler_file: Path | None = None,
    max_wait: float = 60.0,
    shard: Shard | None = None,
    show: tuple[str, ...] = (),
) -> Invocation:
    """The command with what the study of the scenario says filled in.

    Raises
    ------
    UsageError
        If its options do not fit together; all that is wrong is told.
    """
    from churnsim.experiment import Cluster

    wrong = []
    if engine == "local" and (address is not None or scheduler_file is not None):
        wrong.append("--address and --scheduler-file lead to a Dask cluster; add --engine dask")
    if engine == "dask" and workers is not None:
        wrong.append("a Dask cluster has the workers it has; leave --workers out")
    if shard is not None and no_store:
        wrong.append("a shard is made to be merged with others; leave --no-store out")
    if wrong:
        raise UsageError("\n".join(wrong))
    # What must hold is judged by a number of runs fixed beforehand, never by stopping when they agree.
    is_open = replications is None and verb != "check" and scenario.study.until
    return Invocation(
        verb,
        file,
        scenario.study.seed if seed is None else seed,
        None if is_open else scenario.study.replications if replications is None else replications,
        settings,
        workers,
        None if no_store else out,
        cluster=Cluster(address, scheduler_file, max_wait) if engine == "dask" else None,
        shard=shard,
        show=show,
    )


def conduct(scenario: Scenario, asked: Invocation) -> Results:
    """Make the runs that are asked for and not stored yet.

    Raises
    ------
    EngineLost
        If no worker lives to make runs, with the command that goes on.
    Abort
        On Ctrl-C or SIGTERM, after saying on standard error how to go on.
    """
    from churnsim.experiment import EngineLost, Interrupted, run, sweep

    make = sweep if asked.verb == "sweep" else run
    try:
        with progress(scenario.name) as tell:
            return make(
                scenario,
                replications=asked.replications,
                seed=asked.seed,
                workers=asked.workers,
                cluster=asked.cluster,
                shard=asked.shard,
                out=asked.out,
                progress=tell,
            )
    except Interrupted as error:
        made = f"{error.done} of {counted(error.total, 'run')}"
        kept = f"{made} are kept in {error.place}; go on with: {asked.repeat}"
        lost = f"{made} were made, none kept (--no-store)"
        click.echo(f"interrupted: {lost if error.place is None else kept}", err=True)
        # Its context says which signal it was, and with that the exit code.
        raise click.Abort from error.__context__
    except EngineLost as error:
        raise EngineLost(error.reason, error.kept, asked.repeat) from error
    except KeyboardInterrupt as error:
        click.echo(f"interrupted before the first run; start again with: {asked.repeat}", err=True)
        raise click.Abort from error


def replication(scenario: Scenario, asked: Invocation, number: int) -> Results:
    """Make one replication in this process and keep nothing, whatever the others do."""
    from churnsim.experiment import Results
    from churnsim.experiment.plan import BASE, Run, planned
    from churnsim.metrics import evaluate
    from churnsim.simulate import simulate

    plan = planned(scenario, replications=number + 1, seed=asked.seed)
    trace = simulate(scenario, seed=asked.seed, replication=number)
    return Results(plan, {Run(BASE, number): evaluate(trace)})
