"""Doubts about environments: orphans that nobody sweeps, more than there may be."""

from __future__ import annotations

from collections.abc import Iterator

from churnsim.base.quantity import format_duration
from churnsim.checks.doubt.doubt import Doubt, about
from churnsim.model.estate import Turnover
from churnsim.scenario import Scenario

_DAY = 86400.0


def orphans_pile_up(scenario: Scenario) -> Iterator[Doubt]:
    """Teardowns that fail, and nobody who ever looks for what they leave."""
    for name, turnover in _having(scenario):
        teardown = turnover.teardown
        if teardown.fails and teardown.sweep is None:
            more = teardown.fails * turnover.units * _DAY / turnover.changes.mean
            yield Doubt(
                ("workloads", name, "teardown", "sweep"),
                f"orphans pile up for ever: {teardown.fails:.3g} of the environments, one every "
                f"{about(turnover.changes.mean)} of {turnover.units} units each, leave {more:.3g} units more "
                "a day that nobody wants",
                "say how often somebody sweeps",
            )


def environments_beyond_the_limit(scenario: Scenario) -> Iterator[Doubt]:
    """More environments wanted than there may be."""
    for name, turnover in _having(scenario):
        if turnover.idle is None and turnover.standing >= turnover.most:
            yield Doubt(
                ("workloads", name, "limit"),
                f"changes are refused: one every {about(turnover.changes.mean)} that stands for "
                f"{format_duration(turnover.life.mean)} makes {turnover.standing:.3g} environments, orphans "
                f"included, and there may be {turnover.most}",
                "raise the limit, or let them be closed earlier",
            )


DOUBTS = (orphans_pile_up, environments_beyond_the_limit)


def _having(scenario: Scenario) -> Iterator[tuple[str, Turnover]]:
    for name, workload in scenario.workloads.items():
        if workload.turnover is not None:
            yield name, workload.turnover
