"""A decision on one page."""

from __future__ import annotations

import numpy as np

from churnsim.decision import Assumption, Constraint, choose, compare, front, screen, vary
from churnsim.decision.record import Study, record
from tests.unit.decision.designs import design, scalars, shares

NOISE = np.random.default_rng(1).normal(0.0, 0.1, 20)


def study(*, with_all: bool) -> Study:
    """Two designs that differ by five dollars, with or without everything one can ask for."""
    designs = [
        design(name, cost__total=scalars(cost + NOISE), availability=shares(0.99 + NOISE / 100))
        for name, cost in (("now", 10.0), ("next", 15.0))
    ]
    comparison = compare(designs, ["cost.total", "availability"])
    if not with_all:
        return Study(
            "Which?", comparison, screen(designs, []), None, None, (), (("seed", "7"),), ("repeat me",)
        )
    assumptions = [Assumption("a.b", (1,)), Assumption("c", (2,))]
    judged = comparison, None
    feasibility = screen(designs, [Constraint.read("availability >= 98%")])
    return Study(
        "Which?",
        comparison,
        feasibility,
        choose(feasibility, "cost.total", 1.0),
        front(designs, ["cost.total", "availability"]),
        vary(judged, assumptions, "cost.total", lambda _: judged),
        (("seed", "7"),),
        ("repeat me",),
    )


def test_a_record_states_question_alternatives_differences_assumption_and_commands() -> None:
    """In this order, one section each."""
    text = record(study(with_all=True))
    headings = [line for line in text.splitlines() if line.startswith("#")]
    assert headings == [
        "# Which?",
        "## Alternatives",
        "## Promises",
        "## Differences to now",
        "## Trade-offs",
        "## The assumption that matters most",
        "## How it was made",
    ]
    assert "**Of the designs that keep every promise, now is the best in cost.total" in text
    assert "| `cost.total` | next | $" in text
    assert "| worse |" in text
    assert "In `cost.total`, a.b moves a difference by up to $0.00; no verdict changes." in text
    assert "- c moves a difference" in text
    assert text.endswith("```console\nrepeat me\n```\n")


def test_without_a_deciding_measure_the_verdicts_are_told_by_design() -> None:
    """And it is said that no assumption was varied."""
    text = record(study(with_all=False))
    assert "- **next**: worse in cost.total; same in availability." in text
    assert "None was varied" in text
    assert "## Promises" not in text
    assert "## Trade-offs" not in text


def test_every_table_of_a_record_is_rectangular() -> None:
    """As many cells in each row as in its head, or a reader's browser shows bars instead of a table."""
    tables: list[list[str]] = [[]]
    for line in record(study(with_all=True)).splitlines():
        if line.startswith("|"):
            tables[-1].append(line)
        elif tables[-1]:
            tables.append([])
    counts = [{line.count(" | ") for line in table} for table in tables if table]
    assert len(counts) == 6
    assert all(len(count) == 1 for count in counts)
