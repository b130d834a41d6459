"""The command as a whole: help, versions, wrong words, output that nobody reads."""

from __future__ import annotations

import re
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


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("run",), "churnsim run: missing argument 'FILE'; see churnsim run --help"),
        (("run", "a", "b"), "churnsim run: got unexpected extra argument (b); see churnsim run --help"),
        (
            ("worst", "a", "--by", "size"),
            "churnsim worst: invalid value for '--by': 'size' is not one of 'longest', 'heaviest'; "
            "see churnsim worst --help",
        ),
        (
            ("run", "a", "--until", "availability +- 1%", "--replications", "4"),
            "--until and --replications contradict each other; give one of them",
        ),
    ],
)
def test_misuse_is_told_in_one_line(churnsim: Command, words: tuple[str, ...], said: str) -> None:
    """As every other error: what is wrong and where to look, on standard error, with exit code 2."""
    ending = churnsim(*words)
    assert (ending.code, ending.out, ending.err) == (2, "", f"{said}\n")


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


ROWS = [
    ("a-very-long-name-of-a-scenario-that-no-terminal-of-forty-columns-can-hold", "99.93% [99.91, 99.95]"),
    ("overtrust.mean_open.revocation", "1 (few runs)"),
]


@pytest.mark.parametrize("width", [40, 80, 400])
def test_a_table_is_never_cut(
    width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every letter of every cell is there, whatever the width."""
    monkeypatch.setenv("COLUMNS", str(width))
    table.print_table(("name", "estimate [95% interval]"), ROWS)
    letters = Counter("".join("".join(row) for row in ROWS).replace(" ", ""))
    assert letters <= Counter(capsys.readouterr().out)


def test_a_narrow_table_breaks_between_words_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Intervals and remarks stay whole, dotted names break behind a dot; all fits the terminal."""
    monkeypatch.setenv("COLUMNS", "30")
    table.print_table(("measure.of.trust", "estimate [95% interval]"), ROWS[1:] * 2 + [("a", ROWS[0][1])])
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 30
    pieces = {word for line in lines for word in re.split(r" {2,}", line)}
    assert {"[95% interval]", "[99.91, 99.95]", "1 (few runs)"} <= pieces
    assert all(piece.endswith(".") or "." not in piece[:-1] for piece in pieces if piece.startswith("over"))


def test_a_table_too_wide_goes_on_below(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The columns that name a row come again."""
    monkeypatch.setenv("COLUMNS", "20")
    table.print_table(("key", "one-column", "other-column"), [("a", "1", "2")])
    assert capsys.readouterr().out == (
        "key  one-column\n---  ----------\na    1\n\nkey  other-column\n---  ------------\na    2\n"
    )


def test_a_tabbed_table_has_a_line_for_each_row(capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever line breaks its cells hold."""
    table.print_tabbed(("name", "estimate"), [("a", "99.93%\n[99.91, 99.95]")])
    assert capsys.readouterr().out == "name\testimate\na\t99.93% [99.91, 99.95]\n"
