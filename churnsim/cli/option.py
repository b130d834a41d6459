"""Arguments and options that several subcommands share, so that each means the same everywhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from churnsim.experiment.shard import Shard

FORMATS = (".pdf", ".png", ".svg")

F = TypeVar("F", bound=Callable[..., Any])

scenario = click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
settings = click.option(
    "--set",
    "settings",
    metavar="KEY=VALUE",
    multiple=True,
    help="Override a value of the scenario, such as issuers.mesh.ttl=15m; may be given several times.",
)
as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")

as_tsv = click.option(
    "--tsv", "as_tsv", is_flag=True, help="Print the table alone, tab-separated, a row a line."
)
show = click.option(
    "--show",
    metavar="MEASURE",
    multiple=True,
    help="Print this measure, or one cause of it, and no other; may be given several times.",
)


def figure_path(context: click.Context, parameter: click.Parameter, path: Path | None) -> Path | None:
    """The path, refused where no figure can end like that."""
    if path is not None and path.suffix not in FORMATS:
        raise click.BadParameter(f"a figure ends in {', '.join(FORMATS)}, not {path.suffix or 'nothing'!r}")
    return path


figure = click.option(
    "--figure",
    type=click.Path(dir_okay=False, path_type=Path),
    callback=figure_path,
    help="Also draw a figure into this file (.png, .svg or .pdf).",
)

publish = click.option(
    "--publish",
    type=click.Path(file_okay=False, path_type=Path),
    help="Also write table, figure and manifest into this folder, small enough to be kept with code.",
)


def _shard(context: click.Context, parameter: click.Parameter, text: str | None) -> Shard | None:
    from churnsim.experiment.shard import Shard

    return None if text is None else Shard.parse(text)


def _wait(context: click.Context, parameter: click.Parameter, text: str) -> float:
    from churnsim.base.quantity import parse_duration

    try:
        return parse_duration(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


def spreading(function: F) -> F:
    """The options that say who makes the runs, beside processes on this machine."""
    for option in reversed(
        (
            click.option(
                "--engine",
                type=click.Choice(["local", "dask"]),
                default="local",
                show_default=True,
                help="Who makes the runs: processes here, or a Dask cluster.",
            ),
            click.option("--address", metavar="URL", help="Dask scheduler, such as tcp://10.0.0.1:8786."),
            click.option(
                "--scheduler-file",
                type=click.Path(dir_okay=False, path_type=Path),
                help="File that the Dask scheduler wrote, instead of its address.",
            ),
            click.option(
                "--max-wait",
                metavar="DURATION",
                default="1m",
                show_default=True,
                callback=_wait,
                help="How long to wait for Dask workers while there are none.",
            ),
        )
    ):
        function = option(function)
    return function


shard = click.option(
    "--shard",
    metavar="K/N",
    callback=_shard,
    help="Make only share K of N of the runs; `churnsim merge` brings the shares together.",
)

until = click.option(
    "--until",
    metavar="PRECISION",
    help="Make replications until, at every point, as in 'availability +- 0.01%'.",
)

dry_run = click.option(
    "--dry-run",
    "is_dry",
    is_flag=True,
    help="Say how many runs there are to make, how long they take and what they fill; keep nothing.",
)


def simulating(function: F) -> F:
    """The options of every subcommand that simulates."""
    for option in reversed(
        (
            settings,
            click.option(
                "--seed",
                type=click.IntRange(min=0),
                help="Seed of all random numbers [default: the study's].",
            ),
            click.option(
                "--replications",
                type=click.IntRange(min=1),
                help="Runs of every point [default: the study's]; sets study.until aside.",
            ),
            click.option(
                "--workers", type=click.IntRange(min=1), help="Processes to run in [default: one per core]."
            ),
            click.option(
                "--out",
                type=click.Path(file_okay=False, path_type=Path),
                default=Path("results"),
                show_default=True,
                help="Folder that keeps the results.",
            ),
            click.option(
                "--no-store", "no_store", is_flag=True, help="Keep nothing; every run is simulated again."
            ),
            as_json,
            as_tsv,
        )
    ):
        function = option(function)
    return function
