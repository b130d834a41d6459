"""`churnsim warmup`: how much of a run's beginning to leave out."""

from __future__ import annotations

from pathlib import Path

import click

from churnsim.cli import option
from churnsim.cli.document import print_document
from churnsim.cli.table import print_tabbed, print_table, wrapped

INCONCLUSIVE = 4


@click.command(name="warmup")
@option.scenario
@option.settings
@option.show
@click.option("--seed", type=click.IntRange(min=0), help="Seed of all random numbers [default: the study's].")
@click.option(
    "--replications", type=click.IntRange(min=1), help="Runs that are averaged [default: the study's]."
)
@option.as_json
@option.as_tsv
@option.figure
def command(
    file: Path,
    settings: tuple[str, ...],
    show: tuple[str, ...],
    seed: int | None,
    replications: int | None,
    as_json: bool,
    as_tsv: bool,
    figure: Path | None,
) -> int:
    """Find out when FILE has settled, and what its warmup should be.

    Every replication of the study, its sweep left aside, is simulated from its beginning and measured step by
    step; MSER-5 says where to cut, and the figure shows Welch's curve. If the beginning is what is asked
    about, as after a deploy, cut nothing.
    """
    from churnsim.checks import load, validate
    from churnsim.cli.doubt import doubted_world
    from churnsim.cli.estimate import check_known
    from churnsim.cli.invocation import Invocation
    from churnsim.cli.warmup import document, print_settling, say_more, settle, struck_at_times, verdict

    scenario = load(file, settings)
    validate(scenario)
    check_known(show)
    warnings: list[object] = [*doubted_world(scenario)]
    if struck := struck_at_times(scenario):
        warnings.append(
            f"{', '.join(struck)}: strikes at fixed times, and what follows is no beginning that settles; "
            "look without, as with --set 'failures=[]'"
        )
        click.echo(f"warning: {warnings[-1]}", err=True)
    study = scenario.study
    asked = Invocation(
        "warmup",
        file,
        study.seed if seed is None else seed,
        study.replications if replications is None else replications,
        settings,
        out=Path("results"),
        show=show,
    )
    found = settle(scenario, asked, show)
    if figure is not None:
        from churnsim.cli.figure import draw_warmup

        draw_warmup(scenario, asked, found, figure)
    if as_json:
        print_document(document(scenario, asked, found, warnings))
    elif as_tsv:
        print_settling(found, print_tabbed)
    else:
        print_settling(found, print_table)
        click.echo(f"\n{wrapped(verdict(scenario, found))}\n")
        if figure is not None:
            click.echo(f"figure:  {figure}")
        say_more(asked, found)
    settled = scenario.start == "stationary" or all(one.cut is not None for one in found)
    return 0 if settled else INCONCLUSIVE
