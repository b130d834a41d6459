"""How shares of 2,000 synthetic experiments are held to what they should be: up to binomial error alone."""

from __future__ import annotations

import math

EXPERIMENTS = 2_000
Z = 3.3


def at_least(share: float, expected: float, experiments: int = EXPERIMENTS) -> bool:
    """Whether a measured share is no further below `expected` than chance explains."""
    return share >= expected - Z * math.sqrt(expected * (1.0 - expected) / experiments)


def at_most(share: float, expected: float, experiments: int = EXPERIMENTS) -> bool:
    """Whether a measured share is no further above `expected` than chance explains."""
    return share <= expected + Z * math.sqrt(expected * (1.0 - expected) / experiments)


def is_near(share: float, expected: float, experiments: int = EXPERIMENTS) -> bool:
    """Whether a measured share agrees with a known one."""
    return at_least(share, expected, experiments) and at_most(share, expected, experiments)


def agrees(share: float, measured: float, experiments: int = EXPERIMENTS) -> bool:
    """Whether a measured share agrees with one that was itself measured elsewhere on as many experiments."""
    return abs(share - measured) <= Z * math.sqrt(2.0 * measured * (1.0 - measured) / experiments)
