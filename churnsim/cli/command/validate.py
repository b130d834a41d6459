"""`churnsim validate`: say all that is wrong with a scenario, and nothing else."""

from __future__ import annotations

from pathlib import Path

import click

from churnsim.cli import option
from churnsim.cli.document import print_document


@click.command(name="validate")
@option.scenario
@option.settings
@option.as_json
def command(file: Path, settings: tuple[str, ...], as_json: bool) -> None:
    """Report every mistake in FILE with its line.

    Nothing is simulated.
    """
    from churnsim.checks import load, validate

    scenario = load(file, settings)
    validate(scenario)
    if as_json:
        print_document({"scenario": scenario.name, "hash": scenario.hash, "problems": []})
    else:
        click.echo(f"{file}: valid (scenario {scenario.name}, hash {scenario.hash[:12]})")
