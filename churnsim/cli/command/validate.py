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
    from churnsim.cli.doubt import doubted

    scenario = load(file, settings)
    validate(scenario)
    doubts = doubted(scenario)
    if as_json:
        warnings = list(map(str, doubts))
        print_document(
            {"scenario": scenario.name, "hash": scenario.hash, "problems": [], "warnings": warnings}
        )
    else:
        click.echo(f"{file}: valid (scenario {scenario.name}, hash {scenario.hash[:12]})")
