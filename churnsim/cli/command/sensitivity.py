"""`churnsim sensitivity`: which settings a measure depends on, and by how much."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from churnsim.cli import option
from churnsim.cli.document import print_document
from churnsim.cli.table import print_tabbed, print_table


@click.command(name="sensitivity")
@option.scenario
@option.simulating
@option.spreading
@option.show
@click.option(
    "--factor",
    "factors",
    metavar="KEY=LOW..HIGH",
    multiple=True,
    help="Vary this key over that range, as in issuers.mesh.ttl=5m..24h:log, or over [a, list]; may be given "
    "several times [default: the axes of study.sweep].",
)
@click.option(
    "--method",
    type=click.Choice(["morris", "saltelli"]),
    help="morris ranks many factors at little cost; saltelli gives shares of variance [default: the study's "
    "design if it is one of them, else morris].",
)
@click.option(
    "--size",
    type=click.IntRange(min=2),
    help="Trajectories of morris (factors + 1 points each), samples of saltelli (factors + 2 points each).",
)
@option.figure
def command(
    file: Path,
    as_json: bool,
    as_tsv: bool,
    show: tuple[str, ...],
    factors: tuple[str, ...],
    method: str | None,
    size: int | None,
    figure: Path | None,
    **options: Any,
) -> int:
    """Find out which settings the measures of FILE depend on.

    Every factor is varied over its whole range, together with all others, under common random numbers. Four
    replications of each point are often enough: the share of noise is told.
    """
    from churnsim.checks import load, shown, validate
    from churnsim.cli.doubt import doubted
    from churnsim.cli.estimate import SHOWN, check_known
    from churnsim.cli.experiment import conduct, invocation
    from churnsim.cli.figure import draw_effects
    from churnsim.cli.sensitivity import design_settings, document, print_effects, study_of
    from churnsim.decision.sensitivity import sensitivity, values_of

    options["settings"] += design_settings(load(file, options["settings"]).study, factors, method, size)
    scenario = load(file, options["settings"])
    validate(scenario)
    check_known(show)
    doubts = doubted(scenario)
    design = study_of(scenario)
    if options["replications"] is None:
        options["replications"] = scenario.study.replications
    asked = invocation("sensitivity", scenario, file=file, show=show, **options)
    results = conduct(scenario, replace(asked, verb="sweep"))
    study = scenario.study
    found = [
        sensitivity(name, tuple(study.sweep), design, values_of(results, study, name), seed=asked.seed)
        for name in show or shown(scenario) or SHOWN
    ]
    for one in found:
        if one.warning is not None:
            click.echo(f"warning: {one.warning}", err=True)
    if figure is not None:
        draw_effects(scenario, results, found, figure)
    if as_json:
        print_document(document(scenario, asked, results, found, doubts))
    else:
        print_effects(found, design, print_tabbed if as_tsv else print_table)
        if not as_tsv:
            click.echo(
                f"\n{len(results.plan.points)} points, {results.plan.replications} replications of each"
            )
            if figure is not None:
                click.echo(f"figure:  {figure}")
            click.echo(f"seed:    {asked.seed}\nrepeat:  {asked.repeat}")
    return results.exit_code
