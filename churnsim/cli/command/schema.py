"""`churnsim schema`: the JSON schema of scenario files, for editors."""

from __future__ import annotations

import click


@click.command(name="schema")
def command() -> None:
    """Print the JSON schema of scenario files.

    All installed kinds are included.
    """
    from churnsim.scenario.schema import text

    click.echo(text(), nl=False)
