"""`churnsim rare`: measures of a failure so rare that few runs see it."""

from __future__ import annotations

from pathlib import Path

import click

from churnsim.cli import option
from churnsim.cli.document import print_document
from churnsim.cli.table import print_tabbed, print_table, wrapped


@click.command(name="rare")
@option.scenario
@option.settings
@click.option(
    "--failure",
    "failure",
    metavar="NUMBER",
    type=click.IntRange(min=0),
    help="Which failure is made to happen, from 0 [default: the only one that happens by law].",
)
@option.show
@click.option("--seed", type=click.IntRange(min=0), help="Seed of all random numbers [default: the study's].")
@click.option(
    "--replications",
    type=click.IntRange(min=2),
    help="Runs with one incident, and as many without [default: the study's].",
)
@option.as_json
@option.as_tsv
def command(
    file: Path,
    settings: tuple[str, ...],
    failure: int | None,
    show: tuple[str, ...],
    seed: int | None,
    replications: int | None,
    as_json: bool,
    as_tsv: bool,
) -> None:
    """Estimate measures of FILE under a failure that few runs would see.

    Every replication is simulated without the failure, and with one at a random instant; what one does is
    weighed by how often it comes. Assumes that incidents rarely overlap, and bounds what that may cost.
    """
    from churnsim.checks import load, shown, validate
    from churnsim.cli.doubt import doubted_world
    from churnsim.cli.estimate import SHOWN, check_known
    from churnsim.cli.invocation import Invocation
    from churnsim.cli.rare import Occurrence, conditioned, document, print_conditioned, warnings

    scenario = load(file, settings)
    validate(scenario)
    check_known(show)
    rare = Occurrence.of(scenario, failure)
    doubts = doubted_world(scenario)
    names = show or shown(scenario) or SHOWN
    study = scenario.study
    asked = Invocation(
        "rare",
        file,
        study.seed if seed is None else seed,
        study.replications if replications is None else replications,
        settings,
        out=Path("results"),
        show=show,
    )
    answers = conditioned(rare, names, asked)
    if as_json:
        print_document(document(scenario, rare, asked, answers, doubts))
        return
    print_conditioned(answers, print_tabbed if as_tsv else print_table)
    for warning in warnings(answers):
        click.echo(f"warning: {warning}", err=True)
    if not as_tsv:
        said = (
            f"{rare.path} comes {rare.rate:.3g} times in what matters to a run. Mean = without + "
            f"{rare.rate:.3g} x what one adds; it holds if incidents rarely overlap, and two at once change "
            "it by no more than the last column."
        )
        click.echo(f"\n{wrapped(said)}\n")
        click.echo(f"seed:    {asked.seed}\nrepeat:  {asked.repeat} --failure {rare.number}")
