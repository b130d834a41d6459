"""Warnings about a scenario that is valid and yet may not be what was meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from churnsim.base.errors import Problem
    from churnsim.scenario import Scenario


def doubted(scenario: Scenario) -> tuple[Problem, ...]:
    """What is questionable about a scenario, each also printed on standard error."""
    from churnsim.checks import doubts

    return _said(doubts(scenario))


def doubted_world(scenario: Scenario) -> tuple[Problem, ...]:
    """The same without what concerns invariants, for commands that do not hold them."""
    from churnsim.checks.doubt import WORLD_DOUBTS, doubts

    return _said(doubts(scenario, WORLD_DOUBTS))


def _said(found: tuple[Problem, ...]) -> tuple[Problem, ...]:
    for problem in found:
        click.echo(f"warning: {problem}", err=True)
    return found
