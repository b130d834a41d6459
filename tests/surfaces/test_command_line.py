"""The command as a whole: help, versions, wrong words, output that nobody reads."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from churnsim import __version__
from churnsim.cli import table
from tests.surfaces.conftest import Command

COMMANDS = ("check", "explain", "kinds", "run", "schema", "sweep", "validate")


def test_help_lists_every_command(churnsim: Command) -> None:
    """Commands are found by scanning, so a missing one is a file that lost its `command`."""
    ending = churnsim("--help")
    assert ending.code == 0
    assert all(f"\n  {name} " in ending.out for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(churnsim: Command, name: str) -> None:
    """Help of a subcommand names it and says more than its usage line."""
    ending = churnsim(name, "--help")
    assert ending.code == 0
    assert f"churnsim {name}" in ending.out
    assert len(ending.out.splitlines()) > 5


def test_the_module_is_the_command() -> None:
    """`python -m churnsim` for where the script is not on the path."""
    done = subprocess.run(
        [sys.executable, "-m", "churnsim", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout == f"churnsim {__version__}\n"


def test_a_misspelt_command_is_met_with_the_right_one(churnsim: Command) -> None:
    """Difflib's nearest to `swep` among the seven is `sweep`."""
    ending = churnsim("swep", "x.yaml")
    assert ending.code == 2
    assert "no such command 'swep'; did you mean 'sweep'?" in ending.err


def test_a_misspelt_option_is_met_with_the_right_one(churnsim: Command) -> None:
    """Click's own suggestion, kept."""
    ending = churnsim("run", "x.yaml", "--replication-count", "3")
    assert ending.code == 2
    assert "--replications" in ending.err


@pytest.mark.parametrize("words", [("--replications", "0"), ("--seed", "-1"), ("--workers", "none")])
def test_a_number_that_makes_no_sense_is_refused(
    churnsim: Command, small: Path, words: tuple[str, str]
) -> None:
    """Bounds are click's IntRange: usage, so exit code 2."""
    ending = churnsim("run", small, *words)
    assert ending.code == 2
    assert words[0] in ending.err


def test_a_reader_that_goes_away_ends_the_command_quietly() -> None:
    """The reading end is closed before anything is written; 141 is 128 + SIGPIPE, as of other commands."""
    command = subprocess.Popen(
        [sys.executable, "-m", "churnsim", "kinds"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert command.stdout is not None
    assert command.stderr is not None
    command.stdout.close()
    with command.stderr as errors:
        assert errors.read() == b""
    assert command.wait() == 141


@pytest.mark.parametrize("width", [40, 80, 400])
def test_a_table_on_a_terminal_is_never_cut(
    width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every letter of every cell is there, whatever the width; rich would cut with an ellipsis."""
    monkeypatch.setattr(table, "is_terminal", lambda: True)
    monkeypatch.setenv("COLUMNS", str(width))
    name = "a-very-long-name-of-a-scenario-that-no-terminal-of-forty-columns-can-hold"
    table.print_table(("name", "estimate\n[95% interval]"), [(name, "99.93%\n[99.91, 99.95]"), ("b", "1")])
    out = capsys.readouterr().out
    assert "…" not in out
    assert Counter(f"{name}99.93%[99.91,99.95]") <= Counter(out)


def test_a_table_off_a_terminal_is_tab_separated(capsys: pytest.CaptureFixture[str]) -> None:
    """One line for each row, whatever line breaks its cells hold."""
    table.print_table(("name", "estimate\n[95% interval]"), [("a", "99.93%\n[99.91, 99.95]")])
    assert capsys.readouterr().out == "name\testimate [95% interval]\na\t99.93% [99.91, 99.95]\n"
