"""Oracles: known answers, and the one rule by which a simulated mean is held to them (methods 2.0).

A comparison passes if the mean of n independent replications agrees with the known value within its
t interval at a level shared by the whole suite, *and* that interval is narrow enough to mean something.
If it is too wide, n is doubled, up to 640; after that the comparison is underpowered, which is an error.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from scipy import stats

from churnsim.scenario import Scenario
from churnsim.simulate import simulate
from churnsim.trace import Trace

ALPHA = 0.01  # for the whole suite
FIRST, MOST = 40, 640


class Underpowered(AssertionError):
    """Too few replications to tell."""


@dataclass(frozen=True)
class Oracle:
    """One known mean.

    Parameters
    ----------
    name : str
        Number in the literature notes and what is compared.
    theta : float
        Known value.
    sample : callable
        Value of one replication, by its number.
    power : float
        Greatest half width of the interval, as a share of `theta`.
    """

    name: str
    theta: float
    sample: Callable[[int], float]
    power: float = 0.02

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Outcome:
    """What the replications said."""

    mean: float
    error: float  # standard error
    n: int

    def z(self, theta: float) -> float:
        """Standardised distance from the known value."""
        return (self.mean - theta) / self.error


ORACLES: list[Oracle] = []


def known(
    name: str, theta: float, power: float = 0.02
) -> Callable[[Callable[[int], float]], Callable[[int], float]]:
    """Declare that the mean of the decorated replication is `theta`."""

    def declare(sample: Callable[[int], float]) -> Callable[[int], float]:
        ORACLES.append(Oracle(name, theta, sample, power))
        return sample

    return declare


@cache
def outcome(oracle: Oracle) -> Outcome:
    """Run replications until the interval is narrow enough."""
    values: list[float] = []
    n = FIRST
    while True:
        values += [oracle.sample(r) for r in range(len(values), n)]
        error = float(np.std(values, ddof=1)) / np.sqrt(n)
        if stats.t.ppf(0.975, n - 1) * error <= oracle.power * abs(oracle.theta):
            return Outcome(float(np.mean(values)), error, n)
        if 2 * n > MOST:
            raise Underpowered(
                f"{oracle.name}: half width still above {oracle.power:.0%} after {n} replications"
            )
        n *= 2


def hold(oracle: Oracle) -> None:
    """Hold one oracle's replications to the known value."""
    found = outcome(oracle)
    limit = stats.t.ppf(1 - ALPHA / (2 * len(ORACLES)), found.n - 1)
    z = found.z(oracle.theta)
    said = f"{found.mean:.6g} ± {found.error:.2g} (n={found.n}) against {oracle.theta:.6g}, z={z:+.2f}"
    assert abs(z) <= limit, f"{oracle.name}: {said}"


def world(**fields: Any) -> Scenario:
    """Build a scenario of one day unless told otherwise."""
    return Scenario.model_validate({"name": "oracle", "horizon": "24h", **fields})


def run(scenario: Scenario, replication: int, **options: Any) -> Trace:
    """Simulate one replication at the seed of the theory tests."""
    return simulate(scenario, seed=20_261_124, replication=replication, **options)


def exp(mean: str) -> dict[str, str]:
    """Exponential law."""
    return {"kind": "exponential", "mean": mean}
