"""`churnsim compare`: designs side by side, which is better, and what to choose."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from churnsim.base.errors import UsageError
from churnsim.cli import option
from churnsim.cli.document import print_document
from churnsim.cli.table import print_tabbed, print_table


@click.command(name="compare")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@option.simulating
@option.spreading
@option.show
@click.option("--baseline", metavar="DESIGN", help="Compare with this design [default: the first].")
@click.option(
    "--subject-to",
    "promises",
    metavar="PROMISE",
    multiple=True,
    help="Choose only designs that keep it, such as 'availability >= 99%'; may be given several times "
    "[default: the invariants of the first FILE].",
)
@click.option("--best", metavar="MEASURE", help="Choose the design that is best in it, such as cost.total.")
@click.option(
    "--indifference",
    metavar="AMOUNT",
    help="Difference in it that is worth detecting: a quantity, or percent of the baseline's.",
)
@click.option(
    "--objective",
    "objectives",
    metavar="MEASURE",
    multiple=True,
    help="Show which designs no other beats in all of these; given twice or more.",
)
@click.option(
    "--assume",
    "assumptions",
    metavar="KEY=[VALUES]",
    multiple=True,
    help="Compare anew with these values instead, to see whether it matters; may be given several times.",
)
@option.figure
@click.option(
    "--trade-off",
    type=click.Path(dir_okay=False, path_type=Path),
    callback=option.figure_path,
    help="Also draw the first two objectives against each other into this file.",
)
@click.option(
    "--record",
    "record",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also write the decision into this Markdown file.",
)
def command(
    files: tuple[Path, ...],
    as_json: bool,
    as_tsv: bool,
    figure: Path | None,
    trade_off: Path | None,
    record: Path | None,
    **options: Any,
) -> int:
    """Compare designs: the points of one FILE's sweep, or several FILEs as they stand.

    All share their random numbers and are compared replication by replication. A verdict is given where the
    difference is hardly chance: better, worse, or cannot tell.
    """
    from churnsim.cli.comparison import contrasts_rows, print_answer
    from churnsim.cli.decide import Question, Wish, Writings, answer, document, draw, write_record

    wish = Wish(**{name: options.pop(name) for name in Wish.__slots__})
    writings = Writings(figure, trade_off, record)
    if trade_off is not None and not wish.objectives:
        raise UsageError("--trade-off draws two objectives; name them with --objective, given twice")
    asked = Question.of(files, wish, options)
    found = answer(asked)
    draw(asked, found, writings)
    if record is not None:
        write_record(asked, found, record)
    if as_json:
        print_document(document(asked, found))
    elif as_tsv:
        contrasts_rows(found.comparison, print_tabbed)
    else:
        print_answer(found, print_table)
        asked.say(found, writings)
    return found.exit_code
