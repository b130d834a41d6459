"""`churnsim replay`: make a stored run again, with its whole trace, and compare."""

from __future__ import annotations

from pathlib import Path

import click

from churnsim.base.readable import counted
from churnsim.cli import option
from churnsim.cli.document import print_document
from churnsim.cli.table import print_table

DIFFERS = 1


@click.command(name="replay")
@click.argument("run", metavar="RUN")
@click.option("--seed", type=click.IntRange(min=0), help="Seed of the run, where several are stored.")
@click.option(
    "--trace",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Also write every table of the trace into this folder.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["parquet", "csv"]),
    default="parquet",
    show_default=True,
    help="Of these tables.",
)
@option.as_json
def command(run: str, seed: int | None, folder: Path | None, form: str, as_json: bool) -> int:
    """Make the stored RUN again and compare it with what was stored.

    RUN is FOLDER/POINT/REPLICATION, as in results/small/1a2b3c4d5e6f/base/0. Its measures must equal the
    stored ones bit for bit: exit code 1 if they do not.
    """
    from churnsim.experiment.code import code_version
    from churnsim.experiment.replay import Address, replay

    found = replay(Address.parse(run, seed))
    if folder is not None:
        from churnsim.experiment.table import write_tables

        write_tables(found.trace, folder, form)
    differing = found.differing
    rows = [(name, found.trace.count(name)) for name in found.trace]
    if as_json:
        print_document(
            {
                "run": run,
                "seed": found.seed,
                "measures": len(found.measurements),
                "differing": list(differing),
                "stored_by": found.version,
                "made_by": code_version(),
                "tables": dict(rows),
                "trace": None if folder is None else str(folder),
            }
        )
        return DIFFERS if differing else 0
    print_table(("table", "rows"), [(name, f"{count:,}") for name, count in rows])
    click.echo()
    if folder is not None:
        click.echo(f"trace:   {folder}")
    click.echo(f"seed:    {found.seed}")
    if not differing:
        click.echo(f"equal:   {counted(len(found.measurements), 'measure')}, bit for bit")
        return 0
    names = ", ".join(differing[:5]) + (", ..." if len(differing) > 5 else "")
    click.echo(f"differs: {len(differing)} of {counted(len(found.stored), 'measure')}: {names}")
    why = (
        "the code is the same, so this machine or its libraries compute differently"
        if found.is_same_code
        else f"the run was stored by churnsim {found.version}, this is {code_version()}"
    )
    click.echo(f"warning: {why}", err=True)
    return DIFFERS
