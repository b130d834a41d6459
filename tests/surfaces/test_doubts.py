"""Warnings about a scenario that is valid and yet questionable: the same in every command that reads it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.surfaces.conftest import Command

SIMULATING = ("--no-store", "--workers", 1, "--replications", 1)


@pytest.mark.parametrize(
    "words", [("validate",), ("run", *SIMULATING), ("check", *SIMULATING), ("sweep", *SIMULATING)]
)
def test_a_questionable_scenario_is_warned_of(churnsim: Command, small: Path, words: tuple[str, ...]) -> None:
    """An outage at 30 h of a run of 2 h: on standard error with its place, and in the document."""
    small.write_text(small.read_text().replace("at: [30m]", "at: [30h]"))
    verb, *options = words
    ending = churnsim(verb, small, *options, "--json")
    (warning,) = ending.document["warnings"]
    assert warning.startswith("small.yaml:15:46: this issuer-outage never comes")
    assert f"warning: {warning}\n" in ending.err
