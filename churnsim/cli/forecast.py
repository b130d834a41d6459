"""What a command under `--dry-run` says: how many runs, how long, how much."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from churnsim.base.readable import counted, readable, span
from churnsim.cli.document import print_document

if TYPE_CHECKING:
    from churnsim.cli.invocation import Invocation
    from churnsim.scenario import Scenario


def say_forecast(scenario: Scenario, asked: Invocation, *, as_json: bool) -> int:
    """Print what making the runs would take, by runs found in the store or by a few made now.

    Returns
    -------
    int
        The exit code.
    """
    from churnsim.experiment.forecast import forecast
    from churnsim.experiment.layout import laid_out
    from churnsim.experiment.local import processors
    from churnsim.experiment.plan import planned
    from churnsim.experiment.store import Store
    from churnsim.experiment.work import Work
    from churnsim.metrics.registry import evaluate
    from churnsim.scenario.candidate import candidates
    from churnsim.simulate import simulate

    shared, points = laid_out(scenario) if asked.verb == "sweep" else (scenario, ())
    left_out = candidates(scenario).left_out if asked.verb == "sweep" else 0
    until = scenario.study.until if asked.replications is None else ()
    count = asked.replications or max(each.first for each in until)
    plan = planned(shared, points, replications=count, seed=asked.seed, shard=asked.shard)
    store = None if asked.out is None else Store(asked.out, plan)
    found = forecast(Work(shared, plan, simulate, evaluate), store)
    # What a study that stops at a precision takes where it never gets there.
    most = max((each.most for each in until), default=count) * len(plan.points) - (found.runs - found.missing)
    # A cluster has the workers it has, and more or fewer tomorrow.
    workers = asked.workers or (processors() if asked.cluster is None else 1)
    if as_json:
        print_document(
            {
                "scenario": scenario.name,
                "hash": shared.hash,
                "points": len(plan.points),
                "left_out": left_out,
                "replications": count,
                "replications_most": max((each.most for each in until), default=count),
                "runs": found.runs,
                "missing": found.missing,
                "workers": workers,
                "seconds": round(found.seconds(workers), 3),
                "seconds_most": round(found.seconds(workers, most), 3),
                "bytes": round(found.size),
                "judged_by": found.basis,
                "repeat": asked.repeat,
            }
        )
        return 0
    excluded = f" ({left_out:,} more do not meet study.where)" if left_out else ""
    click.echo(f"points:  {len(plan.points):,}{excluded}")
    per_point = f"{counted(found.runs, 'run')}, {count:,} of each point" + (
        f", shard {plan.shard}" if plan.shard else ""
    )
    if until:
        goals, cap = ", ".join(map(str, until)), max(each.most for each in until)
        per_point += f" at first, up to {cap:,} until {goals}"
    click.echo(f"runs:    {per_point}")
    click.echo(f"stored:  {found.runs - found.missing:,}; to make: {found.missing:,}")
    if found.missing and found.basis:
        judged = f"{counted(found.basis, 'run')} {'in the store' if found.is_stored else 'made now'}"
        each = f"{readable(found.seconds_per_run, 's')} and {found.bytes_per_run / 1e3:.3g} kB a run"
        click.echo(f"time:    about {span(found.seconds(workers))} with {counted(workers, 'worker')}")
        click.echo(f"storage: about {found.size / 1e6:.2g} MB")
        if until:
            worst = f"{counted(most, 'run')}, about {span(found.seconds(workers, most))}"
            click.echo(f"at most: {worst}, where a measure never gets so precise (as if it never happens)")
        click.echo(f"judged by {judged}: {each}")
    elif found.missing:
        click.echo("time:    unknown: the runs that were tried failed; the command itself says why")
    click.echo(f"to run:  {asked.repeat}")
    return 0
