"""`churnsim check`: hold a scenario's invariants against its runs."""

from __future__ import annotations

import dataclasses
import time
from pathlib import Path
from typing import Any

import click

from churnsim.base.errors import UsageError
from churnsim.cli import option
from churnsim.cli.document import print_document
from churnsim.cli.table import print_tabbed, print_table


@click.command(name="check")
@option.scenario
@option.simulating
@option.spreading
@click.option("--junit", type=click.Path(dir_okay=False, path_type=Path), help="Also write a JUnit report.")
def command(file: Path, as_json: bool, as_tsv: bool, junit: Path | None, **options: Any) -> int:
    """Hold the invariants of FILE against its runs.

    The verdict on each is pass, fail, or inconclusive where the interval of its measure holds the limit.
    """
    from churnsim.checks import check, exit_code, load, promises, validate
    from churnsim.checks import junit as junit_text
    from churnsim.cli.answer import document, say_more
    from churnsim.cli.doubt import doubted
    from churnsim.cli.estimate import verdicts_table
    from churnsim.cli.experiment import conduct, invocation
    from churnsim.experiment.file import make_folder, write

    scenario = load(file, options["settings"])
    validate(scenario)
    if not promises(scenario):
        raise UsageError(
            f"{file}: there is no invariant to check; write one, as in 'invariants: [availability >= 99.9%]'"
        )
    doubts = doubted(scenario)
    asked = invocation("check", scenario, file=file, **options)
    began = time.monotonic()
    results = conduct(scenario, asked)
    verdicts = check(scenario, results)
    if junit is not None:
        make_folder(junit.parent)
        # A report names files, and an invariant given by --set is in none.
        cases = [each if each.line else dataclasses.replace(each, file=str(file)) for each in verdicts]
        write(junit, junit_text(scenario.name, cases, seconds=time.monotonic() - began).encode())
    if as_json:
        listed = [verdict.document() for verdict in verdicts]
        print_document({**document(scenario, asked, results, doubts), "verdicts": listed})
    elif as_tsv:
        verdicts_table(results, print_tabbed, verdicts)
    else:
        verdicts_table(results, print_table, verdicts)
        say_more(asked, results, None)
    # A run that failed could have broken an invariant: what is left decides only if it is already broken.
    code = exit_code(verdicts)
    return code if code == 1 else results.exit_code or code
