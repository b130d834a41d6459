"""Sensitivity of functions whose answer is known in closed form."""

from __future__ import annotations

import math

import numpy as np
import pytest
from SALib.test_functions import Ishigami, Sobol_G

from churnsim.decision.sensitivity import Array, noise_share, sensitivity
from churnsim.scenario.design.morris import MorrisDesign
from churnsim.scenario.design.saltelli import SaltelliDesign

NAMES = ("x1", "x2", "x3")


def ishigami(shares: Array) -> Array:
    """Of the unit cube stretched to [-pi, pi]."""
    return np.asarray(Ishigami.evaluate(math.pi * (2.0 * shares - 1.0)))


def test_the_shares_of_ishigami_are_found() -> None:
    """A = 7, B = 0.1: alone 0.3139, 0.4424, 0; in all 0.5576, 0.4424, 0.2437 (Ishigami and Homma 1990)."""
    method = SaltelliDesign(samples=2048)
    shares = method.shares(3)
    found = sensitivity("y", NAMES, method, ishigami(shares)[:, None])
    assert [one.alone for one in found.effects] == pytest.approx([0.3139, 0.4424, 0.0], abs=0.02)
    assert [one.size for one in found.effects] == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.02)
    assert [name for name, _ in found.ranked] == ["x1", "x2", "x3"]
    for one, truth in zip(found.effects, (0.5576, 0.4424, 0.2437), strict=True):
        assert abs(one.size - truth) < 2.5 * one.error


def test_the_shares_of_the_g_function_are_found() -> None:
    """Eight factors, of which the first four matter: 0.7165, 0.1791, 0.0237, 0.0072 (Saltelli)."""
    method = SaltelliDesign(samples=1024)
    shares = method.shares(8)
    values = np.asarray(Sobol_G.evaluate(shares))
    found = sensitivity("y", [f"x{k}" for k in range(8)], method, values[:, None])
    assert [one.alone for one in found.effects[:4]] == pytest.approx(
        [0.7165, 0.1791, 0.0237, 0.0072], abs=0.03
    )
    assert max(one.size for one in found.effects[4:]) < 0.005


def test_elementary_effects_of_a_line_are_its_slopes() -> None:
    """Exactly, with their signs, without spread: mu = slope, sigma = 0."""
    method = MorrisDesign(trajectories=5)
    shares = method.shares(3)
    values = shares @ np.array([4.0, -2.0, 0.0]) + 7.0
    found = sensitivity("y", NAMES, method, values[:, None])
    assert [one.alone for one in found.effects] == pytest.approx([4.0, -2.0, 0.0], abs=1e-9)
    assert [one.size for one in found.effects] == pytest.approx([4.0, 2.0, 0.0], abs=1e-9)
    assert [one.spread for one in found.effects] == pytest.approx([0.0, 0.0, 0.0], abs=1e-9)
    assert [one.direction for one in found.effects] == pytest.approx([1.0, -1.0, 0.0], abs=1e-9)


def test_an_interaction_shows_as_spread() -> None:
    """Y = a b: the effect of either is the value of the other, uniform over six levels."""
    method = MorrisDesign(trajectories=200)
    shares = method.shares(2)
    found = sensitivity("y", ("a", "b"), method, (shares[:, 0] * shares[:, 1])[:, None])
    for one in found.effects:
        assert one.size == pytest.approx(0.5, abs=0.06)
        assert one.spread == pytest.approx(math.sqrt(35 / 12) / 5, abs=0.03)


def test_screening_tells_a_curve_and_an_interaction_from_a_slope() -> None:
    """Of Ishigami the second factor acts by its square, the third only through the first.

    Six levels, steps of 0.6: 7 sin^2 changes by 7 (0.345 - 0) up, by nothing, and down again, each with a
    chance of a third; so mu* = 2/3 x 7 x 0.3455 / 0.6 = 2.687 and mu = 0.
    """
    method = MorrisDesign(trajectories=300)
    shares = method.shares(3)
    found = sensitivity("y", NAMES, method, ishigami(shares)[:, None])
    assert found.effects[1].size == pytest.approx(14 / 3 * math.sin(0.2 * math.pi) ** 2 / 0.6, abs=0.3)
    assert abs(found.effects[1].direction) < 0.2
    assert found.effects[2].size > 3.0
    assert found.effects[2].spread > found.effects[2].size


def test_the_noise_share_is_that_of_a_known_mixture() -> None:
    """Signal of variance 1, noise of variance 4 averaged over 4 replications: half of what points show."""
    rng = np.random.default_rng(6)
    signal = rng.normal(0.0, 1.0, (20_000, 1))
    assert noise_share(signal + rng.normal(0.0, 2.0, (20_000, 4))) == pytest.approx(0.5, abs=0.02)


def test_noise_is_told_from_effects() -> None:
    """Pure noise: everything is noise, and whoever reads the effects is warned."""
    method = MorrisDesign(trajectories=20)
    shares = method.shares(3)
    noise = np.random.default_rng(8).normal(0.0, 1.0, (len(shares), 4))
    found = sensitivity("availability", NAMES, method, noise)
    assert found.noise > 0.7
    assert found.warning is not None
    assert "make more replications before more points" in found.warning
