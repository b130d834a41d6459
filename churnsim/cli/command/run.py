"""`churnsim run`: simulate a scenario as it stands and print its measures."""

from __future__ import annotations

import dataclasses
from functools import partial
from pathlib import Path
from typing import Any

import click

from churnsim.base.errors import UsageError
from churnsim.base.readable import counted
from churnsim.cli import option
from churnsim.cli.document import print_document
from churnsim.cli.mistake import Mistakes
from churnsim.cli.table import print_tabbed, print_table


@click.command(name="run")
@option.scenario
@option.simulating
@option.spreading
@option.shard
@option.until
@option.dry_run
@click.option(
    "--replication",
    "number",
    type=click.IntRange(min=0),
    help="Make this one replication alone and keep nothing.",
)
@option.show
@click.option(
    "--all", "with_blanks", is_flag=True,
    help="Print also what has nothing to measure here, and causes that never occurred.",
)  # fmt: skip
@option.figure
@option.publish
def command(
    file: Path,
    as_json: bool,
    as_tsv: bool,
    until: str | None,
    is_dry: bool,
    number: int | None,
    show: tuple[str, ...],
    with_blanks: bool,
    figure: Path | None,
    publish: Path | None,
    **options: Any,
) -> int:
    """Simulate FILE as it stands; print its measures.

    Several replications give every measure an interval.
    """
    from churnsim.checks import load, validate
    from churnsim.cli.answer import document, say_more, say_shard
    from churnsim.cli.doubt import doubted
    from churnsim.cli.estimate import check_known, chosen, legend, measures_table, tell_absent
    from churnsim.cli.experiment import conduct, invocation, replication
    from churnsim.cli.forecast import say_forecast

    if until is not None and options["replications"] is not None:
        raise UsageError("--until and --replications contradict each other; give one of them")
    if until is not None:
        options["settings"] += (f"study.until={until}",)
    scenario = load(file, options["settings"])
    validate(scenario)
    mistakes = Mistakes()
    mistakes.read(partial(check_known, show))
    asked = mistakes.read(partial(invocation, "run", scenario, file=file, show=show, **options))
    mistakes.tell()
    assert asked is not None
    doubts = doubted(scenario)
    if is_dry:
        return say_forecast(scenario, asked, as_json=as_json)
    if number is None:
        results = conduct(scenario, asked)
    else:
        asked = dataclasses.replace(asked, replication=number, out=None, shard=None)
        results = replication(scenario, asked, number)
    if asked.shard is not None:
        say_shard(scenario, asked, results, doubts, as_json=as_json)
        return results.exit_code
    if not results.measurements:  # every run failed: there is nothing to draw
        figure = publish = None
    if figure is not None or publish is not None:
        from churnsim.cli.figure import draw_timeline
        from churnsim.cli.publish import write_publication

        draw = partial(draw_timeline, scenario, asked)
        if figure is not None:
            draw(figure)
        if publish is not None:
            write_publication(scenario, asked, results, publish, draw)
    tell_absent(show, results)
    names, left_out = chosen(results, show, with_blanks=with_blanks)
    if as_json:
        print_document(document(scenario, asked, results, doubts))
    elif as_tsv:
        measures_table(results, print_tabbed, names)
    else:
        measures_table(results, print_table, names)
        if left_out:
            click.echo(
                f"\nleft out: {counted(left_out, 'line')} of what is undefined here or never occurred "
                "(--all shows them)"
            )
        legend(results, names)
        say_more(asked, results, figure)
    return results.exit_code
