"""O42: the life of a credential has one best length, and the simulation puts it where theory does."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from tests.theory.tradeoff import BEST, cost, weighed

FACTORS = (1 / 4, 1 / 2, 1.0, 2.0, 4.0)
RUNS = 8


def test_the_closed_form_has_its_minimum_where_the_literature_note_says() -> None:
    """τ* = 3,825.9 s and J = .00176826."""
    found = minimize_scalar(cost, bounds=(300.0, 86400.0), method="bounded", options={"xatol": 1e-3})
    assert found.x == pytest.approx(BEST, abs=0.1)
    assert found.fun == pytest.approx(0.00176826, abs=1e-8)


def vertex(costs: np.ndarray) -> float:
    """Where the parabola through the costs of half, whole and twice the best life has its least [s]."""
    a, b, _ = np.polyfit(np.log(BEST) + np.log(2.0) * np.array([-1.0, 0.0, 1.0]), costs, 2)
    return float(np.exp(-b / (2.0 * a)))


def test_a_sweep_of_lives_is_a_u_with_its_minimum_where_the_closed_form_puts_it() -> None:
    """Five lives under common random numbers: down to the best one, then up again, every run alike.

    The minimum in between is read off a parabola, from the simulated costs as from the known ones.
    """
    costs = np.array([[weighed(BEST * factor, run) for factor in FACTORS] for run in range(RUNS)])
    steps = np.diff(costs.mean(axis=0))
    assert (steps[:2] < 0).all()
    assert (steps[2:] > 0).all()
    found = np.array([vertex(run[1:4]) for run in costs])
    expected = vertex(np.array([cost(BEST * factor) for factor in FACTORS[1:4]]))
    error = found.std(ddof=1) / np.sqrt(RUNS)
    assert abs(found.mean() - expected) < 3.5 * error  # t at 1 % with 7 degrees of freedom
    assert error < 0.05 * expected
