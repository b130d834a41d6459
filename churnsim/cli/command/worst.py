"""`churnsim worst`: explain the worst trust gap of a scenario's runs from its facts."""

from __future__ import annotations

from pathlib import Path

import click

from churnsim.base.errors import UsageError
from churnsim.cli import option
from churnsim.cli.document import print_document
from churnsim.cli.table import print_tabbed, print_table, wrapped

_NEVER_TRUSTED = {"theft": "thief", "forger": "forger"}


@click.command(name="worst")
@option.scenario
@option.settings
@click.option("--over", "is_over", is_flag=True, help="Trusted although it should not be.")
@click.option(
    "--under",
    "is_under",
    is_flag=True,
    help="Not trusted although it should be [default, but for thieves and forgers].",
)
@click.option(
    "--family",
    type=click.Choice(["credential", "theft", "forger", "policy"]),
    help="Units, thieves, forgers or principals of a policy [default: units and thieves].",
)
@click.option(
    "--by",
    type=click.Choice(["longest", "heaviest"]),
    default="longest",
    show_default=True,
    help="What is worst: length, or pair-seconds with points by weight.",
)
@click.option("--seed", type=click.IntRange(min=0), help="Seed of all random numbers [default: the study's].")
@click.option(
    "--replications", type=click.IntRange(min=1), help="Runs that are searched [default: the study's]."
)
@click.option(
    "--replication", "number", type=click.IntRange(min=0), help="Look at this one replication alone."
)
@option.as_json
@option.as_tsv
@option.figure
def command(
    file: Path,
    settings: tuple[str, ...],
    is_over: bool,
    is_under: bool,
    family: str | None,
    by: str,
    seed: int | None,
    replications: int | None,
    number: int | None,
    as_json: bool,
    as_tsv: bool,
    figure: Path | None,
) -> None:
    """Tell what happened in the worst trust gap of FILE.

    Every replication of the study, its sweep left aside, is simulated and the worst episode of all of them
    told: facts in order of time, and which cause alone would have closed it.
    """
    from churnsim.checks import load, validate
    from churnsim.cli.doubt import doubted_world
    from churnsim.cli.gap import Search, facts_table, search

    if is_over and is_under:
        raise UsageError("--over and --under are opposite gaps, and there is one worst of each; ask for one")
    if family in _NEVER_TRUSTED and is_under:
        whose = f"a {_NEVER_TRUSTED[family]} is never meant to be trusted, so it is not locked out"
        raise UsageError(f"{whose}; ask with --over")
    scenario = load(file, settings)
    validate(scenario)
    doubts = doubted_world(scenario)
    asked = Search(
        file,
        settings,
        "over" if is_over or family in _NEVER_TRUSTED else "under",
        family,
        by,
        scenario.study.seed if seed is None else seed,
        (number,) if number is not None else tuple(range(replications or scenario.study.replications)),
    )
    found = search(scenario, asked)
    if figure is not None and found.worst is not None:
        from churnsim.cli.figure import draw_episode

        draw_episode(found.worst, figure)
    if as_json:
        print_document(found.document(scenario, doubts))
    elif as_tsv:
        facts_table(found, print_tabbed)
    else:
        click.echo(wrapped(found.sentence))
        if found.worst is not None:
            click.echo()
            facts_table(found, print_table)
        found.say_more(figure if found.worst is not None else None)
