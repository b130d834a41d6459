"""Arguments and options that several subcommands share, so that each means the same everywhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

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
                help="Runs of every point [default: the study's].",
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
