"""Running what the user asked for, with progress, and saying how to go on if it is broken off."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from churnsim.base.readable import counted
from churnsim.cli.invocation import Invocation
from churnsim.cli.progress import progress

if TYPE_CHECKING:
    from churnsim.experiment import Results
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
) -> Invocation:
    """The command with what the study of the scenario says filled in."""
    return Invocation(
        verb,
        file,
        scenario.study.seed if seed is None else seed,
        scenario.study.replications if replications is None else replications,
        settings,
        workers,
        None if no_store else out,
    )


def conduct(scenario: Scenario, asked: Invocation) -> Results:
    """Make the runs that are asked for and not stored yet.

    Raises
    ------
    Abort
        On Ctrl-C or SIGTERM, after saying on standard error how to go on.
    """
    from churnsim.experiment import Interrupted, run, sweep

    make = sweep if asked.verb == "sweep" else run
    try:
        with progress(scenario.name) as tell:
            return make(
                scenario,
                replications=asked.replications,
                seed=asked.seed,
                workers=asked.workers,
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
    except KeyboardInterrupt as error:
        click.echo(f"interrupted before the first run; start again with: {asked.repeat}", err=True)
        raise click.Abort from error


def replication(scenario: Scenario, asked: Invocation, number: int) -> Results:
    """Make one replication in this process and keep nothing, whatever the others do."""
    from churnsim.experiment import Results
    from churnsim.experiment.plan import BASE, Run, single
    from churnsim.metrics import evaluate
    from churnsim.simulate import simulate

    plan = single(scenario, number + 1, asked.seed)
    trace = simulate(scenario, seed=asked.seed, replication=number)
    return Results(plan, {Run(BASE, number): evaluate(trace)})
