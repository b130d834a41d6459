"""O07, inspection: what a random instant finds, against closed forms and quadrature."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pydantic import TypeAdapter

from churnsim.base.distribution import LAWS, Distribution, SignedLaw
from churnsim.base.quantity import format_duration, format_share

WRITTEN: dict[str, Any] = {
    "constant": "4s",
    "exponential": {"kind": "exponential", "mean": "1h"},
    "uniform": {"kind": "uniform", "low": "10s", "high": "30s"},
    "uniform from 0": {"kind": "uniform", "low": "0s", "high": "30s"},
    "lognormal": {"kind": "lognormal", "median": "4s", "p99": "20s"},
    "lognormal by mean": {"kind": "lognormal", "mean": "4s", "cv": 0.5},
    "weibull": {"kind": "weibull", "mean": "20m", "shape": 0.7},
    "weibull that wears": {"kind": "weibull", "mean": "20m", "shape": 3},
    "gamma": {"kind": "gamma", "mean": "10s", "shape": 2.5},
    "gamma below 1": {"kind": "gamma", "mean": "10s", "shape": 0.4},
    "pareto": {"kind": "pareto", "minimum": "10s", "shape": 5},
    "sample": {"kind": "empirical", "values": ["5s", "1s", "2s", "2s"]},
    "quantiles": {"kind": "empirical", "quantiles": {"0": "4s", "0.2": "30s", "0.9": "1h", "1": "1.25e7s"}},
    "mixture": {
        "kind": "mixture",
        "parts": [
            {"weight": "25%", "law": {"kind": "uniform", "low": "1s", "high": "4s"}},
            {"weight": "75%", "law": {"kind": "lognormal", "median": "1m", "p99": "1h"}},
        ],
    },
    "mixture with an atom": {
        "kind": "mixture",
        "parts": [
            {"weight": "1/4", "law": "10m"},
            {"weight": "3/4", "law": {"kind": "exponential", "mean": "1h"}},
        ],
    },
    "truncated": {
        "kind": "truncated",
        "law": {"kind": "exponential", "mean": "1h"},
        "low": "1m",
        "high": "2h",
    },
    "truncated tail": {
        "kind": "truncated",
        "law": {"kind": "weibull", "mean": "20m", "shape": 0.7},
        "low": "1h",
        "high": "1d",
    },
    "narrow": {
        "kind": "truncated",
        "law": {"kind": "exponential", "mean": "1h"},
        "low": "1000s",
        "high": "1001s",
    },
    "truncated quantiles": {
        "kind": "truncated",
        "law": {"kind": "empirical", "quantiles": {"0": "4s", "0.2": "30s", "0.9": "1h", "1": "1.25e7s"}},
        "low": "20s",
        "high": "1d",
    },
    "truncated mixture": {
        "kind": "truncated",
        "law": {
            "kind": "mixture",
            "parts": [
                {"weight": "50%", "law": {"kind": "gamma", "mean": "10s", "shape": 3}},
                {"weight": "50%", "law": {"kind": "empirical", "quantiles": {"0": "0s", "1": "1m"}}},
            ],
        },
        "high": "50s",
    },
    "scaled": {"kind": "scaled", "law": {"kind": "weibull", "mean": "20m", "shape": 0.7}, "by": "x0.25"},
    "normal": {"kind": "normal", "mean": "5ms", "sd": "30ms"},
}
AGEING = [name for name in WRITTEN if name != "normal"]
_LAW: TypeAdapter[Distribution] = TypeAdapter(SignedLaw)
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(20)


def _read(written: Any) -> Distribution:
    return _LAW.validate_python(written)


def _agrees(found: float, known: float) -> bool:
    """Class D of the tolerance rule: deterministic."""
    return abs(found - known) <= 1e-9 * max(1.0, abs(known))


def _panels(edges: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    half, middle = np.diff(edges)[:, None] / 2, ((edges[1:] + edges[:-1]) / 2)[:, None]
    return (middle + half * _NODES).ravel(), (half * _WEIGHTS).ravel()


def _mean_age(law: Distribution) -> float:
    """Integral of the equilibrium ages over u, by quadrature in -log(1 - u), where their tail is tame."""
    early = np.append(0.0, 2.0 ** -np.arange(50.0, 1.0, -1.0))
    late = np.arange(0.25, 36.0, 0.05)
    bends = np.array([1.0 - law.excess(edge) / law.mean for edge in law.breaks])
    bends = -np.log1p(-bends[(bends > 0.0) & (bends < 1.0)])
    t, weights = _panels(np.unique(np.concatenate([early, late, bends[bends < 36.0]])))
    return float(np.sum(law.equilibrium(-np.expm1(-t)) * np.exp(-t) * weights))


def _moments(law: Distribution) -> tuple[float, float]:
    """Mean and variance from the survival function alone."""
    tails = 2.0 ** -np.arange(1.0, 900.0, 0.5)
    grid = np.concatenate([law.inverse(tails), law.inverse_survival(tails), law.breaks])
    grid = np.unique(grid[np.isfinite(grid)])
    x, weights = _panels(grid)
    survival, low = law.survival(x), float(grid[0])
    mean = float(np.sum(survival * weights))
    return low + mean, float(2.0 * np.sum((x - low) * survival * weights)) - mean**2


@pytest.mark.parametrize("name", WRITTEN)
def test_mean_and_variance_are_integrals_of_the_survival(name: str) -> None:
    """E(X - low) is the integral of the survival, E(X - low)^2 twice that of (x - low) times it."""
    law = _read(WRITTEN[name])
    if law.is_constant:
        assert (law.mean, law.variance) == (4.0, 0.0)
        return
    mean, variance = _moments(law)
    assert _agrees(law.mean / mean, 1.0) if mean > 1.0 else _agrees(law.mean, mean)
    assert _agrees(law.variance / variance, 1.0)


@pytest.mark.parametrize("name", AGEING)
def test_the_mean_age_at_a_random_instant_is_the_second_moment_over_twice_the_mean(name: str) -> None:
    """E(L^2) / 2 E(L), for age and residual alike (renewal theory)."""
    law = _read(WRITTEN[name])
    known = (law.variance + law.mean**2) / (2.0 * law.mean)
    assert _agrees(_mean_age(law), known)


@pytest.mark.parametrize("name", AGEING)
@pytest.mark.parametrize("share", [0.001, 0.3, 0.9, 0.999])
def test_the_equilibrium_density_is_the_survival_over_the_mean(name: str, share: float) -> None:
    """Integrating the survival up to the age at u must give u times the mean."""
    law = _read(WRITTEN[name])
    age = float(law.equilibrium(share))
    edges = [0.0, *(2.0 ** -np.arange(50.0, 0.0, -1.0) * age), age, *law.breaks]
    edges += law.inverse(np.linspace(0.001, 0.999, 400)).tolist()
    x, weights = _panels(np.unique([edge for edge in edges if edge <= age]))
    assert _agrees(float(np.sum(law.survival(x) * weights)) / law.mean, share)


def test_a_fleet_recycled_at_a_greatest_age_has_the_mean_age_of_the_literature() -> None:
    """L = min(exponential, T), as a mixture: E L = m(1 - r), E L^2 = 2m^2(1 - r(1 + T/m)), r = e^(-T/m)."""
    m, greatest = 3600.0, 7200.0
    reached = math.exp(-greatest / m)
    truncated = {"kind": "truncated", "law": {"kind": "exponential", "mean": "1h"}, "high": "2h"}
    law = _read(
        {
            "kind": "mixture",
            "parts": [
                {"weight": format_share(reached), "law": "2h"},
                {"weight": format_share(1.0 - reached), "law": truncated},
            ],
        }
    )
    assert _agrees(law.mean, m * (1.0 - reached))
    assert law.mean == pytest.approx(3112.79298, abs=5e-6)
    known = 2.0 * m * m * (1.0 - reached * (1.0 + greatest / m)) / (2.0 * law.mean)
    assert _agrees(_mean_age(law), known)
    assert known == pytest.approx(2473.07297, abs=5e-6)


def test_a_truncated_exponential_law_has_the_moments_of_the_closed_form() -> None:
    """Given L <= T: E L = m - T / (e^(T/m) - 1), E L^2 = 2m^2 - (T^2 + 2mT) / (e^(T/m) - 1)."""
    m, greatest = 3600.0, 7200.0
    law = _read({"kind": "truncated", "law": {"kind": "exponential", "mean": "1h"}, "high": "2h"})
    odds = math.expm1(greatest / m)
    first, second = m - greatest / odds, 2.0 * m * m - (greatest**2 + 2.0 * m * greatest) / odds
    assert _agrees(law.mean, first)
    assert _agrees(law.variance, second - first**2)
    assert _agrees(_mean_age(law), second / (2.0 * first))


def test_units_with_many_early_deaths_are_found_older_than_they_live() -> None:
    """Weibull of shape 0.7 and scale 1000 s: mean life 1265.8 s, mean age 1986.5 s."""
    mean = 1000.0 * math.gamma(1.0 + 1.0 / 0.7)
    law = _read({"kind": "weibull", "mean": format_duration(mean), "shape": 0.7})
    assert law.mean == pytest.approx(1265.8235, abs=5e-5)
    known = 1e6 * math.gamma(1.0 + 2.0 / 0.7) / (2.0 * mean)
    assert _agrees(_mean_age(law), known)
    assert known == pytest.approx(1986.51103, abs=5e-6)


def test_every_kind_stands_in_the_table() -> None:
    """A new kind must be added to the quadrature above."""
    assert {_read(written).kind for written in WRITTEN.values()} == set(LAWS.all())  # type: ignore[attr-defined]
