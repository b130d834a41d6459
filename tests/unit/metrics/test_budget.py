"""Error budgets are used as fast as what was agreed says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import builder as b
import pytest

from churnsim.metrics import evaluate
from churnsim.trace import Trace


def served(*shares: float, agreed: float = 0.999, minutes: float = 1.0) -> Trace:
    """One workload whose buckets of so many minutes have 100 requests, served to some shares."""
    span = 60.0 * minutes
    rows: list[dict[str, Any]] = [
        {"workload": 0, "start": span * i, "end": span * (i + 1), "load": 100.0, "offered": 100.0,
         "intended": 100.0, "served": 100.0 * share, "no_endpoint": 100.0 * (1 - share)}
        for i, share in enumerate(shares)
    ]  # fmt: skip
    workload = replace(b.workload(), agreed=agreed)
    return b.trace(workloads=(workload,), window=(0.0, span * len(shares)), traffic=rows)


def value(trace: Trace, measure: str) -> float | None:
    return evaluate(trace, [measure])[measure].value


def test_ten_minutes_of_nothing_use_the_budget_of_a_week() -> None:
    """12 h at 99.9%: lost 10 of 720 min, tolerated .72; of the last hour 1/6, of the last six 10/360."""
    trace = served(*[1.0] * 400, *[0.0] * 10, *[1.0] * 310)
    assert value(trace, "budget.spent") == pytest.approx(10 / 0.72)
    assert value(trace, "budget.burn_max.fast") == pytest.approx(1000 / 6)
    assert value(trace, "budget.burn_max.slow") == pytest.approx(1000 * 10 / 360)
    assert value(trace, "budget.burn_max") == pytest.approx(1000 / 6)


def test_the_short_window_lets_an_alarm_end() -> None:
    """A minute lost in an hour is 1/60 of the long window and 1/5 of the short one: the slower counts."""
    assert value(served(*[1.0] * 60, 0.0, *[1.0] * 60), "budget.burn_max.fast") == pytest.approx(1000 / 60)


def test_a_steady_loss_burns_steadily() -> None:
    """One in a thousand at 99.9% is the budget itself, whatever the window."""
    trace = served(*[0.999] * 420)
    for name in ("budget.spent", "budget.burn_max.fast", "budget.burn_max.slow"):
        assert value(trace, name) == pytest.approx(1.0)


def test_where_nothing_is_agreed_nothing_is_burnt() -> None:
    """Nor where the run is shorter than the long window."""
    assert value(served(*[0.5] * 420, agreed=b.NAN), "budget.burn_max") is None
    assert value(served(*[0.5] * 30), "budget.burn_max.fast") is None
    assert value(served(*[0.5] * 30), "budget.spent") == pytest.approx(500.0)
