"""`churnsim propagation`: how fast a change of a policy comes to its enforcement points."""

from __future__ import annotations

from pathlib import Path

import click

from churnsim.cli import option
from churnsim.cli.document import print_document
from churnsim.cli.table import print_tabbed, print_table


@click.command(name="propagation")
@option.scenario
@option.settings
@click.option("--policy", help="Which policy [default: the only one].")
@click.option("--seed", type=click.IntRange(min=0), help="Seed of all random numbers [default: the study's].")
@click.option(
    "--replications", type=click.IntRange(min=1), help="Runs of every point [default: the study's]."
)
@option.as_json
@option.as_tsv
@option.figure
def command(
    file: Path,
    settings: tuple[str, ...],
    policy: str | None,
    seed: int | None,
    replications: int | None,
    as_json: bool,
    as_tsv: bool,
    figure: Path | None,
) -> None:
    """Follow every change of a policy of FILE to its enforcement points.

    For each point of the study, a curve: the share of the live points that apply a version, or a later one,
    so long after it was committed. What caches hold against it is not in the curve; overtrust.policy_window
    counts that too.
    """
    from churnsim.checks import load, validate
    from churnsim.cli.doubt import doubted
    from churnsim.cli.invocation import Invocation
    from churnsim.cli.propagation import chosen, document, follow, print_curves, say_more

    scenario = load(file, settings)
    validate(scenario)
    number = chosen(scenario, policy)
    doubts = doubted(scenario)
    study = scenario.study
    asked = Invocation(
        "propagation",
        file,
        study.seed if seed is None else seed,
        study.replications if replications is None else replications,
        settings,
        out=Path("results"),
    )
    found = follow(scenario, asked, number)
    if figure is not None:
        from churnsim.cli.figure import draw_propagation

        draw_propagation(scenario, asked, found, figure)
    if as_json:
        print_document(document(scenario, asked, number, found, doubts))
    elif as_tsv:
        print_curves(found, print_tabbed)
    else:
        print_curves(found, print_table)
        say_more(scenario, asked, number, found, figure)
