"""`churnsim sweep`: simulate every combination of a study's settings and compare them."""

from __future__ import annotations

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

_HOW = "give a list of values to a path, as in 'study: {sweep: {issuers.mesh.ttl: [15m, 1h]}}'"


@click.command(name="sweep")
@option.scenario
@option.simulating
@option.spreading
@option.shard
@option.until
@option.dry_run
@option.show
@option.figure
@option.publish
def command(
    file: Path,
    as_json: bool,
    as_tsv: bool,
    until: str | None,
    is_dry: bool,
    show: tuple[str, ...],
    figure: Path | None,
    publish: Path | None,
    **options: Any,
) -> int:
    """Simulate FILE at every point of its study.

    The points are those of study.design over the values in study.sweep, all combinations unless it says
    otherwise; the table shows the measures in study.show.
    """
    from churnsim.checks import load, shown, validate
    from churnsim.cli.answer import document, points, say_more, say_shard
    from churnsim.cli.doubt import doubted
    from churnsim.cli.estimate import check_known, legend, points_table, tell_absent
    from churnsim.cli.experiment import conduct, invocation
    from churnsim.cli.forecast import say_forecast
    from churnsim.scenario.candidate import candidates

    if until is not None and options["replications"] is not None:
        raise UsageError("--until and --replications contradict each other; give one of them")
    if until is not None:
        options["settings"] += (f"study.until={until}",)
    scenario = load(file, options["settings"])
    validate(scenario)
    mistakes = Mistakes()
    mistakes.read(partial(check_known, show))
    asked = mistakes.read(partial(invocation, "sweep", scenario, file=file, show=show, **options))
    mistakes.tell()
    assert asked is not None
    doubts = doubted(scenario)
    if not scenario.study.sweep:
        click.echo(f"{file}: nothing is swept; {_HOW}", err=True)
    measures = show or shown(scenario)
    if figure is not None or publish is not None:
        from churnsim.cli.figure import check_drawable

        check_drawable(scenario, measures)
    if is_dry:
        return say_forecast(scenario, asked, as_json=as_json)
    if left_out := candidates(scenario).left_out:
        few = counted(left_out, "point")
        click.echo(f"{scenario.name}: {few} of the design left out by study.where", err=True)
    results = conduct(scenario, asked)
    if asked.shard is not None:
        say_shard(scenario, asked, results, doubts, as_json=as_json)
        return results.exit_code
    tell_absent(measures, results)
    measures = tuple(name for name in measures if name in results.measures)
    if not measures:  # every run failed, or none showed a part that was asked for: there is nothing to draw
        figure = publish = None
    if figure is not None or publish is not None:
        from churnsim.cli.figure import draw_sweep
        from churnsim.cli.publish import write_publication

        draw = partial(draw_sweep, scenario, results, measures)
        if figure is not None:
            draw(figure)
        if publish is not None:
            write_publication(scenario, asked, results, publish, draw)
    if as_json:
        print_document({**document(scenario, asked, results, doubts), "points": points(results)})
    elif as_tsv:
        points_table(results, print_tabbed, measures)
    else:
        legend(results, points_table(results, print_table, measures))
        say_more(asked, results, figure)
    return results.exit_code
