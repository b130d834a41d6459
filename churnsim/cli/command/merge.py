"""`churnsim merge`: bring results of several folders together."""

from __future__ import annotations

from pathlib import Path

import click

from churnsim.base.readable import counted
from churnsim.cli import option
from churnsim.cli.document import print_document


@click.command(name="merge")
@click.argument(
    "sources", metavar="FOLDER...", type=click.Path(file_okay=False, path_type=Path), nargs=-1, required=True
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("results"),
    show_default=True,
    help="Folder that they are brought into.",
)
@option.as_json
def command(sources: tuple[Path, ...], out: Path, as_json: bool) -> None:
    """Bring the stored runs of each FOLDER into one.

    FOLDER is what a command was given as --out, or a scenario's folder in it. Runs that are there already are
    not brought twice; the same command once more changes nothing.
    """
    from churnsim.experiment.merge import merge

    merged = merge(out, sources)
    if as_json:
        print_document(
            {
                "merged": [
                    {
                        "scenario": one.scenario,
                        "results": str(one.folder),
                        "added": one.added,
                        "known": one.known,
                    }
                    for one in merged
                ]
            }
        )
        return
    for one in merged:
        known = f", {one.known:,} were there already" if one.known else ""
        click.echo(f"{one.folder}: {counted(one.added, 'run')} added{known}")
